#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "client/cpp/src/process/in_forked_child.h"
#include "client/cpp/src/session/followers.h"
#include "client/cpp/src/session/heartbeat.h"
#include "client/cpp/src/session/outbox.h"
#include "client/cpp/src/session/pending_calls.h"
#include "client/cpp/src/session/spinner.h"
#include "client/cpp/src/stream/connection.h"
#include "client/cpp/src/stream/dial.h"
#include "client/cpp/src/stream/patience.h"
#include "protos/support/mutex.h"

namespace syncmanager {

class Keeper;

struct SessionOptions {
  Target target;
  Identity identity;
  std::string where;  // For messages: the URL without its key.
  std::chrono::microseconds spin{};
  std::function<void()> on_session_lost;
};

// A session with a manager, which any number of threads share.
//
//   state          connection  send() (*)                  the connection ends    close()
//   kOpen          set         writes, or adds to a frame  kInterrupted, or kOver kClosing
//   kInterrupted   null        keeps for the next one      -                      kOver
//   kClosing       set         refuses: closed             kOver                  waits
//   kOver          null        refuses: why it is over     -                      nothing
//
// (*) A call of a future first waits for room if more than 16 MiB wait to be written. A session
// over a unix socket is never interrupted: it ends with its connection. The keeper takes an
// interrupted session back to kOpen over another connection, or ends it.
//
//   thread     how many        does
//   writer     one at a time   sends frames, also those that others queue meanwhile: flush()
//   leader     one at a time   takes the stream's events and answers the calls: lead()
//   follower   any number      sleeps until the leader brings its answer, or leads: follow()
//   driver     any number      waits until the outbox has room or the session is over: drive()
//   keeper     one             heartbeats, resumes, and leads while nobody waits (keeper.h)
//
// A blocking call needs no other thread: its thread writes if there is no writer, and leads if
// there is no leader. So a lone caller pays for one message each way, and threads share frames. The
// keeper does both for calls of futures, which may wait a moment for others to leave with them.
//
// The lock isn't held while something is written or read. Connections have rules of their own: the
// leader alone takes events and reads, and sends what a full socket did not take from the writer.
//
// A forked child has a copy of the session without its threads. Calls of the copy fail at once and
// say so, everything else does nothing, and the copy is never destroyed.
class Session {
 public:
  using Clock = Stream::Clock;

  // Connects and authenticates; tries once. Throws ConnectFailed, Disconnected,
  // AuthenticationFailed, LimitExceeded or Draining.
  static std::shared_ptr<Session> make(SessionOptions options, const Patience& patience);
  // Says goodbye. REQUIRES: not in the keeper's thread, and no other thread is in a call.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Sends an encoded request without its id, and takes the memory of a large one. Returns false if
  // this thread answers the call at once without sending it, because the session is over or the
  // manager doesn't take so large a request; the call's listener isn't called then. Throws
  // InvalidArgument for an empty request (RequestDraft::encode()). A call of a future waits for
  // room if more than 16 MiB wait to be written.
  bool send(EncodedMessage&& request, PendingCall& call);
  // Blocks until the call is answered.
  void wait(PendingCall& call) { wait_until(call, Clock::time_point::max()); }
  // Blocks until the call is answered, until `deadline` or until nudge(). Returns whether the call
  // is answered.
  bool wait_until(PendingCall& call, Clock::time_point deadline);
  // Takes what has arrived and never blocks. Returns whether the call is answered.
  bool poll(PendingCall& call);
  void cancel(PendingCall& call);
  // Lets the thread that is in wait_until() for this call return as if its deadline had come.
  void nudge(PendingCall& call);
  // Takes over a call whose answer nobody wants, cancels it, and gives back what it was granted all
  // the same (undo.h). Returns whether there was something to give back.
  bool drop(AsyncCall* call);
  // Gives back one reference to the object, with the next frame.
  void forget(uint64_t object);
  // Says goodbye, waits a moment for the manager to read it, and ends the connection. Idempotent.
  void close();

  // Whether this process is a forked child of the process that made the session.
  bool is_inherited() const { return inherited_; }

  const std::string& where() const { return options_.where; }

 private:
  friend class Keeper;

  enum class State { kOpen, kInterrupted, kClosing, kOver };

