#include "manager/transport/stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "manager/transport/server.h"
#include "protos/fields.h"
#include "protos/frame.h"
#include "protos/grpc_status.h"
#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

// The time that a client gets to read the last message before its stream is cut.
constexpr Duration kEndingTime = std::chrono::seconds(2);
// The interval at which bytes that are no message are forgiven.
constexpr Duration kForgiving = std::chrono::seconds(1);
// About the size of one write: large enough that its cost counts for nothing, small enough that
// a client with little room isn't flooded.
constexpr size_t kWriteBytes = 256 << 10;
// A buffer of more than that is given back when it is empty.
constexpr size_t kKeptBytes = 1024;
// How many requests of one client are performed before others have their turn: so what it asks for
// at once keeps the others waiting for some hundred microseconds at most.
constexpr int kShare = 128;
// A client that leaves so much unread isn't listened to until it reads on.
constexpr uint64_t kUnsentSoftLimit = 4 << 20;

}  // namespace

Stream::Stream(Server& server, Visitor& visitor, SessionNumber session,
               std::string_view first_bytes)
    : server_(server),
      descriptor_(visitor.release()),
      socket_(std::move(visitor.socket())),
      peer_(visitor.peer()),
      max_frame_(visitor.handshake().agreement().max_frame),
      http2_(Http2Stream::Side::kServer, max_frame_ + kAroundFrame),
      outgoing_(first_bytes),
      session_(session),
      timeout_(std::chrono::milliseconds(visitor.handshake().agreement().session_timeout_ms)) {
  const Agreement& agreed = visitor.handshake().agreement();
  if (agreed.protection == Protection::kTag) {
    from_client_.emplace(agreed.keys->to_server);
    to_client_.emplace(agreed.keys->to_client);
  }
  if (agreed.resume == ResumeResult::kResumed) {
    sent_ = {.outputs = agreed.received};
    sent_bytes_ = server_.engine().ask([&](Engine& engine) {
      const Session& resumed = *engine.session(session);
      return resumed.emitted_bytes() - resumed.output_bytes();
    });
  }
  if (!peer_.is_unix) {
    // A connection whose other end has vanished doesn't outlast its session.
    const auto patience = static_cast<unsigned>(agreed.session_timeout_ms);
    ::setsockopt(descriptor_.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof(patience));
    deadline_ = server_.now() + timeout_;
    server_.watch(deadline_);
  }
  outgoing_ += http2_.output();
  http2_.output().clear();
  server_.poller().add(descriptor_.get(), watched_ = EPOLLIN, static_cast<Watched*>(this));
  flush();
}

// ---- What arrives.

