#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "manager/core/time.h"
#include "manager/transport/file_descriptor.h"
#include "manager/transport/peer.h"
#include "protos/auth/handshake.h"
#include "protos/auth/secure_socket.h"
#include "protos/gate.h"

namespace syncmanager::manager {

// A connection that has proved no key yet: TLS if the client begins it, and the handshake
// (protos/gate.h).
//
//   state      TLS          a hello      a proof      anything else, too much, the end
//   kSilent    -> kSecuring -> kGreeted  -> kGone     -> kGone
//   kSecuring  goes on      -> kGreeted  -> kGone     -> kGone
//   kGreeted   -> kGone     -> kGone     -> kProved   -> kGone
//
// A hello or a proof that isn't right is refused with its reason, and the visitor is kGone. It
// costs some 2 KiB, with TLS some 40 KiB. One thread at a time.
class Visitor {
 public:
  enum class State : uint8_t { kSilent, kSecuring, kGreeted, kProved, kGone };
  // The terms for clients that connect now.
  struct Terms {
    // The handshake's policy for it. `channel_binding` is that of its TLS connection, or empty.
    std::function<ServerHandshake::Policy(const Peer&, std::string channel_binding)> policy_of;
    // The manager's credentials for a client that begins TLS.
    std::function<std::shared_ptr<const TlsCredentials>()> tls;
  };

  // `deadline` is when it has to have proved a key.
  Visitor(FileDescriptor socket, Peer peer, Time deadline);

  // Reads what has come, without waiting, and answers it.
  State serve(const Terms& terms);
  // Sends the last message of the handshake to a client that gets no session. REQUIRES: kProved.
  void say_farewell(std::string_view last_message);
  // Tells the client why it isn't let in, as the last thing.
  void refuse(wire::HandshakeError::Code code, std::string_view why);
  void refuse(const absl::Status& why);

  State state() const { return state_; }
  // Whether it tried a wrong key.
  bool was_wrong() const { return was_wrong_; }
  const Peer& peer() const { return peer_; }
  Time deadline() const { return deadline_; }
  int descriptor() const { return descriptor_.get(); }
  // REQUIRES: kProved.
  ServerHandshake& handshake() { return *handshake_; }
  // The connection, which is the caller's from now on: both.
  FileDescriptor release() { return std::move(descriptor_); }
  SecureSocket& socket() { return socket_; }

 private:
  void look_for_tls(const Terms& terms);
  bool shake_hands();
  bool receive();
  void take_message(const Terms& terms);
  void check_proof(std::string_view proof);
  void send(std::string_view bytes);

  FileDescriptor descriptor_;
  SecureSocket socket_;
  const Peer peer_;
  const Time deadline_;
  State state_ = State::kSilent;
  bool was_wrong_ = false;
  size_t received_ = 0;  // Of the messages that were read.
  GateReader reader_;
  std::unique_ptr<ServerHandshake> handshake_;
};

}  // namespace syncmanager::manager
