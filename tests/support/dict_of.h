#pragma once

#include <utility>
#include <vector>

#include "tests/support/containers.h"

namespace syncmanager::manager {

// The verbs of a dict, for an actor and an object: `DictOf jobs{alice, id}; jobs.set("a", 1)`.
struct DictOf {
  Actor actor;
  ObjectId id;

  template <typename K>
  Pending get(const K& key) const {
    return ask([&](wire::DictOp& op) { op.mutable_get()->set_key(encoded(key)); });
  }
  template <typename K, typename V>
  Pending set(const K& key, const V& value) const {
    return ask([&](wire::DictOp& op) {
      op.mutable_set()->set_key(encoded(key));
      op.mutable_set()->set_value(encoded(value));
    });
  }
  template <typename K>
  Pending remove(const K& key) const {
    return ask([&](wire::DictOp& op) { op.mutable_delete_()->set_key(encoded(key)); });
  }
  template <typename K>
  Pending contains(const K& key) const {
    return ask([&](wire::DictOp& op) { op.mutable_contains()->set_key(encoded(key)); });
  }
  template <typename K>
  Pending pop(const K& key) const {
    return ask([&](wire::DictOp& op) { op.mutable_pop()->set_key(encoded(key)); });
  }
  template <typename K, typename V>
  Pending set_default(const K& key, const V& value) const {
    return ask([&](wire::DictOp& op) {
      op.mutable_set_default()->set_key(encoded(key));
      op.mutable_set_default()->set_value(encoded(value));
    });
  }
  template <typename K, typename V>
  Pending update(const std::vector<std::pair<K, V>>& entries) const {
    return ask([&](wire::DictOp& op) {
      op.mutable_update();
      for (const auto& [key, value] : entries) {
        wire::DictEntry& entry = *op.mutable_update()->add_entries();
        entry.set_key(encoded(key));
        entry.set_value(encoded(value));
      }
    });
  }
  Pending length() const {
    return ask([](wire::DictOp& op) { op.mutable_length(); });
  }
  Pending pop_item() const {
    return ask([](wire::DictOp& op) { op.mutable_pop_item(); });
  }
  Pending clear() const {
    return ask([](wire::DictOp& op) { op.mutable_clear(); });
  }
  Pending page(const wire::DictOp::ReadPage& query) const {
    return ask([&](wire::DictOp& op) { *op.mutable_read_page() = query; });
  }

  template <typename Fill>
  Pending ask(Fill fill) const {
    return actor.ask(id, [&](wire::Request& request) { fill(*request.mutable_dict()); });
  }
};

}  // namespace syncmanager::manager
