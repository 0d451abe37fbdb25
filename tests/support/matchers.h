#pragma once

#include <gmock/gmock.h>

#include "tests/support/pending.h"
#include "tests/support/values.h"

namespace syncmanager::manager {

// The outcomes of a Pending. Each matcher names one: there is none for "something went wrong".

MATCHER(Parked, "is parked") { return arg.parked(); }

// With a value, OK and nothing else.
MATCHER_P(Answered, value, "") {
  const wire::Reply* reply = arg.find_reply();
  return reply != nullptr && reply->outcome() == wire::OK && reply->has_value() &&
         reply->value() == encoded(value);
}

// An item in hand, delivered so often.
MATCHER_P2(Delivered, value, count, "") {
  const wire::Reply* reply = arg.find_reply();
  return reply != nullptr && reply->outcome() == wire::OK && reply->has_delivery() &&
         reply->delivery().value() == encoded(value) && reply->delivery().number() != 0 &&
         reply->delivery().count() == static_cast<uint64_t>(count);
}

// OK, without a result.
MATCHER(Done, "is done") {
  const wire::Reply* reply = arg.find_reply();
  return reply != nullptr && reply->outcome() == wire::OK &&
         reply->result_case() == wire::Reply::RESULT_NOT_SET;
}

// OK, whatever the result is.
MATCHER(Served, "is served") {
  const wire::Reply* reply = arg.find_reply();
  return reply != nullptr && reply->outcome() == wire::OK;
}

// A lock that its last holder released.
MATCHER(Granted, "is granted a lock that was released") {
  const wire::Reply* reply = arg.find_reply();
  return reply != nullptr && reply->outcome() == wire::OK && reply->has_grant() &&
         reply->grant().fencing() != 0 && !reply->grant().abandoned() &&
         !reply->grant().timed_out();
}

// A lock whose last holder died.
MATCHER(GrantedAbandoned, "is granted a lock whose holder died") {
  const wire::Reply* reply = arg.find_reply();
  return reply != nullptr && reply->outcome() == wire::OK && reply->grant().abandoned();
}

// A Condition's wait that nobody notified in time: it has its lock all the same.
MATCHER(GrantedTimedOut, "has its lock again without having been notified") {
  const wire::Reply* reply = arg.find_reply();
  return reply != nullptr && reply->outcome() == wire::OK && reply->grant().timed_out();
}

// An open that made its object, or found it.
MATCHER_P(Opened, created, "") {
  const wire::Reply* reply = arg.find_reply();
  return reply != nullptr && reply->outcome() == wire::OK && reply->has_opened() &&
         reply->opened().created() == created;
}

MATCHER(TimedOut, "timed out") {
  const wire::Reply* reply = arg.find_reply();
  return reply != nullptr && reply->outcome() == wire::TIMED_OUT;
}

// Nobody is there to be answered.
MATCHER(Gone, "is gone with its session") { return arg.find_reply() == nullptr && !arg.parked(); }

MATCHER_P(Refused, outcome, "") {
  const wire::Reply* reply = arg.find_reply();
  return reply != nullptr && reply->outcome() == outcome;
}

// `message`: a text, or a matcher of one.
MATCHER_P2(Refused, outcome, message, "") {
  const wire::Reply* reply = arg.find_reply();
  return reply != nullptr && reply->outcome() == outcome &&
         ::testing::ExplainMatchResult(message, reply->message(), result_listener);
}

}  // namespace syncmanager::manager
