#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncmanager::http2 {

// HTTP/2 (RFC 9113) as no client library would speak it: each function makes the bytes of a frame,
// right or wrong, and nothing remembers what was sent.

enum class Type : uint8_t {
  kData = 0,
  kHeaders = 1,
  kPriority = 2,
  kReset = 3,
  kSettings = 4,
  kPush = 5,
  kPing = 6,
  kGoAway = 7,
  kWindowUpdate = 8,
  kContinuation = 9
};
constexpr uint8_t kAcknowledge = 1;
constexpr uint8_t kEndHeaders = 4;

using Headers = std::vector<std::pair<std::string, std::string>>;

// The beginning of a connection: the preface and the client's settings, which are the defaults.
std::string preface();
std::string frame(Type type, uint8_t flags, uint32_t stream, std::string_view payload);
// A frame of which there is only its header, which announces a payload of `length`.
std::string frame_header(Type type, uint8_t flags, uint32_t stream, uint32_t length);
struct Frame {
  Type type;
  uint32_t stream;
  std::string_view payload;
};
// Takes the frame that begins at bytes[at], and moves `at` behind it; false if it isn't complete.
bool take_frame(std::string_view bytes, size_t& at, Frame& frame);
// An unsigned integer, its first byte the highest.
uint32_t number(std::string_view bytes);
// HPACK (RFC 7541), every field a literal that isn't indexed.
std::string encoded(const Headers& headers);
// A request for the manager's one method, as gRPC would send it.
Headers request();

}  // namespace syncmanager::http2
