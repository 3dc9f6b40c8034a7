#include "words.h"

#include <algorithm>
#include <fstream>
#include <memory>
#include <mutex>

#include "cppjieba/QuerySegment.hpp"

namespace mnemo {
namespace {

struct Dictionary {
  explicit Dictionary(const std::string& folder)
      : trie(folder + "/jieba.dict.utf8", folder + "/user.dict.utf8"),
        model(folder + "/hmm_model.utf8"),
        segment(&trie, &model) {}
  cppjieba::DictTrie trie;
  cppjieba::HMMModel model;
  cppjieba::QuerySegment segment;
};

std::mutex guard;
std::string dictionary_folder;
std::unique_ptr<Dictionary> dictionary;

const Dictionary* Load() {
  const std::lock_guard<std::mutex> lock(guard);
  if (!dictionary && !dictionary_folder.empty()) dictionary = std::make_unique<Dictionary>(dictionary_folder);
  return dictionary.get();
}

}  // namespace

bool SetDictionary(const std::string& folder) {
  // cppjieba ends the process where a file is missing, so look first
  for (const char* name : {"/jieba.dict.utf8", "/user.dict.utf8", "/hmm_model.utf8"})
    if (!std::ifstream(folder + name).good()) return false;
  const std::lock_guard<std::mutex> lock(guard);
  if (dictionary_folder.empty()) dictionary_folder = folder;
  return true;
}

void SearchWords(const std::string& sentence, std::vector<WordSpan>& out) {
  out.clear();
  const Dictionary* loaded = Load();
  if (loaded == nullptr) return;
  std::vector<cppjieba::Word> words;
  loaded->segment.Cut(sentence, words, true);
  for (const auto& word : words)
    if (word.unicode_length >= 2) out.push_back({word.unicode_offset, word.unicode_length});
  std::stable_sort(out.begin(), out.end(), [](const WordSpan& a, const WordSpan& b) { return a.first < b.first; });
}

}  // namespace mnemo
