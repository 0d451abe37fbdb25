#include "manager/objects/pool_functions.h"

#include <algorithm>

namespace syncmanager::manager {
namespace {

bool is_open(std::string_view offer) { return !offer.empty() && offer.back() == '*'; }

std::string_view beginning(std::string_view offer) {
  return offer.substr(0, offer.size() - (is_open(offer) ? 1 : 0));
}

bool includes(std::string_view offer, std::string_view function) {
  if (!is_open(offer)) return offer == function;
  return function.substr(0, offer.size() - 1) == beginning(offer);
}

}  // namespace

// Open offers come first, and the shorter of them: a later offer may be included already.
Offers::Offers(std::vector<std::string> names) {
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    return std::pair(!is_open(a), a) < std::pair(!is_open(b), b);
  });
  for (std::string& name : names) {
    if (!include(beginning(name))) names_.push_back(std::move(name));
  }
}

bool Offers::include(std::string_view function) const {
  return std::any_of(names_.begin(), names_.end(),
                     [&](const std::string& name) { return includes(name, function); });
}

PoolFunctions::Node& PoolFunctions::retain(std::string_view function) {
  Node& node = *functions_.try_emplace(std::string(function)).first;
  ++node.second.tasks;
  return node;
}

void PoolFunctions::release(Node& node) {
  if (--node.second.tasks == 0) functions_.erase(functions_.find(node.first));
}

void PoolFunctions::add_waiting(Node& node, uint64_t task) {
  node.second.waiting.insert(task);
  ++waiting_;
}

bool PoolFunctions::remove_waiting(Node& node, uint64_t task) {
  if (node.second.waiting.erase(task) == 0) return false;
  --waiting_;
  return true;
}

std::vector<uint64_t> PoolFunctions::take_due(Time now) {
  std::vector<uint64_t> due;
  for (; next_due() <= now; delayed_.erase(delayed_.begin())) {
    due.push_back(delayed_.begin()->second);
  }
  return due;
}

std::vector<uint64_t> PoolFunctions::pick(const Offers& offers, uint64_t max) {
  std::vector<uint64_t> picked;
  if (waiting_ == 0) return picked;
  std::vector<absl::btree_set<uint64_t>*> queues;
  for (const std::string& offer : offers.names()) {
    for (auto function = functions_.lower_bound(beginning(offer));
         function != functions_.end() && includes(offer, function->first); ++function) {
      if (!function->second.waiting.empty()) queues.push_back(&function->second.waiting);
    }
  }
  while (picked.size() < max && !queues.empty()) {
    const auto next = std::min_element(queues.begin(), queues.end(),
                                       [](auto* a, auto* b) { return *a->begin() < *b->begin(); });
    picked.push_back(*(*next)->begin());
    (*next)->erase((*next)->begin());
    if ((*next)->empty()) queues.erase(next);
  }
  waiting_ -= picked.size();
  return picked;
}

}  // namespace syncmanager::manager
