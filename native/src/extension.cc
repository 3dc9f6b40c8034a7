// Loadable extension: the FTS5 tokenizer and the SQL functions that share its folding.
#include "sqlite3ext.h"
SQLITE_EXTENSION_INIT1

#include <algorithm>
#include <string>
#include <vector>

#if defined(__GLIBC__)
#include <malloc.h>
#elif defined(__APPLE__)
#include <malloc/malloc.h>
#elif defined(_WIN32)
#include <malloc.h>
#endif

#include "fold.h"
#include "hits.h"
#include "insert.h"
#include "rows.h"
#include "tokenizer.h"
#include "words.h"

namespace mnemo {
namespace {

using Chars = std::vector<Folded>;

/// Separator of user words in one argument. Folding turns U+001F itself into U+FFFD, and so does this.
constexpr uint32_t kWordJoint = 0xFFFD;

Chars FoldValue(sqlite3_value* value) {
  Chars out;
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (text != nullptr) Fold(text, static_cast<size_t>(sqlite3_value_bytes(value)), out);
  return out;
}

Chars& Scratch(sqlite3_value* value) {
  thread_local Chars scratch;
  // a single long text must not keep its memory for ever
  constexpr size_t kKeptChars = 1 << 16;
  if (scratch.capacity() > kKeptChars) Chars().swap(scratch);
  scratch.clear();
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (text != nullptr) Fold(text, static_cast<size_t>(sqlite3_value_bytes(value)), scratch);
  return scratch;
}

/// Folded needle, kept for the whole statement (sqlite3_set_auxdata).
const Chars& Needle(sqlite3_context* context, sqlite3_value* value, Chars& own) {
  if (auto* kept = static_cast<Chars*>(sqlite3_get_auxdata(context, 1))) return *kept;
  own = FoldValue(value);
  sqlite3_set_auxdata(context, 1, new Chars(own), [](void* p) { delete static_cast<Chars*>(p); });
  return own;
}

/// mnemo_fold(text) -> the folded text.
void FoldFunction(sqlite3_context* context, int, sqlite3_value** args) {
  std::string out;
  for (const Folded& c : Scratch(args[0])) AppendUtf8(c.code, out);
  sqlite3_result_text(context, out.data(), static_cast<int>(out.size()), SQLITE_TRANSIENT);
}

/// mnemo_contains(text, piece) -> 1 if the folded text contains the folded piece.
void ContainsFunction(sqlite3_context* context, int, sqlite3_value** args) {
  Chars own;
  const Chars& needle = Needle(context, args[1], own);
  const Chars& text = Scratch(args[0]);
  const bool found =
      std::search(text.begin(), text.end(), needle.begin(), needle.end(), Matches) != text.end() || needle.empty();
  sqlite3_result_int(context, found ? 1 : 0);
}

/// mnemo_ranges(text, piece) -> 'start,end;start,end', UTF-16 units of the text, in order, not overlapping.
void RangesFunction(sqlite3_context* context, int, sqlite3_value** args) {
  Chars own;
  const Chars& needle = Needle(context, args[1], own);
  const Chars& chars = Scratch(args[0]);
  const auto* text = sqlite3_value_text(args[0]);
  const auto bytes = static_cast<size_t>(sqlite3_value_bytes(args[0]));
  std::string out;
  size_t byte = 0;
  size_t unit = 0;
  const auto units_at = [&](size_t target) {
    while (byte < target) {
      uint32_t code = 0;
      byte += DecodeOne(text + byte, bytes - byte, code);
      unit += code >= 0x10000 ? 2 : 1;
    }
    return unit;
  };
  size_t covered = 0;
  for (auto at = chars.begin(); !needle.empty();) {
    at = std::search(at, chars.end(), needle.begin(), needle.end(), Matches);
    if (at == chars.end()) break;
    const auto last = at + static_cast<std::ptrdiff_t>(needle.size()) - 1;
    if (at->begin >= covered) {
      if (!out.empty()) out += ';';
      out += std::to_string(units_at(at->begin));
      out += ',';
      out += std::to_string(units_at(last->end));
      covered = last->end;
    }
    at = last + 1;
  }
  sqlite3_result_text(context, out.data(), static_cast<int>(out.size()), SQLITE_TRANSIENT);
}

/// mnemo_phrase(piece) -> FTS5 expression whose matches are exactly the texts that contain the piece, or NULL if
/// folding leaves nothing of it.
void PhraseFunction(sqlite3_context* context, int, sqlite3_value** args) {
  const Chars& chars = Scratch(args[0]);
  if (chars.empty()) return sqlite3_result_null(context);
  std::string out = "\"";
  for (const Folded& c : chars) {
    if (c.code == '"') out += '"';
    AppendUtf8(c.code, out);
  }
  const size_t count = chars.size();
  const bool open = chars[count - 1].type != CharClass::kSingle && (count == 1 || chars[count - 2].type == CharClass::kSingle);
  out += open ? "\" *" : "\"";
  sqlite3_result_text(context, out.data(), static_cast<int>(out.size()), SQLITE_TRANSIENT);
}

/// mnemo_terms(piece) -> terms of mnemo_phrase's expression, joined by U+001F. Every text that contains the piece has
/// them all; NULL if one of them is a prefix, or there are none.
void TermsFunction(sqlite3_context* context, int, sqlite3_value** args) {
  const Chars& chars = Scratch(args[0]);
  std::string out;
  const auto single = [&](size_t i) { return chars[i].type == CharClass::kSingle; };
  for (size_t i = 0; i < chars.size(); i++) {
    const bool last = i + 1 == chars.size();
    if (!single(i) && last && i > 0 && !single(i - 1)) break;
    if (!single(i) && last) return sqlite3_result_null(context);
    if (!out.empty()) out += '\x1f';
    AppendUtf8(chars[i].code, out);
    if (!single(i) && !single(i + 1)) AppendUtf8(chars[i + 1].code, out);
  }
  if (out.empty()) return sqlite3_result_null(context);
  sqlite3_result_text(context, out.data(), static_cast<int>(out.size()), SQLITE_TRANSIENT);
}

std::vector<uint32_t> Codes(sqlite3_value* value) {
  std::vector<uint32_t> codes;
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (text != nullptr) Decode(text, static_cast<size_t>(sqlite3_value_bytes(value)), codes);
  return codes;
}

/// mnemo_cut(text) -> jieba's search-mode words of the unfolded text, as 'first,length;...' in code points.
void CutFunction(sqlite3_context* context, int, sqlite3_value** args) {
  const std::vector<uint32_t> codes = Codes(args[0]);
  std::vector<WordSpan> words;
  CutForSearch(codes.data(), codes.size(), false, words);
  std::string out;
  for (const WordSpan& word : words) {
    if (!out.empty()) out += ';';
    out += std::to_string(word.first) + ',' + std::to_string(word.length);
  }
  sqlite3_result_text(context, out.data(), static_cast<int>(out.size()), SQLITE_TRANSIENT);
}

/// mnemo_words(text) -> words of the folded text, including user words, joined by U+001F: Han words of two or more
/// characters, words of letters and digits, and single Han characters that belong to no longer word.
void WordsFunction(sqlite3_context* context, int, sqlite3_value** args) {
  const Chars chars = FoldValue(args[0]);
  std::vector<uint32_t> codes;
  for (const Folded& c : chars) codes.push_back(c.code);
  std::string out;
  const auto add = [&](size_t first, size_t last) {
    if (!out.empty()) out += '\x1f';
    for (size_t i = first; i < last; i++) AppendUtf8(codes[i], out);
  };
  std::vector<WordSpan> words;
  for (size_t i = 0; i < chars.size();) {
    size_t end = i + 1;
    if (IsHan(codes[i])) {
      while (end < chars.size() && IsHan(codes[end])) end++;
      CutForSearch(codes.data() + i, end - i, true, words);
      // whole words only: those inside a longer one come before it
      for (size_t w = 0; w < words.size(); w++) {
        bool inside = false;
        for (size_t v = w + 1; v < words.size() && !inside; v++)
          inside = words[v].first <= words[w].first && words[v].first + words[v].length >= words[w].first + words[w].length;
        if (!inside) add(i + words[w].first, i + words[w].first + words[w].length);
      }
    } else if (chars[i].type == CharClass::kRun) {
      while (end < chars.size() && chars[end].type == CharClass::kRun) end++;
      add(i, end);
    } else if (chars[i].type == CharClass::kSingle) {
      add(i, end);
    }
    i = end;
  }
  sqlite3_result_text(context, out.data(), static_cast<int>(out.size()), SQLITE_TRANSIENT);
}

/// mnemo_user_words(words joined by U+FFFD) -> 1.
void UserWordsFunction(sqlite3_context* context, int, sqlite3_value** args) {
  std::vector<std::u32string> words(1);
  for (const Folded& c : Scratch(args[0])) {
    if (c.code == kWordJoint) words.emplace_back();
    else words.back().push_back(c.code);
  }
  SetUserWords(words);
  sqlite3_result_int(context, 1);
}

/// mnemo_dictionary(file) -> 1; an error if the file is no dictionary.
void DictionaryFunction(sqlite3_context* context, int, sqlite3_value** args) {
  const auto* file = reinterpret_cast<const char*>(sqlite3_value_text(args[0]));
  const char* problem = file == nullptr ? "mnemo_dictionary takes a path" : MapDictionary(file);
  if (problem != nullptr) return sqlite3_result_error(context, problem, -1);
  sqlite3_result_int(context, 1);
}

/// mnemo_tokenizer_version() -> the version of the tokenizer's rules.
void VersionFunction(sqlite3_context* context, int, sqlite3_value**) {
  sqlite3_result_int(context, kTokenizerVersion);
}

/// mnemo_release_memory() -> null. Returns memory to the system that the process has freed and its allocator still
/// holds (glibc's malloc_trim(3), malloc_zone_pressure_relief(3), _heapmin).
void ReleaseMemoryFunction(sqlite3_context*, int, sqlite3_value**) {
#if defined(__GLIBC__)
  malloc_trim(0);
#elif defined(__APPLE__)
  malloc_zone_pressure_relief(nullptr, 0);
#elif defined(_WIN32)
  _heapmin();
#endif
}

using Function = void (*)(sqlite3_context*, int, sqlite3_value**);

/// Keeps C++ exceptions out of SQLite's C frames.
template <Function function>
void Guarded(sqlite3_context* context, int count, sqlite3_value** args) {
  try {
    function(context, count, args);
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
  } catch (const std::exception& error) {
    sqlite3_result_error(context, error.what(), -1);
  }
}

}  // namespace
}  // namespace mnemo

