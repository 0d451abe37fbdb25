#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "client/cpp/src/process/in_forked_child.h"
#include "client/cpp/src/session/outbox.h"
#include "client/cpp/src/session/pending_calls.h"
#include "client/cpp/src/session/spinner.h"
#include "client/cpp/src/stream/dial.h"
#include "client/cpp/src/stream/link.h"
#include "client/cpp/src/stream/patience.h"

namespace syncmanager {

struct ConnectionOptions {
  Target target;
  Identity identity;
  std::string where;  // For messages: the URL without its key.
  std::chrono::microseconds spin{};
  std::function<void()> on_session_lost;
};

// A session with a manager, which any number of threads share.
//
// send() appends a request to the open batch. If no write is under way it is written at once, else
// it leaves with the next frame: batching comes by itself, and a lone caller pays for one message.
// Calls of futures may wait a moment for others to leave with them (Outbox::is_due).
//
// Nobody hands work to another thread. Of the threads that wait for answers one is the leader: it
// takes the stream's events and brings the others, who follow it, their answers. When it has its
// own it leaves, and whoever comes next, or one of the followers, leads. When nobody waits, the
// keeper (connection_keeper.cc) does what is left to do: heartbeats, and calls of futures.
//
// Over TCP the session outlives its stream: while there is no link everybody follows, and the
// keeper resumes the session over a new one, or finds out that it is lost.
//
// The lock protects everything but the links, which have rules of their own: the leader alone takes
// events and reads, and whoever set writing_ alone writes, both without the lock.
//
// A forked child has a copy, which is dead: calls of it are answered with that, everything else
// does nothing, and it is never destroyed. The threads that had its lock aren't in the child.
class Connection {
 public:
  using Clock = ClientStream::Clock;

  // Connects and authenticates; tries once. Throws ConnectFailed, Disconnected,
  // AuthenticationFailed, LimitExceeded or Draining.
  static std::shared_ptr<Connection> make(ConnectionOptions options, const Patience& patience);
  // Says goodbye. REQUIRES: not in the keeper's thread, and no other thread is in a call.
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // `request` is encoded, without its id; the memory of a large one is taken. Returns false if the
  // call is answered at once, by this thread, without being sent: if the session is lost, or if the
  // manager doesn't take so large a request. Its listener isn't called then. Throws InvalidArgument
  // if there is no request, as RequestDraft::encode() says. A call of a future may wait for room if
  // a great deal has not been written yet.
  bool send(EncodedMessage&& request, PendingCall& call);
  // Until it is answered.
  void wait(PendingCall& call) { wait_until(call, Clock::time_point::max()); }
  // The same, or until `deadline`, or nudge(). Whether it is answered.
  bool wait_until(PendingCall& call, Clock::time_point deadline);
  // Takes what has arrived, and never waits. Whether the call is answered.
  bool poll(PendingCall& call);
  void cancel(PendingCall& call);
  // The thread that is in wait_until() for this call returns from it, as if its deadline had come.
  void nudge(PendingCall& call);
  // Takes over a call that nobody waits for any more, cancels it, and gives back what it brings all
  // the same (undo.h). Returns whether it had brought something and that is on its way back.
  bool drop(AsyncCall* call);
  // Gives back one reference, with the next frame.
  void forget(uint64_t object);
  // Says goodbye, waits a moment for the manager to hear it, and ends the connection. Idempotent.
  void close();

  // Whether this process is a forked child of the one that made it.
  bool is_inherited() const { return inherited_; }

  const std::string& where() const { return options_.where; }

 private:
  using Lock = std::unique_lock<std::mutex>;

  Connection(ConnectionOptions options, const Patience& patience);

  // What follows from events and is done after the lock was released.
  struct Aftermath {
    PendingCalls::Woken woken;
    std::vector<AsyncCall*> leftovers;
  };

