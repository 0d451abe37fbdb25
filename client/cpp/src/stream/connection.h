#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "client/cpp/src/stream/dial.h"
#include "client/cpp/src/stream/gate.h"
#include "client/cpp/src/stream/patience.h"
#include "client/cpp/src/stream/stream.h"
#include "client/cpp/src/stream/stream_frames.h"
#include "protos/auth/secure_socket.h"
#include "protos/frame.h"

namespace syncmanager {

// A socket to a manager that has passed the gate, with the stream on it and the agreement of its
// handshake. A session that is resumed gets another connection; a thread that still writes to this
// one keeps it alive by a shared pointer.
struct Connection {
  // Connects and authenticates. With `session` it asks to resume that, and the agreement has the
  // result. Throws
  // ConnectFailed, Disconnected, AuthenticationFailed, LimitExceeded or Draining, with `where` in
  // the message.
  Connection(const Target& target, const Identity& identity, const std::string& where,
             const Patience& patience, const ResumedSession* session = nullptr)
      : descriptor(dial(target, where, patience)),
        socket(descriptor->get(), identity.tls, target.host),
        agreement(pass_gate(socket, identity, where, patience, session)),
        stream(socket, agreement.max_frame + kAroundFrame),
        codec(agreement) {}

  // Writes `body` as a frame. Returns what Stream::write() returns.
  bool write() { return stream.write(body, codec.tag(body)); }

  const std::unique_ptr<OwnDescriptor> descriptor;
  SecureSocket socket;
  const Agreement agreement;
  Stream stream;
  FrameCodec codec;
  std::string body;  // The frame that is being written. The writer's.
};

}  // namespace syncmanager
