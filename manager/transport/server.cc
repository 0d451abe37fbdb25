#include "manager/transport/server.h"

#include <sched.h>
#include <spdlog/spdlog.h>

#include <stdexcept>
#include <thread>
#include <utility>

#include "manager/transport/connections.h"

namespace syncmanager {
namespace {

using Monotonic = HouseClock::Monotonic;

// The queue's tag of orders; every other tag is a Stream::Tag.
char orders_tag;

constexpr Duration kTick = std::chrono::seconds(1);
constexpr int kAroundFrame = 64 << 10;  // What a message may have around its frame.
constexpr int kEventsBeforeShare = 16;
constexpr uint32_t kHeartbeatsPerTimeout = 3;
constexpr size_t kBootIdBytes = 16;
constexpr size_t kKeyBytes = 32;
constexpr size_t kArenaBytes = 64 << 10;

google::protobuf::ArenaOptions arena_options() {
  google::protobuf::ArenaOptions options;
  options.start_block_size = kArenaBytes;
  return options;
}

// std::chrono::steady_clock is CLOCK_MONOTONIC, and so is this.
gpr_timespec to_grpc(Monotonic time) {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
  return {seconds.count(), static_cast<int32_t>(std::chrono::nanoseconds(since - seconds).count()),
          GPR_CLOCK_MONOTONIC};
}

}  // namespace

Server::Server(House& house, KeyRing keys, Options options)
    : house_(house),
      options_(std::move(options)),
      keys_(std::make_shared<const KeyRing>(std::move(keys))),
      nobody_(std::make_shared<const AuthKeys>(random_bytes(kKeyBytes))),
      boot_id_(random_bytes(kBootIdBytes)),
      clock_(std::chrono::steady_clock::now()),
      spinner_(options_.spin, std::thread::hardware_concurrency()),
      arena_(arena_options()) {
  grpc::ServerBuilder builder;
  connections_ = set_up_connections(builder, static_cast<int>(options_.max_frame) + kAroundFrame);
  builder.RegisterAsyncGenericService(&service_);
  queue_ = builder.AddCompletionQueue();
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) throw std::runtime_error("gRPC's server didn't start");
  orders_.emplace(*queue_, &orders_tag);
}

Server::~Server() {
  if (!drained_) shut_down();
}

// ---- Any thread.

void Server::serve(FileDescriptor socket) {
  grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
  connection.fd = socket.release();
  connections_->HandleNewConnection(&connection);
}

void Server::replace_keys(KeyRing keys) {
  orders_->give([this, ring = std::make_shared<const KeyRing>(std::move(keys))] {
    keys_ = ring;
    spdlog::info("{} keys from now on", ring->size());
  });
}

void Server::drain() {
  orders_->give([this] { start_drain(); });
}

// ---- For the streams.

ServerHandshake::Policy Server::policy(bool is_unix) const {
  const auto timeout = static_cast<uint32_t>(options_.session_timeout.count());
  ServerHandshake::Policy policy;
  policy.server_id = options_.server_id;
  policy.boot_id = boot_id_;
  policy.must_protect = !is_unix;
  policy.max_frame = options_.max_frame;
  policy.request_bytes = options_.limits.request_bytes();
  policy.heartbeat_ms = timeout / kHeartbeatsPerTimeout;
  policy.session_timeout_ms = timeout;
  policy.nobody = nobody_;
  policy.find_key = [keys = keys_](std::string_view id) -> std::optional<ServerHandshake::Key> {
    const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    const FileKey* key = keys->find(id, now);
    if (key == nullptr) return std::nullopt;
    return ServerHandshake::Key{.role = key->role, .prefix = key->prefix, .keys = key->keys};
  };
  if (is_unix) return policy;
  policy.find_session = [this](std::string_view session_id, std::string_view key_id) {
    const SessionNumber number = resume_keys_.number_of(session_id);
    const auto lives = [&](Engine& engine) { return engine.session(number) != nullptr; };
    if (!house_.ask(lives)) return std::vector<ResumeKeys::Keys>();
    return resume_keys_.find(session_id, key_id);
  };
  return policy;
}

void Server::await_call() {
  auto stream = std::make_unique<Stream>(*this, service_, *queue_);
  Stream* const key = stream.get();
  streams_.emplace(key, std::move(stream));
}

bool Server::resume_session(SessionNumber session, uint64_t received, Stream& stream) {
  const bool resumed =
      house_.ask([&](Engine& engine) { return engine.resume_session(session, received, now()); });
  if (!resumed) return false;
  if (const auto old = stream_of_.find(session); old != stream_of_.end()) old->second->fence();
  bind(session, stream);
  return true;
}

void Server::lose_session(SessionNumber session, Duration patience) {
  stream_of_.erase(session);
  touch(house_.apply([&](Engine& engine) { engine.lose_session(session, patience, now()); }));
}

void Server::end_session(SessionNumber session, bool goodbye) {
  stream_of_.erase(session);
  resume_keys_.forget(session);
  touch(house_.apply([&](Engine& engine) { engine.end_session(session, goodbye, now()); }));
}

void Server::touch(const std::vector<SessionNumber>& sessions) {
  touched_.insert(touched_.end(), sessions.begin(), sessions.end());
}

// ---- The loop.

void Server::run() {
  look_at_clock();
  await_call();
  while (!drained_) turn();
}