void Stream::on_ready(uint32_t events) {
  if (is_over()) return;
  if (is_writing()) {
    flush();
    pump();
  }
  const bool comes = (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0;
  if (comes && !is_over()) receive();
}

bool Stream::receive() {
  if (is_deaf()) return false;
  const std::span<char> room = server_.room();
  const ssize_t size = socket_.receive(room);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (size <= 0) {
    if (const std::string error = socket_.error(); !error.empty()) {
      spdlog::warn("stream from {} (session {}) ends: TLS: {}", peer_.name, session_, error);
    }
    lose_session();
    close();
    return true;
  }
  const bool could_write = can_write();
  http2_.receive({room.data(), static_cast<size_t>(size)});
  performed_ = 0;
  take_messages();
  if (is_over()) return true;
  flush();
  // The client has opened the stream, or made room for what waited.
  if (!could_write && can_write()) pump();
  return true;
}

void Stream::take_messages() {
  while (rest_ == nullptr && performed_ < kShare) {
    const std::optional<std::string_view> message = http2_.next();
    if (!message) break;
    if (stage_ == Stage::kOpen) take_message(*message);
  }
  if (is_over()) return;
  if (stage_ == Stage::kOpen && !http2_.error().empty()) {
    spdlog::warn("stream from {} (session {}) ends: HTTP/2: {}", peer_.name, session_,
                 http2_.error());
    lose_session();
    return finish_sending();
  }
  if (rest_ != nullptr || http2_.has_rest()) {
    if (http2_.has_rest()) http2_.keep_rest();
    return await_turn();
  }
  if (stage_ == Stage::kOpen && http2_.has_ended()) {
    lose_session();
    return finish(0, "");
  }
  if (!is_writing() && server_.now() - forgiven_ >= kForgiving) {
    forgiven_ = server_.now();
    http2_.forgive();
  }
}

void Stream::take_message(std::string_view message) {
  FieldReader fields(message);
  Field content;  // Of the wire::ClientMessage.
  while (fields.next(content)) {
  }
  if (fields.malformed()) {
    return fail(wire::HandshakeError::BAD_HANDSHAKE, "a message that can't be read");
  }
  if (content.number != wire::ClientMessage::kFrameFieldNumber) {
    return fail(wire::HandshakeError::BAD_HANDSHAKE, "a message out of its turn");
  }
  take_frame(content.bytes);
}

void Stream::take_frame(std::string_view encoded) {
  const std::optional<FrameView> frame = read_frame(encoded);
  if (!frame) return fail(wire::HandshakeError::BAD_HANDSHAKE, "a frame that can't be read");
  if (frame->body.size() > server_.options().max_frame) {
    return fail(wire::HandshakeError::RESOURCE_EXHAUSTED, "a frame that is too large");
  }
  if (from_client_ && !from_client_->verify(frame->body, frame->tag)) {
    return fail(wire::HandshakeError::UNAUTHENTICATED, "a frame with a wrong tag");
  }
  if (!std::exchange(confirmed_, true)) server_.resume_keys().confirm(session_);
  google::protobuf::Arena& arena = server_.arena();
  auto& batch = *google::protobuf::Arena::CreateMessage<wire::ClientBatch>(&arena);
  if (!batch.ParseFromArray(frame->body.data(), static_cast<int>(frame->body.size()))) {
    return fail(wire::HandshakeError::BAD_HANDSHAKE, "a frame that can't be read");
  }
  server_.served(*this, mark_);
  if (batch.requests_size() <= kShare) {
    perform(batch);
  } else {
    rest_ = std::make_unique<wire::ClientBatch>();
    rest_->Swap(&batch);
    next_ = 0;
  }
  arena.Reset();
}

void Stream::go_on() {
  awaits_turn_ = false;
  if (is_over()) return;
  performed_ = 0;
  if (rest_ != nullptr) perform_share();
  if (!is_over()) take_messages();
  if (is_over()) return;
  flush();
  pump();
  if (!is_over() && socket_.has_more()) receive();
}

void Stream::perform_share() {
  wire::ClientBatch share;
  const int end = std::min(next_ + kShare, rest_->requests_size());
  for (; next_ < end; ++next_) share.add_requests()->Swap(rest_->mutable_requests(next_));
  if (next_ < rest_->requests_size()) {
    share.set_acknowledged(rest_->acknowledged());
  } else {
    rest_->mutable_requests()->Clear();
    share.MergeFrom(*std::exchange(rest_, nullptr));
  }
  perform(share);
}

void Stream::perform(wire::ClientBatch& batch) {
  performed_ += std::max(batch.requests_size(), 1);
  if (!peer_.is_unix) deadline_ = server_.now() + timeout_;
  excused_ = false;
  if (batch.heartbeat() != 0) heartbeat_ = batch.heartbeat();
  const bool goodbye = batch.goodbye();
  server_.touch(server_.engine().apply(
      [&](Engine& engine) { engine.receive(session_, batch, server_.now()); }));
  if (goodbye) return leave();
  // The requests' output leaves at the end of the event, together with that of other sessions.
  if (heartbeat_ != 0) server_.touch({session_});
}

// The last frame answers the requests that came in the goodbye's own frame.
void Stream::leave() {
  std::string& body = server_.scratch();
  body.clear();
  server_.engine().ask([&](Engine& engine) {
    const Session* session = engine.session(session_);
    if (session != nullptr)
      session->collect(sent_, LockedEngine::durable(), std::min(kWriteBytes, max_frame_), body);
  });
  if (!body.empty()) write_frame(body);
  end_session(true);
  finish(0, "");
}

void Stream::await_turn() {
  if (!std::exchange(awaits_turn_, true)) server_.await_turn(*this);
}

// ---- What leaves.

void Stream::pump() {
  if (is_over() || stage_ != Stage::kOpen) return;
  std::string& body = server_.scratch();
  body.clear();
  uint64_t unsent = 0, unacknowledged = 0;
  bool has_more = false;
  const bool may_write = can_write();
  server_.engine().ask([&](Engine& engine) {
    const Session* session = engine.session(session_);
    if (session == nullptr) return;
    if (may_write) {
      sent_bytes_ +=
          session->collect(sent_, LockedEngine::durable(), std::min(kWriteBytes, max_frame_), body);
    }
    unsent = session->emitted_bytes() - sent_bytes_;
    unacknowledged = session->output_bytes();
    has_more = sent_.outputs < session->emitted();
  });
  if (!check_limits(unsent, unacknowledged)) return;
  if (may_write) {
    if (heartbeat_ != 0) {
      wire::ServerBatch echo;
      echo.set_heartbeat(std::exchange(heartbeat_, 0));
      echo.AppendToString(&body);
    }
    if (!body.empty()) {
      write_frame(body);
      flush();
      server_.woke(mark_);
      if (!is_over() && !is_writing() && has_more) await_turn();
    }
  }
  if (!is_over()) watch();
}

void Stream::write_frame(std::string_view body) {
  const std::string tag = to_client_ ? to_client_->tag(body) : std::string();
  append_frame(http2_.begin_message(frame_size(body, tag)), body, tag);
}

void Stream::flush() {
  while (true) {
    if (outgoing_.empty()) {
      outgoing_.swap(http2_.output());
      sent_of_it_ = 0;
    }
    if (outgoing_.empty()) break;
    const ssize_t size = socket_.send(std::string_view(outgoing_).substr(sent_of_it_));
    if (size < 0 && errno == EAGAIN) break;
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) {
      lose_session();
      return close();
    }
    if (is_slow_) deadline_ = server_.now() + timeout_;  // It reads.
    sent_of_it_ += static_cast<size_t>(size);
    if (sent_of_it_ < outgoing_.size()) break;  // The socket is full.
    outgoing_.clear();
    if (outgoing_.capacity() > kKeptBytes) std::string().swap(outgoing_);
  }
  if (stage_ == Stage::kEnding && !is_writing() && !std::exchange(said_all_, true)) {
    ::shutdown(descriptor_.get(), SHUT_WR);
  }
  watch();
}

