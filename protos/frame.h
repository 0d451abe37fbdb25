#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protos/session.pb.h"

namespace syncmanager {

// The method that both ends name.
inline constexpr char kSessionMethod[] = "/syncmanager.wire.Manager/Session";

// The most bytes that a message of the stream has besides the body of its frame.
inline constexpr size_t kAroundFrame = 64 << 10;

// Appends an encoded ClientMessage or ServerMessage (they agree here) that is a frame of `body` and
// `tag`, without a detour over message objects.
void append_frame(std::string& out, std::string_view body, std::string_view tag);
// Returns how many bytes that is.
size_t frame_size(std::string_view body, std::string_view tag);

// A wire::Frame as views into its encoding.
struct FrameView {
  std::string_view body, tag;
};

// Reads an encoded wire::Frame. Returns nothing if it can't be read.
std::optional<FrameView> read_frame(std::string_view encoded);

// Appends `part` with `bytes` as the field of a ClientBatch or ServerBatch that it is; they are
// copied once.
void append_part(const wire::Part& part, int field, std::string_view bytes, std::string& batch);

// The error for a request of `bytes`, of which `most` are allowed.
std::string request_too_large(uint64_t bytes, uint64_t most);

}  // namespace syncmanager
