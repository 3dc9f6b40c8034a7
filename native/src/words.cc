// Segmentation of jieba (cppjieba: DictTrie, MPSegment, MixSegment, HMMSegment, QuerySegment) on a mapped
// double-array trie. Every step follows cppjieba's, to the order of additions, so that the words are the same.
#include "words.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>

#include "mapped_file.h"

namespace mnemo {
namespace {

constexpr double kMinDouble = -3.14e+100;

struct Dictionary {
  uint32_t units = 0;
  const uint16_t* bmp = nullptr;
  const uint32_t* astral = nullptr;
  uint32_t astral_count = 0;
  const int32_t* unit = nullptr;
  const uint16_t* value = nullptr;
  const double* emission = nullptr;
  const double* start = nullptr;
  const double* transition = nullptr;
  std::vector<double> weight;  // by value - 1; [1] is the smallest

  uint32_t CodeOf(uint32_t character) const {
    if (character < 65536) return bmp[character];
    for (uint32_t i = 0; i < astral_count; i++)
      if (astral[2 * i] == character) return astral[2 * i + 1];
    return 0;
  }
  /// Child of `node` for a character's code, or 0.
  uint32_t Child(uint32_t node, uint32_t code) const {
    if (code == 0) return 0;
    const uint32_t next = static_cast<uint32_t>(unit[2 * node]) + code;
    return next < units && unit[2 * next + 1] == static_cast<int32_t>(node) && next != 0 ? next : 0;
  }
  const double* WeightOf(uint32_t node) const { return value[node] == 0 ? nullptr : &weight[value[node] - 1]; }
};

using UserWords = std::map<std::u32string, double>;

std::mutex guard;
std::unique_ptr<Dictionary> mapped;
std::atomic<const Dictionary*> dictionary{nullptr};  // set once, under the guard
std::shared_ptr<const UserWords> user_words;

const Dictionary* Loaded() { return dictionary.load(std::memory_order_acquire); }

std::shared_ptr<const UserWords> Users() {
  const std::lock_guard<std::mutex> lock(guard);
  return user_words;
}

struct Edge {
  uint32_t last;         // index of the word's last character
  const double* weight;  // nullptr: no word, a single character
};

/// Scratch memory of a thread, so that a message costs no allocation.
struct Scratch {
  std::vector<uint32_t> codes;
  std::vector<Edge> edges;
  std::vector<uint32_t> first_edge;
  std::vector<double> best;
  std::vector<uint32_t> best_last;
  std::vector<WordSpan> words;
  std::vector<WordSpan> mixed;
  std::vector<double> weight;
  std::vector<int> path;
};

class Cutter {
 public:
  Cutter(const Dictionary& dictionary, const UserWords* users, const uint32_t* text, Scratch& scratch)
      : d_(dictionary), users_(users), text_(text), s_(scratch) {}

  /// QuerySegment::Cut over [begin, end), a range without separators.
  void Query(uint32_t begin, uint32_t end, std::vector<WordSpan>& out) {
    s_.mixed.clear();
    Mix(begin, end);
    for (const WordSpan word : s_.mixed) {
      for (uint32_t size = 2; size <= 3 && size < word.length; size++)
        for (uint32_t i = 0; i + size <= word.length; i++)
          if (IsWord(word.first + i, size)) out.push_back({word.first + i, size});
      out.push_back(word);
    }
  }

 private:
  uint32_t Code(uint32_t at) const { return s_.codes[at]; }

  const double* UserWeight(uint32_t first, uint32_t length) const {
    if (users_ == nullptr) return nullptr;
    const auto found = users_->find(std::u32string(text_ + first, text_ + first + length));
    return found == users_->end() ? nullptr : &found->second;
  }

  bool IsWord(uint32_t first, uint32_t length) const {
    uint32_t node = 0;
    for (uint32_t i = 0; i < length; i++)
      if ((node = d_.Child(node, Code(first + i))) == 0) return UserWeight(first, length) != nullptr;
    return d_.value[node] != 0 || UserWeight(first, length) != nullptr;
  }

  /// Trie::Find: all words that start at `at`, shortest first; the single character always, with or without a weight.
  void Edges(uint32_t at, uint32_t end) {
    uint32_t node = d_.Child(0, Code(at));
    s_.edges.push_back({at, node == 0 ? nullptr : d_.WeightOf(node)});
    for (uint32_t last = at + 1; node != 0 && last < end; last++) {
      node = d_.Child(node, Code(last));
      if (node == 0) break;
      if (const double* weight = d_.WeightOf(node)) s_.edges.push_back({last, weight});
    }
    if (users_ == nullptr) return;
    for (uint32_t last = at; last < end && last - at < 32; last++)
      if (const double* weight = UserWeight(at, last - at + 1)) s_.edges.push_back({last, weight});
  }

