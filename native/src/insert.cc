#include "insert.h"

#include <cstdint>
#include <cstring>
#include <new>
#include <vector>

#include "ahead.h"

SQLITE_EXTENSION_INIT3

namespace mnemo {
namespace {

/// Index value of a missing text.
constexpr uint32_t kNull = 0xFFFFFFFF;

struct Blob {
  const unsigned char* data = nullptr;
  size_t size = 0;
};

/// Concatenated texts: their offsets (32 bits each, one more than there are texts) and their bytes.
struct Texts {
  Blob offsets, bytes;
  size_t count() const { return offsets.size < 4 ? 0 : offsets.size / 4 - 1; }
};

uint32_t At(const Blob& blob, size_t index) {
  uint32_t value;
  std::memcpy(&value, blob.data + index * 4, 4);
  return value;
}

struct Column {
  char type = 0;
  /// Texts for a full-text index, cut ahead.
  bool ahead = false;
  Blob numbers;
  Texts texts;
  sqlite3_value* constant = nullptr;
};

Blob ToBlob(sqlite3_value* value) {
  if (sqlite3_value_type(value) != SQLITE_BLOB) return {};
  return {static_cast<const unsigned char*>(sqlite3_value_blob(value)), static_cast<size_t>(sqlite3_value_bytes(value))};
}

/// True if the column has `count` values, all within its bytes.
bool Holds(const Column& column, size_t count) {
  switch (column.type) {
    case 'i':
      return column.numbers.size == count * 8;
    case 'd':
      if (column.numbers.size != count * 4) return false;
      for (size_t i = 0; i < count; i++)
        if (At(column.numbers, i) != kNull && At(column.numbers, i) >= column.texts.count()) return false;
      break;
    case 't':
      if (column.texts.count() != count) return false;
      break;
    default:
      return column.constant != nullptr;
  }
  for (size_t i = 0; i < column.texts.count(); i++)
    if (At(column.texts.offsets, i) > At(column.texts.offsets, i + 1)) return false;
  return column.texts.count() == 0 || At(column.texts.offsets, column.texts.count()) <= column.texts.bytes.size;
}

int BindText(sqlite3_stmt* statement, int place, const Texts& texts, size_t index) {
  const uint32_t start = At(texts.offsets, index);
  // an empty text would have a null pointer, which means NULL
  const char* bytes = texts.bytes.data == nullptr ? "" : reinterpret_cast<const char*>(texts.bytes.data);
  return sqlite3_bind_text64(statement, place, bytes + start, At(texts.offsets, index + 1) - start, SQLITE_STATIC, SQLITE_UTF8);
}

int Bind(sqlite3_stmt* statement, int place, const Column& column, size_t row) {
  switch (column.type) {
    case 'i': {
      double number;
      std::memcpy(&number, column.numbers.data + row * 8, 8);
      return sqlite3_bind_int64(statement, place, static_cast<sqlite3_int64>(number));
    }
    case 'd':
      if (At(column.numbers, row) == kNull) return sqlite3_bind_null(statement, place);
      return BindText(statement, place, column.texts, At(column.numbers, row));
    case 't':
      return BindText(statement, place, column.texts, row);
    default:
      return SQLITE_OK;
  }
}

/// Binds constant values, which stay bound through resets.
int BindConstants(sqlite3_stmt* statement, const std::vector<Column>& columns) {
  for (size_t i = 0; i < columns.size(); i++)
    if (columns[i].type == 'v')
      if (const int rc = sqlite3_bind_value(statement, static_cast<int>(i) + 1, columns[i].constant)) return rc;
  return SQLITE_OK;
}

/// Texts to be cut, in order, without those that have no characters. May throw std::bad_alloc.
std::vector<Text> ToCut(const std::vector<Column>& columns, size_t count) {
  std::vector<Text> texts;
  for (const Column& column : columns) {
    if (!column.ahead) continue;
    for (size_t row = 0; row < count; row++) {
      const uint32_t start = At(column.texts.offsets, row);
      const uint32_t end = At(column.texts.offsets, row + 1);
      if (end > start) texts.push_back({reinterpret_cast<const char*>(column.texts.bytes.data) + start, end - start});
    }
  }
  return texts;
}

int Run(sqlite3_stmt* statement, const std::vector<Column>& columns, size_t count) {
  const std::vector<Text> texts = ToCut(columns, count);
  const Ahead ahead(texts);
  if (const int rc = BindConstants(statement, columns)) return rc;
  for (size_t row = 0; row < count; row++) {
    for (size_t i = 0; i < columns.size(); i++)
      if (const int rc = Bind(statement, static_cast<int>(i) + 1, columns[i], row)) return rc;
    const int rc = sqlite3_step(statement);
    if (rc != SQLITE_DONE) return rc == SQLITE_ROW ? SQLITE_MISUSE : rc;
    sqlite3_reset(statement);
  }
  return SQLITE_OK;
}

/**
 * mnemo_insert(sql, count, types, ...): runs `sql` for each of `count` rows; `types` has one letter per parameter:
 * 'i' integers (a BLOB of 64-bit floats), 't' texts (offsets, bytes), 'c' the same for a full-text index (one column at
 * most; they are cut ahead, see ahead.h), 'd' texts of a dictionary (32-bit indices, offsets, bytes; 0xFFFFFFFF is NULL),
 * 'v' the same value for all rows. BLOBs are in the machine's byte order. Returns count.
 */
void Insert(sqlite3_context* context, int argc, sqlite3_value** args) {
  const auto misuse = [context] { sqlite3_result_error(context, "mnemo_insert(sql, count, types, ...): the columns do not fit", -1); };
  if (argc < 3 || sqlite3_value_int64(args[1]) < 0) return misuse();
  const auto* sql = reinterpret_cast<const char*>(sqlite3_value_text(args[0]));
  const auto count = static_cast<size_t>(sqlite3_value_int64(args[1]));
  const auto* types = reinterpret_cast<const char*>(sqlite3_value_text(args[2]));
  if (sql == nullptr || types == nullptr) return misuse();
  std::vector<Column> columns;
  try {
    int next = 3;
    for (; *types != 0; types++) {
      Column column;
      column.ahead = *types == 'c';
      column.type = column.ahead ? 't' : *types;
      const int wanted = column.type == 't' ? 2 : column.type == 'd' ? 3 : 1;
      if (std::strchr("itcdv", *types) == nullptr || next + wanted > argc) return misuse();
      if (column.type == 'v') column.constant = args[next++];
      if (column.type == 'i' || column.type == 'd') column.numbers = ToBlob(args[next++]);
      if (column.type == 't' || column.type == 'd') {
        column.texts.offsets = ToBlob(args[next++]);
        column.texts.bytes = ToBlob(args[next++]);
      }
      if (!Holds(column, count)) return misuse();
      columns.push_back(column);
    }
    if (next != argc) return misuse();
  } catch (const std::bad_alloc&) {
    return sqlite3_result_error_nomem(context);
  }
  sqlite3* db = sqlite3_context_db_handle(context);
  sqlite3_stmt* statement = nullptr;
  int rc = sqlite3_prepare_v2(db, sql, -1, &statement, nullptr);
  if (rc == SQLITE_OK && sqlite3_bind_parameter_count(statement) != static_cast<int>(columns.size())) {
    sqlite3_finalize(statement);
    return misuse();
  }
  try {
    if (rc == SQLITE_OK) rc = Run(statement, columns, count);
  } catch (const std::bad_alloc&) {
    rc = SQLITE_NOMEM;
  }
  if (rc != SQLITE_OK) {
    sqlite3_result_error(context, sqlite3_errmsg(db), -1);
    sqlite3_result_error_code(context, rc);
  } else {
    sqlite3_result_int64(context, static_cast<sqlite3_int64>(count));
  }
  sqlite3_finalize(statement);
}

}  // namespace

int RegisterInsert(sqlite3* db) {
  return sqlite3_create_function_v2(db, "mnemo_insert", -1, SQLITE_UTF8 | SQLITE_DIRECTONLY, nullptr, Insert, nullptr, nullptr, nullptr);
}

}  // namespace mnemo
