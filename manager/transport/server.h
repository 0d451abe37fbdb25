#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "google/protobuf/arena.h"
#include "manager/transport/file_descriptor.h"
#include "manager/transport/house.h"
#include "manager/transport/house_clock.h"
#include "manager/transport/orders.h"
#include "manager/transport/resume_keys.h"
#include "manager/transport/spinner.h"
#include "manager/transport/stream.h"
#include "protos/key_file.h"

namespace syncmanager {

// The gRPC server: one completion queue and one thread, that of run(), which reads, applies and
// writes. Nothing is handed to another thread. It has no port of its own: an Acceptor gives it
// connections. Beside the session stream it answers gRPC's health check, and nothing else.
class Server {
 public:
  struct Options {
    std::string server_id;
    std::chrono::milliseconds session_timeout{10'000};  // The longest a client may choose.
    std::chrono::microseconds spin{50};                 // 0: never.
    Duration drain_timeout = std::chrono::seconds(10);  // What parked calls may still take.
    Duration flush_timeout = std::chrono::seconds(2);   // What the last answers may take to leave.
    uint32_t max_frame = 4 << 20;
    Limits limits;  // Those of the house; the output's are kept here.
    // Told of each proof of a key, as ServerContext::peer() names who gave it: before a client that
    // was right hears of it, or before one that was wrong is refused. On the server's thread.
    std::function<void(std::string_view peer, bool right)> on_proof = [](std::string_view, bool) {};
    // Whether clients may be silent because they were stopped, so that their sessions don't end for
    // it. Asked on the server's thread when a session is about to end.
    std::function<bool()> excuses_silence = [] { return false; };
  };

  // Starts gRPC. Throws std::runtime_error if it can't. REQUIRES: the house outlives it.
  Server(House& house, KeyRing keys, Options options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // ---- Any thread.

  // Serves the connection. REQUIRES: run() hasn't returned; stop the Acceptor first.
  void serve(FileDescriptor socket);
  // From now on `keys` are those that open a session. Running sessions go on.
  void replace_keys(KeyRing keys);
  // Takes leave: clients are told, nothing new may wait, and run() returns when nothing is parked
  // any more, or after the drain timeout, and what was said has left. Again: nothing.
  void drain();

  // ---- The server's thread.

  // Serves until drained.
  void run();

  // ---- For its streams, on its thread.

  House& house() { return house_; }
  const Options& options() const { return options_; }
  bool is_draining() const { return draining_; }
  Time now() const { return clock_.now(); }
  HouseClock::Monotonic monotonic() const { return seen_; }
  Spinner& spinner() { return spinner_; }
  // For what one message is parsed into; emptied after the event.
  google::protobuf::Arena& arena() { return arena_; }
  // For what a frame is made of; the next one overwrites it.
  std::string& scratch() { return scratch_; }
  // What a client must fulfil that came over such a connection.
  ServerHandshake::Policy policy(bool is_unix) const;
  // Waits for one more call.
  void await_call();
  // The session's output goes to that stream from now on.
  void bind(SessionNumber session, Stream& stream) { stream_of_[session] = &stream; }
  ResumeKeys& resume_keys() { return resume_keys_; }
  // Brings a session to another stream, after the one it had has been fenced. False: there is no
  // such session, or its client can't have received so much.
  bool resume_session(SessionNumber session, uint64_t received, Stream& stream);
  // Nobody carries the session any more; it ends if it isn't resumed for `patience`.
  void lose_session(SessionNumber session, Duration patience);
  // Ends the session; its stream is not told.
  void end_session(SessionNumber session, bool goodbye);
  // These sessions have output: their streams write it at the end of this event.
  void touch(const std::vector<SessionNumber>& sessions);
  // The stream has more of its frame to perform, after others had their turn.
  void await_turn(Stream& stream) { unfinished_.push_back(&stream); }
  // Some stream has something to do at that time.
  void watch(Time deadline) { next_walk_ = std::min(next_walk_, deadline); }

 private:
  // One event of the queue, or none until its next deadline.
  void turn();
  grpc::CompletionQueue::NextStatus next(void** tag, bool* ok);
  void look_at_clock();
  void forget(Stream* stream);
  // Gives one stream its turn, if it may come now; null otherwise. `busy`: there are events.
  Stream* go_on(bool busy);
  void pump_touched();
  void pass_time();
  void start_drain();
  void advance_drain();
  void shut_down();

  House& house_;
  const Options options_;
  std::shared_ptr<const KeyRing> keys_;
  const std::shared_ptr<const AuthKeys> nobody_;  // Answers for unknown key ids.
  const std::string boot_id_;

  grpc::AsyncGenericService service_;
  std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> connections_;
  std::unique_ptr<grpc::Server> server_;
  std::optional<Orders> orders_;

  HouseClock clock_;
  HouseClock::Monotonic seen_;  // The clock's last look.
  Spinner spinner_;
  google::protobuf::Arena arena_;
  std::string scratch_;
  absl::flat_hash_map<Stream*, std::unique_ptr<Stream>> streams_;
  absl::flat_hash_map<SessionNumber, Stream*> stream_of_;
  ResumeKeys resume_keys_;
  std::deque<Stream*> unfinished_;  // Whoever has waited longest for its turn is the first.
  int events_before_ = 0;           // Since the last turn of any.
  std::vector<SessionNumber> touched_;
  Time next_walk_ = kNever;  // When a stream has something to do.
  Time next_tick_{};
  Time engine_deadline_ = kNever;

  bool draining_ = false, drained_ = false;
  Time drain_deadline_ = kNever, flush_deadline_ = kNever;
};

}  // namespace syncmanager
