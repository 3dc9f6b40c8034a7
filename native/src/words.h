#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace mnemo {

/// A dictionary word of two or more characters; `first` and `length` count characters of the sentence.
struct WordSpan {
  uint32_t first;
  uint32_t length;
};

/// Names the folder of cppjieba's dictionaries; read when the first word is asked for, once per process.
/// Returns false where the folder lacks a dictionary.
bool SetDictionary(const std::string& folder);

/// jieba's search-mode words (cppjieba QuerySegment, with HMM) of a sentence of Han characters, longer than one
/// character, ordered by their first character. Empty where no dictionary was named. Thread-safe.
void SearchWords(const std::string& sentence, std::vector<WordSpan>& out);

}  // namespace mnemo
