#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "manager/core/snapshot.h"
#include "manager/core/stored.h"

namespace syncmanager {

// In which order items come out of a queue.
enum class Order { kFirstIn, kLastIn, kSmallest };

// The items of a queue. Taking the smallest and putting one among the others costs a heap's
// logarithm; the other orders cost nothing.
//
// Of equals the one that came first is the smaller, where Python promises nothing. Two items that
// have no order (NaN, or some that Python's < refuses) count as equals too: only a put can be
// refused for that, never a get.
class QueueItems {
 public:
  explicit QueueItems(Order order) : order_(order) {}

  // Whether `item` can stand among the others: InvalidArgument with Python's TypeError message if
  // it has no order with one that it must be compared with.
  absl::Status fits(const Stored& item) const;
  void put(Stored item);
  // The next one to come out. REQUIRES: not empty.
  const Stored& next() const;
  void drop_next();
  void clear();

  bool empty() const { return size() == 0; }
  size_t size() const { return line_.size() + heap_.size(); }
  // In the order of coming.
  void save(Snapshot& snapshot) const;

 private:
  struct Ranked {
    Stored item;
    uint64_t arrival;
  };
  static bool later(const Ranked& a, const Ranked& b);

  const Order order_;
  std::deque<Stored> line_;   // The next one is at the front.
  std::vector<Ranked> heap_;  // Those of kSmallest; the next one is the first.
  uint64_t arrivals_ = 0;
};

}  // namespace syncmanager
