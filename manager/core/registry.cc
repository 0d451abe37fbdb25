#include "manager/core/registry.h"

#include <utility>

#include "manager/core/check.h"

namespace syncmanager::manager {

Object& Registry::add(std::unique_ptr<Object> object, std::string name) {
  Object& added = *object;
  added.id_ = ++last_id_;
  added.name_ = std::move(name);
  if (!added.name_.empty()) CHECK(names_.emplace(added.name_, added.id_).second);
  objects_.emplace(added.id_, std::move(object));
  if (added.name_.empty()) unreferenced_.push_back(added.id_);
  return added;
}

Object* Registry::find(ObjectId id) const {
  const auto found = objects_.find(id);
  return found == objects_.end() ? nullptr : found->second.get();
}

Object* Registry::find(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? nullptr : find(found->second);
}

std::unique_ptr<Object> Registry::remove(Object& object) {
  if (!object.name_.empty()) names_.erase(object.name_);
  auto node = objects_.extract(object.id_);
  CHECK(!node.empty());
  return std::move(node.mapped());
}

void Registry::retain(ObjectId id) {
  if (Object* object = find(id)) ++object->references_;
}

void Registry::release(ObjectId id) {
  if (Object* object = find(id)) release(*object);
}

void Registry::release(Object& object) {
  CHECK(object.references_ > 0);
  if (--object.references_ == 0 && object.name_.empty()) unreferenced_.push_back(object.id_);
}

Object* Registry::take_unreferenced() {
  while (!unreferenced_.empty()) {
    const ObjectId id = unreferenced_.back();
    unreferenced_.pop_back();
    Object* object = find(id);
    if (object != nullptr && object->references_ == 0 && object->name_.empty()) return object;
  }
  return nullptr;
}

}  // namespace syncmanager::manager
