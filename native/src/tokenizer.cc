#include "tokenizer.h"

#include <algorithm>
#include <new>
#include <string>
#include <vector>

#include "ahead.h"
#include "fold.h"
#include "fts5_api.h"
#include "words.h"

SQLITE_EXTENSION_INIT3

namespace mnemo {
namespace {

/// Separators within numbers; dashes of all kinds are folded to one.
bool IsGrouping(uint32_t code) { return code == ' ' || code == '-' || code == '(' || code == ')' || code == '/' || code == '.'; }
/// Thousands separators, which stand alone between two digits: a comma with a blank separates numbers.
bool IsThousands(uint32_t code) { return code == ',' || code == '\'' || code == 0xB7; }

using EmitToken = int (*)(void*, int, const char*, int, int, int);

class Pass {
 public:
  Pass(void* context, bool query, EmitToken emit) : context_(context), query_(query), emit_(emit) {}
  ~Pass() {
    // a single long text must not keep its memory in every thread for ever
    if (chars_.capacity() > kKeptChars) Scratch() = Memory();
  }
  Pass(const Pass&) = delete;
  Pass& operator=(const Pass&) = delete;

  int Run(const char* text, int bytes) {
    chars_.clear();
    words_.clear();
    if (query_ && bytes > 0 && text[0] == kWordMark) return Word(text, bytes);
    if (query_ && bytes > 0 && text[0] == kNumberMark) return emit_(context_, 0, text, bytes, 0, bytes);
    Fold(text, static_cast<size_t>(bytes), chars_);
    const size_t count = chars_.size();
    // every term except a word's is a range of the folded text
    folded_.clear();
    place_.clear();
    for (const Folded& c : chars_) {
      place_.push_back(folded_.size());
      AppendUtf8(c.code, folded_);
    }
    place_.push_back(folded_.size());
    if (!query_) FindNumbers();
    size_t word_end = 0;
    for (size_t i = 0; i < count; i++) {
      if (IsSingle(i)) {
        if (!query_ && i >= word_end && IsHan(chars_[i].code)) word_end = StartHan(i);
        if (const int rc = Emit(0, i, i + 1)) return rc;
        if (!query_ && chars_[i].written != 0)
          if (const int rc = EmitMark(i)) return rc;
        for (; next_ < words_.size() && han_ + words_[next_].first == i; next_++)
          if (const int rc = Emit(FTS5_TOKEN_COLOCATED, i, i + words_[next_].length)) return rc;
        continue;
      }
      // the last character of a query may be followed by anything: the pair before it, or a prefix query, covers it
      if (query_ && i + 1 == count && i > 0 && !IsSingle(i - 1)) break;
      const bool pair = i + 1 < count && !IsSingle(i + 1);
      if (const int rc = Emit(0, i, i + (pair ? 2 : 1))) return rc;
      if (!query_ && IsDigit(i))
        if (const int rc = EmitNumber(i)) return rc;
      if (!query_ && i >= word_end && chars_[i].type == CharClass::kRun) {
        word_end = i + 1;
        while (word_end < count && chars_[word_end].type == CharClass::kRun) word_end++;
        if (const int rc = EmitWord(i, word_end)) return rc;
      }
    }
    return SQLITE_OK;
  }

 private:
  bool IsSingle(size_t i) const { return chars_[i].type == CharClass::kSingle; }

  int Emit(int flags, size_t first, size_t last) {
    return emit_(context_, flags, folded_.data() + place_[first], static_cast<int>(place_[last] - place_[first]),
                 static_cast<int>(chars_[first].begin), static_cast<int>(chars_[last - 1].end));
  }

  /// Emits a mark as written, for pieces that begin with it.
  int EmitMark(size_t at) {
    word_.clear();
    AppendUtf8(chars_[at].written, word_);
    return emit_(context_, FTS5_TOKEN_COLOCATED, word_.data(), static_cast<int>(word_.size()), static_cast<int>(chars_[at].begin),
                 static_cast<int>(chars_[at].end));
  }

  int EmitWord(size_t first, size_t last) {
    if (last - first < 2 || last - first > kLongestWord) return SQLITE_OK;
    word_.assign(1, kWordMark);
    word_.append(folded_, place_[first], place_[last] - place_[first]);
    return emit_(context_, FTS5_TOKEN_COLOCATED, word_.data(), static_cast<int>(word_.size()),
                 static_cast<int>(chars_[first].begin), static_cast<int>(chars_[last - 1].end));
  }

  bool IsDigit(size_t i) const { return chars_[i].code >= '0' && chars_[i].code <= '9'; }

  /// Stores for each digit the next one of its number, across separators; itself at the end.
  void FindNumbers() {
    next_digit_.resize(chars_.size());
    size_t next = chars_.size();
    for (size_t i = chars_.size(); i-- > 0;) {
      if (IsDigit(i)) {
        next_digit_[i] = next < chars_.size() && next - i <= kLongestGap + 1 ? next : i;
        next = i;
      } else if (!IsGrouping(chars_[i].code) && !(IsThousands(chars_[i].code) && next == i + 1 && i > 0 && IsDigit(i - 1))) {
        next = chars_.size();
      }
    }
  }