void Server::turn() {
  void* tag = nullptr;
  bool ok = false;
  const auto status = next(&tag, &ok);
  Stream* served = nullptr;
  look_at_clock();
  if (status == grpc::CompletionQueue::GOT_EVENT) {
    if (tag == &orders_tag) {
      orders_->obey();
    } else {
      const auto [stream, event] = *static_cast<Stream::Tag*>(tag);
      stream->on_event(event, ok);
      if (stream->is_over()) {
        forget(stream);
      } else {
        served = stream;
      }
    }
    arena_.Reset();
  }
  pass_time();
  Stream* const continued = go_on(status == grpc::CompletionQueue::GOT_EVENT);
  pump_touched();
  for (Stream* stream : {served, continued}) {
    if (stream != nullptr) stream->read_on();
  }
  if (draining_) advance_drain();
}

grpc::CompletionQueue::NextStatus Server::next(void** tag, bool* ok) {
  const auto patience = spinner_.patience(seen_);
  if (patience.count() > 0 && unfinished_.empty()) {
    const Monotonic until = seen_ + patience;
    Monotonic back;
    do {
      const auto status = queue_->AsyncNext(tag, ok, gpr_time_0(GPR_CLOCK_MONOTONIC));
      if (status != grpc::CompletionQueue::TIMEOUT) {
        spinner_.learn(true);
        return status;
      }
      const Monotonic before = std::chrono::steady_clock::now();
      ::sched_yield();
      back = std::chrono::steady_clock::now();
      spinner_.yielded(before, back);
    } while (back < until);
    spinner_.learn(false);
  }
  engine_deadline_ = house_.ask([](Engine& engine) { return engine.next_deadline(); });
  // gRPC rounds a deadline of now up to its next millisecond. It doesn't wait until this one.
  if (!unfinished_.empty()) return queue_->AsyncNext(tag, ok, gpr_time_0(GPR_CLOCK_MONOTONIC));
  const Time due =
      std::min({next_tick_, next_walk_, engine_deadline_, drain_deadline_, flush_deadline_});
  return queue_->AsyncNext(tag, ok, to_grpc(clock_.when(due)));
}

void Server::look_at_clock() {
  seen_ = std::chrono::steady_clock::now();
  if (const std::optional<Duration> pause = clock_.look(seen_)) {
    spdlog::warn("paused for {} ms, which isn't counted as time for anybody",
                 pause->count() / 1000);
  }
}

// Streams first: who is still heard of in time is never ended for the deadline of a call.
void Server::pass_time() {
  if (now() >= next_tick_) {
    next_tick_ = now() + kTick;
    house_.ask([&](Engine& engine) {
      resume_keys_.sweep([&](SessionNumber number) { return engine.session(number) == nullptr; });
    });
  }
  if (now() >= next_walk_) {
    next_walk_ = kNever;
    for (const auto& [stream, owner] : streams_) {
      stream->on_time(now());
      watch(stream->deadline());
    }
  }
  if (now() >= engine_deadline_) {
    touch(house_.apply([&](Engine& engine) { engine.tick(now()); }));
  }
}

// One share of one frame when nothing else is to be done: gRPC looks for what has arrived only when
// it has no event left. And after some events, whoever keeps them coming.
Stream* Server::go_on(bool busy) {
  if (unfinished_.empty()) return nullptr;
  if (busy && ++events_before_ < kEventsBeforeShare) return nullptr;
  events_before_ = 0;
  Stream* const stream = unfinished_.front();
  unfinished_.pop_front();
  if (stream->go_on()) unfinished_.push_back(stream);
  return stream;
}

void Server::forget(Stream* stream) {
  std::erase(unfinished_, stream);
  streams_.erase(stream);
}

// A stream that fails ends its session, which may touch others: until nothing is left.
void Server::pump_touched() {
  for (size_t i = 0; i < touched_.size(); ++i) {
    const auto stream = stream_of_.find(touched_[i]);
    if (stream != stream_of_.end()) stream->second->pump();
  }
  touched_.clear();
}

// ---- The end.

void Server::start_drain() {
  if (draining_) return;
  draining_ = true;
  drain_deadline_ = now() + options_.drain_timeout;
  touch(house_.apply([&](Engine& engine) { engine.start_drain(options_.drain_timeout, now()); }));
}

void Server::advance_drain() {
  if (flush_deadline_ == kNever) {
    const uint64_t parked = house_.ask([](Engine& engine) { return engine.parked(); });
    if (parked > 0 && now() < drain_deadline_) return;
    drain_deadline_ = kNever;
    flush_deadline_ = now() + options_.flush_timeout;
    touch(house_.apply([&](Engine& engine) { engine.end_drain(now()); }));
    pump_touched();
  }
  const bool flushed = std::all_of(streams_.begin(), streams_.end(),
                                   [](const auto& each) { return each.first->is_flushed(); });
  if (flushed || now() >= flush_deadline_) shut_down();
}

// Every client is told why; whoever doesn't read is cut off after the flush time.
void Server::shut_down() {
  drained_ = true;
  orders_->stop();
  for (const auto& [stream, owner] : streams_) {
    stream->fail(wire::HandshakeError::DRAINING, "the manager has ended");
  }
  // gRPC waits in Shutdown for calls whose events only this thread takes, so it waits elsewhere.
  std::thread ending([this, until = to_grpc(seen_ + options_.flush_timeout)] {
    server_->Shutdown(until);
    queue_->Shutdown();
  });
  void* tag = nullptr;
  bool ok = false;
  while (queue_->Next(&tag, &ok)) {
    if (tag == &orders_tag) continue;
    const auto [stream, event] = *static_cast<Stream::Tag*>(tag);
    stream->on_event(event, ok);
    if (stream->is_over()) streams_.erase(stream);
  }
  ending.join();
}

}  // namespace syncmanager
