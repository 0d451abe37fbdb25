#pragma once

#include <memory>
#include <string>
#include <thread>

#include "client/cpp/src/session/session.h"
#include "client/cpp/src/stream/connection.h"
#include "client/cpp/src/stream/dial.h"
#include "protos/support/mutex.h"

namespace syncmanager {

// The library's own thread, one for each session. It sends the heartbeats, so that a program that
// is busy elsewhere isn't taken for dead. It takes the stream's events for calls of futures while
// no thread waits for one. It resumes a session whose connection was lost. Idle, it wakes once a
// heartbeat.
class Keeper {
 public:
  using Clock = Session::Clock;

  // REQUIRES: the session outlives the keeper.
  explicit Keeper(Session& session);
  // Waits for the thread. REQUIRES: the session is over.
  ~Keeper() = default;
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  // Starts the thread. REQUIRES: the session is constructed.
  void start();
  // Lets the thread look for something to do. Any thread, with or without the session's lock.
  void wake() { wakes_.notify_one(); }

 private:
  // The thread's functions. Those that require the lock release it while they wait, write and
  // connect.
  void run() ABSL_LOCKS_EXCLUDED(session_.mutex_);
  void keep() ABSL_EXCLUSIVE_LOCKS_REQUIRED(session_.mutex_);
  void beat() ABSL_EXCLUSIVE_LOCKS_REQUIRED(session_.mutex_);
  // Whether an event will come that no thread waits for.
  bool needs_leader() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(session_.mutex_);
  // Writes calls of futures that have waited long enough for others to leave with them. Then leads
  // for one event, or until `next_beat`, if no other thread does.
  void stand_in(Clock::time_point next_beat) ABSL_EXCLUSIVE_LOCKS_REQUIRED(session_.mutex_);
  // Connects until the session is resumed or over.
  void resume() ABSL_EXCLUSIVE_LOCKS_REQUIRED(session_.mutex_);
  std::shared_ptr<Connection> try_to_resume(StreamEnd& failure)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(session_.mutex_);
  void give_up(const std::string& why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(session_.mutex_);
  void go_on(std::shared_ptr<Connection> connection) ABSL_EXCLUSIVE_LOCKS_REQUIRED(session_.mutex_);

  Session& session_;
  ConditionVariable wakes_;
  std::jthread thread_;
};

}  // namespace syncmanager
