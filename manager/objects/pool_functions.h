#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "manager/core/time.h"

namespace syncmanager::manager {

// Functions by name, as a worker offers them. One that ends with a * stands for all that begin with
// what is before it.
class Offers {
 public:
  Offers() = default;
  explicit Offers(std::vector<std::string> names);

  bool include(std::string_view function) const;
  // None of them stands for what another one does.
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
};

// The functions of a pool's unfinished tasks, and for each the tasks that wait for a worker, by
// their numbers, so that a task that comes back has its old place. Beside them those whose time
// hasn't come.
class PoolFunctions {
 public:
  struct Function {
    uint64_t tasks = 0;  // Of that function, wherever they are.
    absl::btree_set<uint64_t> waiting;
  };
  using Node = std::pair<const std::string, Function>;

  // One more task of that function, which isn't waiting yet; it keeps the node until release().
  Node& retain(std::string_view function);
  void release(Node& node);

  void add_waiting(Node& node, uint64_t task);
  // False: it isn't there.
  bool remove_waiting(Node& node, uint64_t task);
  // Takes up to `most` tasks that the offers include, those with the lowest numbers.
  std::vector<uint64_t> pick(const Offers& offers, uint64_t max);

  void add_delayed(uint64_t task, Time when) { delayed_.emplace(when, task); }
  void remove_delayed(uint64_t task, Time when) { delayed_.erase({when, task}); }
  // Takes the tasks whose time has come, for add_waiting(); the earliest time first.
  std::vector<uint64_t> take_due(Time now);
  // When the next one's time comes; kNever if there is none.
  Time next_due() const { return delayed_.empty() ? kNever : delayed_.begin()->first; }

  size_t waiting() const { return waiting_; }
  size_t delayed() const { return delayed_.size(); }
  const std::map<std::string, Function, std::less<>>& functions() const { return functions_; }

 private:
  std::map<std::string, Function, std::less<>> functions_;
  absl::btree_set<std::pair<Time, uint64_t>> delayed_;
  size_t waiting_ = 0;
};

}  // namespace syncmanager::manager
