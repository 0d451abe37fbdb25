#include "manager/transport/server.h"

#include <sched.h>
#include <spdlog/spdlog.h>

#include <ctime>
#include <thread>
#include <utility>

#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

using Monotonic = PauselessClock::Monotonic;

constexpr Duration kTick = std::chrono::seconds(1);
constexpr uint32_t kHeartbeatsPerTimeout = 3;
constexpr size_t kBootIdBytes = 16;
constexpr size_t kKeyBytes = 32;
constexpr size_t kArenaBytes = 64 << 10;
// A part of a large value and what is around it.
constexpr size_t kRoomBytes = 320 << 10;
// While it spins the server looks at the stream that it served last, and so often at all others.
constexpr int kLooksAtOne = 4;

google::protobuf::ArenaOptions arena_options() {
  google::protobuf::ArenaOptions options;
  options.start_block_size = kArenaBytes;
  return options;
}

std::time_t unix_time() {
  return std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
}

}  // namespace

Server::Server(LockedEngine& engine, Credentials credentials,
               std::vector<std::unique_ptr<Listener>> listeners, std::unique_ptr<Gateway> gateway,
               Options options)
    : engine_(engine),
      options_(std::move(options)),
      nobody_(std::make_shared<const AuthKeys>(random_bytes(kKeyBytes))),
      boot_id_(random_bytes(kBootIdBytes)),
      entrance_(std::move(listeners), std::move(gateway),
                {.visitors = options_.visitors,
                 .wrong_keys = {},
                 .terms = {.policy_of =
                               [this](const Peer& peer, std::string channel_binding) {
                                 return policy(peer, std::move(channel_binding));
                               },
                           .tls = [this] { return tls(); }},
                 .let_in = [this](Visitor& visitor) { return let_in(visitor); }},
                options_.lifeline),
      run_posted_([this] { posted_.run_all(); }),
      let_some_in_([this] { entrance_.serve(now()); }),
      clock_(std::chrono::steady_clock::now()),
      spinner_(options_.spin, std::thread::hardware_concurrency()),
      arena_(arena_options()),
      room_(kRoomBytes) {
  use(std::move(credentials));
  poller_.add(posted_.descriptor(), EPOLLIN, static_cast<Watched*>(&run_posted_));
  poller_.add(entrance_.descriptor(), EPOLLIN, static_cast<Watched*>(&let_some_in_));
}

// ---- Any thread.

void Server::replace(Credentials credentials) {
  posted_.post([this, shared = std::make_shared<Credentials>(std::move(credentials))] {
    use(std::move(*shared));
    spdlog::info("{} keys from now on", keys_->size());
  });
}

void Server::drain() {
  posted_.post([this] { start_drain(); });
}

// ---- Who comes in.

void Server::use(Credentials credentials) {
  keys_ = std::make_shared<const KeyRing>(std::move(credentials.keys));
  tls_ = std::move(credentials.certificates);
}

// TLS by the keys is made for the first client that needs it: OpenSSL takes 2 ms, which would delay
// the start of every manager.
std::shared_ptr<const TlsCredentials> Server::tls() {
  if (tls_ != nullptr) return tls_;
  return tls_ = TlsCredentials::for_manager([keys = keys_, nobody = nobody_](std::string_view id) {
           const FileKey* const key = keys->find(id, unix_time());
           return (key != nullptr ? *key->keys : *nobody).tls.clone();
         });
}

ServerHandshake::Policy Server::policy(const Peer& peer, std::string channel_binding) const {
  const auto timeout = static_cast<uint32_t>(options_.session_timeout.count());
  ServerHandshake::Policy policy;
  policy.server_id = options_.server_id;
  policy.boot_id = boot_id_;
  policy.must_protect = !peer.is_unix && channel_binding.empty();
  policy.channel_binding = std::move(channel_binding);
  policy.max_frame = options_.max_frame;
  policy.request_bytes = options_.limits.request_bytes();
  policy.heartbeat_ms = timeout / kHeartbeatsPerTimeout;
  policy.session_timeout_ms = timeout;
  policy.nobody = nobody_;
  policy.find_key = [keys = keys_](std::string_view id) -> std::optional<ServerHandshake::Key> {
    const FileKey* const key = keys->find(id, unix_time());
    if (key == nullptr) return std::nullopt;
    return ServerHandshake::Key{.role = key->role, .prefix = key->prefix, .keys = key->keys};
  };
  if (peer.is_unix) return policy;
  policy.find_session = [this](std::string_view session_id, std::string_view key_id) {
    const SessionNumber number = resume_keys_.number_of(session_id);
    const auto lives = [&](Engine& engine) { return engine.session(number) != nullptr; };
    if (!engine_.ask(lives)) return std::vector<ResumeKeys::Keys>();
    return resume_keys_.find(session_id, key_id);
  };
  return policy;
}

