#pragma once
#include <cstddef>

#include "sqlite3ext.h"

namespace mnemo {

/// Letters and digits of one run that one token can hold. A suffix longer than this is cut to it, so a run of n
/// characters costs at most n * kLongestRun; a longer piece is still found by its first kLongestRun characters and
/// then checked against the text.
inline constexpr size_t kLongestRun = 32;

/// Registers the FTS5 tokenizer 'mnemo' (https://sqlite.org/fts5.html#custom_tokenizers).
///
/// Index time: every CJK character at its own position; for a run of letters and digits the folded run and,
/// colocated, each of its proper suffixes; jieba's search-mode words colocated with their first character.
/// Query time: characters and whole runs only, so that a phrase query is a substring query.
int RegisterTokenizer(sqlite3* db);

}  // namespace mnemo