  /// MPSegment: the most probable path through the words.
  void MaxProbability(uint32_t begin, uint32_t end) {
    const uint32_t count = end - begin;
    s_.edges.clear();
    s_.first_edge.resize(count + 1);
    for (uint32_t i = 0; i < count; i++) {
      s_.first_edge[i] = static_cast<uint32_t>(s_.edges.size());
      Edges(begin + i, end);
    }
    s_.first_edge[count] = static_cast<uint32_t>(s_.edges.size());
    s_.best.resize(count);
    s_.best_last.resize(count);
    for (uint32_t i = count; i-- > 0;) {
      s_.best[i] = kMinDouble;
      s_.best_last[i] = begin + i;
      for (uint32_t e = s_.first_edge[i]; e < s_.first_edge[i + 1]; e++) {
        const Edge& edge = s_.edges[e];
        const uint32_t next = edge.last - begin + 1;
        double value = 0.0;
        if (next < count) value += s_.best[next];
        value += edge.weight == nullptr ? d_.weight[1] : *edge.weight;
        if (value > s_.best[i]) {
          s_.best[i] = value;
          s_.best_last[i] = edge.last;
        }
      }
    }
    s_.words.clear();
    for (uint32_t at = begin; at < end;) {
      const uint32_t length = s_.best_last[at - begin] - at + 1;
      s_.words.push_back({at, length});
      at += length;
    }
  }

  /// MixSegment: splits runs of single characters again by the hidden Markov model.
  void Mix(uint32_t begin, uint32_t end) {
    MaxProbability(begin, end);
    for (size_t i = 0; i < s_.words.size();) {
      if (s_.words[i].length != 1) {
        s_.mixed.push_back(s_.words[i++]);
        continue;
      }
      size_t j = i;
      while (j < s_.words.size() && s_.words[j].length == 1) j++;
      Hmm(s_.words[i].first, s_.words[j - 1].first + 1);
      i = j;
    }
  }