  Session(SessionOptions options, const Patience& patience);

  bool is_over() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return state_ == State::kOver; }
  // Ends the session: every call is answered with the loss.
  void end(Loss loss, std::string why, Aftermath& aftermath) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Does what follows from answers.
  void conclude(const Aftermath& aftermath) ABSL_LOCKS_EXCLUDED(mutex_);
  // Gives back what an answered call that was dropped was granted. Returns whether that was
  // anything.
  bool give_back(AsyncCall& call) ABSL_LOCKS_EXCLUDED(mutex_);

  // ---- What leaves.

  // Whether others may pass the call while it leaves in parts.
  static bool may_be_passed(const PendingCall& call);
  // Writes what is due, unless there is a writer. Releases the lock while it writes.
  void flush() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Writes the call's request now if it waits for others to leave with it.
  void hasten(const PendingCall& call) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void withdraw(PendingCall& call, Aftermath& aftermath) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // ---- What arrives.

  // Whether a thread may become the leader.
  bool may_lead() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !leading_ && connection_ != nullptr;
  }
  // Takes events until the call is answered, until `deadline` or the end of the connection; null:
  // one event. Releases the lock meanwhile. REQUIRES: may_lead().
  void lead(const PendingCall* call, Clock::time_point deadline, bool may_spin)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Sleeps until the call is answered, until `deadline` or until this thread may lead.
  void follow(PendingCall& call, Clock::time_point deadline) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Leads for one event, or sleeps until something happens or `deadline`.
  void drive(Clock::time_point deadline) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void drive_to_end(Clock::time_point deadline) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Wakes a thread that takes the leader's place.
  void wake_next_leader() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  // The leader's: takes one event of its connection until `deadline`.
  Stream::Event step(Connection& connection, Clock::time_point deadline, bool may_spin)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // The same, and looks for the event for a moment before it sleeps.
  Stream::Event next_event(Connection& connection, Clock::time_point deadline)
      ABSL_LOCKS_EXCLUDED(mutex_);
  void on_written(const Connection& connection) ABSL_LOCKS_EXCLUDED(mutex_);
  void on_received(Connection& connection, std::string_view message) ABSL_LOCKS_EXCLUDED(mutex_);
  void on_closed(const Connection& connection) ABSL_LOCKS_EXCLUDED(mutex_);

  const SessionOptions options_;
  bool inherited_ = false;
  const InForkedChild forked_;
  const bool can_resume_;
  Spinner spinner_;  // The leader's.

  Mutex mutex_;
  State state_ ABSL_GUARDED_BY(mutex_) = State::kOpen;
  Loss loss_ ABSL_GUARDED_BY(mutex_) = Loss::kNone;  // Why the session is over.
  std::string why_over_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<Connection> connection_ ABSL_GUARDED_BY(mutex_);
  const Agreement agreement_;                 // Of the first connection.
  StreamEnd broken_ ABSL_GUARDED_BY(mutex_);  // Why this side cancelled the stream, if it did.
  std::shared_ptr<const SessionKeys> resume_keys_ ABSL_GUARDED_BY(mutex_);
  PendingCalls pending_ ABSL_GUARDED_BY(mutex_);
  Outbox outbox_ ABSL_GUARDED_BY(mutex_);
  Heartbeat heartbeat_ ABSL_GUARDED_BY(mutex_);

  bool writing_ ABSL_GUARDED_BY(mutex_) = false;  // There is a writer, or the stream has no room.
  bool leading_ ABSL_GUARDED_BY(mutex_) = false;  // There is a leader.
  uint64_t events_ ABSL_GUARDED_BY(mutex_) = 0;   // The number of events that were taken.
  Followers followers_ ABSL_GUARDED_BY(mutex_);
  size_t drivers_ ABSL_GUARDED_BY(mutex_) = 0;  // The number of drivers that sleep.
  ConditionVariable changed_;                   // Wakes the drivers.

  bool keeper_sleeps_ ABSL_GUARDED_BY(mutex_) = false;  // To the next heartbeat.
  bool keeper_leads_ ABSL_GUARDED_BY(mutex_) = false;   // And hasn't been nudged.
  const std::unique_ptr<Keeper> keeper_;  // The last member: its thread uses all others.
};

}  // namespace syncmanager
