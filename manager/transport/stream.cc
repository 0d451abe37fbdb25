#include "manager/transport/stream.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "manager/transport/messages.h"
#include "manager/transport/server.h"
#include "protos/fields.h"
#include "protos/frame.h"
#include "protos/str_cat.h"

namespace syncmanager {
namespace {

// What a client gets for reading the last message before its stream is cut.
constexpr Duration kEndingTime = std::chrono::seconds(2);
// A hello or a proof with what protobuf puts around it.
constexpr size_t kHandshakeMessageBytes = kHandshakeBytes + 16;
// What leaves in one write, about: large enough that its cost counts for nothing, small enough that
// a client with little room isn't flooded.
constexpr size_t kWriteBytes = 256 << 10;
// How many requests of a frame are performed before others have their turn: so what one client asks
// for at once keeps the others waiting for some hundred microseconds at most.
constexpr int kShare = 128;
// A client that leaves so much unread isn't listened to until it reads on.
constexpr uint64_t kUnsentSoftLimit = 4 << 20;

grpc::StatusCode status_code(wire::HandshakeError::Code code) {
  switch (code) {
    case wire::HandshakeError::UNAUTHENTICATED:
      return grpc::StatusCode::UNAUTHENTICATED;
    case wire::HandshakeError::RESOURCE_EXHAUSTED:
      return grpc::StatusCode::RESOURCE_EXHAUSTED;
    case wire::HandshakeError::DRAINING:
      return grpc::StatusCode::UNAVAILABLE;
    case wire::HandshakeError::SESSION_ENDED:
    case wire::HandshakeError::STREAM_ENDED:
    case wire::HandshakeError::SESSION_FENCED:
      return grpc::StatusCode::ABORTED;
    default:
      return grpc::StatusCode::INVALID_ARGUMENT;
  }
}

}  // namespace

Stream::Stream(Server& server, grpc::AsyncGenericService& service,
               grpc::ServerCompletionQueue& queue)
    : server_(server) {
  service.RequestCall(&call_, &messages_, &queue, &queue, &called_);
}

void Stream::on_event(Event event, bool ok) {
  switch (event) {
    case Event::kCalled:
      return on_called(ok);
    case Event::kRead:
      reading_ = false;
      return on_read(ok);
    case Event::kWritten:
      writing_ = false;
      return on_written(ok);
    case Event::kFinished:
      writing_ = false;
      over_ = true;
      return;
  }
}

// ---- What arrives.

// A client that doesn't read its answers may not ask for more, nor one that has asked for a lot.
void Stream::read_on() {
  const bool may_read = stage_ != Stage::kCalled && stage_ != Stage::kEnding;
  if (!may_read || reading_ || has_more_ || rest_ != nullptr) return;
  reading_ = true;
  messages_.Read(&incoming_, &read_);
}

void Stream::on_read(bool ok) {
  if (stage_ == Stage::kEnding) return;
  if (!ok) {
    lose_session();
    return finish(std::nullopt, grpc::Status::OK);
  }
  receive();
  incoming_.Clear();
}

void Stream::receive() {
  if (stage_ != Stage::kOpen && incoming_.Length() > kHandshakeMessageBytes) {
    return fail(wire::HandshakeError::BAD_HANDSHAKE, "a message of the handshake that is too long");
  }
  if (stage_ == Stage::kHealth) return answer_health();
  grpc::Slice memory;
  FieldReader fields(view_of(incoming_, memory));
  Field content;  // Of the wire::ClientMessage.
  while (fields.next(content)) {
  }
  if (fields.malformed()) {
    return fail(wire::HandshakeError::BAD_HANDSHAKE, "a message that can't be read");
  }
  const auto is = [&](Stage stage, uint32_t field) {
    return stage_ == stage && content.number == field;
  };
  if (is(Stage::kHello, wire::ClientMessage::kClientHelloFieldNumber))
    return on_hello(content.bytes);
  if (is(Stage::kProof, wire::ClientMessage::kClientAuthFieldNumber))
    return on_proof(content.bytes);
  if (is(Stage::kOpen, wire::ClientMessage::kFrameFieldNumber)) return on_frame(content.bytes);
  fail(wire::HandshakeError::BAD_HANDSHAKE, "a message out of its turn");
}

void Stream::on_frame(std::string_view encoded) {
  const std::optional<FrameView> frame = read_frame(encoded);
  if (!frame) return fail(wire::HandshakeError::BAD_HANDSHAKE, "a frame that can't be read");
  if (frame->body.size() > server_.options().max_frame) {
    return fail(wire::HandshakeError::RESOURCE_EXHAUSTED, "a frame that is too large");
  }
  if (from_client_ && !from_client_->verify(frame->body, frame->tag)) {
    return fail(wire::HandshakeError::UNAUTHENTICATED, "a frame with a wrong tag");
  }
  if (!std::exchange(confirmed_, true)) server_.resume_keys().confirm(session_);
  auto& batch = *google::protobuf::Arena::CreateMessage<wire::ClientBatch>(&server_.arena());
  if (!batch.ParseFromArray(frame->body.data(), static_cast<int>(frame->body.size()))) {
    return fail(wire::HandshakeError::BAD_HANDSHAKE, "a frame that can't be read");
  }
  server_.spinner().active(mark_, server_.monotonic());
  if (batch.requests_size() <= kShare) return perform(batch);
  rest_ = std::make_unique<wire::ClientBatch>();
  rest_->Swap(&batch);
  next_ = 0;
  server_.await_turn(*this);
}

bool Stream::go_on() {
  if (rest_ == nullptr) return false;
  wire::ClientBatch share;
  const int end = std::min(next_ + kShare, rest_->requests_size());
  for (; next_ < end; ++next_) share.add_requests()->Swap(rest_->mutable_requests(next_));
  const bool more = next_ < rest_->requests_size();
  if (more) {
    share.set_acknowledged(rest_->acknowledged());
  } else {
    rest_->mutable_requests()->Clear();
    share.MergeFrom(*std::exchange(rest_, nullptr));
  }
  perform(share);
  return more;
}

void Stream::perform(wire::ClientBatch& batch) {
  if (!is_unix_) deadline_ = server_.now() + timeout_;
  excused_ = false;
  if (batch.heartbeat() != 0) heartbeat_ = batch.heartbeat();
  const bool goodbye = batch.goodbye();
  server_.touch(server_.house().apply(
      [&](Engine& engine) { engine.receive(session_, batch, server_.now()); }));
  if (goodbye) return leave();
  // What the requests brought about leaves at the end of the event, with what they did to others.
  if (heartbeat_ != 0) pump();
}

// What the goodbye's own frame asked for is answered in the last one.
void Stream::leave() {
  std::string& body = server_.scratch();
  body.clear();
  server_.house().ask([&](Engine& engine) {
    const Session* session = engine.session(session_);
    if (session != nullptr)
      session->collect(sent_, House::durable(), std::min(kWriteBytes, max_frame_), body);
  });
  std::optional<grpc::ByteBuffer> last;
  if (!body.empty()) last = encode(encode_frame(body, to_client_ ? to_client_->tag(body) : ""));
  end_session(true);
  finish(std::move(last), grpc::Status::OK);
}

// ---- What leaves.

// A client may have read a message, and answered it, before the queue says that it was written. So
// the handshake's second message may find the first still under way; gRPC aborts at two of them.
void Stream::write(const grpc::ByteBuffer& message) {
  if (writing_) {
    held_back_ = message;
    return;
  }
  writing_ = true;
  messages_.Write(message, &written_);
}

void Stream::on_written(bool ok) {
  if (!ok) broken_ = true;
  if (stage_ == Stage::kEnding) return finish_now();
  if (!ok) {
    lose_session();
    return finish(std::nullopt, grpc::Status::OK);
  }
  if (held_back_) {
    write(*std::exchange(held_back_, std::nullopt));
    return;
  }
  if (has_more_) deadline_ = server_.now() + timeout_;  // It reads.
  pump();
  if (stage_ == Stage::kOpen && !has_more_ && !reading_) {
    deadline_ = is_unix_ ? kNever : server_.now() + timeout_;
  }
}

void Stream::pump() {
  if (stage_ != Stage::kOpen) return;
  std::string& body = server_.scratch();
  body.clear();
  uint64_t unsent = 0, unacknowledged = 0;
  const bool may_write = !writing_;  // Never while held_back_ waits: then a write is under way.
  server_.house().ask([&](Engine& engine) {
    const Session* session = engine.session(session_);
    if (session == nullptr) return;
    if (may_write) {
      sent_bytes_ +=
          session->collect(sent_, House::durable(), std::min(kWriteBytes, max_frame_), body);
    }
    unsent = session->emitted_bytes() - sent_bytes_;
    unacknowledged = session->output_bytes();
  });
  if (!check_limits(unsent, unacknowledged) || !may_write) return;
  if (heartbeat_ != 0) {
    wire::ServerBatch echo;
    echo.set_heartbeat(std::exchange(heartbeat_, 0));
    echo.AppendToString(&body);
  }
  if (!body.empty()) write(encode(encode_frame(body, to_client_ ? to_client_->tag(body) : "")));
}

bool Stream::check_limits(uint64_t unsent, uint64_t unacknowledged) {
  const uint64_t hard = server_.options().limits.unacknowledged_bytes;
  if (unsent > hard || unacknowledged > hard) {
    fail(wire::HandshakeError::STREAM_ENDED,
         str_cat("slow consumer: more than ", hard,
                 " bytes of answers weren't read or acknowledged"));
    return false;
  }
  const bool had_more = std::exchange(has_more_, unsent > kUnsentSoftLimit || sent_.of_next > 0);
  if (has_more_ && !had_more) {
    deadline_ = server_.now() + timeout_;
    server_.watch(deadline_);
  }
  return true;
}

// ---- The end.

void Stream::on_time(Time now) {
  if (now < deadline_) return;
  deadline_ = kNever;
  switch (stage_) {
    case Stage::kCalled:
      return;
    case Stage::kHealth:
    case Stage::kHello:
    case Stage::kProof:
      return fail(wire::HandshakeError::BAD_HANDSHAKE, "the handshake took longer than 5 s");
    case Stage::kOpen:
      if (!has_more_ && excuse_silence(now)) return;
      return fail(wire::HandshakeError::SESSION_ENDED,
                  has_more_ ? "slow consumer: answers weren't read for the session timeout"
                            : "nothing was heard for the session timeout");
    case Stage::kEnding:
      call_.TryCancel();
  }
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
  if (stage_ == Stage::kCalled || stage_ == Stage::kEnding) return;
  if (code != wire::HandshakeError::DRAINING) {
    spdlog::warn("stream from {} (session {}) ends: {}", peer_, session_, message);
  }
  const bool for_good =
      code == wire::HandshakeError::SESSION_ENDED || code == wire::HandshakeError::DRAINING;
  for_good ? end_session(false) : lose_session();
  wire::ServerMessage error;
  error.mutable_error()->set_code(code);
  error.mutable_error()->set_message(message.data(), message.size());
  finish(encode(error), {status_code(code), std::string(message)});
}

void Stream::fence() {
  session_ = 0;
  fail(wire::HandshakeError::SESSION_FENCED, "the session was resumed over another stream");
}

// A unix socket is closed by the end of its client alone, so that is the end of its session.
void Stream::lose_session() {
  if (is_unix_) return end_session(false);
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

void Stream::finish(std::optional<grpc::ByteBuffer> last, grpc::Status status) {
  stage_ = Stage::kEnding;
  has_more_ = false;
  handshake_.reset();
  rest_.reset();
  last_ = std::move(last);
  status_ = std::move(status);
  deadline_ = server_.now() + kEndingTime;
  server_.watch(deadline_);
  if (!writing_) finish_now();
}

void Stream::finish_now() {
  writing_ = true;
  if (last_ && !broken_) {
    messages_.WriteAndFinish(*last_, grpc::WriteOptions(), status_, &finished_);
  } else {
    messages_.Finish(status_, &finished_);
  }
}

}  // namespace syncmanager
