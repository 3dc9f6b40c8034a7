#include "tokenizer.h"

#include <algorithm>
#include <new>
#include <string>
#include <vector>

#include "fold.h"
#include "words.h"

SQLITE_EXTENSION_INIT3

namespace mnemo {
namespace {

using EmitToken = int (*)(void*, int, const char*, int, int, int);

class Pass {
 public:
  Pass(void* context, bool query, EmitToken emit) : context_(context), query_(query), emit_(emit) {}

  int Run(const char* text, int bytes) {
    Fold(text, static_cast<size_t>(bytes), chars_);
    for (size_t i = 0; i < chars_.size();) {
      if (chars_[i].type == CharClass::kSeparator) {
        i++;
        continue;
      }
      size_t end = i + 1;
      int rc = SQLITE_OK;
      if (chars_[i].type == CharClass::kRun) {
        while (end < chars_.size() && chars_[end].type == CharClass::kRun) end++;
        rc = EmitRun(i, end);
      } else if (!query_ && IsHan(chars_[i].code)) {
        while (end < chars_.size() && IsHan(chars_[end].code)) end++;
        rc = EmitHan(i, end);
      } else {
        rc = Emit(0, i, end);
      }
      if (rc != SQLITE_OK) return rc;
      i = end;
    }
    return SQLITE_OK;
  }

 private:
  int Emit(int flags, size_t first, size_t last) {
    token_.clear();
    for (size_t i = first; i < last; i++) AppendUtf8(chars_[i].code, token_);
    return emit_(context_, flags, token_.data(), static_cast<int>(token_.size()),
                 static_cast<int>(chars_[first].begin), static_cast<int>(chars_[last - 1].end));
  }

  int EmitRun(size_t first, size_t last) {
    int rc = Emit(0, first, std::min(last, first + kLongestRun));
    if (query_) return rc;
    for (size_t i = first + 1; rc == SQLITE_OK && i < last; i++)
      rc = Emit(FTS5_TOKEN_COLOCATED, i, std::min(last, i + kLongestRun));
    return rc;
  }

  int EmitHan(size_t first, size_t last) {
    sentence_.clear();
    for (size_t i = first; i < last; i++) AppendUtf8(chars_[i].code, sentence_);
    words_.clear();
    if (last - first >= 2) SearchWords(sentence_, words_);
    size_t next = 0;
    for (size_t i = first; i < last; i++) {
      int rc = Emit(0, i, i + 1);
      for (; rc == SQLITE_OK && next < words_.size() && first + words_[next].first == i; next++)
        rc = Emit(FTS5_TOKEN_COLOCATED, i, std::min(last, i + words_[next].length));
      if (rc != SQLITE_OK) return rc;
    }
    return SQLITE_OK;
  }

  void* context_;
  bool query_;
  EmitToken emit_;
  std::vector<Folded> chars_;
  std::vector<WordSpan> words_;
  std::string token_;
  std::string sentence_;
};

int Create(void*, const char**, int, Fts5Tokenizer** out) {
  static char stateless;
  *out = reinterpret_cast<Fts5Tokenizer*>(&stateless);
  return SQLITE_OK;
}

void Delete(Fts5Tokenizer*) {}

int Tokenize(Fts5Tokenizer*, void* context, int flags, const char* text, int bytes, EmitToken emit) {
  try {
    return Pass(context, (flags & FTS5_TOKENIZE_QUERY) != 0, emit).Run(text, bytes);
  } catch (const std::bad_alloc&) {
    return SQLITE_NOMEM;
  } catch (...) {
    return SQLITE_ERROR;
  }
}

fts5_api* Fts5Of(sqlite3* db) {
  fts5_api* api = nullptr;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &statement, nullptr) == SQLITE_OK) {
    sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", nullptr);
    sqlite3_step(statement);
  }
  sqlite3_finalize(statement);
  return api;
}

}  // namespace

int RegisterTokenizer(sqlite3* db) {
  fts5_api* api = Fts5Of(db);
  if (api == nullptr) return SQLITE_ERROR;
  fts5_tokenizer methods = {Create, Delete, Tokenize};
  return api->xCreateTokenizer(api, "mnemo", nullptr, &methods, nullptr);
}

}  // namespace mnemo
