#include "manager/transport/stream.h"

#include <utility>

#include "manager/core/check.h"
#include "manager/transport/server.h"
#include "protos/frame.h"
#include "protos/str_cat.h"

namespace syncmanager {
namespace {

// What one write carries at most, about: small enough that others get their turn.
constexpr size_t kFrameBytes = 256 << 10;

bool is_local(const std::string& peer) { return peer.starts_with("unix"); }

grpc::ByteBuffer to_buffer(const std::string& message) {
  const grpc::Slice slice(message);
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace

Stream::Stream(Server& server) : server_(server) {}

Stream::~Stream() { server_.ended(*this); }

void Stream::wait_for_client(Server& server) {
  auto* stream = new Stream(server);
  ++stream->under_way_;
  server.service().RequestCall(&stream->context_, &stream->stream_, &server.queue(),
                               &server.queue(), &stream->client_event_);
}

void Stream::on_client(bool ok) {
  --under_way_;
  if (!ok) return delete_if_done();  // The server is shutting down.
  wait_for_client(server_);
  server_.began(*this);
  peer_ = context_.peer();
  local_ = is_local(peer_);
  if (context_.method() != kSessionMethod) {
    state_ = State::kClosed;
    finishing_ = true;
    ++under_way_;
    return stream_.Finish(grpc::Status(grpc::StatusCode::UNIMPLEMENTED,
                                       str_cat("the only method is ", kSessionMethod)),
                          &finished_event_);
  }
  state_ = State::kHello;
  silent_until_ = server_.now() + server_.options().handshake_timeout;
  ServerHandshake::Policy policy = server_.options().handshake;
  policy.must_protect = !local_;
  handshake_.emplace(std::move(policy));
  read();
}

void Stream::read() {
  reading_ = true;
  ++under_way_;
  stream_.Read(&incoming_, &read_event_);
}

void Stream::on_read(bool ok) {
  --under_way_;
  reading_ = false;
  if (!ok) {
    leave(false);
    state_ = State::kClosed;
    return finish();
  }
  if (state_ == State::kClosed) return delete_if_done();
  server_.heard(*this);
  take(incoming_);
  if (state_ != State::kClosed && !too_slow()) read();
}

void Stream::take(const grpc::ByteBuffer& bytes) {
  grpc::Slice slice;
  if (!bytes.TrySingleSlice(&slice).ok() && !bytes.DumpToSingleSlice(&slice).ok()) {
    return close(wire::HandshakeError::BAD_HANDSHAKE, "a message that can't be read");
  }
  google::protobuf::Arena& arena = server_.arena();
  arena.Reset();
  auto& message = *google::protobuf::Arena::CreateMessage<wire::ClientMessage>(&arena);
  if (!message.ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
    return close(wire::HandshakeError::BAD_HANDSHAKE, "a message that doesn't parse");
  }
  switch (state_) {
    case State::kHello:
      return take_hello(message);
    case State::kProof:
      return take_proof(message);
    case State::kOpen:
      return take_frame(message);
    case State::kWaiting:
    case State::kClosed:
      return;
  }
}

void Stream::take_hello(const wire::ClientMessage& message) {
  if (!message.has_client_hello()) {
    return close(wire::HandshakeError::BAD_HANDSHAKE, "client_hello comes first");
  }
  absl::StatusOr<std::string> hello = handshake_->on_client_hello(message.client_hello());
  if (!hello.ok()) return refuse(hello.status());
  wire::ServerMessage answer;
  answer.set_server_hello(*std::move(hello));
  state_ = State::kProof;
  write(answer.SerializeAsString());
}

void Stream::take_proof(const wire::ClientMessage& message) {
  if (!message.has_client_auth() || writing_) {
    return close(wire::HandshakeError::BAD_HANDSHAKE, "client_auth comes after server_hello");
  }
  const absl::Status proof = handshake_->on_client_auth(message.client_auth());
  if (!proof.ok()) return refuse(proof);

  wire::ServerMessage answer;
  answer.set_server_auth(handshake_->accept());
  const Agreement& agreement = handshake_->agreement();
  wire::SessionOpened opened;
  opened.set_session_id(agreement.session_id);
  opened.set_key_id(agreement.key_id);
  opened.set_role(agreement.role);
  opened.set_prefix(agreement.prefix);
  opened.set_client_name(agreement.client_name);
  const absl::StatusOr<SessionNumber> session =
      server_.engine().open_session(opened, server_.now());
  if (!session.ok()) return refuse(session.status());

  session_ = *session;
  session_timeout_ = std::chrono::milliseconds(agreement.session_timeout_ms);
  if (agreement.protection == Protection::kTag) {
    incoming_tags_.emplace(agreement.keys->to_server);
    outgoing_tags_.emplace(agreement.keys->to_client);
  }
  handshake_.reset();
  state_ = State::kOpen;
  silent_until_ = local_ ? kNever : server_.now() + session_timeout_;
  server_.opened(session_, *this);
  if (server_.options().on_proof) server_.options().on_proof(peer_, true);
  write(answer.SerializeAsString());
}

void Stream::take_frame(const wire::ClientMessage& message) {
  if (!message.has_frame()) {
    return close(wire::HandshakeError::BAD_HANDSHAKE, "only frames come after the handshake");
  }
  const wire::Frame& frame = message.frame();
  if (incoming_tags_ && !incoming_tags_->verify(frame.body(), frame.tag())) {
    return close(wire::HandshakeError::SESSION_ENDED, "a frame with a wrong tag");
  }
  auto& batch = *google::protobuf::Arena::CreateMessage<wire::ClientBatch>(&server_.arena());
  if (!batch.ParseFromString(frame.body())) {
    return close(wire::HandshakeError::SESSION_ENDED, "a frame that doesn't parse");
  }
  if (!local_) silent_until_ = server_.now() + session_timeout_;
  if (batch.heartbeat() != 0) heartbeat_ = batch.heartbeat();
  server_.engine().receive(session_, batch, server_.now());
  server_.pump_touched();
  if (batch.goodbye()) {
    leave(true);
    state_ = State::kClosed;
    return finish();
  }
  pump();
}

// Unknown keys and wrong proofs look alike from outside; the log tells them apart.
void Stream::refuse(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnauthenticated:
      if (server_.options().on_proof) server_.options().on_proof(peer_, false);
      return close(wire::HandshakeError::UNAUTHENTICATED, to_std(status.message()));
    case absl::StatusCode::kResourceExhausted:
      return close(wire::HandshakeError::RESOURCE_EXHAUSTED, to_std(status.message()));
    case absl::StatusCode::kUnavailable:
      return close(wire::HandshakeError::DRAINING, to_std(status.message()));
    default:
      return close(wire::HandshakeError::BAD_HANDSHAKE, to_std(status.message()));
  }
}

void Stream::pump() {
  if (state_ != State::kOpen || writing_) return;
  Session* session = server_.engine().session(session_);
  if (session == nullptr) return;
  if (session->output_bytes() > server_.options().hard_output_bytes) {
    return close(wire::HandshakeError::SESSION_ENDED,
                 "slow consumer: too many replies wait to be read and acknowledged");
  }
  body_.clear();
  // With no journal everything is durable at once.
  sent_ = session->collect(sent_, server_.engine().lsn(), kFrameBytes, body_);
  sent_bytes_ += body_.size();
  if (heartbeat_ != 0) {
    wire::ServerBatch heartbeat;
    heartbeat.set_heartbeat(std::exchange(heartbeat_, 0));
    heartbeat.AppendToString(&body_);
  }
  if (body_.empty()) return;
  write(encode_frame(body_, outgoing_tags_ ? outgoing_tags_->tag(body_) : std::string()));
}

void Stream::write(const std::string& message) {
  CHECK(!writing_);
  writing_ = true;
  ++under_way_;
  stream_.Write(to_buffer(message), &written_event_);
}

void Stream::on_written(bool ok) {
  --under_way_;
  writing_ = false;
  if (state_ == State::kClosed) return finish();
  if (!ok) return delete_if_done();  // The read that is under way fails too, and ends it.
  pump();
  if (state_ != State::kClosed && !reading_ && !too_slow()) read();
}

bool Stream::flushed() const {
  if (state_ != State::kOpen) return true;
  return !writing_ && unsent_bytes() == 0;
}

uint64_t Stream::unsent_bytes() const {
  const Session* session = server_.engine().session(session_);
  return session == nullptr ? 0 : session->emitted_bytes() - sent_bytes_;
}

bool Stream::too_slow() const {
  return state_ == State::kOpen && unsent_bytes() > server_.options().soft_output_bytes;
}

void Stream::close(wire::HandshakeError::Code code, std::string_view reason) {
  if (state_ == State::kClosed) return;
  leave(false);
  state_ = State::kClosed;
  wire::ServerMessage error;
  error.mutable_error()->set_code(code);
  error.mutable_error()->set_message(std::string(reason));
  last_words_ = error.SerializeAsString();
  finish();
}

void Stream::leave(bool goodbye) {
  if (session_ == 0) return;
  const SessionNumber session = std::exchange(session_, 0);
  server_.closed(session);
  server_.engine().end_session(session, goodbye, server_.now());
  server_.pump_touched();
}

// Last words first, then the status; each waits for the write before it.
void Stream::finish() {
  if (writing_ || finishing_) return delete_if_done();
  if (!last_words_.empty()) return write(std::exchange(last_words_, {}));
  finishing_ = true;
  ++under_way_;
  stream_.Finish(grpc::Status::OK, &finished_event_);
}

void Stream::on_finished(bool) {
  --under_way_;
  // A client that never closes its side would keep the read for ever.
  if (reading_) context_.TryCancel();
  delete_if_done();
}

void Stream::delete_if_done() {
  const bool done = state_ == State::kWaiting || (state_ == State::kClosed && finishing_);
  if (done && under_way_ == 0) delete this;
}

}  // namespace syncmanager
