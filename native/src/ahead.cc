#include "ahead.h"

#include <array>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>

#include "tokenizer.h"

namespace mnemo {
namespace {

/// Number of texts per chunk, and of chunks cut ahead: small enough to stay in a core's cache.
constexpr size_t kTexts = 64;
constexpr size_t kChunks = 8;

struct Chunk {
  Terms terms;
  /// End of each text's terms.
  std::array<uint32_t, kTexts> ends;
  /// Number of the chunk that was cut last, plus one.
  size_t cut = 0;
};

}  // namespace

struct Ahead::Work {
  explicit Work(const std::vector<Text>& all) : texts(all) {}

  const std::vector<Text>& texts;
  std::array<Chunk, kChunks> chunks;
  std::mutex guard;
  std::condition_variable changed;
  // protected by the guard: number of chunks begun, and of the one being taken
  size_t begun = 0;
  size_t taken = 0;
  bool stopped = false;
  // used by the taker only: the next text, and whether those of its chunk were cut here
  size_t next = 0;
  bool here = false;
  std::thread thread;

  void Fill(Chunk& chunk, size_t first) {
    chunk.terms.bytes.clear();
    chunk.terms.list.clear();
    for (size_t i = 0; i < kTexts && first + i < texts.size(); i++) {
      CutText(texts[first + i].bytes, texts[first + i].size, chunk.terms);
      chunk.ends[i] = static_cast<uint32_t>(chunk.terms.list.size());
    }
  }

  void Run() {
    std::unique_lock<std::mutex> lock(guard);
    try {
      for (;;) {
        changed.wait(lock, [&] { return stopped || begun < taken + kChunks; });
        const size_t number = begun++;
        if (stopped || number * kTexts >= texts.size()) return;
        lock.unlock();
        Chunk& chunk = chunks[number % kChunks];
        Fill(chunk, number * kTexts);
        lock.lock();
        chunk.cut = number + 1;
        changed.notify_all();
      }
    } catch (const std::bad_alloc&) {
      // the taker cuts the rest
      lock.lock();
      stopped = true;
      changed.notify_all();
    }
  }

  /// Returns whether the taker has to cut a chunk itself. A chunk that was not begun is left to it, since it would
  /// only wait.
  bool Enter(size_t number) {
    std::unique_lock<std::mutex> lock(guard);
    taken = number;
    changed.notify_all();
    if (begun <= number) {
      begun = number + 1;
      return false;
    }
    const Chunk& chunk = chunks[number % kChunks];
    changed.wait(lock, [&] { return stopped || chunk.cut == number + 1; });
    return chunk.cut == number + 1;
  }

  bool Take(const char* text, size_t size, Cut& out) {
    if (next >= texts.size() || texts[next].size != size || std::memcmp(texts[next].bytes, text, size) != 0) return false;
    const size_t at = next % kTexts;
    const size_t number = next++ / kTexts;
    if (at == 0) here = Enter(number);
    if (!here) return false;
    const Chunk& chunk = chunks[number % kChunks];
    out = {&chunk.terms, at == 0 ? 0 : chunk.ends[at - 1], chunk.ends[at]};
    return true;
  }

  static thread_local Work* current;
};

thread_local Ahead::Work* Ahead::Work::current = nullptr;

Ahead::Ahead(const std::vector<Text>& texts) {
  if (texts.size() < 2 * kTexts || std::thread::hardware_concurrency() < 2) return;
  auto work = std::make_unique<Work>(texts);
  try {
    work->thread = std::thread([raw = work.get()] { raw->Run(); });
  } catch (const std::system_error&) {
    return;  // no thread available
  }
  Work::current = work_ = work.release();
}

Ahead::~Ahead() {
  if (work_ == nullptr) return;
  Work::current = nullptr;
  {
    const std::lock_guard<std::mutex> lock(work_->guard);
    work_->stopped = true;
  }
  work_->changed.notify_all();
  work_->thread.join();
  delete work_;
}

bool Ahead::Take(const char* text, size_t size, Cut& out) {
  return Work::current != nullptr && Work::current->Take(text, size, out);
}

}  // namespace mnemo
