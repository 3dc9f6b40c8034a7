// Fuzzer of the extension as SQLite uses it: inserts a text into an index, searches for a piece of it, and deletes it
// again. Apart from crashes and sanitizer findings, it fails if a piece of the text is not found, if a range lies outside
// the text, if the emptied index is not empty, or if terms cut ahead differ from terms cut on demand.
//   libFuzzer:  node native/fuzz/run.mjs SECONDS libfuzzer   (clang)
//   built-in:   node native/fuzz/run.mjs SECONDS             (g++; random mutations of a few seeds)
//               node native/fuzz/run.mjs INPUTS inputs       (the same inputs each time)
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "ahead.h"
#include "sqlite3.h"
#include "tokenizer.h"

extern "C" int sqlite3_mnemotokenizer_init(sqlite3* db, char**, const struct sqlite3_api_routines* api);

namespace {

[[noreturn]] void Fail(const char* what) {
  std::fprintf(stderr, "finding: %s\n", what);
  std::abort();
}

sqlite3_stmt* Prepare(sqlite3* db, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db, sql, -1, &statement, nullptr) != SQLITE_OK) Fail(sqlite3_errmsg(db));
  return statement;
}

struct Index {
  sqlite3* db = nullptr;
  sqlite3_stmt *insert, *remove, *phrase, *find, *ranges, *contains, *words, *cut, *fold, *left;

  Index() {
    if (sqlite3_open(":memory:", &db) != SQLITE_OK || sqlite3_mnemotokenizer_init(db, nullptr, nullptr) != SQLITE_OK) Fail("no database");
    if (const char* file = std::getenv("MNEMO_DICTIONARY")) {
      sqlite3_stmt* map = Prepare(db, "SELECT mnemo_dictionary(?)");
      sqlite3_bind_text(map, 1, file, -1, SQLITE_STATIC);
      if (sqlite3_step(map) != SQLITE_ROW) Fail(sqlite3_errmsg(db));
      sqlite3_finalize(map);
    }
    sqlite3_exec(db,
                 "CREATE VIRTUAL TABLE t USING fts5 (text, content = '', columnsize = 0, tokenize = 'mnemo');"
                 "INSERT INTO t (t, rank) VALUES ('secure-delete', 1);"
                 "CREATE VIRTUAL TABLE v USING fts5vocab (t, row)",
                 nullptr, nullptr, nullptr);
    insert = Prepare(db, "INSERT INTO t (rowid, text) VALUES (1, ?)");
    remove = Prepare(db, "INSERT INTO t (t, rowid, text) VALUES ('delete', 1, ?)");
    phrase = Prepare(db, "SELECT mnemo_phrase(?)");
    find = Prepare(db, "SELECT rowid FROM t WHERE t MATCH ?");
    ranges = Prepare(db, "SELECT mnemo_ranges(?, ?)");
    contains = Prepare(db, "SELECT mnemo_contains(?, ?)");
    words = Prepare(db, "SELECT mnemo_words(?)");
    cut = Prepare(db, "SELECT mnemo_cut(?)");
    fold = Prepare(db, "SELECT mnemo_fold(?)");
    left = Prepare(db, "SELECT count(*) FROM v");
  }

  /// Runs a statement with one or two texts; returns its first column, "" without a row.
  std::string Run(sqlite3_stmt* statement, const std::string& a, const std::string* b = nullptr) {
    if (sqlite3_bind_parameter_count(statement) > 0) sqlite3_bind_text(statement, 1, a.data(), static_cast<int>(a.size()), SQLITE_STATIC);
    if (b != nullptr) sqlite3_bind_text(statement, 2, b->data(), static_cast<int>(b->size()), SQLITE_STATIC);
    const int rc = sqlite3_step(statement);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) Fail(sqlite3_errmsg(db));
    std::string out;
    if (rc == SQLITE_ROW && sqlite3_column_text(statement, 0) != nullptr)
      out.assign(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)), static_cast<size_t>(sqlite3_column_bytes(statement, 0)));
    sqlite3_reset(statement);
    return out;
  }
};

