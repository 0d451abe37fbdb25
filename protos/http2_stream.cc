#include "protos/http2_stream.h"

#include <algorithm>
#include <cstring>

#include "protos/frame.h"

namespace syncmanager {
namespace {

constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr size_t kHeadBytes = 9, kPrefixBytes = 5;

constexpr uint8_t kEndStream = 0x1, kAcknowledge = 0x1, kEndHeaders = 0x4, kPadded = 0x8;
constexpr uint16_t kHeaderTable = 1, kPushes = 2, kStreams = 3, kWindow = 4, kFrameBytes = 5;

// We have as much room as there is, so that TCP's own limits are the only ones.
constexpr uint32_t kLargestWindow = 0x7fffffff, kDefaultWindow = 65'535;
constexpr uint32_t kLargestFrame = (1 << 24) - 1, kSmallestFrame = 16'384;
constexpr uint32_t kLargestControl = 16'384;
// The peer gets its room back when it has used half of it.
constexpr uint32_t kReplenish = 1u << 30;
// A message allows for a DATA frame's head, for a window update, and for more if it is large.
constexpr uint32_t kEarned = 64;

constexpr uint32_t kNoError = 0, kProtocolError = 1;

// HPACK (RFC 7541): fields of the static table by their number, the others as literals that aren't
// indexed and whose texts are below 127 bytes.
constexpr std::string_view kPostOverHttp = "\x83\x86", kStatusOk = "\x88";
constexpr std::string_view kContentType =
    "\x0f\x10\x10"
    "application/grpc";
constexpr std::string_view kTrailersAllowed("\x00\x02te\x08trailers", 13);
constexpr std::string_view kAuthority = "\x01\x09localhost";
constexpr std::string_view kPath = "\x04";
constexpr std::string_view kStatus("\x00\x0bgrpc-status", 13);
constexpr std::string_view kMessage("\x00\x0cgrpc-message", 14);

void append_number(std::string& out, uint64_t value, int bytes) {
  for (int shift = bytes * 8; shift > 0;) {
    shift -= 8;
    out.push_back(static_cast<char>(value >> shift));
  }
}

template <class Byte>
uint32_t number_at(const Byte* at, int bytes) {
  uint32_t value = 0;
  for (int i = 0; i < bytes; ++i) value = value << 8 | static_cast<uint8_t>(at[i]);
  return value;
}

// A text with its length in front of it (RFC 7541, 5.1 and 5.2).
void append_text(std::string& out, std::string_view text) {
  constexpr size_t kPrefixMost = 127;
  size_t rest = text.size();
  if (rest < kPrefixMost) {
    out.push_back(static_cast<char>(rest));
  } else {
    out.push_back(static_cast<char>(kPrefixMost));
    for (rest -= kPrefixMost; rest >= 128; rest /= 128) {
      out.push_back(static_cast<char>(rest % 128 + 128));
    }
    out.push_back(static_cast<char>(rest));
  }
  out += text;
}

// As gRPC has it: what isn't printable, and the percent sign, as %XX.
std::string percent_encoded(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte >= ' ' && byte <= '~' && c != '%') {
      out.push_back(c);
    } else {
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

}  // namespace

// The types of frames (RFC 9113, 6), by their numbers.
enum class Http2Stream::Type : uint8_t {
  kData,
  kHeaders,
  kPriority,
  kReset,
  kSettings,
  kPush,
  kPing,
  kGoAway,
  kWindowUpdate,
  kContinuation,
};

Http2Stream::Http2Stream(Side side, size_t max_message) : side_(side), max_message_(max_message) {
  const bool server = side == Side::kServer;
  if (server) preface_left_ = kPreface.size();
  if (!server) output_ = kPreface;
  append_head(24, Type::kSettings, 0, 0);
  append_setting(server ? kStreams : kPushes, server ? 1 : 0);
  append_setting(kWindow, kLargestWindow);
  append_setting(kFrameBytes, kLargestFrame);
  append_setting(kHeaderTable, 0);
  append_head(4, Type::kWindowUpdate, 0, 0);
  append_number(output_, kLargestWindow - kDefaultWindow, 4);
  if (server) return;
  stream_ = 1;
  std::string block(kPostOverHttp);
  block += kPath;
  append_text(block, kSessionMethod);
  for (const std::string_view field : {kAuthority, kTrailersAllowed, kContentType}) block += field;
  append_head(block.size(), Type::kHeaders, kEndHeaders, stream_);
  output_ += block;
}

// ---- What arrives.

std::optional<std::string_view> Http2Stream::next() {
  if (given_) std::string().swap(message_);
  given_ = false;
  while (!rest_.empty() && error_.empty()) {
    if (preface_left_ > 0) {
      take_preface();
    } else if (head_size_ < kHeadBytes) {
      take_head();
    } else if (type_ == Type::kData) {
      if (const auto message = take_data()) return message;
    } else {
      take_control();
    }
  }
  return std::nullopt;
}

void Http2Stream::keep_rest() {
  if (rest_.data() >= kept_.data() && rest_.data() < kept_.data() + kept_.size()) return;
  kept_ = rest_;
  rest_ = kept_;
}

void Http2Stream::fail(std::string_view why) {
  error_ = why;
  rest_ = {};
  append_go_away(kProtocolError, why);
}

std::string_view Http2Stream::take(size_t most) {
  const std::string_view taken = rest_.substr(0, most);
  rest_.remove_prefix(taken.size());
  return taken;
}

void Http2Stream::take_preface() {
  const std::string_view expected = kPreface.substr(kPreface.size() - preface_left_);
  const std::string_view taken = take(expected.size());
  if (!expected.starts_with(taken)) return fail("no preface of HTTP/2");
  preface_left_ = static_cast<uint8_t>(preface_left_ - taken.size());
}

void Http2Stream::take_head() {
  const std::string_view taken = take(kHeadBytes - head_size_);
  std::memcpy(head_ + head_size_, taken.data(), taken.size());
  head_size_ = static_cast<uint8_t>(head_size_ + taken.size());
  if (head_size_ < kHeadBytes) return;
  left_ = number_at(head_, 3);
  type_ = static_cast<Type>(head_[3]);
  flags_ = head_[4];
  id_ = number_at(head_ + 5, 4) & kLargestWindow;
  begin_frame();
  if (error_.empty() && left_ == 0) finish_frame();
}

void Http2Stream::begin_frame() {
  control_.clear();
  padding_ = 0;
  padding_known_ = true;
  overhead_ += static_cast<uint32_t>(kHeadBytes);
  if (type_ != Type::kData) overhead_ += std::min(left_, kMostOverhead);
  if (overhead_ > kMostOverhead) return fail("a flood of frames that are no messages");
  if (left_ > (type_ == Type::kData ? kLargestFrame : kLargestControl)) {
    return fail("a frame that is too long");
  }
  if (continues_ != (type_ == Type::kContinuation)) return fail("a CONTINUATION out of its place");
  switch (type_) {
    case Type::kData:
      if (stream_ == 0 || id_ != stream_ || ended_) return fail("DATA of no open stream");
      padding_known_ = (flags_ & kPadded) == 0;
      if (!padding_known_ && left_ == 0) fail("a frame without its padding");
      return;
    case Type::kHeaders:
      return begin_headers();
    case Type::kContinuation:
      if (id_ != stream_) return fail("a CONTINUATION of another stream");
      return count_header_bytes();
    case Type::kReset:
      if (stream_ == 0 || id_ != stream_) return fail("a RST_STREAM of no stream");
      return;
    case Type::kSettings:
    case Type::kPing:
    case Type::kGoAway:
      if (id_ != 0) return fail("a frame of the connection that names a stream");
      return;
    case Type::kWindowUpdate:
      if (id_ != 0 && id_ != stream_) return fail("a WINDOW_UPDATE of no stream");
      return;
    case Type::kPush:
      return fail("a PUSH_PROMISE");
    case Type::kPriority:
      return;
  }
}

void Http2Stream::begin_headers() {
  count_header_bytes();
  if (!error_.empty()) return;
  if (side_ == Side::kServer && stream_ == 0) {
    if (id_ % 2 == 0) return fail("a stream whose number no client may choose");
    stream_ = id_;
  } else if (id_ != stream_) {
    return fail("a second stream");
  } else if (ended_) {
    return fail("HEADERS behind the end of the stream");
  }
}

void Http2Stream::count_header_bytes() {
  header_bytes_ += left_;
  if (header_bytes_ > kMostHeaderBytes) fail("headers that are too long");
}

std::optional<std::string_view> Http2Stream::take_data() {
  if (!padding_known_) take_padding_length();
  if (!error_.empty()) return std::nullopt;
  std::optional<std::string_view> message;
  const size_t before = rest_.size();
  if (left_ > padding_) {
    message = take_payload(left_ - padding_);
  } else {
    take(left_);
  }
  const auto taken = static_cast<uint32_t>(before - rest_.size());
  left_ -= taken;
  padding_ = std::min(padding_, left_);
  received_ += taken;
  if (left_ == 0 && error_.empty()) finish_frame();
  return message;
}

void Http2Stream::take_padding_length() {
  padding_ = static_cast<uint8_t>(take(1)[0]);
  padding_known_ = true;
  --left_;
  overhead_ += padding_ + 1;
  received_ += 1;
  if (padding_ > left_) fail("more padding than the frame has");
}

// Takes one message's prefix and what there is of it, `most` bytes at most.
std::optional<std::string_view> Http2Stream::take_payload(size_t most) {
  if (prefix_size_ < kPrefixBytes) {
    const std::string_view taken = take(std::min(most, kPrefixBytes - prefix_size_));
    std::memcpy(prefix_ + prefix_size_, taken.data(), taken.size());
    prefix_size_ = static_cast<uint8_t>(prefix_size_ + taken.size());
    most -= taken.size();
    if (prefix_size_ < kPrefixBytes) return std::nullopt;
    if (prefix_[0] != 0) fail("a compressed message");
    if (number_at(prefix_ + 1, 4) > max_message_) fail("a message that is too long");
    if (!error_.empty()) return std::nullopt;
  }
  const size_t length = number_at(prefix_ + 1, 4);
  std::string_view message;
  if (message_.empty() && std::min(most, rest_.size()) >= length) {
    message = take(length);  // It lies there in one piece.
  } else {
    if (message_.empty()) message_.reserve(length);
    message_ += take(std::min(most, length - message_.size()));
    if (message_.size() < length) return std::nullopt;
    given_ = true;
    message = message_;
  }
  prefix_size_ = 0;
  earn(length);
  return message;
}

void Http2Stream::earn(size_t message) {
  const size_t earned = kEarned + message / kEarned;
  overhead_ -= static_cast<uint32_t>(std::min<size_t>(overhead_, earned));
}

// The headers are passed over, and so is what nobody knows.
void Http2Stream::take_control() {
  const std::string_view taken = take(left_);
  if (type_ != Type::kHeaders && type_ < Type::kContinuation) control_ += taken;
  left_ -= static_cast<uint32_t>(taken.size());
  if (left_ == 0) finish_frame();
}

void Http2Stream::finish_frame() {
  head_size_ = 0;
  switch (type_) {
    case Type::kData:
      if ((flags_ & kEndStream) != 0) ended_ = true;
      if (ended_ && prefix_size_ > 0) return fail("an end in the middle of a message");
      return replenish();
    case Type::kHeaders:
      continues_ = (flags_ & kEndHeaders) == 0;
      if ((flags_ & kEndStream) != 0) ended_ = true;
      return;
    case Type::kContinuation:
      continues_ = (flags_ & kEndHeaders) == 0;
      return;
    case Type::kReset:
      if (control_.size() != 4) return fail("a RST_STREAM of a wrong size");
      ended_ = true;
      pending_.clear();
      trailers_.reset();
      return;
    case Type::kSettings:
      return take_settings();
    case Type::kPing:
      if (control_.size() != 8) return fail("a PING of a wrong size");
      if ((flags_ & kAcknowledge) != 0) return;
      append_head(control_.size(), Type::kPing, kAcknowledge, 0);
      output_ += control_;
      return;
    case Type::kWindowUpdate:
      return take_window_update();
    default:
      return;
  }
}

void Http2Stream::take_settings() {
  if ((flags_ & kAcknowledge) != 0) return;
  if (control_.size() % 6 != 0) return fail("SETTINGS of a wrong size");
  for (size_t at = 0; at < control_.size(); at += 6) {
    const uint32_t id = number_at(control_.data() + at, 2);
    const uint32_t value = number_at(control_.data() + at + 2, 4);
    if (id == kWindow) {
      if (value > kLargestWindow) return fail("a window that is too large");
      stream_window_ += int64_t{value} - peer_initial_;
      peer_initial_ = value;
    } else if (id == kFrameBytes) {
      if (value < kSmallestFrame || value > kLargestFrame) return fail("a wrong size of frames");
      peer_frame_ = value;
    }
  }
  append_head(0, Type::kSettings, kAcknowledge, 0);
}

void Http2Stream::take_window_update() {
  if (control_.size() != 4) return fail("a WINDOW_UPDATE of a wrong size");
  int64_t& window = id_ == 0 ? window_ : stream_window_;
  window += number_at(control_.data(), 4) & kLargestWindow;
  if (window > kLargestWindow) fail("a window that is too large");
}

void Http2Stream::replenish() {
  if (received_ < kReplenish) return;
  for (const uint32_t id : {uint32_t{0}, stream_}) {
    append_head(4, Type::kWindowUpdate, 0, id);
    append_number(output_, received_, 4);
  }
  received_ = 0;
}

// ---- What leaves.

void Http2Stream::append_head(size_t length, Type type, uint8_t flags, uint32_t stream) {
  const char head[kHeadBytes] = {static_cast<char>(length >> 16), static_cast<char>(length >> 8),
                                 static_cast<char>(length),       static_cast<char>(type),
                                 static_cast<char>(flags),        static_cast<char>(stream >> 24),
                                 static_cast<char>(stream >> 16), static_cast<char>(stream >> 8),
                                 static_cast<char>(stream)};
  output_.append(head, sizeof(head));
}

void Http2Stream::append_setting(uint16_t id, uint32_t value) {
  append_number(output_, id, 2);
  append_number(output_, value, 4);
}

void Http2Stream::respond() {
  if (side_ == Side::kClient || responded_) return;
  responded_ = true;
  append_head(kStatusOk.size() + kContentType.size(), Type::kHeaders, kEndHeaders, stream_);
  output_ += kStatusOk;
  output_ += kContentType;
}

std::string& Http2Stream::begin_message(size_t size) {
  const size_t whole = size + kPrefixBytes;
  const auto room = std::min({window_, stream_window_, int64_t{peer_frame_}});
  const bool at_once = stream_ != 0 && !is_blocked() && static_cast<int64_t>(whole) <= room;
  if (at_once) respond();
  std::string& out = at_once ? output_ : pending_;
  if (size > kEarned) out.reserve(out.size() + kHeadBytes + whole);
  if (at_once) {
    append_head(whole, Type::kData, 0, stream_);
    window_ -= static_cast<int64_t>(whole);
    stream_window_ -= static_cast<int64_t>(whole);
  }
  earn(size);
  out.push_back('\0');  // Not compressed.
  append_number(out, size, 4);
  return out;
}

void Http2Stream::finish(int status, std::string_view message) {
  std::string block(kStatus);
  append_text(block, std::to_string(status));
  if (!message.empty()) {
    block += kMessage;
    append_text(block, percent_encoded(message));
  }
  trailers_ = std::move(block);
}

void Http2Stream::finish() { trailers_.emplace(); }

void Http2Stream::append_go_away(uint32_t code, std::string_view why) {
  append_head(8 + why.size(), Type::kGoAway, 0, 0);
  append_number(output_, stream_, 4);
  append_number(output_, code, 4);
  output_ += why;
}

std::string& Http2Stream::output() {
  if (is_blocked() && stream_ != 0) drain();
  return output_;
}

// Sends of what waits as much as there is room for.
void Http2Stream::drain() {
  respond();
  size_t at = 0;
  while (at < pending_.size()) {
    const int64_t room = std::min({window_, stream_window_, int64_t{peer_frame_},
                                   static_cast<int64_t>(pending_.size() - at)});
    if (room <= 0) break;
    append_head(static_cast<size_t>(room), Type::kData, 0, stream_);
    output_.append(pending_, at, static_cast<size_t>(room));
    at += static_cast<size_t>(room);
    window_ -= room;
    stream_window_ -= room;
  }
  pending_.erase(0, at);
  if (!pending_.empty() || !trailers_) return;
  if (side_ == Side::kClient) {
    append_head(0, Type::kData, kEndStream, stream_);
  } else {
    append_head(trailers_->size(), Type::kHeaders, kEndHeaders | kEndStream, stream_);
    output_ += *trailers_;
    append_go_away(kNoError, "");
  }
  trailers_.reset();
}

}  // namespace syncmanager
