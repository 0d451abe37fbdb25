#include "manager/core/session.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "manager/core/check.h"
#include "manager/core/engine.h"
#include "protos/frame.h"

namespace syncmanager::manager {
namespace {

// The bytes of a page's reply beside its values.
constexpr size_t kAroundPage = 4096;

// Appends the part of `field` that begins there: `most` bytes, or what there is. Returns how many.
size_t append_part_of(std::string_view field, size_t begin, size_t max, std::string& frame) {
  const std::string_view bytes = field.substr(begin, max);
  wire::Part part;
  part.set_left(field.size() - begin - bytes.size());
  append_part(part, wire::ServerBatch::kPartFieldNumber, bytes, frame);
  return bytes.size();
}

}  // namespace

Session::Session(Engine& engine, const wire::SessionOpened& opened)
    : engine_(&engine),
      number_(opened.session()),
      session_id_(opened.session_id()),
      key_id_(opened.key_id()),
      prefix_(opened.prefix()),
      client_name_(opened.client_name()),
      role_(static_cast<Role>(opened.role())) {}

Services& Session::services() const { return *engine_; }

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
  object.holders_without_reference_.erase(number_);
}

bool Session::forget(ObjectId id, uint64_t count) {
  const auto found = handles_.find(id);
  if (found == handles_.end() || found->second.references < count) return false;
  Handle& handle = found->second;
  if (count == 0 || (handle.references -= count) > 0) return true;
  engine_->registry().release(id);
  if (handle.holds > 0) {
    handle.object->holders_without_reference_.insert(number_);
  } else {
    handles_.erase(found);
  }
  return true;
}

void Session::hold(Object& object) {
  Handle& handle = this->handle(object);
  if (handle.holds++ == 0 && handle.references == 0)
    object.holders_without_reference_.insert(number_);
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
    found->second.object->holders_without_reference_.erase(number_);
  }
  handles_.erase(found);
}

// Replies of several values are pages at most.
bool Session::is_large(const Output& output) const {
  return output.field.size() > engine_->limits().page_bytes + kAroundPage;
}

void Session::emit(Output output) {
  const uint64_t size = output.field.size();
  if (is_large(output)) {
    large_bytes_ += size;
    engine_->stored_bytes_ += size;
  } else {
    output_bytes_ += size;
    emitted_bytes_ += size;
  }
  outputs_.push_back(std::move(output));
}

void Session::acknowledge(uint64_t count) {
  while (acknowledged_ < count && !outputs_.empty()) {
    const Output& output = outputs_.front();
    const uint64_t size = output.field.size();
    if (is_large(output)) {
      large_bytes_ -= size;
      engine_->stored_bytes_ -= size;
    } else {
      output_bytes_ -= size;
    }
    outputs_.pop_front();
    ++acknowledged_;
  }
}

uint64_t Session::collect(Sent& sent, uint64_t durable, size_t bytes, std::string& frame) const {
  if (sent.outputs < acknowledged_) sent = {.outputs = acknowledged_};
  const size_t begin = frame.size();
  uint64_t counted = 0;
  while (sent.outputs < emitted()) {
    const Output& output = outputs_[sent.outputs - acknowledged_];
    const size_t used = frame.size() - begin;
    if (output.lsn > durable || (used > 0 && used + output.field.size() > bytes)) break;
    const bool in_parts = output.field.size() > bytes;
    if (in_parts) {
      sent.of_next += append_part_of(output.field, sent.of_next, bytes, frame);
    } else {
      frame += output.field;
    }
    if (!in_parts || sent.of_next == output.field.size()) {
      sent = {.outputs = sent.outputs + 1};
      if (!is_large(output)) counted += output.field.size();
    }
    if (in_parts) break;  // The receiver takes a frame's part last.
  }
  return counted;
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
  partial_.save(snapshot);
  snapshot.number(outputs_.size());
  for (const Output& output : outputs_) {
    snapshot.number(output.lsn);
    snapshot.text(output.field);
  }
}

}  // namespace syncmanager::manager
