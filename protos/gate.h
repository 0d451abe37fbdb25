#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "protos/session.pb.h"

// The gate: what both ends say on a new connection, before HTTP/2. The four messages of the
// handshake pass through it, each as
//   "SMG1", u16be length, the message (handshake_messages.h)
// and a manager that doesn't let the client in says, in place of its next message,
//   "SMGE", u16be length, u8 wire::HandshakeError::Code, text for people
// and closes the connection. What follows the last message is HTTP/2 (http2_stream.h).
namespace syncmanager {

// The most bytes that a client may send through the gate.
inline constexpr size_t kGateBytes = 1024;

std::string gate_message(std::string_view message);
// A text that is too long is cut off.
std::string gate_refusal(wire::HandshakeError::Code code, std::string_view why);

// Reads one message of the gate. One thread at a time.
class GateReader {
 public:
  enum class State : uint8_t {
    kIncomplete,
    kMessage,  // content() is a message of the handshake.
    kRefusal,  // content() is a refusal.
    kForeign,  // Who sent this is no manager and no client of one, or says more than it may.
  };

  // `most` is what the message may have, its head included.
  explicit GateReader(size_t most = kGateBytes) : most_(most) {}

  // How many bytes to read next, so that nothing is taken of what comes after the message.
  // REQUIRES: the message is incomplete.
  size_t wanted() const;
  // Adds bytes that were read, wanted() at most.
  State add(std::string_view bytes);
  std::string_view content() const;
  // The size of what has come.
  size_t size() const { return bytes_.size(); }

 private:
  size_t most_;
  std::string bytes_;
};

// Reads the content of a refusal.
wire::HandshakeError read_refusal(std::string_view content);

}  // namespace syncmanager