  // The leader's, without the lock: takes one event of its link until `deadline`.
  ClientStream::Event step(Link& link, Clock::time_point deadline, bool may_spin);
  ClientStream::Event next_event(Link& link, Clock::time_point deadline, bool may_spin);
  void deliver(Link& link, std::string_view message);
  // Takes an encoded wire::ServerBatch and adds its replies and notices to `outputs`. This and the
  // next two return whether what came makes sense.
  bool take_batch(Link& link, std::string_view batch, uint64_t& outputs, Aftermath& aftermath);
  // Takes a batch that came in parts: one reply.
  bool take_large_reply(std::string batch, Aftermath& aftermath);
  // Answers the call that an encoded wire::Reply is for. The answer takes the memory of `whole`, of
  // which the reply is a part, unless that is null.
  bool take_reply(std::string_view reply, std::string* whole, Aftermath& aftermath);
  void closed(Link& link);
  // Every call is answered with that. Releases the lock.
  void lose(Lock& lock, Loss loss, std::string why);
  void conclude(const Aftermath& aftermath);
  // Whether others may pass the call while it leaves in parts.
  static bool may_be_passed(const PendingCall& call);
  // Releases the lock.
  void cancel(PendingCall& call, Lock& lock);
  // Gives back what the dropped call brought. Returns whether that was anything.
  bool settle(AsyncCall& call);

  // Whether somebody may take the leader's place.
  bool may_lead() const { return !leading_ && link_ != nullptr; }
  bool is_over() const { return loss_ != Loss::kNone; }
  void follow(PendingCall& call, Lock& lock, Clock::time_point deadline);
  // Whoever waits for the leader's place is told. Releases the lock.
  void stop_leading(Lock& lock);
  void wake_next(Lock& lock);
  // Leads, or waits while another one does, until `done` or `deadline`.
  template <class Done>
  void drive(Lock& lock, Clock::time_point deadline, Done done);
  // Writes what is due, if no write is under way; who writes takes along what is added meanwhile.
  // Releases the lock.
  void flush(Lock& lock);
  // Somebody wants this call's answer now.
  void hasten(const PendingCall& call, Lock& lock);

  // The keeper's thread, and what it needs.
  void keep();
  void beat(Lock& lock);
  void resume(Lock& lock);
  std::shared_ptr<Link> try_to_resume(const ResumedSession& session, StreamEnd& end) const;
  void adopt(Lock& lock, std::shared_ptr<Link> link);
  bool needs_driver() const;
  // True once if the keeper has to be woken, after the lock was released.
  bool must_wake_keeper() { return std::exchange(keeper_sleeps_, false); }

  const ConnectionOptions options_;
  bool inherited_ = false;
  const InForkedChild forked_;
  const bool can_resume_;       // A unix socket is closed by the end of the manager alone.
  std::shared_ptr<Link> link_;  // Null while there is none.
  const Agreement agreement_;   // Of the first link; the keys are those of each.
  WaitSpinner spinner_;         // The leader's.

  std::mutex mutex_;
  PendingCalls pending_;
  Outbox outbox_;
  bool writing_ = false;
  bool leading_ = false;
  std::list<Follower> followers_, idle_followers_;
  std::condition_variable changed_;  // Of drive().
  size_t drivers_ = 0;               // Threads that wait for it.
  StreamEnd broken_;                 // Why the link is to be closed, if it is known.
  std::shared_ptr<const SessionKeys> resume_keys_;
  Loss loss_ = Loss::kNone;
  std::string why_lost_;
  bool closing_ = false;
  uint64_t events_ = 0;  // Taken by anybody.
  uint64_t frames_ = 0;  // Received.

  bool ending_ = false;
  bool keeper_sleeps_ = false;
  bool keeper_leads_ = false;  // And hasn't been nudged.
  bool expects_echo_ = false;
  uint64_t frames_at_beat_ = 0;
  std::condition_variable keeper_wakes_;
  std::thread keeper_;
};

}  // namespace syncmanager
