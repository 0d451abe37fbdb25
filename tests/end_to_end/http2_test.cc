// Peers that have proved a key and misuse HTTP/2: they lose their own connection,
// and no other client notices.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <string>

#include "tests/support/bystander.h"
#include "tests/support/http2.h"
#include "tests/support/raw_socket.h"

namespace syncmanager {
namespace {

using http2::Type;

const std::string kHeaders =
    http2::frame(Type::kHeaders, http2::kEndHeaders, 1, http2::encoded(http2::request()));
const std::string kPing = http2::frame(Type::kPing, 0, 0, "are you?");
const std::string kPong = http2::frame(Type::kPing, http2::kAcknowledge, 0, "are you?");

class Http2Test : public testing::Test {
 protected:
  // A message of gRPC in one frame.
  static std::string data(const std::string& message) {
    std::string prefix(1, '\0');
    for (const int shift : {24, 16, 8, 0}) {
      prefix.push_back(static_cast<char>(message.size() >> shift));
    }
    return http2::frame(Type::kData, 0, 1, prefix + message);
  }
  // Takes the whole messages out of what DATA has brought. Returns how many replies they have.
  static int take_replies(std::string& answers) {
    constexpr size_t kPrefix = 5;
    int replies = 0;
    while (answers.size() >= kPrefix) {
      const size_t size = http2::number(std::string_view(answers).substr(1, 4));
      if (answers.size() < kPrefix + size) break;
      wire::ServerMessage message;
      EXPECT_TRUE(message.ParseFromString(answers.substr(kPrefix, size)));
      wire::ServerBatch batch;
      EXPECT_TRUE(batch.ParseFromString(message.frame().body()));
      replies += batch.replies_size();
      answers.erase(0, kPrefix + size);
    }
    return replies;
  }
  // A connection that has passed the gate, and is HTTP/2 from now on.
  std::unique_ptr<RawSocket> connect() {
    RawGate gate(server_.tcp_target());
    EXPECT_TRUE(gate.pass(bystander_.key(), {.key_id = bystander_.key().id, .must_protect = true}));
    return std::make_unique<RawSocket>(gate.release());
  }
  // Returns the manager's memory in mebibytes.
  uint64_t resident() const {
    std::ifstream statm("/proc/" + std::to_string(server_.pid()) + "/statm");
    uint64_t size = 0, pages = 0;
    statm >> size >> pages;
    return pages * 4096 >> 20;
  }

