#include "manager/transport/visitor.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

// The first byte of a TLS connection (RFC 8446, section 5.1), with which no message of the gate
// begins.
constexpr char kTlsHandshake = 0x16;
// The most bytes of a client's TLS handshake, its certificates included.
constexpr uint64_t kTlsBytes = 40 << 10;

wire::HandshakeError::Code error_code(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnauthenticated:
      return wire::HandshakeError::UNAUTHENTICATED;
    case absl::StatusCode::kResourceExhausted:
      return wire::HandshakeError::RESOURCE_EXHAUSTED;
    case absl::StatusCode::kUnavailable:
      return wire::HandshakeError::DRAINING;
    default:
      return wire::HandshakeError::BAD_HANDSHAKE;
  }
}

}  // namespace

Visitor::Visitor(FileDescriptor socket, Peer peer, Time deadline)
    : descriptor_(std::move(socket)),
      socket_(descriptor_.get()),
      peer_(std::move(peer)),
      deadline_(deadline) {}

Visitor::State Visitor::serve(const Terms& terms) {
  if (state_ == State::kSilent && !peer_.is_unix) look_for_tls(terms);
  if (state_ == State::kSecuring && !shake_hands()) return state_;
  while (state_ <= State::kGreeted && receive()) take_message(terms);
  return state_;
}

void Visitor::look_for_tls(const Terms& terms) {
  char first = 0;
  if (::recv(descriptor(), &first, 1, MSG_PEEK | MSG_DONTWAIT) != 1 || first != kTlsHandshake) {
    return;
  }
  socket_ = SecureSocket(descriptor(), terms.tls());
  state_ = State::kSecuring;
}

// Returns whether TLS is there.
bool Visitor::shake_hands() {
  switch (socket_.shake_hands()) {
    case SecureSocket::Handshake::kDone:
      return true;
    case SecureSocket::Handshake::kMustRead:
      if (socket_.received() <= kTlsBytes) return false;
      break;
    case SecureSocket::Handshake::kWrongProof:
      was_wrong_ = true;
      break;
    default:
      break;
  }
  state_ = State::kGone;
  return false;
}

// Reads until there is a message, or nothing more has come.
bool Visitor::receive() {
  std::array<char, kGateBytes> bytes;
  while (true) {
    const ssize_t size = socket_.receive({bytes.data(), reader_.wanted()});
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (size <= 0) {
      state_ = State::kGone;
      return false;
    }
    switch (reader_.add({bytes.data(), static_cast<size_t>(size)})) {
      case GateReader::State::kIncomplete:
        break;
      case GateReader::State::kMessage:
        return true;
      case GateReader::State::kRefusal:
      case GateReader::State::kForeign:
        state_ = State::kGone;
        return false;
    }
  }
}

void Visitor::take_message(const Terms& terms) {
  const GateReader message = std::exchange(reader_, GateReader());
  received_ += message.size();
  reader_ = GateReader(kGateBytes - received_);
  if (state_ == State::kGreeted) return check_proof(message.content());
  if (peer_.needs_tls && !socket_.is_secure()) {
    return refuse(
        wire::HandshakeError::BAD_HANDSHAKE,
        "this address needs TLS; expected a URL that begins with syncmanager+tls://, or a "
        "manager that was started with --trust-network");
  }
  handshake_ = std::make_unique<ServerHandshake>(terms.policy_of(peer_, socket_.channel_binding()));
  const absl::StatusOr<std::string> answer = handshake_->on_client_hello(message.content());
  if (!answer.ok()) return refuse(answer.status());
  state_ = State::kGreeted;
  send(gate_message(*answer));
}

void Visitor::check_proof(std::string_view proof) {
  const absl::Status proved = handshake_->on_client_auth(proof);
  was_wrong_ = absl::IsUnauthenticated(proved);
  if (!proved.ok()) return refuse(proved);
  state_ = State::kProved;
}

void Visitor::say_farewell(std::string_view last_message) {
  send(gate_message(last_message));
  state_ = State::kGone;
}

void Visitor::refuse(const absl::Status& why) {
  refuse(error_code(why.code()), to_std(why.message()));
}

void Visitor::refuse(wire::HandshakeError::Code code, std::string_view why) {
  send(gate_refusal(code, why));
  state_ = State::kGone;
}

// A message of the gate always has room in a socket, unless the client never reads.
void Visitor::send(std::string_view bytes) {
  const ssize_t sent = socket_.send(bytes);
  if (sent != static_cast<ssize_t>(bytes.size())) state_ = State::kGone;
}

}  // namespace syncmanager::manager
