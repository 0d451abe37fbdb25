#include "manager/objects/pool_lines.h"

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

// The open ones come first, and of those the shorter: who comes after may be included already.
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

PoolLines::Node& PoolLines::enter(std::string_view function) {
  Node& node = *lines_.try_emplace(std::string(function)).first;
  ++node.second.tasks;
  return node;
}

void PoolLines::leave(Node& node) {
  if (--node.second.tasks == 0) lines_.erase(lines_.find(node.first));
}

void PoolLines::add(Node& node, uint64_t task) {
  node.second.waiting.insert(task);
  ++waiting_;
}

bool PoolLines::remove(Node& node, uint64_t task) {
  if (node.second.waiting.erase(task) == 0) return false;
  --waiting_;
  return true;
}

std::vector<uint64_t> PoolLines::take_due(Time now) {
  std::vector<uint64_t> due;
  for (; next_due() <= now; delayed_.erase(delayed_.begin())) {
    due.push_back(delayed_.begin()->second);
  }
  return due;
}

std::vector<uint64_t> PoolLines::pick(const Offers& offers, uint64_t most) {
  std::vector<uint64_t> picked;
  if (waiting_ == 0) return picked;
  std::vector<absl::btree_set<uint64_t>*> lines;
  for (const std::string& offer : offers.names()) {
    for (auto line = lines_.lower_bound(beginning(offer));
         line != lines_.end() && includes(offer, line->first); ++line) {
      if (!line->second.waiting.empty()) lines.push_back(&line->second.waiting);
    }
  }
  while (picked.size() < most && !lines.empty()) {
    const auto next = std::min_element(lines.begin(), lines.end(),
                                       [](auto* a, auto* b) { return *a->begin() < *b->begin(); });
    picked.push_back(*(*next)->begin());
    (*next)->erase((*next)->begin());
    if ((*next)->empty()) lines.erase(next);
  }
  waiting_ -= picked.size();
  return picked;
}

}  // namespace syncmanager::manager
