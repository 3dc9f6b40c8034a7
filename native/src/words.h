#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mnemo {

/// A word; `first` and `length` count characters of the sentence.
struct WordSpan {
  uint32_t first;
  uint32_t length;
};

/// Maps the dictionary that generate-dictionary.mjs wrote, once per process; read-only pages, shared by all threads.
/// Returns nullptr, or why the file cannot be used.
const char* MapDictionary(const std::string& file);

/// Words that count in queries beside the dictionary's own, such as the names of contacts; replaces those before.
/// They never enter the index: what was indexed must be cut the same way when it is deleted.
void SetUserWords(const std::vector<std::u32string>& words);

/// What cppjieba's QuerySegment::Cut gives with the hidden Markov model on: every word in its order, each word of
/// more than two characters after the two- and three-character words inside it. Nothing where no dictionary is mapped.
void CutForSearch(const uint32_t* text, size_t length, bool user_words, std::vector<WordSpan>& out);

/// The same for a sentence of Han characters alone, only words of two or more characters, by their first character.
void SearchWords(const uint32_t* sentence, size_t length, std::vector<WordSpan>& out);

}  // namespace mnemo
