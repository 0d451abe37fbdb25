#include "client/cpp/src/stream_handshake.h"

#include <syncmanager/error.h>

#include "protos/session.pb.h"

namespace syncmanager {
namespace {

// A handshake step by step: one message out, one message in.
class Dialogue {
 public:
  Dialogue(ClientStream& stream, const std::string& where, const Patience& patience)
      : stream_(stream), where_(where), patience_(patience) {}

  void open() {
    stream_.open();
    await(ClientStream::Event::kOpened);
  }

  wire::ServerMessage ask(const wire::ClientMessage& message) {
    const grpc::Slice slice(message.SerializeAsString());
    stream_.write(grpc::ByteBuffer(&slice, 1));
    stream_.read();
    // The write is done by then, but its event may come first or last.
    await_both();
    const std::string_view received = stream_.received();
    wire::ServerMessage reply;
    if (!reply.ParseFromArray(received.data(), static_cast<int>(received.size()))) {
      throw Disconnected(where_ + ": the manager sent what is no message");
    }
    if (reply.has_error()) fail(reply.error());
    return reply;
  }

  template <class T>
  T checked(absl::StatusOr<T> result) {
    if (result.ok()) return *std::move(result);
    const std::string why = where_ + ": " + std::string(result.status().message());
    if (absl::IsUnauthenticated(result.status())) throw AuthenticationFailed(why);
    throw Disconnected(why);
  }

 private:
  void await(ClientStream::Event wanted) {
    while (true) {
      const ClientStream::Event event = stream_.next(patience_.next());
      if (event == wanted) return;
      check(event);
    }
  }
  void await_both() {
    bool written = false, received = false;
    while (!written || !received) {
      const ClientStream::Event event = stream_.next(patience_.next());
      check(event);
      written |= event == ClientStream::Event::kWritten;
      received |= event == ClientStream::Event::kReceived;
    }
  }
  void check(ClientStream::Event event) {
    if (event == ClientStream::Event::kClosed) {
      if (stream_.was_foreign()) {
        fail(std::errc::protocol_error,
             "another program than a manager listens there; check the address");
      }
      fail(std::errc::connection_reset,
           "the connection was ended before the manager let this client in; it is full or about to "
           "end, or another program than a manager listens there");
    }
    if (event == ClientStream::Event::kNothing && patience_.is_over()) {
      fail(std::errc::timed_out,
           "the connection is open, but there was no answer in time; the manager is stopped or "
           "overloaded, or another program than a manager listens there");
    }
  }
  [[noreturn]] void fail(std::errc code, const std::string& why) const {
    throw ConnectFailed(where_ + ": " + why, std::make_error_code(code));
  }
  [[noreturn]] void fail(const wire::HandshakeError& error) {
    const std::string why = where_ + ": " + error.message();
    switch (error.code()) {
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

  ClientStream& stream_;
  const std::string& where_;
  const Patience& patience_;
};

}  // namespace

Agreement shake_hands(ClientStream& stream, const Identity& identity, const std::string& where,
                      const Patience& patience, const ResumedSession* session) {
  ClientHandshake::Policy policy{
      .key_id = identity.key_id,
      .name = identity.name,
      .must_protect = identity.must_protect,
      .server_id = identity.server_id,
      .session_timeout_ms = static_cast<uint32_t>(identity.session_timeout.count())};
  if (session != nullptr) {
    policy.resume = Resume{.session_id = session->id, .received = session->received};
    policy.resume_keys = session->keys;
  }
  ClientHandshake handshake(*identity.keys, std::move(policy));
  Dialogue dialogue(stream, where, patience);
  dialogue.open();
  wire::ClientMessage message;
  message.set_client_hello(handshake.hello());
  const wire::ServerMessage hello = dialogue.ask(message);
  message.set_client_auth(dialogue.checked(handshake.on_server_hello(hello.server_hello())));
  const wire::ServerMessage auth = dialogue.ask(message);
  return dialogue.checked(handshake.on_server_auth(auth.server_auth()));
}

}  // namespace syncmanager
