#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace mnemo {

/// Term as the tokenizer emits it (https://sqlite.org/fts5.html#custom_tokenizers).
struct Term {
  uint32_t place, length;  ///< its bytes, in Terms::bytes
  int flags;               ///< FTS5_TOKEN_COLOCATED or 0
  int begin, end;          ///< bytes of the original text
};

struct Terms {
  std::string bytes;
  std::vector<Term> list;
};

/// Text in UTF-8.
struct Text {
  const char* bytes;
  size_t size;
};

/// Cuts texts into terms in a separate thread, in the order in which an index will ask for them, while FTS5 inserts
/// earlier ones. While an instance is alive, the tokenizer takes the terms from it in the same thread, and cuts a
/// text itself if it is none of these texts, or not the next one.
class Ahead {
 public:
  /// The texts must outlive it. On a machine with one core nothing is done ahead.
  explicit Ahead(const std::vector<Text>& texts);
  ~Ahead();
  Ahead(const Ahead&) = delete;
  Ahead& operator=(const Ahead&) = delete;

  /// Terms of the next text if it equals this one; [first, last) of the list stay valid until the next call.
  struct Cut {
    const Terms* terms;
    uint32_t first, last;
  };
  static bool Take(const char* text, size_t size, Cut& out);

 private:
  struct Work;
  Work* work_ = nullptr;
};

}  // namespace mnemo
