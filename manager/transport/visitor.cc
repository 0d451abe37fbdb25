#include "manager/transport/visitor.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

#include "protos/str_cat.h"

namespace syncmanager {
namespace {

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
    : socket_(std::move(socket)), peer_(std::move(peer)), deadline_(deadline) {}

Visitor::State Visitor::serve(const PolicyOf& policy_of) {
  while (state_ <= State::kGreeted && receive()) take_message(policy_of);
  return state_;
}

// Reads until there is a message, or nothing more has come.
bool Visitor::receive() {
  std::array<char, kGateBytes> bytes;
  while (true) {
    const ssize_t size = ::recv(socket_.get(), bytes.data(), reader_.wanted(), MSG_DONTWAIT);
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

void Visitor::take_message(const PolicyOf& policy_of) {
  const GateReader message = std::exchange(reader_, GateReader());
  received_ += message.size();
  reader_ = GateReader(kGateBytes - received_);
  if (state_ == State::kGreeted) return check_proof(message.content());
  handshake_ = std::make_unique<ServerHandshake>(policy_of(peer_.is_unix));
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

// What is said here always has room in a socket, unless the client never reads.
void Visitor::send(std::string_view bytes) {
  const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(bytes.size())) state_ = State::kGone;
}

}  // namespace syncmanager