// Opens or resumes the session of a visitor that has proved a key: before the last message is sent,
// so that a limit is met in the handshake.
absl::Status Server::let_in(Visitor& visitor) {
  ServerHandshake& handshake = visitor.handshake();
  const Agreement& agreed = handshake.agreement();
  if (agreed.resume == ResumeResult::kUnknown) {
    visitor.say_farewell(handshake.accept());  // It wants that session or none.
    return absl::OkStatus();
  }
  const bool resumes = agreed.resume == ResumeResult::kResumed;
  const absl::StatusOr<SessionNumber> session =
      resumes ? resume_session(agreed, visitor.peer()) : open_session(agreed, visitor.peer());
  if (!session.ok()) return session.status();
  const std::string last_message = gate_message(handshake.accept());
  if (!visitor.peer().is_unix) {
    resume_keys_.add(*session, agreed.session_id, agreed.key_id, agreed.keys);
  }
  auto stream = std::make_unique<Stream>(*this, visitor, *session, last_message);
  if (!stream->is_over()) stream_of_[*session] = stream.get();  // The client may have left.
  Stream* const key = stream.get();
  streams_.emplace(key, std::move(stream));
  touch({*session});
  return absl::OkStatus();
}

absl::StatusOr<SessionNumber> Server::open_session(const Agreement& agreed, const Peer& peer) {
  wire::SessionOpened opened;
  opened.set_session_id(agreed.session_id);
  opened.set_key_id(agreed.key_id);
  opened.set_role(agreed.role);
  opened.set_prefix(agreed.prefix);
  opened.set_client_name(agreed.client_name);
  absl::StatusOr<SessionNumber> session =
      engine_.ask([&](Engine& engine) { return engine.open_session(opened, now()); });
  if (session.ok()) {
    spdlog::info("session {} opened: key \"{}\", client \"{}\", from {}", *session, agreed.key_id,
                 agreed.client_name, peer.name);
  }
  return session;
}

// The stream that the session had is fenced first. What the client has not received leaves after
// the last message of the handshake.
absl::StatusOr<SessionNumber> Server::resume_session(const Agreement& agreed, const Peer& peer) {
  const SessionNumber session = resume_keys_.number_of(agreed.session_id);
  const bool resumed = engine_.ask(
      [&](Engine& engine) { return engine.resume_session(session, agreed.received, now()); });
  if (!resumed) {
    return absl::InvalidArgumentError(str_cat("the hello says that ", agreed.received,
                                              " replies and notices have arrived, which is more "
                                              "than were sent or less than were acknowledged"));
  }
  if (const auto old = stream_of_.find(session); old != stream_of_.end()) {
    old->second->fence();
    stream_of_.erase(session);
  }
  spdlog::info("session {} resumed from {}", session, peer.name);
  return session;
}

void Server::lose_session(SessionNumber session, Duration patience) {
  stream_of_.erase(session);
  touch(engine_.apply([&](Engine& engine) { engine.lose_session(session, patience, now()); }));
}

void Server::end_session(SessionNumber session, bool goodbye) {
  stream_of_.erase(session);
  resume_keys_.remove(session);
  touch(engine_.apply([&](Engine& engine) { engine.end_session(session, goodbye, now()); }));
}

void Server::touch(const std::vector<SessionNumber>& sessions) {
  touched_.insert(touched_.end(), sessions.begin(), sessions.end());
}

// ---- The loop.

void Server::run() {
  look_at_clock();
  while (leave_ != Leave::kEnding || !(streams_.empty() || now() >= leave_deadline_)) turn();
}

