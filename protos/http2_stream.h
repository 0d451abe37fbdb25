#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace syncmanager {

// One gRPC stream on an HTTP/2 connection of its own, as bytes in and bytes out (RFC 9113, and
// gRPC's "gRPC over HTTP2"). It knows no socket and no clock.
//
// It is as much of HTTP/2 as one stream needs: there is no second stream, no push and no
// compression. Header blocks of the peer are passed over, as there is one method and the peer has
// proved a key before; ours are constants. So there is no HPACK, and nothing to bomb.
//
//   frame                 is allowed                            and does
//   HEADERS, CONTINUATION first: opens the stream (server).     nothing: passed over
//                         Later: of this stream only
//   DATA                  of the open stream, before its end    gives messages
//   SETTINGS              of the connection                     window and frame size; acknowledged
//   WINDOW_UPDATE         of either                             sends what waited for room
//   PING, RST_STREAM      of the connection, of the stream      answered; ends the stream
//   GOAWAY, PRIORITY, unknown types                             nothing
//   PUSH_PROMISE, whatever else                                 breaks the rules
//
// A peer that breaks the rules ends the connection: error() says why, and a GOAWAY is in the
// output. So does one that sends too much that is no message (floods of PING, SETTINGS, empty DATA
// and so on, CVE-2019-9512 to 9518): each message earns it some, and forgive() starts anew. One
// thread at a time.
class Http2Stream {
 public:
  enum class Side : uint8_t { kServer, kClient };

  // The most bytes that are no message, until the peer is forgiven or sends messages.
  static constexpr uint32_t kMostOverhead = 128 << 10;
  static constexpr uint32_t kMostHeaderBytes = 64 << 10;

  // `max_message` is the largest message that is taken. The output begins with the preface of a
  // client, or with the server's settings.
  Http2Stream(Side side, size_t max_message);

  // ---- What arrives.

  // Takes received bytes. They must stay until next() has returned nothing, or keep_rest().
  // REQUIRES: has_rest() is false.
  void receive(std::string_view bytes) {
    if (error_.empty()) rest_ = bytes;
  }
  // Returns the next message, as a view that is good until the next call; nothing if it isn't
  // complete, if the peer has ended the stream, or if it has broken the rules.
  std::optional<std::string_view> next();
  // Whether there is something that next() hasn't come to.
  bool has_rest() const { return !rest_.empty(); }
  // Copies what next() hasn't come to.
  void keep_rest();
  // Why the peer has broken the rules; empty: it hasn't.
  std::string_view error() const { return error_; }
  // Whether the peer sends no more messages.
  bool has_ended() const { return ended_; }
  // Whether there is a stream: a server's begins with the client's headers.
  bool is_open() const { return stream_ != 0; }
  // Forgives what came that was no message. Call it once a second at most.
  void forgive() { overhead_ = 0; }

  // ---- What leaves.

  // Begins a message. The caller appends exactly `size` bytes to the returned text, before it calls
  // anything else.
  std::string& begin_message(size_t size);
  // The last thing that a server says: the status of gRPC, 0 for OK, and its message; and that the
  // connection, which has no other stream, is over (GOAWAY).
  void finish(int status, std::string_view message);
  // The last thing that a client says.
  void finish();
  // The bytes to send now. The caller removes those that it has sent.
  std::string& output();
  // Whether something waits until the peer makes room for it.
  bool is_blocked() const { return !pending_.empty() || trailers_; }

 private:
  enum class Type : uint8_t;

  void fail(std::string_view why);
  std::string_view take(size_t most);
  void take_preface();
  void take_head();
  void begin_frame();
  void begin_headers();
  void count_header_bytes();
  std::optional<std::string_view> take_data();
  void take_padding_length();
  std::optional<std::string_view> take_payload(size_t most);
  void take_control();
  void finish_frame();
  void take_settings();
  void take_window_update();
  void replenish();
  void earn(size_t message);

  void append_head(size_t length, Type type, uint8_t flags, uint32_t stream);
  void append_go_away(uint32_t code, std::string_view why);
  void append_setting(uint16_t id, uint32_t value);
  void respond();
  void drain();

  const Side side_;
  const size_t max_message_;

  // The frame that is being read.
  std::string_view rest_;  // What next() hasn't come to,
  std::string kept_;       // and where it is if it was kept.
  uint8_t preface_left_ = 0;
  uint8_t head_size_ = 0;
  unsigned char head_[9] = {};
  Type type_{};
  uint8_t flags_ = 0;
  uint32_t id_ = 0, left_ = 0;
  uint32_t padding_ = 0;
  bool padding_known_ = true;
  bool continues_ = false;  // Headers that a CONTINUATION follows.
  std::string control_;     // The payload of a frame that isn't DATA.
  // The message that is being read.
  unsigned char prefix_[5] = {};
  uint8_t prefix_size_ = 0;
  std::string message_;
  bool given_ = false;  // The last message lies there.

  uint32_t stream_ = 0;  // 0: there is none yet.
  uint32_t header_bytes_ = 0;
  uint32_t overhead_ = 0;
  uint32_t received_ = 0;  // Since the peer was last given more room.
  bool ended_ = false;
  std::string_view error_;

  std::string output_;
  std::string pending_;                  // Messages that wait for room.
  std::optional<std::string> trailers_;  // Follow them.
  bool responded_ = false;
  uint32_t peer_frame_ = 16'384, peer_initial_ = 65'535;
  int64_t window_ = 65'535, stream_window_ = 65'535;
};

}  // namespace syncmanager