void Stream::watch() {
  if (socket_.has_more() && !is_deaf()) await_turn();
  const uint32_t wanted =
      (is_deaf() ? 0u : uint32_t{EPOLLIN}) | (outgoing_.empty() ? 0u : uint32_t{EPOLLOUT});
  if (wanted == watched_) return;
  watched_ = wanted;
  server_.poller().change(descriptor_.get(), wanted, static_cast<Watched*>(this));
}

bool Stream::check_limits(uint64_t unsent, uint64_t unacknowledged) {
  const uint64_t hard = server_.options().limits.unacknowledged_bytes;
  if (unsent > hard || unacknowledged > hard) {
    fail(wire::HandshakeError::STREAM_ENDED,
         str_cat("slow consumer: more than ", hard,
                 " bytes of answers weren't read or acknowledged"));
    return false;
  }
  const bool was_slow = std::exchange(is_slow_, unsent > kUnsentSoftLimit || sent_.of_next > 0);
  if (is_slow_ != was_slow) {
    deadline_ = is_slow_ || !peer_.is_unix ? server_.now() + timeout_ : kNever;
    server_.watch(deadline_);
  }
  return true;
}

// ---- The end.

void Stream::on_time(Time now) {
  if (now < deadline_ || is_over()) return;
  deadline_ = kNever;
  if (stage_ == Stage::kEnding) return close();
  if (!is_slow_ && excuse_silence(now)) return;
  fail(wire::HandshakeError::SESSION_ENDED,
       is_slow_ ? "slow consumer: answers weren't read for the session timeout"
                : "nothing was heard for the session timeout");
}

// A client that was stopped gets the whole timeout once more when it goes on.
bool Stream::excuse_silence(Time now) {
  const bool stopped = server_.options().excuses_silence();
  if (!stopped && !excused_) return false;
  excused_ = stopped;
  deadline_ = now + timeout_;
  server_.watch(deadline_);
  return true;
}

void Stream::fail(wire::HandshakeError::Code code, std::string_view message) {
  if (is_over() || stage_ == Stage::kEnding) return;
  if (code != wire::HandshakeError::DRAINING) {
    spdlog::warn("stream from {} (session {}) ends: {}", peer_.name, session_, message);
  }
  const bool for_good =
      code == wire::HandshakeError::SESSION_ENDED || code == wire::HandshakeError::DRAINING;
  for_good ? end_session(false) : lose_session();
  wire::ServerMessage error;
  error.mutable_error()->set_code(code);
  error.mutable_error()->set_message(message.data(), message.size());
  http2_.begin_message(error.ByteSizeLong()) += error.SerializeAsString();
  finish(grpc_status(code), message);
}

void Stream::fence() {
  session_ = 0;
  fail(wire::HandshakeError::SESSION_FENCED, "the session was resumed over another stream");
}

// A unix socket is closed by the end of its client alone, so that is the end of its session.
void Stream::lose_session() {
  if (peer_.is_unix) return end_session(false);
  if (session_ == 0) return;
  spdlog::info("session {} lost its stream, and may be resumed for {} ms", session_,
               timeout_.count() / 1000);
  server_.lose_session(std::exchange(session_, 0), timeout_);
}

void Stream::end_session(bool goodbye) {
  if (session_ == 0) return;
  spdlog::info("session {} ended: {}", session_, goodbye ? "goodbye" : "its client has died");
  server_.end_session(std::exchange(session_, 0), goodbye);
}

void Stream::finish(int status, std::string_view message) {
  http2_.finish(status, message);
  finish_sending();
}

// The rest of the output leaves, and the client's end is awaited: a connection that is closed
// while something of the client's is unread resets it, and the last message with it.
void Stream::finish_sending() {
  stage_ = Stage::kEnding;
  is_slow_ = false;
  rest_.reset();
  deadline_ = server_.now() + kEndingTime;
  server_.watch(deadline_);
  flush();
}

void Stream::close() {
  if (is_over()) return;
  descriptor_.reset();
  server_.retire(*this);
}

}  // namespace syncmanager::manager
