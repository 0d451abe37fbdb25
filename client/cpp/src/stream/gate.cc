#include "client/cpp/src/stream/gate.h"

#include <poll.h>
#include <syncmanager/error.h>

#include <array>
#include <cerrno>

#include "client/cpp/src/process/in_forked_child.h"
#include "protos/gate.h"

namespace syncmanager {
namespace {

// The handshake over a socket that doesn't block.
class Dialogue {
 public:
  Dialogue(SecureSocket& socket, const std::string& where, const Patience& patience)
      : socket_(socket), where_(where), patience_(patience) {}

  // Begins TLS, if the socket has it.
  void begin_tls() {
    while (true) {
      SecureSocket::Handshake state{};
      InForkedChild::without_forks([&] { state = socket_.shake_hands(); });
      switch (state) {
        case SecureSocket::Handshake::kDone:
          return;
        case SecureSocket::Handshake::kMustRead:
          await(POLLIN);
          break;
        case SecureSocket::Handshake::kMustWrite:
          await(POLLOUT);
          break;
        case SecureSocket::Handshake::kWrongProof:
          wrong_proof();
        case SecureSocket::Handshake::kFailed:
          fail(std::errc::protocol_error,
               "TLS didn't begin: " + socket_.error() +
                   "; another program than a manager listens there; check the address");
        case SecureSocket::Handshake::kEnded:
          ended();
      }
    }
  }

  // Sends a message, and returns the content of the answer.
  std::string ask(std::string_view message) {
    send(gate_message(message));
    GateReader answer(kAnswerBytes);
    while (true) {
      switch (receive(answer)) {
        case GateReader::State::kIncomplete:
          break;
        case GateReader::State::kMessage:
          return std::string(answer.content());
        case GateReader::State::kRefusal:
          refused(read_refusal(answer.content()));
        case GateReader::State::kForeign:
          fail(std::errc::protocol_error,
               "another program than a manager listens there, or a manager of another release; "
               "check the address");
      }
    }
  }

 private:
  static constexpr size_t kAnswerBytes = 2048;

  // If the connection has ended already, receive() finds the reason.
  void send(const std::string& bytes) {
    for (size_t sent = 0; sent < bytes.size();) {
      const ssize_t size = socket_.send(std::string_view(bytes).substr(sent));
      if (size >= 0) {
        sent += static_cast<size_t>(size);
      } else if (errno == EAGAIN) {
        await(POLLOUT);
      } else if (errno != EINTR) {
        return;
      }
    }
  }

  GateReader::State receive(GateReader& answer) {
    std::array<char, kAnswerBytes> bytes;
    while (true) {
      const ssize_t size = socket_.receive({bytes.data(), answer.wanted()});
      if (size > 0) return answer.add({bytes.data(), static_cast<size_t>(size)});
      if (size < 0 && errno == EACCES) wrong_proof();
      if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
        ended();
      }
      await(POLLIN);
    }
  }

  void await(short events) {
    if (await_ready(socket_.descriptor(), events, patience_) == 0) return;
    fail(std::errc::timed_out,
         "the connection is open, but there was no answer in time; the manager is stopped or "
         "overloaded, or another program than a manager listens there");
  }

  [[noreturn]] void fail(std::errc code, const std::string& why) const {
    throw ConnectFailed(where_ + ": " + why, std::make_error_code(code));
  }
  [[noreturn]] void ended() const {
    fail(std::errc::connection_reset,
         "the connection was ended before the manager let this client in; it is full or about to "
         "end, or another program than a manager listens there");
  }
  [[noreturn]] void wrong_proof() const {
    const char* const why =
        socket_.has_certificates()
            ? "the manager and this client don't accept each other's certificates, or the manager "
              "was started without --tls=mutual"
            : "the manager has another key, or it was started with --tls=mutual and needs "
              "?cert=FILE&key=FILE&ca=FILE at the end of the URL";
    throw AuthenticationFailed(where_ + ": " + why + " (TLS: " + socket_.error() + ")");
  }
  [[noreturn]] void refused(const wire::HandshakeError& refusal) const {
    const std::string why = where_ + ": " + refusal.message();
    switch (refusal.code()) {
      case wire::HandshakeError::UNAUTHENTICATED:
        throw AuthenticationFailed(why);
      case wire::HandshakeError::RESOURCE_EXHAUSTED:
        throw LimitExceeded(why);
      case wire::HandshakeError::DRAINING:
        throw Draining(why);
      case wire::HandshakeError::BAD_HANDSHAKE:
        throw InvalidArgument(why);
      default:
        throw Disconnected(why);
    }
  }

  SecureSocket& socket_;
  const std::string& where_;
  const Patience& patience_;
};

// Takes a step of the handshake, which may use locks of OpenSSL's: no forked child must find one of
// them taken.
template <class Step>
auto without_forks(const std::string& where, Step step) {
  decltype(step()) result = absl::UnknownError("");
  InForkedChild::without_forks([&] { result = step(); });
  if (result.ok()) return *std::move(result);
  const std::string why = where + ": " + std::string(result.status().message());
  if (absl::IsUnauthenticated(result.status())) throw AuthenticationFailed(why);
  throw Disconnected(why);
}

}  // namespace

Agreement pass_gate(SecureSocket& socket, const Identity& identity, const std::string& where,
                    const Patience& patience, const ResumedSession* session) {
  ClientHandshake::Policy policy{
      .key_id = identity.key_id,
      .name = identity.name,
      .must_protect = identity.must_protect && !socket.is_secure(),
      .server_id = identity.server_id,
      .session_timeout_ms = static_cast<uint32_t>(identity.session_timeout.count())};
  if (session != nullptr) {
    policy.resume = Resume{.session_id = session->id, .received = session->received};
    policy.resume_keys = session->keys;
  }
  Dialogue dialogue(socket, where, patience);
  dialogue.begin_tls();
  policy.channel_binding = socket.channel_binding();
  ClientHandshake handshake(*identity.keys, std::move(policy));
  const std::string hello =
      without_forks(where, [&] { return absl::StatusOr<std::string>(handshake.hello()); });
  const std::string server_hello = dialogue.ask(hello);
  const std::string proof =
      without_forks(where, [&] { return handshake.on_server_hello(server_hello); });
  const std::string server_auth = dialogue.ask(proof);
  return without_forks(where, [&] { return handshake.on_server_auth(server_auth); });
}

}  // namespace syncmanager
