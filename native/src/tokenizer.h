#pragma once
#include <cstddef>

#include "ahead.h"
#include "sqlite3ext.h"

namespace mnemo {

/// Version of the rules below: an index made by another version has to be rebuilt.
inline constexpr int kTokenizerVersion = 8;

/// Longest word of letters and digits in the vocabulary; longer runs are found by their pieces.
inline constexpr size_t kLongestWord = 32;

/// First byte of a whole word's term, which no text can contain (folding replaces control characters). A query that
/// starts with it asks for that one term.
inline constexpr char kWordMark = '\x01';

/// First byte of a number's term, which has its digits without separators. Queries use it with a prefix query of
/// kShortestNumber to kLongestNumber digits.
inline constexpr char kNumberMark = '\x02';
inline constexpr size_t kShortestNumber = 5;
inline constexpr size_t kLongestNumber = 20;
/// Largest number of separators between two digits of one number.
inline constexpr size_t kLongestGap = 3;

/// Registers the FTS5 tokenizer 'mnemo' (https://sqlite.org/fts5.html#custom_tokenizers).
///
/// Every folded character has its own position, so a phrase query is exactly a substring query, including punctuation
/// and spaces. Term at a position:
///   CJK, kana, Hangul, Thai, emoji: the character;
///   any other: the character and the next one, or the character alone at the end and before one of the above.
/// Colocated terms:
///   with a word's first character, for ranking, spelling and related hits: jieba's search-mode words of two or more
///   Han characters; whole words of letters and digits, after kWordMark;
///   with a digit of a number grouped by blanks, dashes, brackets, slashes, points, a comma or an apostrophe: the digits
///   from there on without separators, after kNumberMark;
///   with the replacement of a long mark or an iteration mark: the mark.
int RegisterTokenizer(sqlite3* db);

/// Appends the index terms of a message's text. May throw std::bad_alloc.
void CutText(const char* text, size_t bytes, Terms& out);

}  // namespace mnemo
