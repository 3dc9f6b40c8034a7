#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mnemo {

/// Word; `first` and `length` count characters of the sentence.
struct WordSpan {
  uint32_t first;
  uint32_t length;
};

/// Maps the dictionary written by generate-dictionary.mjs, once per process; read-only pages, shared by all threads.
/// Returns nullptr, or the reason why the file cannot be used.
const char* MapDictionary(const std::string& file);

/// Sets additional words for queries, such as names of contacts; replaces earlier ones. They never enter the index:
/// indexed texts must be cut the same way when they are deleted.
void SetUserWords(const std::vector<std::u32string>& words);

/// Result of cppjieba's QuerySegment::Cut with the hidden Markov model on: every word in order, each word of more
/// than two characters after the two- and three-character words inside it. Empty if no dictionary is mapped.
void CutForSearch(const uint32_t* text, size_t length, bool user_words, std::vector<WordSpan>& out);

/// Words of a sentence of Han characters, only those of two or more characters, by their first character.
void SearchWords(const uint32_t* sentence, size_t length, std::vector<WordSpan>& out);

}  // namespace mnemo
