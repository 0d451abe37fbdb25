#include "syncmanager/chunks.h"

#include <algorithm>
#include <utility>

#include "client/cpp/src/pool/inbox_calls.h"

namespace syncmanager {
namespace {

using Clock = std::chrono::steady_clock;

// The number of chunks that are submitted, or done and not collected: more than twice the workers
// of most fleets, so that no worker waits for this thread.
constexpr size_t kUnderWay = 256;
constexpr uint64_t kMaxCalls = 1000;
constexpr size_t kMaxBytes = 64 * 1024;  // Of arguments, and of results on average.
// The target duration of a chunk over all workers. At the end of a map one worker is busy with its
// last chunk for at most this duration times the number of workers.
constexpr std::chrono::duration<double> kChunk{0.01};

}  // namespace

Chunks::Chunks(const ReferencePtr& pool, std::string_view function, const TaskOptions& options,
               uint64_t calls)
    : function_(function),
      options_(options),
      adapts_(calls == 0),
      max_calls_(std::max<uint64_t>(calls, 1)),
      inbox_(std::make_unique<InboxCalls>(pool, "")),
      begun_(Clock::now()) {}

Chunks::~Chunks() = default;

bool Chunks::has_room() const { return under_way_.size() + outcomes_.size() < kUnderWay; }

bool Chunks::fits_more(uint64_t calls, size_t bytes) const {
  return calls < max_calls_ && (!adapts_ || bytes < kMaxBytes);
}

void Chunks::submit(uint64_t calls, std::string_view arguments) {
  ValueWriter chunk;
  chunk.begin_list(calls).encoded(arguments);
  submissions_.push_back(inbox_->submit(submitted_, function_, chunk.view(), options_));
  under_way_.emplace(submitted_++, calls);
}

std::optional<Chunks::Chunk> Chunks::collect() {
  while (outcomes_.empty()) {
    if (under_way_.empty()) return std::nullopt;
    for (TaskOutcome& outcome : inbox_->collect_after(submissions_)) {
      if (outcome.kind == wire::TaskResults::PROGRESS) continue;
      calls_done_ += under_way_.extract(outcome.ticket).mapped();
      bytes_done_ += outcome.value.result().size();
      outcomes_.push_back(std::make_unique<TaskOutcome>(std::move(outcome)));
    }
    if (adapts_) adapt();
  }
  const std::unique_ptr<TaskOutcome> outcome = std::move(outcomes_.front());
  outcomes_.pop_front();
  return Chunk{outcome->ticket, outcome->result(function_)};
}

void Chunks::adapt() {
  const std::chrono::duration<double> passed = Clock::now() - begun_;
  const auto done = static_cast<double>(calls_done_);
  const double in_time = done * (kChunk / passed);
  const double in_bytes = done * static_cast<double>(kMaxBytes) / static_cast<double>(bytes_done_);
  max_calls_ = static_cast<uint64_t>(
      std::clamp(std::min(in_time, in_bytes), 1.0, static_cast<double>(kMaxCalls)));
}

}  // namespace syncmanager
