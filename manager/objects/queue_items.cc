#include "manager/objects/queue_items.h"

#include <algorithm>
#include <utility>

#include "protos/value_rules.h"

namespace syncmanager {

// Whether `a` comes out after `b`.
bool QueueItems::later(const Ranked& a, const Ranked& b) {
  const auto order = order_values(a.item.bytes(), b.item.bytes());
  if (order.ok() && (*order < 0 || *order > 0)) return *order > 0;
  return a.arrival > b.arrival;
}

// Walks the way that the heap will take it: from the end towards the top, while it is smaller.
absl::Status QueueItems::fits(const Stored& item) const {
  if (order_ != Order::kSmallest) return absl::OkStatus();
  for (size_t place = heap_.size(); place > 0;) {
    const size_t parent = (place - 1) / 2;
    const auto order = order_values(item.bytes(), heap_[parent].item.bytes());
    if (!order.ok()) return order.status();
    if (!(*order < 0)) break;
    place = parent;
  }
  return absl::OkStatus();
}

void QueueItems::put(Stored item) {
  switch (order_) {
    case Order::kFirstIn:
      return line_.push_back(std::move(item));
    case Order::kLastIn:
      return line_.push_front(std::move(item));
    case Order::kSmallest:
      heap_.push_back({std::move(item), ++arrivals_});
      return std::push_heap(heap_.begin(), heap_.end(), later);
  }
}

const Stored& QueueItems::next() const {
  return order_ == Order::kSmallest ? heap_.front().item : line_.front();
}

void QueueItems::drop_next() {
  if (order_ != Order::kSmallest) return line_.pop_front();
  std::pop_heap(heap_.begin(), heap_.end(), later);
  heap_.pop_back();
}

void QueueItems::clear() {
  line_.clear();
  heap_.clear();
}

// How a heap lies in its array says how it came about; the arrivals say all that counts.
void QueueItems::save(Snapshot& snapshot) const {
  snapshot.number(size());
  for (const Stored& item : line_) snapshot.text(item.bytes());
  std::vector<const Ranked*> ranked;
  for (const Ranked& item : heap_) ranked.push_back(&item);
  std::sort(ranked.begin(), ranked.end(),
            [](const Ranked* a, const Ranked* b) { return a->arrival < b->arrival; });
  snapshot.number(arrivals_);
  for (const Ranked* item : ranked) {
    snapshot.number(item->arrival);
    snapshot.text(item->item.bytes());
  }
}

}  // namespace syncmanager
