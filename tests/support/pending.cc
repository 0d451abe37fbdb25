#include "tests/support/pending.h"

#include <gtest/gtest.h>

#include <ostream>

#include "protos/value/print.h"
#include "tests/support/stage.h"

namespace syncmanager::manager {

bool Pending::parked() const {
  const Session* session = stage_->engine().session(session_);
  return session != nullptr && session->parked().contains(id_);
}

const wire::Reply* Pending::find_reply() const { return stage_->reply(session_, id_); }

const wire::Reply& Pending::reply() const {
  const wire::Reply* reply = find_reply();
  if (reply != nullptr) return *reply;
  ADD_FAILURE() << "no answer yet to request " << id_ << " of session " << session_;
  return wire::Reply::default_instance();
}

void Pending::cancel() const {
  wire::ClientBatch batch;
  batch.add_cancels(id_);
  stage_->receive(session_, batch);
}

void PrintTo(const Pending& pending, std::ostream* out) {
  const wire::Reply* reply = pending.find_reply();
  if (reply == nullptr) {
    *out << (pending.parked() ? "parked" : "gone with its session");
  } else if (reply->has_value()) {
    *out << "answered " << print_value(reply->value(), 1000);
  } else {
    *out << wire::Outcome_Name(reply->outcome()) << " {" << reply->ShortDebugString() << "}";
  }
}

}  // namespace syncmanager::manager
