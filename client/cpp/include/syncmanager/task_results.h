#pragma once

#include <syncmanager/chunks.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace syncmanager {

// The result of Pool::map_unordered: an input range of R, which can be traversed once. `Range` is a
// reference if the argument was an lvalue.
template <class R, class Range>
class TaskResults : private Chunks {
 public:
  class Iterator {
   public:
    using value_type = R;
    using difference_type = std::ptrdiff_t;

    explicit Iterator(TaskResults* results) : results_(results) {}

    R& operator*() const { return results_->results_[results_->position_]; }
    Iterator& operator++() {
      results_->advance();
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const {
      return results_->position_ == results_->results_.size();
    }

   private:
    TaskResults* results_;
  };

  TaskResults(const ReferencePtr& pool, std::string_view function, const TaskOptions& options,
              Range&& range, uint64_t chunk)
      : Chunks(pool, function, options, chunk),
        range_(std::forward<Range>(range)),
        next_(std::begin(range_)) {}

  // Waits for the first result.
  Iterator begin() {
    if (results_.empty()) advance();
    return Iterator(this);
  }
  std::default_sentinel_t end() const { return {}; }

  // All results by the order of the elements. REQUIRES: begin() wasn't called.
  std::vector<R> in_order() {
    std::vector<std::vector<R>> chunks;
    while (std::optional<Chunk> chunk = next_chunk()) {
      if (chunks.size() <= chunk->number) chunks.resize(chunk->number + 1);
      chunks[chunk->number] = read(*chunk);
    }
    std::vector<R> results;
    for (std::vector<R>& chunk : chunks) {
      results.insert(results.end(), std::make_move_iterator(chunk.begin()),
                     std::make_move_iterator(chunk.end()));
    }
    return results;
  }

 private:
  using Argument = decltype(*std::begin(std::declval<std::remove_reference_t<Range>&>()));

  void advance() {
    if (++position_ < results_.size()) return;
    results_.clear();
    position_ = 0;
    if (std::optional<Chunk> chunk = next_chunk()) results_ = read(*chunk);
  }
  std::optional<Chunk> next_chunk() {
    while (has_room() && next_ != std::end(range_)) submit_chunk();
    return collect();
  }
  void submit_chunk() {
    ValueWriter calls;
    uint64_t count = 0;
    do {
      const Argument& argument = *next_;
      to_value(calls, std::tie(argument));
      ++next_;
    } while (fits_more(++count, calls.size()) && next_ != std::end(range_));
    submit(count, calls.view());
  }
  static std::vector<R> read(Chunk& chunk) { return chunk.results.template as<std::vector<R>>(); }

  Range range_;
  decltype(std::begin(std::declval<std::remove_reference_t<Range>&>())) next_;
  std::vector<R> results_;  // Of the chunk that is gone through.
  size_t position_ = 0;
};

}  // namespace syncmanager
