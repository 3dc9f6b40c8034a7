#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mnemo {

/// Role of a folded character in the index.
enum class CharClass : uint8_t {
  kSeparator = 0,  ///< space, punctuation, control: never a token
  kRun = 1,        ///< letter or digit of a spaced script: joins its neighbours to a run
  kSingle = 2,     ///< CJK, kana, Hangul, Thai, emoji: a token of its own
};

/// Folded character and its bytes in the original text.
struct Folded {
  uint32_t code;   ///< folded code point
  uint32_t begin;  ///< first byte in the original UTF-8
  uint32_t end;    ///< one past its last byte there
  CharClass type;
  uint32_t written = 0;  ///< the mark that stands there for `code` (of a long vowel, or of what is repeated); 0 for none
};

/// True if a character of a text matches one of a piece, which may begin with the mark that the text has there.
inline bool Matches(const Folded& text, const Folded& piece) { return text.code == piece.code || (text.written != 0 && text.written == piece.code); }

/// Folds UTF-8 of any quality by the rules of docs/folding.md (generate-fold-table.mjs); composes voiced kana, Hangul
/// jamo and flags. A malformed byte becomes U+FFFD of one byte, and so does a control character; white space of any
/// kind becomes a space, or nothing between Chinese or kana and anything else. Long marks become the vowel they stand
/// for, iteration marks the repeated character.
void Fold(const char* text, size_t bytes, std::vector<Folded>& out);

/// Decodes one code point (RFC 3629: no overlong forms, no surrogates); returns the number of bytes taken. A malformed
/// byte is U+FFFD of one byte.
size_t DecodeOne(const unsigned char* s, size_t left, uint32_t& code);

/// Appends the code points of UTF-8 of any quality; a malformed byte becomes U+FFFD.
void Decode(const char* text, size_t bytes, std::vector<uint32_t>& out);

/// Appends one code point as UTF-8.
void AppendUtf8(uint32_t code, std::string& out);

bool IsHan(uint32_t code);

}  // namespace mnemo
