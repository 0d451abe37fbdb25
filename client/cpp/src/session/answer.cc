#include "syncmanager/answer.h"

#include <syncmanager/error.h>

#include <utility>

#include "client/cpp/src/session/references.h"
#include "client/cpp/src/session/session.h"
#include "protos/fields.h"
#include "protos/request.pb.h"

namespace syncmanager {

Answer Answer::of(ReferencePtr reference, const char* operation, std::string_view value) {
  Answer answer(std::move(reference), operation);
  answer.kind_ = wire::Reply::kValueFieldNumber;
  answer.memory_ = value;
  answer.unread_ = true;
  return answer;
}

Answer::~Answer() {
  if (!unread_ || reference_ == nullptr || is_lost()) return;
  if (kind_ == wire::Reply::kValueFieldNumber) decoder(result());
}

void Answer::require() const {
  if (is_lost() || outcome_ != wire::OK) fail();
}

bool Answer::in_time() const {
  if (!is_lost() && outcome_ == wire::TIMED_OUT) return false;
  require();
  return true;
}

bool Answer::found() const {
  const bool missing = outcome_ == wire::NO_SUCH_KEY || outcome_ == wire::INDEX_OUT_OF_RANGE ||
                       outcome_ == wire::NO_SUCH_ATTRIBUTE;
  if (!is_lost() && missing) return false;
  require();
  return true;
}

void Answer::in_range() const {
  if (!found()) {
    throw std::out_of_range(
        describe(message_.empty() ? "there is no such key or index" : message_));
  }
}

bool Answer::unchanged() const {
  if (!is_lost() && outcome_ == wire::CHANGED) return false;
  require();
  return true;
}

bool Answer::cancelled() const { return !is_lost() && outcome_ == wire::CANCELLED; }

bool Answer::existed() const {
  if (!is_lost() && outcome_ == wire::NO_SUCH_OBJECT) return false;
  require();
  return true;
}

std::string_view Answer::value() {
  require();
  if (kind_ != wire::Reply::kValueFieldNumber) {
    throw Error(describe("the manager sent no value"));
  }
  unread_ = false;
  return result();
}

Grant Answer::grant() const {
  Grant grant;
  FieldReader fields(result());
  Field field;
  if (kind_ != wire::Reply::kGrantFieldNumber) return grant;
  while (fields.next(field)) {
    if (field.number == wire::Grant::kFencingFieldNumber) grant.fencing = field.integer;
    if (field.number == wire::Grant::kAbandonedFieldNumber) grant.abandoned = field.integer != 0;
    if (field.number == wire::Grant::kTimedOutFieldNumber) grant.timed_out = field.integer != 0;
  }
  return grant;
}

Page Answer::page() const {
  Page page;
  FieldReader fields(result());
  Field field;
  if (kind_ != wire::Reply::kPageFieldNumber) return page;
  while (fields.next(field)) {
    if (field.number == wire::Page::kValuesFieldNumber) page.values.push_back(field.bytes);
    if (field.number == wire::Page::kCursorFieldNumber) page.cursor = field.integer;
    if (field.number == wire::Page::kVersionFieldNumber) page.version = field.integer;
  }
  return page;
}

std::string Answer::describe(std::string_view why) const {
  return reference_->description() + ": " + operation_ + ": " + std::string(why);
}

void Answer::fail() const {
  if (loss_ == Loss::kSession) throw SessionLost(describe(message_));
  if (loss_ == Loss::kClosed) throw Disconnected(describe(message_));
  const std::string why = describe(
      message_.empty() ? wire::Outcome_Name(static_cast<wire::Outcome>(outcome_)) : message_);
  switch (outcome_) {
    case wire::CANCELLED:
      throw Cancelled(why);
    case wire::BROKEN_BARRIER:
      throw BrokenBarrier(why);
    case wire::SHUT_DOWN:
      throw ShutDown(why);
    case wire::LOCK_LOST:
      throw LockLost(why);
    case wire::NO_SUCH_OBJECT:
      throw NoSuchObject(why);
    case wire::WRONG_TYPE:
      throw WrongType(why);
    case wire::INVALID_ARGUMENT:
      throw InvalidArgument(why);
    case wire::RESOURCE_EXHAUSTED:
      throw LimitExceeded(why);
    case wire::PERMISSION_DENIED:
      throw PermissionDenied(why);
    case wire::DRAINING:
      throw Draining(why);
    case wire::NO_SUCH_KEY:
    case wire::INDEX_OUT_OF_RANGE:
    case wire::NO_SUCH_ATTRIBUTE:
      throw std::out_of_range(why);
    default:
      throw Refused(why);
  }
}

}  // namespace syncmanager
