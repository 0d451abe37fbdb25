#include "manager/core/session.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "manager/core/check.h"
#include "manager/core/engine.h"

namespace syncmanager {

Session::Session(Engine& engine, const wire::SessionOpened& opened)
    : engine_(&engine),
      number_(opened.session()),
      session_id_(opened.session_id()),
      key_id_(opened.key_id()),
      prefix_(opened.prefix()),
      client_name_(opened.client_name()),
      role_(static_cast<Role>(opened.role())) {}

Object* Session::find(ObjectId id) const {
  const auto handle = handles_.find(id);
  return handle == handles_.end() ? nullptr : handle->second.object;
}

Session::Handle& Session::handle(Object& object) {
  return handles_.try_emplace(object.id(), Handle{.object = &object}).first->second;
}

void Session::adopt(Object& object) {
  if (handle(object).references++ > 0) return;
  engine_->registry().retain(object.id());
  object.mere_holders_.erase(number_);
}

bool Session::forget(ObjectId id, uint64_t count) {
  const auto found = handles_.find(id);
  if (found == handles_.end() || found->second.references < count) return false;
  Handle& handle = found->second;
  if (count == 0 || (handle.references -= count) > 0) return true;
  engine_->registry().release(id);
  if (handle.holds > 0) {
    handle.object->mere_holders_.insert(number_);
  } else {
    handles_.erase(found);
  }
  return true;
}

void Session::hold(Object& object) {
  Handle& handle = this->handle(object);
  if (handle.holds++ == 0 && handle.references == 0) object.mere_holders_.insert(number_);
}

void Session::unhold(Object& object) {
  const auto found = handles_.find(object.id());
  CHECK(found != handles_.end() && found->second.holds > 0);
  if (--found->second.holds == 0 && found->second.references == 0) let_go(object.id());
}

void Session::let_go(ObjectId id) {
  const auto found = handles_.find(id);
  if (found->second.references > 0) {
    engine_->registry().release(id);
  } else {
    found->second.object->mere_holders_.erase(number_);
  }
  handles_.erase(found);
}

void Session::emit(Output output) {
  output_bytes_ += output.field.size();
  emitted_bytes_ += output.field.size();
  outputs_.push_back(std::move(output));
}

void Session::acknowledge(uint64_t count) {
  while (acknowledged_ < count && !outputs_.empty()) {
    output_bytes_ -= outputs_.front().field.size();
    outputs_.pop_front();
    ++acknowledged_;
  }
}

uint64_t Session::collect(uint64_t sent, uint64_t durable, size_t bytes, std::string& frame) const {
  sent = std::max(sent, acknowledged_);
  const size_t begin = frame.size();
  while (sent < emitted()) {
    const Output& output = outputs_[sent - acknowledged_];
    const size_t used = frame.size() - begin;
    if (output.lsn > durable || (used > 0 && used + output.field.size() > bytes)) break;
    frame += output.field;
    ++sent;
  }
  return sent;
}

void Session::save(Snapshot& snapshot) const {
  snapshot.number(number_);
  snapshot.text(session_id_);
  snapshot.text(key_id_);
  snapshot.number(static_cast<uint64_t>(role_));
  snapshot.text(prefix_);
  snapshot.text(client_name_);
  snapshot.number(anonymous_objects);
  std::vector<ObjectId> ids;
  for (const auto& [id, handle] : handles_) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  snapshot.number(ids.size());
  for (const ObjectId id : ids) {
    const Handle& handle = handles_.at(id);
    snapshot.number(id);
    snapshot.number(handle.references);
    snapshot.number(handle.holds);
  }
  snapshot.number(highest_request_);
  snapshot.number(static_cast<uint64_t>(dies_at_.time_since_epoch().count()));
  snapshot.number(acknowledged_);
  snapshot.number(emitted_bytes_);
  snapshot.number(outputs_.size());
  for (const Output& output : outputs_) {
    snapshot.number(output.lsn);
    snapshot.text(output.field);
  }
}

}  // namespace syncmanager
