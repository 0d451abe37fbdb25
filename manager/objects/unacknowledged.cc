#include "manager/objects/unacknowledged.h"

#include <algorithm>

namespace syncmanager::manager {

uint64_t Unacknowledged::add(Delivery delivery) {
  callers_.emplace(delivery.caller, ++last_number_);
  deliveries_.emplace(last_number_, std::move(delivery));
  return last_number_;
}

uint64_t Unacknowledged::oldest_of(Caller caller) const {
  const auto oldest = callers_.lower_bound({caller, 0});
  return oldest == callers_.end() || oldest->first != caller ? 0 : oldest->second;
}

std::optional<QueueItem> Unacknowledged::take(SessionNumber session, uint64_t number) {
  const auto found = deliveries_.find(number);
  if (found == deliveries_.end() || found->second.caller.session != session) return std::nullopt;
  QueueItem item = std::move(found->second.item);
  callers_.erase({found->second.caller, number});
  deliveries_.erase(found);
  return item;
}

std::vector<QueueItem> Unacknowledged::take_all(SessionNumber session) {
  std::vector<uint64_t> numbers;
  for (auto next = callers_.lower_bound({Caller{.session = session}, 0});
       next != callers_.end() && next->first.session == session; ++next) {
    numbers.push_back(next->second);
  }
  std::sort(numbers.begin(), numbers.end());
  std::vector<QueueItem> items;
  for (const uint64_t number : numbers) items.push_back(*take(session, number));
  return items;
}

void Unacknowledged::save(Snapshot& snapshot) const {
  snapshot.number(last_number_);
  snapshot.number(deliveries_.size());
  for (const auto& [number, delivery] : deliveries_) {
    snapshot.number(number);
    snapshot.number(delivery.caller.session);
    snapshot.number(delivery.caller.thread);
    snapshot.number(static_cast<uint64_t>(delivery.since.time_since_epoch().count()));
    delivery.item.save(snapshot);
  }
}

}  // namespace syncmanager::manager