void Server::turn() {
  const std::span<const epoll_event> ready = wait();
  look_at_clock();
  pump_touched();
  for (const epoll_event& event : ready) {
    static_cast<Watched*>(event.data.ptr)->on_ready(event.events);
    pump_touched();
  }
  pass_time();
  go_on();
  pump_touched();
  destroy_retired();
  if (leave_ != Leave::kNo) advance_drain();
}

// Returns what is ready. What spin() has served already isn't in it.
std::span<const epoll_event> Server::wait() {
  std::span<const epoll_event> ready;
  if (spin(ready)) return ready;
  return poller_.wait(time_left());
}

// Looks for a while for what comes next. Returns whether something came.
bool Server::spin(std::span<const epoll_event>& ready) {
  const auto patience = spinner_.patience(seen_);
  if (patience.count() == 0 || !unfinished_.empty()) return false;
  const Monotonic until = seen_ + patience;
  Monotonic back = seen_;
  for (int looks = 0; back < until; ++looks) {
    bool came = latest_ != nullptr && latest_->receive();
    if (!came && (latest_ == nullptr || looks % kLooksAtOne == 0)) {
      ready = poller_.wait({});
      came = !ready.empty();
    }
    if (came) {
      spinner_.learn(true);
      return true;
    }
    const Monotonic before = std::chrono::steady_clock::now();
    ::sched_yield();
    back = std::chrono::steady_clock::now();
    spinner_.yielded(before, back);
  }
  spinner_.learn(false);
  return false;
}

std::chrono::nanoseconds Server::time_left() {
  if (!unfinished_.empty()) return {};
  const Time call = engine_.ask([](Engine& engine) { return engine.next_deadline(); });
  const Time due = std::min({next_tick_, next_walk_, call, leave_deadline_, entrance_.deadline()});
  return clock_.when(due) - std::chrono::steady_clock::now();
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
    engine_.ask([&](Engine& engine) {
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
  entrance_.on_time(now());
  if (now() >= engine_.ask([](Engine& engine) { return engine.next_deadline(); })) {
    touch(engine_.apply([&](Engine& engine) { engine.tick(now()); }));
  }
}

// One share of one stream.
void Server::go_on() {
  if (unfinished_.empty()) return;
  Stream* const stream = unfinished_.front();
  unfinished_.pop_front();
  stream->go_on();
}

// A stream that fails ends its session, which may touch others: until nothing is left.
void Server::pump_touched() {
  for (size_t i = 0; i < touched_.size(); ++i) {
    const auto stream = stream_of_.find(touched_[i]);
    if (stream != stream_of_.end()) stream->second->pump();
  }
  touched_.clear();
}

void Server::destroy_retired() {
  for (Stream* stream : retired_) {
    if (latest_ == stream) latest_ = nullptr;
    std::erase(unfinished_, stream);
    streams_.erase(stream);
  }
  retired_.clear();
}

// ---- The end.

void Server::start_drain() {
  if (leave_ != Leave::kNo) return;
  leave_ = Leave::kDraining;
  leave_deadline_ = now() + options_.drain_timeout;
  entrance_.close();
  options_.on_leave();
  touch(engine_.apply([&](Engine& engine) { engine.start_drain(options_.drain_timeout, now()); }));
}

void Server::advance_drain() {
  if (leave_ == Leave::kDraining) {
    const uint64_t parked = engine_.ask([](Engine& engine) { return engine.parked(); });
    if (parked > 0 && now() < leave_deadline_) return;
    leave_ = Leave::kFlushing;
    leave_deadline_ = now() + options_.flush_timeout;
    touch(engine_.apply([&](Engine& engine) { engine.end_drain(now()); }));
    pump_touched();
  }
  if (leave_ == Leave::kFlushing) {
    const bool flushed = std::all_of(streams_.begin(), streams_.end(),
                                     [](const auto& each) { return each.first->is_flushed(); });
    if (flushed || now() >= leave_deadline_) tell_the_end();
  }
}

// Every client is told why. The connections stay until their clients have closed them, so that the
// last message isn't lost; a client that doesn't is cut off after the flush time.
void Server::tell_the_end() {
  leave_ = Leave::kEnding;
  leave_deadline_ = now() + options_.flush_timeout;
  for (const auto& [stream, owner] : streams_) {
    stream->fail(wire::HandshakeError::DRAINING, "the manager has ended");
  }
  destroy_retired();
}

}  // namespace syncmanager::manager
