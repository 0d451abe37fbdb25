// Peers that aren't gRPC, or not as its authors meant it: whatever they write to the port, the
// manager goes on. What gRPC 1.51 itself is known for is in here.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>
#include <string>

#include "tests/support/bystander.h"
#include "tests/support/http2.h"
#include "tests/support/raw_socket.h"

namespace syncmanager {
namespace {

using http2::Type;

const std::string kPing = http2::frame(Type::kPing, 0, 0, "are you?");
const std::string kPong = http2::frame(Type::kPing, http2::kAcknowledge, 0, "are you?");

std::string random_text(size_t size) {
  std::mt19937 random(1);
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

class Http2Test : public testing::Test {
 protected:
  // In mebibytes, what the manager has in memory.
  uint64_t resident() const {
    std::ifstream statm("/proc/" + std::to_string(server_.pid()) + "/statm");
    uint64_t size = 0, pages = 0;
    statm >> size >> pages;
    return pages * 4096 >> 20;
  }
  static std::string open_stream(const http2::Headers& headers, uint32_t stream = 1) {
    return http2::frame(Type::kHeaders, http2::kEndHeaders, stream, http2::encoded(headers));
  }

  TestServer server_;
  Bystander bystander_{server_};
};

// ---- No HTTP/2.

struct Greeting {
  const char* name;
  std::string bytes;
};
void PrintTo(const Greeting& greeting, std::ostream* out) { *out << greeting.name; }

class OtherProtocolTest : public Http2Test, public testing::WithParamInterface<Greeting> {};

TEST_P(OtherProtocolTest, IsCutOffAtOnce) {
  RawSocket stranger(server_.tcp_target());
  stranger.send(GetParam().bytes);
  EXPECT_TRUE(stranger.await_end());
  while (server_.log().find("1 left or no HTTP/2") == std::string::npos) {
    bystander_.expect_others_go_on();
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, OtherProtocolTest,
    testing::Values(Greeting{"RandomBytes", random_text(4096)},
                    // A ClientHello of TLS 1.2 (RFC 5246, 7.4.1.2), its random bytes and all.
                    Greeting{"Tls", "\x16\x03\x01\x02" + std::string(1, '\0') + "\x01" +
                                        std::string(1, '\0') + "\x01\xfc\x03\x03" +
                                        random_text(508)},
                    Greeting{"Http1", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"}),
    [](const auto& test) { return test.param.name; });

// ---- Headers that once ended gRPC's servers (CVE-2023-1428 and those beside it).

struct BadHeader {
  const char* name;
  const char* header;
  const char* value;
  size_t padding = 0;  // Above 8 KiB it is more than the manager takes.
};
void PrintTo(const BadHeader& bad, std::ostream* out) { *out << bad.name; }

class BadHeaderTest : public Http2Test, public testing::WithParamInterface<BadHeader> {};

TEST_P(BadHeaderTest, CostsItsStreamAtMost) {
  http2::Headers headers = http2::request();
  std::erase_if(headers, [](const auto& header) { return header.first == GetParam().header; });
  headers.emplace_back(GetParam().header, GetParam().value);
  headers.emplace_back("padding", std::string(GetParam().padding, 'x'));
  RawSocket stranger(server_.tcp_target());
  stranger.send(http2::preface() + open_stream(headers) + kPing);
  // Whether it ends the connection or not: now the manager has read the headers.
  EXPECT_TRUE(stranger.await(kPong) || stranger.await_end());
  bystander_.expect_others_go_on();
}

INSTANTIATE_TEST_SUITE_P(
    All, BadHeaderTest,
    testing::Values(BadHeader{"Te", "te", "x"}, BadHeader{"LargeTe", "te", "x", 9'000},
                    BadHeader{"Scheme", ":scheme", "ftp"},
                    BadHeader{"LargeScheme", ":scheme", "ftp", 9'000},
                    BadHeader{"LoadBalancer", "grpclb_client_stats", "x"},
                    BadHeader{"LargeLoadBalancer", "grpclb_client_stats", "x", 9'000}),
    [](const auto& test) { return test.param.name; });

// ---- Storms, of a client that never acknowledges the manager's settings.

TEST_F(Http2Test, TenThousandRequestsEachTakenBackAtOnce) {
  std::string storm = http2::preface();
  const std::string reason("\0\0\0\x08", 4);
  for (uint32_t i = 0; i < 10'000; ++i) {
    storm += open_stream(http2::request(), 2 * i + 1);
    storm += http2::frame(Type::kReset, 0, 2 * i + 1, reason);
  }
  RawSocket stranger(server_.tcp_target());
  stranger.send(storm + kPing);
  // With so much to say it may be cut off before it has said it.
  EXPECT_TRUE(stranger.await(kPong) || stranger.await_end());
  bystander_.expect_others_go_on();
}

// CVE-2023-33953: nothing in 1.51 refuses it, but who hasn't proved a key may not send so much.
TEST_F(Http2Test, AHeaderOfAGibibyteIsCutOff) {
  // A literal field whose name's length, 2^30 - 1, is announced and never comes to its end.
  const std::string announced("\0\x7f\x80\xff\xff\xff\x03", 7);
  std::string flood = http2::preface() + http2::frame(Type::kHeaders, 0, 1, announced);
  for (int i = 0; i < 64; ++i) {
    flood += http2::frame(Type::kContinuation, 0, 1, std::string(16'384, 'x'));
  }
  RawSocket stranger(server_.tcp_target());
  const uint64_t before = resident();
  stranger.send(flood);
  EXPECT_TRUE(stranger.await_end());
  bystander_.expect_others_go_on();
  EXPECT_LT(resident(), before + 64);
}

// ---- Sizes that aren't true.

TEST_F(Http2Test, AFrameOfSixteenMebibytesEndsTheConnection) {
  RawSocket stranger(server_.tcp_target());
  const std::string lie = http2::frame_header(Type::kData, 0, 1, (1 << 24) - 1);
  stranger.send(http2::preface() + open_stream(http2::request()) + lie);
  EXPECT_TRUE(stranger.await_end());
  bystander_.expect_others_go_on();
}

// Sends a message that announces 4 GiB, as fast as the manager makes room for it, until it ends the
// stream. Returns how many bytes it took.
uint64_t send_endless_message(RawSocket& stranger) {
  constexpr size_t kFrame = 16'384;
  std::string part("\0\xff\xff\xff\xff", 5);
  uint64_t taken = 0, windows[] = {65'535, 65'535};  // Of the connection, of stream 1.
  for (size_t read = 0;;) {
    while (std::min(windows[0], windows[1]) >= kFrame) {
      part.resize(kFrame, 'x');
      if (!stranger.send(http2::frame(Type::kData, 0, 1, part))) return taken;
      part.clear();
      taken += kFrame;
      for (uint64_t& window : windows) window -= kFrame;
    }
    if (!stranger.receive()) return taken;
    for (http2::Frame frame; http2::take_frame(stranger.received(), read, frame);) {
      if (frame.type == Type::kReset) return taken;
      if (frame.type == Type::kWindowUpdate) windows[frame.stream] += http2::number(frame.payload);
    }
  }
}

// Its buffers once were filled up to their quota, and then it ended a stream: that of a client who
// had done nothing.
TEST_F(Http2Test, AMessageOfFourGibibytesIsCutOffBeforeItCostsOthersTheirStream) {
  RawSocket stranger(server_.tcp_target());
  stranger.send(http2::preface() + open_stream(http2::request()));
  EXPECT_LT(send_endless_message(stranger), 200u << 20);
  EXPECT_TRUE(stranger.await_end());
  bystander_.expect_others_go_on();
}

}  // namespace
}  // namespace syncmanager
