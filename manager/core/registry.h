#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "manager/core/caller.h"
#include "manager/core/object.h"

namespace syncmanager::manager {

// The objects, by id and by name, and who still refers to them. A named object lives until it is
// deleted; an anonymous one until nothing refers to it, which is found out at the end of the input.
class Registry {
 public:
  // Gives the object its id. REQUIRES: the name is not taken, or empty.
  Object& add(std::unique_ptr<Object> object, std::string name);
  Object* find(ObjectId id) const;
  Object* find(std::string_view name) const;
  // Takes the object out; its id finds nothing from now on.
  std::unique_ptr<Object> remove(Object& object);

  // One reference more, or one less. Unknown ids are ignored: what they referred to was deleted.
  void retain(ObjectId id);
  void release(ObjectId id);
  void release(Object& object);

  // An anonymous object to which nothing refers; null if there is none.
  Object* take_unreferenced();

  // In the order of ids.
  const absl::btree_map<ObjectId, std::unique_ptr<Object>>& objects() const { return objects_; }
  uint64_t last_id() const { return last_id_; }

 private:
  absl::btree_map<ObjectId, std::unique_ptr<Object>> objects_;
  absl::btree_map<std::string, ObjectId, std::less<>> names_;
  std::vector<ObjectId> unreferenced_;  // At some time in this input; looked at again when taken.
  ObjectId last_id_ = 0;
};

}  // namespace syncmanager::manager
