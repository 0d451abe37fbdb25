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

// One stream of a session with what was agreed for it. A session that is resumed has another one;
// whoever still writes to this one keeps it that long, by a shared pointer.
struct Connection {
  // Connects and authenticates; resumes `session` if it is given, which the agreement tells. Throws
  // ConnectFailed, Disconnected, AuthenticationFailed, LimitExceeded or Draining, with `where` in
  // the message.
  Connection(const Target& target, const Identity& identity, const std::string& where,
       const Patience& patience, const ResumedSession* session = nullptr)
      : descriptor(dial(target, where, patience)),
        socket(descriptor->get(), identity.tls, target.host),
        agreement(pass_gate(socket, identity, where, patience, session)),
        stream(socket, agreement.max_frame + kAroundFrame),
        codec(agreement) {}

  // Writes `body` as a frame. Returns what ClientStream::write() returns.
  bool write() { return stream.write(body, codec.tag(body)); }

  const std::unique_ptr<OwnDescriptor> descriptor;
  SecureSocket socket;
  const Agreement agreement;
  ClientStream stream;
  FrameCodec codec;
  std::string body;  // The frame that is being written: of whoever writes.
};

}  // namespace syncmanager