extern "C"
#ifdef _WIN32
    __declspec(dllexport)
#else
    __attribute__((visibility("default")))
#endif
    int sqlite3_mnemotokenizer_init(sqlite3* db, char**, const sqlite3_api_routines* api) {
  SQLITE_EXTENSION_INIT2(api);
  using namespace mnemo;
  constexpr int kPure = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  const struct {
    const char* name;
    int args;
    int flags;
    Function function;
  } functions[] = {
      {"mnemo_fold", 1, kPure, Guarded<FoldFunction>},
      {"mnemo_contains", 2, kPure, Guarded<ContainsFunction>},
      {"mnemo_ranges", 2, kPure, Guarded<RangesFunction>},
      {"mnemo_phrase", 1, kPure, Guarded<PhraseFunction>},
      {"mnemo_terms", 1, kPure, Guarded<TermsFunction>},
      {"mnemo_cut", 1, SQLITE_UTF8, Guarded<CutFunction>},
      {"mnemo_words", 1, SQLITE_UTF8, Guarded<WordsFunction>},
      {"mnemo_user_words", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, Guarded<UserWordsFunction>},
      {"mnemo_dictionary", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, Guarded<DictionaryFunction>},
      {"mnemo_tokenizer_version", 0, kPure, Guarded<VersionFunction>},
      {"mnemo_release_memory", 0, SQLITE_UTF8 | SQLITE_DIRECTONLY, Guarded<ReleaseMemoryFunction>},
  };
  for (const auto& f : functions) {
    const int rc = sqlite3_create_function_v2(db, f.name, f.args, f.flags, nullptr, f.function, nullptr, nullptr, nullptr);
    if (rc != SQLITE_OK) return rc;
  }
  if (const int rc = RegisterHits(db)) return rc;
  if (const int rc = RegisterRows(db)) return rc;
  if (const int rc = RegisterInsert(db)) return rc;
  return RegisterTokenizer(db);
}
