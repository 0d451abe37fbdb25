#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "manager/core/snapshot.h"
#include "manager/core/stored.h"
#include "manager/core/time.h"

namespace syncmanager::manager {

// In which order items come out of a queue.
enum class Order { kFirstIn, kLastIn, kSmallest };

// An item of a queue, in whatever place.
struct QueueItem {
  Stored value;
  uint64_t deliveries = 0;           // How often it has been put into somebody's hand.
  std::unique_ptr<Stored> key = {};  // Of a put that was to be done once; null for most.

  void save(Snapshot& snapshot) const;
};

// The items of a queue that nobody has got: those in line and those whose time hasn't come. Taking
// the smallest and putting one among the others costs a heap's logarithm, and so does a time; the
// other orders cost nothing.
//
// The first of two equal items is the smaller, where Python promises nothing. Two items that
// have no order (NaN, or some that Python's < refuses) count as equals too: only a put can be
// refused for that, never what comes back, comes due or goes.
class QueueItems {
 public:
  explicit QueueItems(Order order) : order_(order) {}

  // Whether `value` can stand among those in line: InvalidArgument with Python's TypeError message
  // if it has no order with one that it must be compared with.
  absl::Status fits(const Stored& value) const;
  void put(QueueItem&& item);
  // Puts the item `place` places behind the next one. Those of kSmallest keep the
  // order that they have then until none is left, but for what is put and compares otherwise.
  // REQUIRES: kSmallest, and no more items than that.
  void put_at(uint64_t place, QueueItem&& item);
  // Puts it where it is the next one to come out; of kSmallest only before its equals.
  void put_first(QueueItem&& item);
  // Puts it in line at `when`, by admit_due(): first if it has been delivered before.
  void put_later(QueueItem&& item, Time when);
  // Puts those in line whose time has come, in the order of their times.
  void admit_due(Time now);
  // When the next one's time comes; kNever if there is none.
  Time next_due() const { return delayed_.empty() ? kNever : delayed_.begin()->first.first; }
  // Takes the one that comes out next. REQUIRES: somebody is in line.
  QueueItem take_next();
  void clear();
  // Those in line as they come out.
  std::vector<const QueueItem*> in_order() const;
  // Changes with each change of the line.
  uint64_t version() const { return version_; }

  // Whether nobody is in line, and how many are.
  bool empty() const { return line_.empty() && heap_.empty(); }
  size_t size() const { return line_.size() + heap_.size(); }
  size_t delayed() const { return delayed_.size(); }
  // The encoded size of all items, as QueueOptions.max_bytes counts.
  uint64_t bytes() const { return bytes_; }
  // In the order of coming.
  void save(Snapshot& snapshot) const;

 private:
  struct Ranked {
    QueueItem item;
    int64_t arrival;
  };
  static bool later(const Ranked& a, const Ranked& b);
  void push(QueueItem&& item, int64_t arrival);
  // Whether items of kSmallest have the places in line that clients found.
  bool has_places() const { return order_ == Order::kSmallest && !line_.empty(); }
  size_t place_of(const Stored& value, bool before_equals) const;
  void insert(size_t place, QueueItem&& item);
  void line_up(QueueItem&& item);
  void line_up_first(QueueItem&& item);

  const Order order_;
  std::deque<QueueItem> line_;  // The next one is at the front.
  std::vector<Ranked> heap_;    // Those of kSmallest, unless they are in line; first the next one.
  uint64_t version_ = 1;
  int64_t last_arrival_ = 0;
  int64_t first_arrival_ = 0;  // Goes down with each that is put first.
  absl::btree_map<std::pair<Time, uint64_t>, QueueItem> delayed_;
  uint64_t last_delayed_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace syncmanager::manager