/// Cuts many pieces of a text in two threads.
void CutAhead(const std::string& text) {
  std::vector<mnemo::Text> pieces;
  for (size_t i = 0; i < 300; i++) {
    const size_t from = i * 7 % text.size();
    pieces.push_back({text.data() + from, 1 + i % (text.size() - from)});
  }
  const mnemo::Ahead ahead(pieces);
  for (const mnemo::Text& piece : pieces) {
    mnemo::Ahead::Cut cut;
    if (!mnemo::Ahead::Take(piece.bytes, piece.size, cut)) continue;
    mnemo::Terms here;
    mnemo::CutText(piece.bytes, piece.size, here);
    if (cut.last - cut.first != here.list.size()) Fail("another number of terms ahead");
    for (size_t i = 0; i < here.list.size(); i++) {
      const mnemo::Term& a = here.list[i];
      const mnemo::Term& b = cut.terms->list[cut.first + i];
      if (a.flags != b.flags || a.begin != b.begin || a.end != b.end || here.bytes.compare(a.place, a.length, cut.terms->bytes, b.place, b.length) != 0)
        Fail("another term ahead");
    }
  }
}

bool Starts(unsigned char c) { return (c & 0xC0) != 0x80; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static Index index;
  if (size < 3 || size > 4096) return 0;
  const std::string text(reinterpret_cast<const char*>(data + 2), size - 2);
  // a piece of the text, cut at character borders so that it folds as it does within the text
  size_t from = data[0] % text.size();
  size_t to = from + 1 + data[1] % 48;
  if (to > text.size()) to = text.size();
  while (from > 0 && !Starts(static_cast<unsigned char>(text[from]))) from--;
  while (to < text.size() && !Starts(static_cast<unsigned char>(text[to]))) to++;
  const std::string piece = text.substr(from, to - from);

  static unsigned inputs = 0;
  if (++inputs % 256 == 0) CutAhead(text);
  index.Run(index.insert, text);
  index.Run(index.words, text);
  index.Run(index.cut, text);
  const std::string phrase = index.Run(index.phrase, piece);
  const bool contained = index.Run(index.contains, text, &piece) == "1";
  if (!phrase.empty() && contained != (index.Run(index.find, phrase) == "1")) Fail("index and text do not agree on a piece");
  const std::string ranges = index.Run(index.ranges, text, &piece);
  if (contained && !phrase.empty() && ranges.empty()) Fail("a piece without a range");
  size_t last = 0;
  for (const char* at = ranges.c_str(); *at != 0;) {
    char* next = nullptr;
    const size_t begin = std::strtoul(at, &next, 10);
    if (*next != ',') Fail("ranges are malformed");
    const size_t end = std::strtoul(next + 1, &next, 10);
    if (begin < last || end < begin || end > text.size()) Fail("a range outside the text");
    last = end;
    at = *next == ';' ? next + 1 : next;
  }
  index.Run(index.remove, text);
  if (index.Run(index.left, text) != "0") Fail("a removed text left terms");
  return 0;
}

#ifdef MNEMO_STANDALONE
#include <chrono>
#include <random>

int main(int argc, char** argv) {
  // arguments: inputs at least, seconds at least, seed
  const uint64_t least = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000;
  const double seconds = argc > 2 ? std::atof(argv[2]) : 0;
  std::mt19937_64 random(argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1);
  const std::vector<std::string> seeds = {
      "\x03\x05iPhone手机没电了, 明天去中华联合保险公司",
      "\x01\x07the quick brown fox (^_^) https://example.org/a?q=1",
      "\x02\x04\xEF\xAC\x81 \xE3\x8E\x8F \xC4\xB0 e\xCC\x81 \xE9\xAB\xAE \xEF\xBC\xA6\xEF\xBD\x95",
      "\x02\x09\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD \xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9 \xF0\xA0\xAE\xB7",
      std::string("\x00\x01\x00\x01\x02\x1f\x7f\xff\xfe\xed\xa0\x80\xc0\x80\xf8", 15),
      "\x08\x08\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB \xEF\xBD\xB6\xEF\xBE\x9E \xE0\xB8\xAA\xE0\xB8\xA7",
  };
  uint64_t runs = 0;
  for (const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
       runs < least || std::chrono::steady_clock::now() < end; runs++) {
    std::string input = seeds[random() % seeds.size()];
    for (uint64_t step = random() % 8; step > 0; step--) {
      const size_t at = random() % (input.size() + 1);
      const std::string& other = seeds[random() % seeds.size()];
      const size_t from = random() % other.size();
      switch (random() % 4) {
        case 0: input.insert(at, 1, static_cast<char>(random())); break;
        case 1: input.insert(at, other.substr(from, 1 + random() % 12)); break;
        case 2: if (at < input.size()) input[at] = static_cast<char>(random()); break;
        default: if (at < input.size()) input.erase(at, 1 + random() % 4);
      }
    }
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(input.data()), input.size());
  }
  std::printf("%llu inputs, no finding\n", static_cast<unsigned long long>(runs));
}
#endif
