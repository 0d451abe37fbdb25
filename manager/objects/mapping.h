#pragma once

#include <string>
#include <string_view>

#include "manager/core/object.h"
#include "manager/objects/ordered_table.h"

namespace syncmanager::manager {

// The base of dict and Namespace: values by key, in the order of insertion. Every operation
// is one step, and one that is refused has changed nothing. Keys come encoded; each operation takes
// what it keeps out of its arguments, which are parts of the call's request.
class Mapping : public Object {
 public:
  uint64_t size() const override { return table_.size(); }
  uint64_t version() const override { return table_.version(); }
  void save(Snapshot& snapshot) const override { table_.save(snapshot); }

 protected:
  // One entry before it is put into the table: charged, and its key fit to be one.
  struct Pair {
    Stored key;
    Stored value;
  };

  void get(Call call, std::string_view key);
  void set(Call call, std::string&& key, std::string&& value);
  void remove(Call call, std::string_view key);
  void contains(Call call, std::string_view key);
  // Replies the value and removes its entry.
  void pop(Call call, std::string_view key);
  // Replies the value of the key, which is `value` if there was none.
  void set_default(Call call, std::string&& key, std::string&& value);
  // Adds to a number and replies the sum; a missing one counts as `initial`, unless that is null.
  void add(Call call, std::string&& key, std::string_view amount, const std::string* initial);
  // Sets the value to `desired` (null: removes it) if it equals `expected` (null: if there is
  // none). Replies whether it did.
  void compare_and_set(Call call, std::string&& key, const std::string* expected,
                       std::string* desired);

  // Checks and charges an entry, new or not. Nothing if the call was refused.
  std::optional<Pair> keep_pair(Call& call, std::string&& key, std::string&& value);
  // Puts in an entry that keep_pair() accepted.
  void put(Pair pair);

  // Answers a call whose key isn't there, as Python would.
  virtual void refuse_missing(Call& call, std::string_view key) const = 0;

  OrderedTable table_{*this};
};

}  // namespace syncmanager::manager
