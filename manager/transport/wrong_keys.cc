#include "manager/transport/wrong_keys.h"

#include <algorithm>

namespace syncmanager::manager {

void WrongKeys::add(std::string_view source, Time now) {
  if (source.empty()) return;
  auto known = forgiven_.find(source);
  if (known == forgiven_.end()) {
    if (forgiven_.size() >= limits_.sources) make_room(now);
    known = forgiven_.emplace(source, now).first;
  }
  // Connections that came in before the last one was spent cost no more than all of them, so that
  // nobody is shut out for longer than it takes to forgive that many.
  const Time max = now + limits_.max * limits_.forgiven;
  known->second = std::min(std::max(known->second, now) + limits_.forgiven, max);
}

// Whether less than one whole try is left.
bool WrongKeys::are_many(std::string_view source, Time now) const {
  const auto known = forgiven_.find(source);
  return known != forgiven_.end() && known->second > now + (limits_.max - 1) * limits_.forgiven;
}

// Forgets who is forgiven. If that is nobody, who will be first.
void WrongKeys::make_room(Time now) {
  std::erase_if(forgiven_, [now](const auto& entry) { return entry.second <= now; });
  if (forgiven_.size() < limits_.sources) return;
  forgiven_.erase(std::min_element(
      forgiven_.begin(), forgiven_.end(),
      [](const auto& left, const auto& right) { return left.second < right.second; }));
}

}  // namespace syncmanager::manager
