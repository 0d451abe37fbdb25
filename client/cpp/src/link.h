#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "client/cpp/src/dial.h"
#include "client/cpp/src/patience.h"
#include "client/cpp/src/stream.h"
#include "client/cpp/src/stream_frames.h"
#include "client/cpp/src/stream_handshake.h"

namespace syncmanager {

// One stream of a session with what was agreed for it. A session that is resumed has another one;
// whoever still writes to this one keeps it that long, by a shared pointer.
struct Link {
  // Connects and authenticates; resumes `session` if it is given, which the agreement tells. Throws
  // ConnectFailed, Disconnected, AuthenticationFailed, LimitExceeded or Draining, with `where` in
  // the message.
  Link(const Target& target, const Identity& identity, const std::string& where,
       const Patience& patience, const ResumedSession* session = nullptr)
      : stream(dial(target, where, patience)),
        agreement(shake_hands(stream, identity, where, patience, session)),
        codec(agreement) {
    stream.read();
  }

  ClientStream stream;
  const Agreement agreement;
  FrameCodec codec;
  std::string body;  // The frame that is being written: of whoever writes.
};

}  // namespace syncmanager