  /// Emits the digits from here on without separators, if there are any.
  int EmitNumber(size_t first) {
    size_t at = first;
    size_t digits = 1;
    bool grouped = false;
    word_.assign(1, kNumberMark);
    word_ += static_cast<char>(chars_[first].code);
    for (; digits < kLongestNumber && next_digit_[at] != at; digits++) {
      grouped = grouped || next_digit_[at] != at + 1;
      at = next_digit_[at];
      word_ += static_cast<char>(chars_[at].code);
    }
    if (!grouped || digits < kShortestNumber) return SQLITE_OK;
    return emit_(context_, FTS5_TOKEN_COLOCATED, word_.data(), static_cast<int>(word_.size()),
                 static_cast<int>(chars_[first].begin), static_cast<int>(chars_[at].end));
  }

  /// Cuts the run of Han characters that starts at `first`; returns its end.
  size_t StartHan(size_t first) {
    size_t last = first;
    sentence_.clear();
    for (; last < chars_.size() && IsHan(chars_[last].code); last++) sentence_.push_back(chars_[last].code);
    han_ = first;
    next_ = 0;
    words_.clear();
    if (last - first >= 2) SearchWords(sentence_.data(), sentence_.size(), words_);
    return last;
  }

  /// Emits the term of a query for one whole word.
  int Word(const char* text, int bytes) {
    Fold(text + 1, static_cast<size_t>(bytes - 1), chars_);
    if (chars_.empty()) return SQLITE_OK;
    word_.clear();
    if (!IsHan(chars_[0].code)) word_ = kWordMark;
    for (const Folded& c : chars_) AppendUtf8(c.code, word_);
    return emit_(context_, 0, word_.data(), static_cast<int>(word_.size()), 0, bytes);
  }

  void* context_;
  bool query_;
  EmitToken emit_;
  std::vector<Folded>& chars_ = Scratch().chars;
  std::vector<WordSpan>& words_ = Scratch().words;
  std::vector<uint32_t>& sentence_ = Scratch().sentence;
  std::string& folded_ = Scratch().folded;
  std::vector<size_t>& place_ = Scratch().place;
  std::string& word_ = Scratch().word;
  std::vector<size_t>& next_digit_ = Scratch().next_digit;
  size_t han_ = 0;
  size_t next_ = 0;

  /// Capacity kept between texts, characters.
  static constexpr size_t kKeptChars = 1 << 16;

  /// Scratch memory of a thread, which cuts one text at a time.
  struct Memory {
    std::vector<Folded> chars;
    std::vector<WordSpan> words;
    std::vector<uint32_t> sentence;
    std::string folded;
    std::vector<size_t> place;
    std::string word;
    std::vector<size_t> next_digit;
  };
  static Memory& Scratch() {
    thread_local Memory memory;
    return memory;
  }
};

int Create(void*, const char**, int, Fts5Tokenizer** out) {
  static char stateless;
  *out = reinterpret_cast<Fts5Tokenizer*>(&stateless);
  return SQLITE_OK;
}

void Delete(Fts5Tokenizer*) {}

/// Emits terms that were cut ahead.
int Replay(const Ahead::Cut& cut, void* context, EmitToken emit) {
  for (uint32_t i = cut.first; i < cut.last; i++) {
    const Term& term = cut.terms->list[i];
    if (const int rc = emit(context, term.flags, cut.terms->bytes.data() + term.place, static_cast<int>(term.length), term.begin, term.end)) return rc;
  }
  return SQLITE_OK;
}

int Collect(void* context, int flags, const char* term, int length, int begin, int end) {
  Terms& out = *static_cast<Terms*>(context);
  out.list.push_back({static_cast<uint32_t>(out.bytes.size()), static_cast<uint32_t>(length), flags, begin, end});
  out.bytes.append(term, static_cast<size_t>(length));
  return SQLITE_OK;
}

int Tokenize(Fts5Tokenizer*, void* context, int flags, const char* text, int bytes, EmitToken emit) {
  try {
    Ahead::Cut cut;
    if (flags == FTS5_TOKENIZE_DOCUMENT && Ahead::Take(text, static_cast<size_t>(bytes), cut)) return Replay(cut, context, emit);
    return Pass(context, (flags & FTS5_TOKENIZE_QUERY) != 0, emit).Run(text, bytes);
  } catch (const std::bad_alloc&) {
    return SQLITE_NOMEM;
  } catch (...) {
    return SQLITE_ERROR;
  }
}

}  // namespace

void CutText(const char* text, size_t bytes, Terms& out) { Pass(&out, false, Collect).Run(text, static_cast<int>(bytes)); }

int RegisterTokenizer(sqlite3* db) {
  fts5_api* api = Fts5Api(db);
  if (api == nullptr) return SQLITE_ERROR;
  fts5_tokenizer methods = {Create, Delete, Tokenize};
  return api->xCreateTokenizer(api, "mnemo", nullptr, &methods, nullptr);
}

}  // namespace mnemo
