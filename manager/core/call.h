#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "manager/core/caller.h"
#include "manager/core/stored.h"
#include "manager/core/time.h"
#include "protos/request.pb.h"

namespace syncmanager::manager {

class Session;

// Why a parked call stops waiting without being served.
enum class GiveUp {
  kTimedOut,      // Its deadline is over.
  kCancelled,     // Its client no longer waits.
  kSessionEnded,  // Nobody is there to be answered.
  kObjectGone,    // The object was deleted.
  kDraining,      // The manager is ending.
};

// One request that is owed one reply. A Call only moves; its holder answers it, once.
// Destroyed unanswered it answers REFUSED, so that a bug of ours shows as an error and never as a
// hang.
//
// The request is the transport's until the call is parked, when the call takes a copy of its own.
class Call {
 public:
  // REQUIRES: `session` and `request` outlive the call, or its parking.
  Call(Session& session, wire::Request& request) : session_(&session), request_(&request) {}
  Call(Call&& other) noexcept;
  Call& operator=(Call&&) = delete;
  ~Call();

  Session& session() const { return *session_; }
  Caller caller() const;
  uint64_t id() const { return request_->id(); }
  // The objects move values out of it.
  wire::Request& request() const { return *request_; }

  // Whether it may be parked: false for the requests that came with a timeout of zero, or a fence.
  bool may_wait() const {
    const bool polls = request_->has_timeout_us() && request_->timeout_us() == 0;
    return !polls && !request_->has_fence();
  }
  // The object's own note about the call while it is parked; 0 at first.
  uint64_t note() const { return note_; }
  void set_note(uint64_t note) { note_ = note; }

  // The session gets references to what `value` refers to: for a reply that is put together from
  // several values. The replies below that take a Stored do it themselves.
  void adopt(const Stored& value) const;

  // Each of these answers the call; it is empty afterwards.
  void reply();                                // OK, with nothing.
  void reply(const Stored& value);             // The session gets references to what it refers to.
  void reply_encoded(std::string_view value);  // An encoded value without references.
  void reply_boolean(bool value);
  void reply_integer(int64_t value);
  void reply(wire::Reply& reply);  // Anything else; the id is filled in.
  void refuse(wire::Outcome outcome, std::string_view message);
  void refuse(wire::Outcome outcome, const absl::Status& why);  // With its message.
  void give_up(GiveUp reason);

 private:
  friend class WaitList;
  void own_request();

  Session* session_;  // Null once it is answered.
  wire::Request* request_;
  std::unique_ptr<wire::Request> owned_;
  uint64_t note_ = 0;
};

}  // namespace syncmanager::manager
