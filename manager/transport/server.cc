#include "manager/transport/server.h"

#include <grpcpp/health_check_service_interface.h>
#include <unistd.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "manager/core/check.h"
#include "spdlog/spdlog.h"

namespace syncmanager {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// How often the thread wakes while streams may fall silent, and how long it sleeps at most: what a
// stop of the whole process is told apart by.
constexpr Duration kLook = milliseconds(500);
constexpr Duration kLongestSleep = seconds(60);
constexpr Duration kFlushTimeout = seconds(2);

// What our values need, and their frame.
constexpr int kMessageBytes = (4 << 20) + (64 << 10);

void configure(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kMessageBytes);
  builder.SetMaxSendMessageSize(kMessageBytes);
  // The reasons stand in the security reference, 3.3: gRPC 1.51's defaults keep a vanished peer for
  // hours, let one call's window grow to megabytes, and take decompression bombs.
  builder.AddChannelArgument("grpc.max_concurrent_streams", 16);
  builder.AddChannelArgument("grpc.max_metadata_size", 8192);
  builder.AddChannelArgument("grpc.server_handshake_timeout_ms", 5000);
  builder.AddChannelArgument("grpc.max_connection_idle_ms", 10'000);
  builder.AddChannelArgument("grpc.keepalive_time_ms", 20'000);
  builder.AddChannelArgument("grpc.keepalive_timeout_ms", 10'000);
  builder.AddChannelArgument("grpc.keepalive_permit_without_calls", 1);
  builder.AddChannelArgument("grpc.http2.max_pings_without_data", 0);
  builder.AddChannelArgument("grpc.http2.min_ping_interval_without_data_ms", 10'000);
  builder.AddChannelArgument("grpc.http2.max_ping_strikes", 2);
  builder.AddChannelArgument("grpc.http2.bdp_probe", 0);
  builder.AddChannelArgument("grpc.http2.lookahead_bytes", 65'536);
  builder.AddChannelArgument("grpc.per_message_decompression", 0);
  builder.AddChannelArgument("grpc.so_reuseport", 0);
  builder.SetResourceQuota(grpc::ResourceQuota("syncmanager").Resize(256 << 20));
}

gpr_timespec after(Duration duration) {
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_micros(duration.count(), GPR_TIMESPAN));
}

}  // namespace

Server::Server(std::unique_ptr<Engine> engine, Options options)
    : engine_(std::move(engine)), options_(std::move(options)) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  configure(builder);
  acceptor_ = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      grpc::InsecureServerCredentials());
  builder.RegisterAsyncGenericService(&service_);
  queue_ = builder.AddCompletionQueue();
  server_ = builder.BuildAndStart();
  CHECK(server_ != nullptr);
  server_->GetHealthCheckService()->SetServingStatus(true);
}

Server::~Server() {
  if (ending_.joinable()) ending_.join();
  CHECK(streams_.empty());
}

void Server::adopt_connection(int descriptor) {
  grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
  connection.listener_fd = -1;
  connection.fd = descriptor;
  acceptor_->HandleNewConnection(&connection);
}

void Server::drain() {
  drain_wanted_ = true;
  // Wakes the thread of run(); the tag is null, which no stream's is.
  alarm_.Set(queue_.get(), gpr_now(GPR_CLOCK_MONOTONIC), nullptr);
}

wire::Statistics Server::run() {
  Stream::wait_for_client(*this);
  wire::Statistics dropped;
  void* tag = nullptr;
  bool ok = false;
  while (next(&tag, &ok)) {
    pass_time();
    if (tag != nullptr) {
      const Event& event = *static_cast<Event*>(tag);
      (event.stream->*event.arrived)(ok);
      last_event_ = now_;
    }
    advance_drain();
    if (phase_ == Phase::kServing || phase_ == Phase::kDraining) dropped = engine_->statistics();
  }
  return dropped;
}

// The next event, or nothing (a null tag) when time has to pass. False when the queue is shut down.
bool Server::next(void** tag, bool* ok) {
  *tag = nullptr;
  const Time until =
      std::min({engine_->next_deadline(), next_look_, phase_until_, now_ + kLongestSleep});
  const auto poll = [&](gpr_timespec deadline) { return queue_->AsyncNext(tag, ok, deadline); };
  if (may_spin()) {
    const auto status = poll(gpr_time_0(GPR_CLOCK_MONOTONIC));
    if (status != grpc::CompletionQueue::TIMEOUT) {
      return status == grpc::CompletionQueue::GOT_EVENT;
    }
    std::this_thread::yield();
    return true;
  }
  const Duration wait = std::max(until - now_, Duration::zero());
  return poll(after(wait)) != grpc::CompletionQueue::SHUTDOWN;
}

// Spinning pays while answers come back sooner than a sleeper wakes, and only as long as there is a
// core for everybody who runs: this thread and the sessions that are busy.
bool Server::may_spin() const {
  if (options_.spin == Duration::zero() || now_ - last_event_ >= options_.spin) return false;
  static const unsigned cores = std::max(1u, std::thread::hardware_concurrency());
  return std::max(heard_now_, heard_before_) < cores;
}

void Server::heard(Stream& stream) {
  const int64_t millisecond = now_.time_since_epoch() / milliseconds(1);
  if (millisecond != millisecond_) {
    heard_before_ = millisecond == millisecond_ + 1 ? heard_now_ : 0;
    heard_now_ = 0;
    millisecond_ = millisecond;
  }
  if (stream.heard_in(millisecond)) ++heard_now_;
}

void Server::pass_time() {
  Duration pause;
  now_ = clock_.now(kLongestSleep, pause);
  if (pause > Duration::zero()) {
    spdlog::warn("this process stood still for {} s: deadlines are that much later",
                 pause / std::chrono::duration<double>(1));
  }
  if (engine_->next_deadline() <= now_) {
    engine_->tick(now_);
    pump_touched();
  }
  if (next_look_ <= now_) close_silent_streams();
}

void Server::pump_touched() {
  for (const SessionNumber session : engine_->take_touched()) {
    const auto stream = sessions_.find(session);
    if (stream != sessions_.end()) stream->second->pump();
  }
}

void Server::began(Stream& stream) {
  streams_.insert(&stream);
  next_look_ = std::min(next_look_, now_ + kLook);
}

// Looked at twice a second, and not at all while no stream has a time by which it must be heard of.
void Server::close_silent_streams() {
  std::vector<Stream*> silent;
  next_look_ = kNever;
  for (Stream* stream : streams_) {
    if (stream->silent_until() <= now_) silent.push_back(stream);
    if (stream->silent_until() != kNever) next_look_ = now_ + kLook;
  }
  for (Stream* stream : silent) {
    stream->close(
        stream->open() ? wire::HandshakeError::SESSION_ENDED : wire::HandshakeError::BAD_HANDSHAKE,
        stream->open() ? "nothing was heard for the session's timeout"
                       : "the handshake took too long");
  }
}

void Server::advance_drain() {
  if (phase_ == Phase::kServing && drain_wanted_) {
    server_->GetHealthCheckService()->SetServingStatus(false);
    engine_->start_drain(options_.drain_timeout, now_);
    pump_touched();
    phase_ = Phase::kDraining;
    phase_until_ = now_ + options_.drain_timeout;
  }
  if (phase_ == Phase::kDraining && (engine_->parked() == 0 || phase_until_ <= now_)) {
    engine_->end_drain(now_);
    pump_touched();
    phase_ = Phase::kFlushing;
    phase_until_ = now_ + kFlushTimeout;
  }
  if (phase_ == Phase::kFlushing) {
    const bool flushed = std::all_of(streams_.begin(), streams_.end(),
                                     [](const Stream* stream) { return stream->flushed(); });
    if (!flushed && now_ < phase_until_) return;
    phase_ = Phase::kEnding;
    phase_until_ = kNever;
    const std::vector<Stream*> streams(streams_.begin(), streams_.end());
    for (Stream* stream : streams) {
      stream->close(wire::HandshakeError::DRAINING, "the manager has ended");
    }
    // Cancels what doesn't end by itself; on its own thread, as this one must go on reading events.
    ending_ = std::thread([this] {
      server_->Shutdown(std::chrono::system_clock::now() + kFlushTimeout);
      queue_->Shutdown();
    });
  }
}

}  // namespace syncmanager