  TestServer server_;
  Bystander bystander_{server_};
};

TEST_F(Http2Test, APingIsAnswered) {
  const auto peer = connect();
  peer->send(http2::preface() + kHeaders + kPing);
  EXPECT_TRUE(peer->await(kPong));
}

// A peer whose windows are those of HTTP/2's defaults, and which says nothing but that it has room.
TEST_F(Http2Test, WhoMakesRoomGetsWhatWaitedForIt) {
  constexpr int kPings = 20'000;
  RawGate gate(server_.unix_address());
  ASSERT_TRUE(gate.pass(bystander_.key(), {.key_id = bystander_.key().id}));
  RawSocket peer(gate.release());
  wire::ClientBatch batch;
  for (uint64_t id = 1; id <= kPings; ++id) *batch.add_requests() = ping(id);
  std::string request;
  append_frame(request, batch.SerializeAsString(), "");
  peer.send(http2::preface() + kHeaders + data(request));

  // Its room is used up, and then it makes some, again and again.
  std::string answers;
  int replies = 0;
  size_t read = 0, room = 65'535;
  while (replies < kPings) {
    ASSERT_TRUE(peer.receive()) << replies;
    for (http2::Frame frame; http2::take_frame(peer.received(), read, frame);) {
      if (frame.type != Type::kData) continue;
      answers += frame.payload;
      room -= frame.payload.size();
    }
    replies += take_replies(answers);
    if (room > 0) continue;
    room = 65'535;
    const std::string more("\0\0\xff\xff", 4);
    peer.send(http2::frame(Type::kWindowUpdate, 0, 0, more) +
              http2::frame(Type::kWindowUpdate, 0, 1, more));
  }
}

// ---- Rules that are broken.

struct Breach {
  const char* name;
  std::string bytes;
};
void PrintTo(const Breach& breach, std::ostream* out) { *out << breach.name; }

class BreachTest : public Http2Test, public testing::WithParamInterface<Breach> {};

TEST_P(BreachTest, EndsTheConnectionAndSaysWhy) {
  const auto peer = connect();
  peer->send(http2::preface() + GetParam().bytes);
  EXPECT_TRUE(peer->await_end());
  bool said_why = false;
  size_t at = 0;
  for (http2::Frame frame; http2::take_frame(peer->received(), at, frame);) {
    said_why |= frame.type == Type::kGoAway && frame.payload.size() > 8;
  }
  EXPECT_TRUE(said_why);
  bystander_.expect_others_go_on();
}

std::string repeated(const std::string& frame, size_t bytes) {
  std::string flood;
  while (flood.size() < bytes) flood += frame;
  return flood;
}

INSTANTIATE_TEST_SUITE_P(
    All, BreachTest,
    testing::Values(
        Breach{"ASecondStream", kHeaders + http2::frame(Type::kHeaders, http2::kEndHeaders, 3, "")},
        Breach{"DataFirst", http2::frame(Type::kData, 0, 1, "data")},
        Breach{"APush", kHeaders + http2::frame(Type::kPush, 0, 1, "push")},
        Breach{"HeadersWithoutEnd",
               http2::frame(Type::kHeaders, 0, 1, std::string(16'000, 'x')) +
                   repeated(http2::frame(Type::kContinuation, 0, 1, std::string(16'000, 'x')),
                            1 << 20)},
        Breach{"AHeaderOfAMebibyte", http2::frame_header(Type::kHeaders, 0, 1, 1 << 20)},
        Breach{"AMessageOfFourGibibytes",
               kHeaders + http2::frame(Type::kData, 0, 1, std::string("\0\xff\xff\xff\xff", 5))},
        Breach{
            "AnOverflowingWindow",
            kHeaders + repeated(http2::frame(Type::kWindowUpdate, 0, 0, "\x7f\xff\xff\xff"), 64)},
        Breach{"AFloodOfPings", kHeaders + repeated(kPing, 1 << 20)},
        Breach{"AFloodOfSettings",
               kHeaders + repeated(http2::frame(Type::kSettings, 0, 0, ""), 1 << 20)},
        Breach{"AFloodOfPriorities",
               kHeaders + repeated(http2::frame(Type::kPriority, 0, 1, "12345"), 1 << 20)},
        Breach{"AFloodOfEmptyData",
               kHeaders + repeated(http2::frame(Type::kData, 0, 1, ""), 1 << 20)},
        Breach{"AFloodOfUnknownTypes",
               kHeaders + repeated(http2::frame(static_cast<Type>(77), 0, 0, "what?"), 1 << 20)}),
    [](const auto& test) { return test.param.name; });

// ---- The memory that a peer can make the manager hold.

TEST_F(Http2Test, AMessageThatNeverComesToItsEndCostsWhatHasCome) {
  const uint64_t before = resident();
  std::vector<std::unique_ptr<RawSocket>> peers;
  for (int i = 0; i < 32; ++i) {
    peers.push_back(connect());
    // Four mebibytes are announced, and a few bytes come.
    peers.back()->send(http2::preface() + kHeaders +
                       http2::frame(Type::kData, 0, 1, std::string("\0\0\x40\0\0few", 8)) + kPing);
    ASSERT_TRUE(peers.back()->await(kPong));
  }
  bystander_.expect_others_go_on();
  EXPECT_LT(resident(), before + 32);
}

// A peer that reads nothing has its pings answered into its socket, and then isn't listened to.
TEST_F(Http2Test, WhoReadsNothingCostsNoMemory) {
  const auto peer = connect();
  peer->send(http2::preface() + kHeaders);
  const uint64_t before = resident();
  for (int i = 0; i < 100; ++i) bystander_.expect_others_go_on();
  EXPECT_LT(resident(), before + 8);
}

}  // namespace
}  // namespace syncmanager
