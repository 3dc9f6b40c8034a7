#include "hits.h"

#include <cstdint>
#include <cstddef>
#include <vector>

#include "fts5_api.h"

SQLITE_EXTENSION_INIT3

namespace mnemo {
namespace {

struct BitSet {
  uint64_t* words;
  sqlite3_int64 base;
  sqlite3_int64 size;
};

int Mark(const Fts5ExtensionApi* api, Fts5Context* row, void* data) {
  auto* set = static_cast<BitSet*>(data);
  const sqlite3_int64 at = api->xRowid(row) - set->base;
  if (at >= 0 && at < set->size) set->words[at >> 6] |= uint64_t{1} << (at & 63);
  return SQLITE_OK;
}

void Hits(const Fts5ExtensionApi* api, Fts5Context* row, sqlite3_context* context, int count, sqlite3_value** args) {
  const sqlite3_int64 size = count == 2 ? sqlite3_value_int64(args[1]) : 0;
  const int phrases = api->xPhraseCount(row);
  if (size <= 0 || size % 64 != 0 || size > (sqlite3_int64{1} << 32) || size / 8 * phrases > 1'000'000'000)
    return sqlite3_result_error(context, "mnemo_hits(table, base, size): size must be a multiple of 64", -1);
  const size_t words = static_cast<size_t>(size / 64);
  const size_t bytes = words * 8 * static_cast<size_t>(phrases);
  auto* out = static_cast<uint64_t*>(sqlite3_malloc64(bytes));
  if (out == nullptr) return sqlite3_result_error_nomem(context);
  for (size_t i = 0; i < words * static_cast<size_t>(phrases); i++) out[i] = 0;
  for (int phrase = 0; phrase < phrases; phrase++) {
    BitSet set{out + words * static_cast<size_t>(phrase), sqlite3_value_int64(args[0]), size};
    if (const int rc = api->xQueryPhrase(row, phrase, &set, Mark)) {
      sqlite3_free(out);
      return sqlite3_result_error_code(context, rc);
    }
  }
  sqlite3_result_blob64(context, out, bytes, sqlite3_free);
}

/// Bit set of an aggregate; stored in the aggregate's context, which SQLite zeroes and frees as plain memory.
struct Gathered {
  uint64_t* words;
  sqlite3_int64 size;
};

void BitsStep(sqlite3_context* context, int, sqlite3_value** args) {
  auto* set = static_cast<Gathered*>(sqlite3_aggregate_context(context, sizeof(Gathered)));
  if (set == nullptr) return sqlite3_result_error_nomem(context);
  if (set->words == nullptr) {
    const sqlite3_int64 size = sqlite3_value_int64(args[2]);
    if (size <= 0 || size % 64 != 0 || size > (sqlite3_int64{1} << 32))
      return sqlite3_result_error(context, "mnemo_bits(row, base, size): size must be a multiple of 64", -1);
    set->words = static_cast<uint64_t*>(sqlite3_malloc64(static_cast<sqlite3_uint64>(size / 8)));
    if (set->words == nullptr) return sqlite3_result_error_nomem(context);
    for (sqlite3_int64 i = 0; i < size / 64; i++) set->words[i] = 0;
    set->size = size;
  }
  const sqlite3_int64 at = sqlite3_value_int64(args[0]) - sqlite3_value_int64(args[1]);
  if (at >= 0 && at < set->size) set->words[at >> 6] |= uint64_t{1} << (at & 63);
}

void BitsFinal(sqlite3_context* context) {
  auto* set = static_cast<Gathered*>(sqlite3_aggregate_context(context, 0));
  if (set == nullptr || set->words == nullptr) return sqlite3_result_null(context);
  sqlite3_result_blob64(context, set->words, static_cast<sqlite3_uint64>(set->size / 8), sqlite3_free);
  set->words = nullptr;
}

}  // namespace

fts5_api* Fts5Api(sqlite3* db) {
  fts5_api* api = nullptr;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, nullptr) == SQLITE_OK) {
    sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", nullptr);
    sqlite3_step(statement);
  }
  sqlite3_finalize(statement);
  return api;
}

int RegisterHits(sqlite3* db) {
  fts5_api* api = Fts5Api(db);
  if (api == nullptr) return SQLITE_ERROR;
  if (const int rc = sqlite3_create_function_v2(db, "mnemo_bits", 3, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, nullptr, BitsStep, BitsFinal, nullptr))
    return rc;
  return api->xCreateFunction(api, "mnemo_hits", nullptr, Hits, nullptr);
}

}  // namespace mnemo
