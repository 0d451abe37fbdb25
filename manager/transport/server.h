#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "google/protobuf/arena.h"
#include "manager/transport/credentials.h"
#include "manager/transport/entrance.h"
#include "manager/transport/locked_engine.h"
#include "manager/transport/pauseless_clock.h"
#include "manager/transport/poller.h"
#include "manager/transport/posted_tasks.h"
#include "manager/transport/resume_keys.h"
#include "manager/transport/spinner.h"
#include "manager/transport/stream.h"

namespace syncmanager::manager {

// The server: one thread, that of run(), and one epoll set. It accepts, lets in who proves a key,
// reads, applies and writes. Nothing is handed to another thread. Who has a session comes before
// visitors, of which each turn serves a few.
class Server {
 public:
  struct Options {
    std::string server_id;
    std::chrono::milliseconds session_timeout{10'000};  // The longest a client may choose.
    std::chrono::microseconds spin{50};                 // 0: never.
    Duration drain_timeout = std::chrono::seconds(10);  // What parked calls may still take.
    Duration flush_timeout = std::chrono::seconds(2);   // What the last answers may take to leave.
    uint32_t max_frame = 4 << 20;
    Limits limits;          // The Engine's; the limit of unread output is kept here.
    size_t visitors = 256;  // Gate::Options has more about them.
    int lifeline = -1;      // Acceptor has more about it.
    // Both are called on the server's thread: when nobody can connect any more, and to ask whether
    // clients are excused for their silence, as they were stopped.
    std::function<void()> on_leave = [] {};
    std::function<bool()> excuses_silence = [] { return false; };
  };

  // Serves at these listeners and, if it isn't null, for the gateway. REQUIRES: the engine outlives
  // it. Throws std::runtime_error if the process has no descriptors left.
  Server(LockedEngine& engine, Credentials credentials,
         std::vector<std::unique_ptr<Listener>> listeners, std::unique_ptr<Gateway> gateway,
         Options options);

  // ---- Any thread.
  // From now on these are needed to open a session. Running sessions go on.
  void replace(Credentials credentials);
  // Refuses new connections and new waiting calls, and tells the clients. run() returns when no
  // call is parked, or after the drain timeout, and the last answers have left. Idempotent.
  void drain();

  // Serves until drained, on this thread: the server's.
  void run();

  // ---- For its streams, on its thread.

  LockedEngine& engine() { return engine_; }
  const Options& options() const { return options_; }
  Time now() const { return clock_.now(); }
  Poller& poller() { return poller_; }
  // For the messages of one frame; its user empties it.
  google::protobuf::Arena& arena() { return arena_; }
  // Buffers for a frame and for received bytes; the next use overwrites them.
  std::string& scratch() { return scratch_; }
  std::span<char> room() { return room_; }
  ResumeKeys& resume_keys() { return resume_keys_; }
  // Nobody carries the session any more; it ends if it isn't resumed for `patience`.
  void lose_session(SessionNumber session, Duration patience);
  void end_session(SessionNumber session, bool goodbye);  // Doesn't tell its stream.
  // These sessions have output: their streams write it at the end of this event.
  void touch(const std::vector<SessionNumber>& sessions);
  // The stream has more to do, after others had their turn.
  void await_turn(Stream& stream) { unfinished_.push_back(&stream); }
  // Destroys the stream, which is over, at the end of the turn.
  void retire(Stream& stream) { retired_.push_back(&stream); }
  // A frame of the stream has come. While the server spins it expects the next one there.
  void served(Stream& stream, Spinner::Mark& mark) {
    spinner_.active(mark, seen_);
    latest_ = &stream;
  }
  // A frame has left for the stream's client, which needs a core as well.
  void woke(Spinner::Mark& mark) { spinner_.active(mark, seen_); }
  // A stream has to act at that time.
  void watch(Time deadline) { next_walk_ = std::min(next_walk_, deadline); }

 private:
  ServerHandshake::Policy policy(const Peer& peer, std::string channel_binding) const;
  void use(Credentials credentials);
  std::shared_ptr<const TlsCredentials> tls();
  absl::Status let_in(Visitor& visitor);
  absl::StatusOr<SessionNumber> open_session(const Agreement& agreed, const Peer& peer);
  absl::StatusOr<SessionNumber> resume_session(const Agreement& agreed, const Peer& peer);

  // Serves what is ready; waits for that until its next deadline.
  void turn();
  std::span<const epoll_event> wait();
  bool spin(std::span<const epoll_event>& ready);
  std::chrono::nanoseconds time_left();
  void look_at_clock();
  void go_on();
  void pump_touched();
  void pass_time();
  void destroy_retired();
  void start_drain();
  void advance_drain();
  void tell_the_end();

  LockedEngine& engine_;
  const Options options_;
  std::shared_ptr<const KeyRing> keys_;
  std::shared_ptr<const TlsCredentials> tls_;     // Null: no client has needed it yet.
  const std::shared_ptr<const AuthKeys> nobody_;  // Answers for unknown key ids.
  const std::string boot_id_;

  Poller poller_;
  PostedTasks posted_;
  Entrance entrance_;
  Duty run_posted_, let_some_in_;

  PauselessClock clock_;
  PauselessClock::Monotonic seen_;  // The clock's last look.
  Spinner spinner_;
  google::protobuf::Arena arena_;
  std::string scratch_;
  std::vector<char> room_;
  absl::flat_hash_map<Stream*, std::unique_ptr<Stream>> streams_;
  absl::flat_hash_map<SessionNumber, Stream*> stream_of_;
  Stream* latest_ = nullptr;  // Was served last, if it is still there.
  ResumeKeys resume_keys_;
  std::deque<Stream*> unfinished_;  // The stream that has waited longest for its turn is first.
  std::vector<Stream*> retired_;
  std::vector<SessionNumber> touched_;
  Time next_walk_ = kNever;  // When a stream has something to do.
  Time next_tick_{};

  enum class Leave : uint8_t { kNo, kDraining, kFlushing, kEnding };
  Leave leave_ = Leave::kNo;
  Time leave_deadline_ = kNever;  // Of that stage.
};

}  // namespace syncmanager::manager
