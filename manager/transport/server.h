#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "google/protobuf/arena.h"
#include "manager/core/engine.h"
#include "manager/transport/pausing_clock.h"
#include "manager/transport/stream.h"
#include "protos/handshake.h"

namespace syncmanager {

// The manager on the network: one thread that reads, applies and writes. It owns the Engine, which
// nobody else touches; run() is that thread. Nothing is handed over to another thread, as a wake-up
// across cores costs more than the whole operation.
class Server {
 public:
  struct Options {
    ServerHandshake::Policy handshake;  // find_key is called on the thread of run().
    Duration handshake_timeout = std::chrono::seconds(5);
    Duration spin = std::chrono::microseconds(50);  // At most, before it sleeps; 0: never.
    Duration drain_timeout = std::chrono::seconds(10);
    uint64_t soft_output_bytes = uint64_t{4} << 20;  // Unsent: its requests wait.
    uint64_t hard_output_bytes = uint64_t{16}
                                 << 20;  // Unsent, or never acknowledged: it is closed.
    // Told when a connection has proved a key, and when it failed to.
    std::function<void(const std::string& peer, bool authenticated)> on_proof;
  };

  Server(std::unique_ptr<Engine> engine, Options options);
  ~Server();

  // Gives an accepted descriptor to gRPC. From any thread, while run() runs.
  void adopt_connection(int descriptor);
  // Begins to drain: what is parked may still be answered for the drain's timeout. From any thread.
  void drain();
  // Serves until it has drained. How many objects and bytes were dropped with it.
  wire::Statistics run();

 private:
  friend class Stream;

  // For streams.
  Engine& engine() { return *engine_; }
  const Options& options() const { return options_; }
  Time now() const { return now_; }
  grpc::ServerCompletionQueue& queue() { return *queue_; }
  grpc::AsyncGenericService& service() { return service_; }
  google::protobuf::Arena& arena() { return arena_; }
  void opened(SessionNumber session, Stream& stream) { sessions_.emplace(session, &stream); }
  void closed(SessionNumber session) { sessions_.erase(session); }
  void began(Stream& stream);
  void ended(Stream& stream) { streams_.erase(&stream); }
  void heard(Stream& stream);

  bool next(void** tag, bool* ok);
  bool may_spin() const;
  void pass_time();
  void pump_touched();
  void close_silent_streams();
  void advance_drain();

  // Where the drain stands: kServing -> kDraining (nothing new parks) -> kFlushing (all answered)
  // -> kEnding (gRPC shuts down).
  enum class Phase { kServing, kDraining, kFlushing, kEnding };

  const std::unique_ptr<Engine> engine_;
  const Options options_;
  PausingClock clock_;
  Time now_{};

  grpc::AsyncGenericService service_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::unique_ptr<grpc::Server> server_;
  grpc::Alarm alarm_;
  std::atomic<bool> drain_wanted_ = false;
  Phase phase_ = Phase::kServing;
  Time phase_until_ = kNever;
  std::thread ending_;

  std::unordered_set<Stream*> streams_;
  absl::flat_hash_map<SessionNumber, Stream*> sessions_;
  Time next_look_ = kNever;  // When a stream may have been silent for too long.
  google::protobuf::Arena arena_;

  // How many sessions were heard of in this millisecond and in the one before: whether spinning
  // pays.
  int64_t millisecond_ = 0;
  unsigned heard_now_ = 0, heard_before_ = 0;
  Time last_event_{};
};

}  // namespace syncmanager
