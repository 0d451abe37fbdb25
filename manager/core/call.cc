#include "manager/core/call.h"

#include <syncmanager/encoded_value.h>

#include "manager/core/engine.h"
#include "manager/core/session.h"

namespace syncmanager::manager {

Call::Call(Call&& other) noexcept
    : session_(std::exchange(other.session_, nullptr)),
      request_(other.request_),
      owned_(std::move(other.owned_)),
      note_(other.note_) {}

Call::~Call() {
  if (session_ != nullptr) refuse(wire::REFUSED, "the manager dropped this call: please report it");
}

Caller Call::caller() const { return {session_->number(), request_->caller()}; }

void Call::own_request() {
  if (owned_) return;
  owned_ = std::make_unique<wire::Request>(std::move(*request_));
  // Unknown fields take many times their encoded size, and only the encoded size is charged.
  owned_->DiscardUnknownFields();
  request_ = owned_.get();
}

void Call::adopt(const Stored& value) const {
  if (value.has_references()) session_->engine_->adopt_references(*session_, value.bytes());
}

void Call::reply() {
  wire::Reply& reply = session_->engine_->scratch_reply_;
  reply.Clear();
  this->reply(reply);
}

void Call::reply(const Stored& value) {
  adopt(value);
  reply_encoded(value.bytes());
}

void Call::reply_encoded(std::string_view value) {
  Session* session = std::exchange(session_, nullptr);
  session->engine_->answer(*session, request_->id(), value);
  owned_.reset();
}

void Call::reply_boolean(bool value) {
  ValueWriter writer;
  writer.boolean(value);
  reply_encoded(writer.take());
}

void Call::reply_integer(int64_t value) {
  ValueWriter writer;
  writer.integer(value);
  reply_encoded(writer.take());
}

void Call::reply(wire::Reply& reply) {
  reply.set_id(request_->id());
  Session* session = std::exchange(session_, nullptr);
  session->engine_->answer(*session, reply);
  owned_.reset();
}

void Call::refuse(wire::Outcome outcome, std::string_view message) {
  wire::Reply& reply = session_->engine_->scratch_reply_;
  reply.Clear();
  reply.set_outcome(outcome);
  reply.set_message(message.data(), message.size());
  this->reply(reply);
}

void Call::refuse(wire::Outcome outcome, const absl::Status& why) {
  refuse(outcome, std::string_view(why.message().data(), why.message().size()));
}

void Call::give_up(GiveUp reason) {
  switch (reason) {
    case GiveUp::kTimedOut:
      return refuse(wire::TIMED_OUT, "not in time");
    case GiveUp::kCancelled:
      return refuse(wire::CANCELLED, "cancelled by the client");
    case GiveUp::kObjectGone:
      return refuse(wire::NO_SUCH_OBJECT, "the object was deleted");
    case GiveUp::kDraining:
      return refuse(wire::DRAINING, "the manager is ending");
    case GiveUp::kSessionEnded:
      break;  // Nobody is there to be answered.
  }
  session_ = nullptr;
  owned_.reset();
}

}  // namespace syncmanager::manager
