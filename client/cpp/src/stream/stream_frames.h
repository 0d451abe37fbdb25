#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protos/auth/frame_tag.h"
#include "protos/auth/handshake.h"

namespace syncmanager {

// Why a stream is over.
struct StreamEnd {
  std::string why;        // The reason in words; empty: the stream isn't over.
  bool for_good = false;  // The session is over, too: there is nothing to resume.
};

// Tags the frames that leave and checks the tags of those that arrive, if the handshake says so,
// and joins parts. Both directions may be used at the same time; each in one thread at a time.
class FrameCodec {
 public:
  explicit FrameCodec(const Agreement& agreement);

  // Returns the tag for the next frame, which has that body; empty if there are no tags.
  std::string tag(std::string_view body);
  // Returns the body of the frame in a wire::ServerMessage, as a view into it. Returns nothing if
  // it has no frame or a wrong tag: the stream can't go on then, and `end` says why.
  std::optional<std::string_view> open(std::string_view message, StreamEnd& end);

  // Adds an encoded wire::Part of a batch that is larger than a frame. Returns false if it doesn't
  // continue the part before.
  bool add_part(std::string_view encoded);
  // Returns the batch if the last part was its last one.
  std::optional<std::string> take_whole();

 private:
  std::optional<FrameTagger> outgoing_, incoming_;
  std::string whole_;  // The bytes of the parts that have come.
  uint64_t left_ = 0;  // How many bytes of the same batch are still to come.
};

}  // namespace syncmanager
