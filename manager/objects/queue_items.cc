#include "manager/objects/queue_items.h"

#include <algorithm>
#include <utility>

#include "protos/value/rules.h"

namespace syncmanager::manager {

void QueueItem::save(Snapshot& snapshot) const {
  snapshot.text(value.bytes());
  snapshot.number(deliveries);
  snapshot.text(key ? key->bytes() : std::string_view());
}

// Whether `a` comes out after `b`.
bool QueueItems::later(const Ranked& a, const Ranked& b) {
  const auto order = order_values(a.item.value.bytes(), b.item.value.bytes());
  if (order.ok() && (*order < 0 || *order > 0)) return *order > 0;
  return a.arrival > b.arrival;
}

// Walks the way that the heap will take it: from the end towards the top, while it is smaller.
absl::Status QueueItems::fits(const Stored& value) const {
  if (order_ != Order::kSmallest) return absl::OkStatus();
  for (size_t place = line_.size(); place > 0; --place) {
    const auto order = order_values(value.bytes(), line_[place - 1].value.bytes());
    if (!order.ok()) return order.status();
    if (!(*order < 0)) break;
  }
  for (size_t place = heap_.size(); place > 0;) {
    const size_t parent = (place - 1) / 2;
    const auto order = order_values(value.bytes(), heap_[parent].item.value.bytes());
    if (!order.ok()) return order.status();
    if (!(*order < 0)) break;
    place = parent;
  }
  return absl::OkStatus();
}

void QueueItems::put(QueueItem&& item) {
  bytes_ += item.value.bytes().size();
  line_up(std::move(item));
}

void QueueItems::put_at(uint64_t place, QueueItem&& item) {
  bytes_ += item.value.bytes().size();
  std::sort_heap(heap_.begin(), heap_.end(), later);
  for (; !heap_.empty(); heap_.pop_back()) line_.push_back(std::move(heap_.back().item));
  insert(place, std::move(item));
}

void QueueItems::insert(size_t place, QueueItem&& item) {
  ++version_;
  line_.insert(line_.begin() + static_cast<std::ptrdiff_t>(place), std::move(item));
}

// Behind those that it isn't less than, or before its equals. Those without an order are equals.
size_t QueueItems::place_of(const Stored& value, bool before_equals) const {
  size_t place = line_.size();
  for (; place > 0; --place) {
    const auto order = order_values(value.bytes(), line_[place - 1].value.bytes());
    const bool less = order.ok() && *order < 0;
    const bool more = order.ok() && *order > 0;
    if (before_equals ? more : !less) break;
  }
  return place;
}

void QueueItems::put_first(QueueItem&& item) {
  bytes_ += item.value.bytes().size();
  line_up_first(std::move(item));
}

void QueueItems::put_later(QueueItem&& item, Time when) {
  bytes_ += item.value.bytes().size();
  delayed_.emplace(std::pair(when, ++last_delayed_), std::move(item));
}

void QueueItems::line_up(QueueItem&& item) {
  if (has_places()) return insert(place_of(item.value, false), std::move(item));
  ++version_;
  switch (order_) {
    case Order::kFirstIn:
      return line_.push_back(std::move(item));
    case Order::kLastIn:
      return line_.push_front(std::move(item));
    case Order::kSmallest:
      return push(std::move(item), ++last_arrival_);
  }
}

void QueueItems::line_up_first(QueueItem&& item) {
  if (has_places()) return insert(place_of(item.value, true), std::move(item));
  ++version_;
  if (order_ == Order::kSmallest) return push(std::move(item), --first_arrival_);
  line_.push_front(std::move(item));
}

void QueueItems::push(QueueItem&& item, int64_t arrival) {
  heap_.push_back({std::move(item), arrival});
  std::push_heap(heap_.begin(), heap_.end(), later);
}

void QueueItems::admit_due(Time now) {
  std::vector<QueueItem> returned;
  while (next_due() <= now) {
    const auto due = delayed_.begin();
    if (due->second.deliveries > 0) {
      returned.push_back(std::move(due->second));
    } else {
      line_up(std::move(due->second));
    }
    delayed_.erase(due);
  }
  for (; !returned.empty(); returned.pop_back()) line_up_first(std::move(returned.back()));
}

QueueItem QueueItems::take_next() {
  ++version_;
  const bool ranked = !heap_.empty();
  if (ranked) std::pop_heap(heap_.begin(), heap_.end(), later);
  QueueItem item = std::move(ranked ? heap_.back().item : line_.front());
  ranked ? heap_.pop_back() : line_.pop_front();
  bytes_ -= item.value.bytes().size();
  return item;
}

void QueueItems::clear() {
  ++version_;
  line_.clear();
  heap_.clear();
  delayed_.clear();
  bytes_ = 0;
}

std::vector<const QueueItem*> QueueItems::in_order() const {
  std::vector<const QueueItem*> items;
  for (const QueueItem& item : line_) items.push_back(&item);
  std::vector<const Ranked*> ranked;
  for (const Ranked& item : heap_) ranked.push_back(&item);
  std::sort(ranked.begin(), ranked.end(),
            [](const Ranked* a, const Ranked* b) { return later(*b, *a); });
  for (const Ranked* item : ranked) items.push_back(&item->item);
  return items;
}

// How a heap lies in its array says how it came about; the arrivals say all that counts.
void QueueItems::save(Snapshot& snapshot) const {
  snapshot.number(version_);
  snapshot.number(size());
  for (const QueueItem& item : line_) item.save(snapshot);
  std::vector<const Ranked*> ranked;
  for (const Ranked& item : heap_) ranked.push_back(&item);
  std::sort(ranked.begin(), ranked.end(),
            [](const Ranked* a, const Ranked* b) { return a->arrival < b->arrival; });
  snapshot.number(static_cast<uint64_t>(first_arrival_));
  snapshot.number(static_cast<uint64_t>(last_arrival_));
  for (const Ranked* item : ranked) {
    snapshot.number(static_cast<uint64_t>(item->arrival));
    item->item.save(snapshot);
  }
  snapshot.number(last_delayed_);
  snapshot.number(delayed_.size());
  for (const auto& [due, item] : delayed_) {
    snapshot.number(static_cast<uint64_t>(due.first.time_since_epoch().count()));
    snapshot.number(due.second);
    item.save(snapshot);
  }
}

}  // namespace syncmanager::manager
