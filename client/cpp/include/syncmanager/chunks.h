#pragma once

#include <syncmanager/pool_calls.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncmanager {

class InboxCalls;
struct TaskOutcome;

// Calls of one function in chunks: each task has several calls, and a bounded number of tasks is
// under way. The part of TaskResults that doesn't depend on types. One thread at a time.
class Chunks {
 protected:
  struct Chunk {
    uint64_t number;  // The first one submitted is 0.
    Answer results;
  };

  // `calls` in a chunk; 0: it finds out.
  Chunks(const ReferencePtr& pool, std::string_view function, const TaskOptions& options,
         uint64_t calls);
  // Cancels the chunks that no worker has begun.
  ~Chunks();
  Chunks(const Chunks&) = delete;
  Chunks& operator=(const Chunks&) = delete;

  // Whether another chunk may be under way.
  bool has_room() const;
  // Returns whether a chunk that has this number of calls and bytes takes another call.
  bool fits_more(uint64_t calls, size_t bytes) const;
  // `arguments`: a tuple for each call.
  void submit(uint64_t calls, std::string_view arguments);
  // Waits for a chunk that is done; nothing: none is under way. Throws as TaskFuture::get().
  std::optional<Chunk> collect();

 private:
  void adapt();

  const std::string function_;
  const TaskOptions options_;
  const bool adapts_;
  uint64_t max_calls_;  // In a chunk.
  std::unique_ptr<InboxCalls> inbox_;
  std::vector<PendingAnswer> submissions_;  // Whose answers nobody has looked at.
  std::map<uint64_t, uint64_t> under_way_;  // Calls by chunk.
  std::deque<std::unique_ptr<TaskOutcome>> outcomes_;
  std::chrono::steady_clock::time_point begun_;
  uint64_t submitted_ = 0;  // Chunks.
  uint64_t calls_done_ = 0;
  size_t bytes_done_ = 0;  // Of their results.
};

}  // namespace syncmanager
