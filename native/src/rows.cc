#include "rows.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <new>
#include <vector>

SQLITE_EXTENSION_INIT3

namespace mnemo {
namespace {

struct Rows {
  std::vector<double> message;
  std::vector<int32_t> doc;
  std::vector<uint32_t> conversation, sender, rest;
};

/// Stored in the aggregate's context, which SQLite zeroes and frees as plain memory.
struct Context {
  Rows* rows;
};

void Step(sqlite3_context* context, int, sqlite3_value** args) {
  auto* kept = static_cast<Context*>(sqlite3_aggregate_context(context, sizeof(Context)));
  if (kept == nullptr) return sqlite3_result_error_nomem(context);
  try {
    if (kept->rows == nullptr) kept->rows = new Rows;
    Rows& rows = *kept->rows;
    rows.doc.push_back(sqlite3_value_int(args[0]));
    rows.message.push_back(static_cast<double>(sqlite3_value_int64(args[1])));
    rows.conversation.push_back(static_cast<uint32_t>(sqlite3_value_int64(args[2])));
    rows.sender.push_back(static_cast<uint32_t>(sqlite3_value_int64(args[3])));
    const auto length = static_cast<uint32_t>(std::clamp<sqlite3_int64>(sqlite3_value_int64(args[5]), 0, 65535));
    rows.rest.push_back(length << 16 | (static_cast<uint32_t>(sqlite3_value_int64(args[4])) & 0xFFFF));
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
  }
}

template <typename T>
unsigned char* Copy(const std::vector<T>& from, unsigned char* to) {
  if (!from.empty()) std::memcpy(to, from.data(), from.size() * sizeof(T));
  return to + from.size() * sizeof(T);
}

void Final(sqlite3_context* context) {
  auto* kept = static_cast<Context*>(sqlite3_aggregate_context(context, 0));
  Rows* rows = kept == nullptr ? nullptr : kept->rows;
  if (rows == nullptr) return sqlite3_result_zeroblob(context, 0);
  const size_t bytes = rows->doc.size() * (sizeof(double) + 4 * sizeof(uint32_t));
  auto* out = static_cast<unsigned char*>(sqlite3_malloc64(bytes));
  if (out == nullptr) {
    sqlite3_result_error_nomem(context);
  } else {
    unsigned char* at = Copy(rows->message, out);
    at = Copy(rows->doc, at);
    at = Copy(rows->conversation, at);
    at = Copy(rows->sender, at);
    Copy(rows->rest, at);
    sqlite3_result_blob64(context, out, bytes, sqlite3_free);
  }
  delete rows;
  kept->rows = nullptr;
}

}  // namespace

int RegisterRows(sqlite3* db) {
  return sqlite3_create_function_v2(db, "mnemo_rows", 6, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, nullptr, Step, Final, nullptr);
}

}  // namespace mnemo
