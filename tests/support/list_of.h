#pragma once

#include <vector>

#include "tests/support/containers.h"

namespace syncmanager::manager {

// The verbs of a list, for an actor and an object: `ListOf jobs{alice, id}; jobs.append("a")`.
struct ListOf {
  Actor actor;
  ObjectId id;

  Pending get(int64_t index) const {
    return ask([&](wire::ListOp& op) { op.mutable_get()->set_index(index); });
  }
  template <typename T>
  Pending set(int64_t index, const T& value) const {
    return ask([&](wire::ListOp& op) {
      op.mutable_set()->set_index(index);
      op.mutable_set()->set_value(encoded(value));
    });
  }
  Pending remove_at(int64_t index) const {
    return ask([&](wire::ListOp& op) { op.mutable_delete_()->set_index(index); });
  }
  template <typename T>
  Pending append(const T& value) const {
    return ask([&](wire::ListOp& op) { op.mutable_append()->set_value(encoded(value)); });
  }
  template <typename T>
  Pending extend(const std::vector<T>& values) const {
    return ask([&](wire::ListOp& op) { add_values(*op.mutable_extend(), values); });
  }
  template <typename T>
  Pending insert(int64_t index, const T& value) const {
    return ask([&](wire::ListOp& op) {
      op.mutable_insert()->set_index(index);
      op.mutable_insert()->set_value(encoded(value));
    });
  }
  Pending pop(std::optional<int64_t> index = std::nullopt) const {
    return ask([&](wire::ListOp& op) {
      op.mutable_pop();
      if (index) op.mutable_pop()->set_index(*index);
    });
  }
  template <typename T>
  Pending remove(const T& value) const {
    return ask([&](wire::ListOp& op) { op.mutable_remove()->set_value(encoded(value)); });
  }
  template <typename T>
  Pending index(const T& value, const SliceOf& bounds = {}) const {
    return ask([&](wire::ListOp& op) {
      op.mutable_index()->set_value(encoded(value));
      if (bounds.start) op.mutable_index()->set_start(*bounds.start);
      if (bounds.stop) op.mutable_index()->set_stop(*bounds.stop);
    });
  }
  template <typename T>
  Pending count(const T& value) const {
    return ask([&](wire::ListOp& op) { op.mutable_count()->set_value(encoded(value)); });
  }
  template <typename T>
  Pending contains(const T& value) const {
    return ask([&](wire::ListOp& op) { op.mutable_contains()->set_value(encoded(value)); });
  }
  Pending length() const {
    return ask([](wire::ListOp& op) { op.mutable_length(); });
  }
  Pending reverse() const {
    return ask([](wire::ListOp& op) { op.mutable_reverse(); });
  }
  Pending sort(bool reverse = false) const {
    return ask([&](wire::ListOp& op) { op.mutable_sort()->set_reverse(reverse); });
  }
  Pending clear() const {
    return ask([](wire::ListOp& op) { op.mutable_clear(); });
  }
  Pending repeat(int64_t times) const {
    return ask([&](wire::ListOp& op) { op.mutable_repeat()->set_times(times); });
  }
  template <typename T>
  Pending set_slice(const SliceOf& slice, const std::vector<T>& values) const {
    return ask([&](wire::ListOp& op) {
      slice.write(*op.mutable_set_slice()->mutable_slice());
      add_values(*op.mutable_set_slice(), values);
    });
  }
  Pending delete_slice(const SliceOf& slice) const {
    return ask([&](wire::ListOp& op) { slice.write(*op.mutable_delete_slice()->mutable_slice()); });
  }
  Pending page(const SliceOf& slice, uint64_t cursor, uint64_t version = 0) const {
    return ask([&](wire::ListOp& op) {
      slice.write(*op.mutable_read_slice()->mutable_slice());
      op.mutable_read_slice()->set_cursor(cursor);
      op.mutable_read_slice()->set_version(version);
    });
  }
  // The encoded values of a slice, from all of its pages.
  std::vector<std::string> read(const SliceOf& slice = {}) const {
    return all_pages([&](uint64_t cursor) { return page(slice, cursor); });
  }

  template <typename Fill>
  Pending ask(Fill fill) const {
    return actor.ask(id, [&](wire::Request& request) { fill(*request.mutable_list()); });
  }
};

}  // namespace syncmanager::manager
