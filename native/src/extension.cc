// The loadable extension: the FTS5 tokenizer and the SQL functions that share its folding.
#include "sqlite3ext.h"
SQLITE_EXTENSION_INIT1

#include <algorithm>
#include <string>
#include <vector>

#include "fold.h"
#include "tokenizer.h"
#include "words.h"

namespace mnemo {
namespace {

using Chars = std::vector<Folded>;

Chars FoldValue(sqlite3_value* value) {
  Chars out;
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (text != nullptr) Fold(text, static_cast<size_t>(sqlite3_value_bytes(value)), out);
  return out;
}

Chars& Scratch(sqlite3_value* value) {
  thread_local Chars scratch;
  scratch.clear();
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (text != nullptr) Fold(text, static_cast<size_t>(sqlite3_value_bytes(value)), scratch);
  return scratch;
}

/// The folded needle, kept for the whole statement (sqlite3_set_auxdata).
const Chars& Needle(sqlite3_context* context, sqlite3_value* value, Chars& own) {
  if (auto* kept = static_cast<Chars*>(sqlite3_get_auxdata(context, 1))) return *kept;
  own = FoldValue(value);
  sqlite3_set_auxdata(context, 1, new Chars(own), [](void* p) { delete static_cast<Chars*>(p); });
  return own;
}

bool SameCode(const Folded& a, const Folded& b) { return a.code == b.code; }

/// mnemo_fold(text) -> the folded text.
void FoldFunction(sqlite3_context* context, int, sqlite3_value** args) {
  std::string out;
  for (const Folded& c : Scratch(args[0])) AppendUtf8(c.code, out);
  sqlite3_result_text(context, out.data(), static_cast<int>(out.size()), SQLITE_TRANSIENT);
}

/// mnemo_contains(text, piece) -> 1 where the folded text contains the folded piece.
void ContainsFunction(sqlite3_context* context, int, sqlite3_value** args) {
  Chars own;
  const Chars& needle = Needle(context, args[1], own);
  const Chars& text = Scratch(args[0]);
  const bool found =
      std::search(text.begin(), text.end(), needle.begin(), needle.end(), SameCode) != text.end() || needle.empty();
  sqlite3_result_int(context, found ? 1 : 0);
}

/// mnemo_ranges(text, piece) -> 'start,end;start,end', UTF-16 units of the text, in order, not overlapping.
void RangesFunction(sqlite3_context* context, int, sqlite3_value** args) {
  Chars own;
  const Chars& needle = Needle(context, args[1], own);
  const Chars& chars = Scratch(args[0]);
  const auto* text = sqlite3_value_text(args[0]);
  std::string out;
  size_t byte = 0;
  size_t unit = 0;
  const auto units_at = [&](size_t target) {
    for (; byte < target; byte++) {
      const unsigned char c = text[byte];
      if ((c & 0xC0) != 0x80) unit += c >= 0xF0 ? 2 : 1;
    }
    return unit;
  };
  size_t covered = 0;
  for (auto at = chars.begin(); !needle.empty();) {
    at = std::search(at, chars.end(), needle.begin(), needle.end(), SameCode);
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

/// mnemo_phrase(piece) -> the FTS5 expression whose matches contain every text that contains the piece, or NULL
/// where the piece has no indexed character. A leading '=' says that the expression alone is exact; otherwise each
/// match is to be checked with mnemo_contains.
void PhraseFunction(sqlite3_context* context, int, sqlite3_value** args) {
  const Chars& chars = Scratch(args[0]);
  std::string phrase;
  size_t tokens = 0;
  size_t separators = 0;
  size_t longest = 0;
  bool ends_in_run = false;
  for (size_t i = 0; i < chars.size();) {
    if (chars[i].type == CharClass::kSeparator) {
      separators++;
      phrase += ' ';
      i++;
      continue;
    }
    size_t end = i + 1;
    ends_in_run = chars[i].type == CharClass::kRun;
    if (ends_in_run)
      while (end < chars.size() && chars[end].type == CharClass::kRun) end++;
    longest = std::max(longest, end - i);
    tokens++;
    for (; i < end; i++) AppendUtf8(chars[i].code, phrase);
  }
  if (tokens == 0) return sqlite3_result_null(context);
  const bool exact = tokens == 1 && separators == 0 && longest <= kLongestRun;
  std::string out = exact ? "=\"" : "\"";
  out += phrase;
  out += ends_in_run ? "\" *" : "\"";
  sqlite3_result_text(context, out.data(), static_cast<int>(out.size()), SQLITE_TRANSIENT);
}

/// mnemo_words(text) -> jieba's search-mode words of two or more characters, joined by spaces.
void WordsFunction(sqlite3_context* context, int, sqlite3_value** args) {
  const Chars chars = FoldValue(args[0]);
  std::string out;
  std::vector<WordSpan> words;
  for (size_t i = 0; i < chars.size();) {
    size_t end = i;
    std::string sentence;
    for (; end < chars.size() && IsHan(chars[end].code); end++) AppendUtf8(chars[end].code, sentence);
    if (end > i) SearchWords(sentence, words);
    for (const WordSpan& word : words) {
      if (!out.empty()) out += ' ';
      for (size_t k = 0; k < word.length; k++) AppendUtf8(chars[i + word.first + k].code, out);
    }
    words.clear();
    i = std::max(end, i + 1);
  }
  sqlite3_result_text(context, out.data(), static_cast<int>(out.size()), SQLITE_TRANSIENT);
}

/// mnemo_dictionary(folder) -> 1; an error where the folder has no dictionaries.
void DictionaryFunction(sqlite3_context* context, int, sqlite3_value** args) {
  const auto* folder = reinterpret_cast<const char*>(sqlite3_value_text(args[0]));
  if (folder == nullptr || !SetDictionary(folder))
    return sqlite3_result_error(context, "no jieba dictionaries in that folder", -1);
  sqlite3_result_int(context, 1);
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
      {"mnemo_words", 1, SQLITE_UTF8, Guarded<WordsFunction>},
      {"mnemo_dictionary", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, Guarded<DictionaryFunction>},
  };
  for (const auto& f : functions) {
    const int rc = sqlite3_create_function_v2(db, f.name, f.args, f.flags, nullptr, f.function, nullptr, nullptr, nullptr);
    if (rc != SQLITE_OK) return rc;
  }
  return RegisterTokenizer(db);
}