  static bool IsLetter(uint32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
  static bool IsDigit(uint32_t c) { return c >= '0' && c <= '9'; }

  /// HMMSegment::Cut: ASCII letters and numbers by rule, the rest by the model.
  void Hmm(uint32_t begin, uint32_t end) {
    uint32_t left = begin;
    uint32_t right = begin;
    while (right != end) {
      if (text_[right] >= 0x80) {
        right++;
        continue;
      }
      if (left != right) Viterbi(left, right);
      left = right;
      const uint32_t c = text_[right++];
      if (IsLetter(c))
        while (right != end && (IsLetter(text_[right]) || IsDigit(text_[right]))) right++;
      else if (IsDigit(c))
        while (right != end && (IsDigit(text_[right]) || text_[right] == '.')) right++;
      s_.mixed.push_back({left, right - left});
      left = right;
    }
    if (left != right) Viterbi(left, right);
  }

  void Viterbi(uint32_t begin, uint32_t end) {
    enum { kB = 0, kE = 1, kM = 2, kS = 3, kStates = 4 };
    const uint32_t count = end - begin;
    s_.weight.resize(count * kStates);
    s_.path.resize(count * kStates);
    const auto emission = [&](uint32_t at, int state) { return d_.emission[Code(at) * kStates + static_cast<uint32_t>(state)]; };
    for (int y = 0; y < kStates; y++) {
      s_.weight[static_cast<size_t>(y)] = d_.start[y] + emission(begin, y);
      s_.path[static_cast<size_t>(y)] = -1;
    }
    for (uint32_t x = 1; x < count; x++) {
      const double* before = &s_.weight[(x - 1) * kStates];
      for (int y = 0; y < kStates; y++) {
        double best = kMinDouble;
        int from = kE;
        const double emitted = emission(begin + x, y);
        for (int p = 0; p < kStates; p++) {
          const double value = before[p] + d_.transition[p * kStates + y] + emitted;
          if (value > best) {
            best = value;
            from = p;
          }
        }
        s_.weight[x * kStates + static_cast<uint32_t>(y)] = best;
        s_.path[x * kStates + static_cast<uint32_t>(y)] = from;
      }
    }
    const double* last = &s_.weight[(count - 1) * kStates];
    int state = last[kE] >= last[kS] ? kE : kS;
    // bit 1 of a path entry is free: mark where a word ends
    std::vector<int>& path = s_.path;
    for (uint32_t x = count; x-- > 0;) {
      const int from = path[x * kStates + static_cast<uint32_t>(state)];
      path[x * kStates] = state % 2;
      state = from;
    }
    uint32_t left = begin;
    for (uint32_t x = 0; x < count; x++)
      if (path[x * kStates] != 0) {
        s_.mixed.push_back({left, begin + x + 1 - left});
        left = begin + x + 1;
      }
  }

  const Dictionary& d_;
  const UserWords* users_;
  const uint32_t* text_;
  Scratch& s_;
};

/// SegmentBase's SPECIAL_SEPARATORS: each stands alone and ends a range.
bool IsSeparator(uint32_t c) { return c == ' ' || c == '\t' || c == '\n' || c == 0xFF0C || c == 0x3002; }

void Encode(const Dictionary& d, const uint32_t* text, size_t length, Scratch& scratch) {
  scratch.codes.resize(length);
  for (size_t i = 0; i < length; i++) scratch.codes[i] = d.CodeOf(text[i]);
}

Scratch& ThreadScratch() {
  thread_local Scratch scratch;
  // a single long text must not keep its memory for ever
  constexpr size_t kKeptCodes = 1 << 16;
  if (scratch.codes.capacity() > kKeptCodes) scratch = Scratch();
  return scratch;
}

}  // namespace

const char* MapDictionary(const std::string& file) {
  const std::lock_guard<std::mutex> lock(guard);
  if (Loaded() != nullptr) return nullptr;
  size_t size = 0;
  const unsigned char* bytes = MapFile(file, size);
  if (bytes == nullptr) return "the dictionary cannot be read";
  const auto* head = reinterpret_cast<const uint32_t*>(bytes);
  if (size < 64 || head[0] != 0x44574E4D || head[1] != 1 || head[13] != size) return "that is no dictionary of this version";
  const uint32_t units = head[2], frequencies = head[3], characters = head[4];
  const auto fits = [&](uint32_t offset, uint64_t length) { return offset % 8 == 0 && offset + length <= size; };
  if (!fits(head[5], 131072) || !fits(head[6], head[7] * 8ULL) || !fits(head[8], units * 8ULL) || !fits(head[9], units * 2ULL) ||
      !fits(head[10], frequencies * 8ULL) || !fits(head[11], (characters + 1) * 32ULL) || !fits(head[12], 160) || frequencies < 2)
    return "the dictionary is damaged";
  auto loaded = std::make_unique<Dictionary>();
  loaded->units = units;
  loaded->bmp = reinterpret_cast<const uint16_t*>(bytes + head[5]);
  loaded->astral = reinterpret_cast<const uint32_t*>(bytes + head[6]);
  loaded->astral_count = head[7];
  loaded->unit = reinterpret_cast<const int32_t*>(bytes + head[8]);
  loaded->value = reinterpret_cast<const uint16_t*>(bytes + head[9]);
  const auto* frequency = reinterpret_cast<const double*>(bytes + head[10]);
  loaded->emission = reinterpret_cast<const double*>(bytes + head[11]);
  loaded->start = reinterpret_cast<const double*>(bytes + head[12]);
  loaded->transition = loaded->start + 4;
  loaded->weight.resize(frequencies);
  for (uint32_t i = 1; i < frequencies; i++) loaded->weight[i] = std::log(frequency[i] / frequency[0]);
  mapped = std::move(loaded);
  dictionary.store(mapped.get(), std::memory_order_release);
  return nullptr;
}

void SetUserWords(const std::vector<std::u32string>& words) {
  const Dictionary* d = Loaded();
  if (d == nullptr) return;
  auto made = std::make_shared<UserWords>();
  // likelier than any path of single characters, as cppjieba's WordWeightMax
  const double weight = *std::max_element(d->weight.begin() + 1, d->weight.end());
  for (const auto& word : words)
    if (word.size() >= 2 && word.size() <= 32) made->emplace(word, weight);
  const std::lock_guard<std::mutex> lock(guard);
  user_words = std::move(made);
}

void CutForSearch(const uint32_t* text, size_t length, bool with_user_words, std::vector<WordSpan>& out) {
  out.clear();
  const Dictionary* d = Loaded();
  if (d == nullptr) return;
  const auto users = with_user_words ? Users() : nullptr;
  Scratch& scratch = ThreadScratch();
  Encode(*d, text, length, scratch);
  Cutter cutter(*d, users == nullptr || users->empty() ? nullptr : users.get(), text, scratch);
  for (uint32_t at = 0; at < length;) {
    uint32_t end = at;
    while (end < length && !IsSeparator(text[end])) end++;
    if (end == at) end++;
    cutter.Query(at, end, out);
    at = end;
  }
}

void SearchWords(const uint32_t* sentence, size_t length, std::vector<WordSpan>& out) {
  out.clear();
  const Dictionary* d = Loaded();
  if (d == nullptr) return;
  Scratch& scratch = ThreadScratch();
  Encode(*d, sentence, length, scratch);
  Cutter(*d, nullptr, sentence, scratch).Query(0, static_cast<uint32_t>(length), out);
  out.erase(std::remove_if(out.begin(), out.end(), [](const WordSpan& word) { return word.length < 2; }), out.end());
  std::stable_sort(out.begin(), out.end(), [](const WordSpan& a, const WordSpan& b) { return a.first < b.first; });
}

}  // namespace mnemo
