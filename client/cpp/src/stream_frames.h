#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protos/frame_tag.h"
#include "protos/handshake.h"

namespace syncmanager {

// Why a stream is over.
struct StreamEnd {
  std::string why;        // For people; empty: it isn't.
  bool for_good = false;  // The session has ended too: there is nothing to resume.
};

// Puts batches into frames and takes them out, tagged if the handshake says so. Sealing and opening
// may happen at the same time; each in one thread at a time.
class FrameCodec {
 public:
  explicit FrameCodec(const Agreement& agreement);

  // The wire::ClientMessage with a frame of that body.
  grpc::ByteBuffer close(std::string_view body);
  // The body of the frame in a wire::ServerMessage, as a view into it. Nothing if it has none, or a
  // wrong tag: the stream can't go on then, and `end` says why.
  std::optional<std::string_view> open(std::string_view message, StreamEnd& end);

  // Adds an encoded wire::Part of a batch that is larger than a frame. Returns false if it doesn't
  // continue the part before.
  bool add_part(std::string_view encoded);
  // The batch whose last part was added; then, or nothing.
  std::optional<std::string> take_whole();

 private:
  std::optional<FrameTagger> outgoing_, incoming_;
  std::string whole_;  // The bytes of the parts that have come.
  uint64_t left_ = 0;  // How many bytes of the same batch are still to come.
};

}  // namespace syncmanager
