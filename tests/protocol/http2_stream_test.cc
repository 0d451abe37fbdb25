#include "protos/http2_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/http2.h"

namespace syncmanager {
namespace {

using http2::Type;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Side = Http2Stream::Side;

constexpr size_t kMaxBytes = 1 << 20;
constexpr uint8_t kEndStream = 1, kPadded = 8;

// A message as DATA carries it.
std::string prefixed(std::string_view text) {
  std::string out(1, '\0');
  for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<char>(text.size() >> shift));
  return out += text;
}

std::string number(uint32_t value) {
  std::string out;
  for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<char>(value >> shift));
  return out;
}

std::string setting(uint8_t id, uint32_t value) {
  return std::string(1, '\0') + static_cast<char>(id) + number(value);
}

const std::string kHeaders =
    http2::frame(Type::kHeaders, http2::kEndHeaders, 1, http2::encoded(http2::request()));

// One end, and what it has come to.
class End {
 public:
  explicit End(Side side) : stream(side, kMaxBytes) {}

  // Gives it bytes, as many at once as `chunk` says.
  void receive(std::string_view bytes, size_t chunk = SIZE_MAX) {
    while (!bytes.empty()) {
      stream.receive(bytes.substr(0, chunk));
      while (const auto message = stream.next()) messages.emplace_back(*message);
      bytes.remove_prefix(std::min(chunk, bytes.size()));
    }
  }
  void send(std::string_view message) { stream.begin_message(message.size()) += message; }
  std::string take_output() { return std::exchange(stream.output(), {}); }
  // The frames of the output, all of them taken.
  std::vector<std::pair<Type, std::string>> take_frames() {
    const std::string output = take_output();
    std::vector<std::pair<Type, std::string>> frames;
    size_t at = 0;
    for (http2::Frame frame; http2::take_frame(output, at, frame);) {
      frames.emplace_back(frame.type, frame.payload);
    }
    EXPECT_EQ(at, output.size());
    return frames;
  }

  Http2Stream stream;
  std::vector<std::string> messages;
};

// A server whose client has opened the stream.
struct OpenServer : End {
  OpenServer() : End(Side::kServer) {
    receive(http2::preface() + kHeaders);
    take_output();
  }
};

// ---- Both ends of our own.

TEST(Http2StreamTest, CarriesMessagesBothWaysHoweverTheBytesAreCut) {
  const std::vector<std::string> sent = {"", "a", std::string(70'000, 'b'), "c", ""};
  for (const size_t chunk : {size_t{1}, size_t{2}, size_t{7}, size_t{1000}, SIZE_MAX}) {
    End client(Side::kClient), server(Side::kServer);
    for (const std::string& message : sent) {
      client.send(message);
      server.receive(client.take_output(), chunk);
      client.receive(server.take_output(), chunk);
    }
    for (const std::string& message : sent) server.send(message);
    client.receive(server.take_output(), chunk);

    EXPECT_EQ(server.messages, sent);
    EXPECT_EQ(client.messages, sent);
    EXPECT_EQ(server.stream.error(), "");
    EXPECT_EQ(client.stream.error(), "");
  }
}

TEST(Http2StreamTest, WhatAServerSaysBeforeTheStreamIsOpenWaits) {
  End client(Side::kClient), server(Side::kServer);
  server.send("early");
  client.receive(server.take_output());
  EXPECT_THAT(client.messages, IsEmpty());
  EXPECT_TRUE(server.stream.is_blocked());
  EXPECT_FALSE(server.stream.is_open());

  server.receive(client.take_output());
  EXPECT_TRUE(server.stream.is_open());
  client.receive(server.take_output());
  EXPECT_THAT(client.messages, ElementsAre("early"));
}

TEST(Http2StreamTest, AServerEndsWithItsStatus) {
  End client(Side::kClient), server(Side::kServer);
  server.receive(client.take_output());
  server.send("last");
  server.stream.finish(16, "100 % wrong\n");
  const std::string output = server.take_output();
  EXPECT_THAT(output, HasSubstr(std::string("grpc-status\x02") + "16"));
  EXPECT_THAT(output, HasSubstr("100 %25 wrong%0A"));
  client.receive(output);
  EXPECT_THAT(client.messages, ElementsAre("last"));
  EXPECT_TRUE(client.stream.has_ended());
}

TEST(Http2StreamTest, AClientEnds) {
  End client(Side::kClient), server(Side::kServer);
  client.send("last");
  client.stream.finish();
  server.receive(client.take_output());
  EXPECT_THAT(server.messages, ElementsAre("last"));
  EXPECT_TRUE(server.stream.has_ended());
}

TEST(Http2StreamTest, TheRestCanBeKeptAndGoneOnWithLater) {
  End client(Side::kClient);
  Http2Stream server(Side::kServer, kMaxBytes);
  for (const char* message : {"one", "two", "three"}) client.send(message);
  {
    const std::string bytes = client.take_output();
    server.receive(bytes);
    EXPECT_EQ(server.next(), "one");
    server.keep_rest();
  }
  EXPECT_TRUE(server.has_rest());
  EXPECT_EQ(server.next(), "two");
  server.keep_rest();
  EXPECT_EQ(server.next(), "three");
  EXPECT_EQ(server.next(), std::nullopt);
  EXPECT_FALSE(server.has_rest());
}

// ---- The windows of a peer.

TEST(Http2StreamTest, SendsAsMuchAsThePeerHasRoomFor) {
  OpenServer server;  // Whose peer has the defaults: 65,535 bytes, frames of 16,384.
  server.send(std::string(100'000, 'x'));
  size_t sent = 0;
  for (const auto& [type, payload] : server.take_frames()) {
    if (type != Type::kData) continue;
    EXPECT_LE(payload.size(), 16'384u);
    sent += payload.size();
  }
  EXPECT_EQ(sent, 65'535u);
  EXPECT_TRUE(server.stream.is_blocked());

  server.receive(http2::frame(Type::kWindowUpdate, 0, 0, number(50'000)));
  EXPECT_THAT(server.take_frames(), IsEmpty()) << "the stream has no room yet";
  server.receive(http2::frame(Type::kWindowUpdate, 0, 1, number(50'000)));
  for (const auto& [type, payload] : server.take_frames()) sent += payload.size();
  EXPECT_EQ(sent, 100'005u);
  EXPECT_FALSE(server.stream.is_blocked());
}

TEST(Http2StreamTest, TheEndWaitsForWhatWaitsForRoom) {
  OpenServer server;
  server.send(std::string(70'000, 'x'));
  server.stream.finish(0, "");
  for (const auto& [type, payload] : server.take_frames()) {
    EXPECT_THAT(payload, testing::Not(HasSubstr("grpc-status")));
  }
  server.receive(http2::frame(Type::kWindowUpdate, 0, 0, number(50'000)) +
                 http2::frame(Type::kWindowUpdate, 0, 1, number(50'000)));
  const auto frames = server.take_frames();
  ASSERT_GE(frames.size(), 2u);
  EXPECT_EQ(frames[frames.size() - 2].first, Type::kHeaders);
  EXPECT_THAT(frames[frames.size() - 2].second, HasSubstr("grpc-status"));
  EXPECT_EQ(frames.back().first, Type::kGoAway) << "there is no other stream";
}

TEST(Http2StreamTest, APeersSettingsCountForWhatIsUnderWay) {
  OpenServer server;
  server.receive(http2::frame(Type::kSettings, 0, 0, setting(4, 10) + setting(5, 20'000)));
  server.take_output();
  server.send(std::string(30, 'x'));
  ASSERT_EQ(server.take_frames().back().second.size(), 10u);
  server.receive(http2::frame(Type::kSettings, 0, 0, setting(4, 1'000)));
  EXPECT_EQ(server.take_frames().back().second.size(), 25u);
}

TEST(Http2StreamTest, GivesThePeerRoomAgainBeforeItHasUsedUpItsOwn) {
  OpenServer server;
  const std::string message = http2::frame(Type::kData, 0, 1, prefixed(std::string(1 << 20, 'x')));
  bool given = false;
  for (int i = 0; i < 1'100 && !given; ++i) {
    server.receive(message);
    server.messages.clear();
    for (const auto& [type, payload] : server.take_frames()) given |= type == Type::kWindowUpdate;
  }
  EXPECT_TRUE(given);
}

// ---- What a peer may send.

TEST(Http2StreamTest, TakesPaddingAwayWhereverItLies) {
  OpenServer server;
  const std::string message = prefixed("padded");
  for (size_t cut = 0; cut <= message.size(); ++cut) {
    const std::string first = std::string(1, '\x03') + message.substr(0, cut) + "...";
    const std::string second = std::string(1, '\0') + message.substr(cut);
    for (const size_t chunk : {size_t{1}, SIZE_MAX}) {
      server.receive(http2::frame(Type::kData, kPadded, 1, first) +
                         http2::frame(Type::kData, kPadded, 1, second),
                     chunk);
    }
  }
  EXPECT_EQ(server.messages.size(), 2 * (message.size() + 1));
  EXPECT_THAT(server.messages, testing::Each("padded"));
  EXPECT_EQ(server.stream.error(), "");
}

TEST(Http2StreamTest, AnswersPingsAndSettingsAndNotTheirAnswers) {
  OpenServer server;
  server.receive(http2::frame(Type::kPing, 0, 0, "are you?") +
                 http2::frame(Type::kPing, http2::kAcknowledge, 0, "are you?") +
                 http2::frame(Type::kSettings, http2::kAcknowledge, 0, "") +
                 http2::frame(Type::kSettings, 0, 0, ""));
  const auto frames = server.take_frames();
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0], std::pair(Type::kPing, std::string("are you?")));
  EXPECT_EQ(frames[1], std::pair(Type::kSettings, std::string()));
}

TEST(Http2StreamTest, PassesOverWhatItNeedNotKnow) {
  OpenServer server;
  server.receive(http2::frame(Type::kPriority, 0, 1, "12345") +
                 http2::frame(static_cast<Type>(77), 0, 9, "unknown") +
                 http2::frame(Type::kGoAway, 0, 0, number(0) + number(0)) +
                 http2::frame(Type::kData, 0, 1, prefixed("here")));
  EXPECT_THAT(server.messages, ElementsAre("here"));
}

TEST(Http2StreamTest, AResetEndsTheStreamAndNothingElse) {
  OpenServer server;
  server.receive(http2::frame(Type::kReset, 0, 1, number(8)));
  EXPECT_TRUE(server.stream.has_ended());
  EXPECT_EQ(server.stream.error(), "");
}

TEST(Http2StreamTest, HeadersMayComeInPieces) {
  End server(Side::kServer);
  server.receive(http2::preface() + http2::frame(Type::kHeaders, 0, 1, "some") +
                 http2::frame(Type::kContinuation, 0, 1, "more") +
                 http2::frame(Type::kContinuation, http2::kEndHeaders, 1, "all") +
                 http2::frame(Type::kData, 0, 1, prefixed("here")));
  EXPECT_THAT(server.messages, ElementsAre("here"));
}

// ---- What breaks the rules.

struct Breach {
  const char* name;
  std::string bytes;
};
void PrintTo(const Breach& breach, std::ostream* out) { *out << breach.name; }

class BreachTest : public testing::TestWithParam<Breach> {};

TEST_P(BreachTest, IsNoticedHoweverTheBytesAreCut) {
  for (const size_t chunk : {size_t{1}, size_t{9}, SIZE_MAX}) {
    OpenServer server;
    server.receive(GetParam().bytes, chunk);
    EXPECT_NE(server.stream.error(), "");
    EXPECT_FALSE(server.stream.has_rest());
    const auto frames = server.take_frames();
    ASSERT_FALSE(frames.empty());
    EXPECT_EQ(frames.back().first, Type::kGoAway);
    EXPECT_THAT(frames.back().second, HasSubstr(std::string(server.stream.error())));
    server.receive(http2::frame(Type::kData, 0, 1, prefixed("late")));
    EXPECT_THAT(server.messages, IsEmpty());
  }
}

std::string repeated(const std::string& frame) {
  std::string flood;
  while (flood.size() < 3 * Http2Stream::kMaxOverhead) flood += frame;
  return flood;
}

INSTANTIATE_TEST_SUITE_P(
    All, BreachTest,
    testing::Values(
        Breach{"SecondStream", http2::frame(Type::kHeaders, http2::kEndHeaders, 3, "")},
        Breach{"DataOfAnother", http2::frame(Type::kData, 0, 3, "x")},
        Breach{"DataBehindTheEnd",
               http2::frame(Type::kData, kEndStream, 1, "") + http2::frame(Type::kData, 0, 1, "x")},
        Breach{"HeadersBehindTheEnd", http2::frame(Type::kData, kEndStream, 1, "") +
                                          http2::frame(Type::kHeaders, http2::kEndHeaders, 1, "")},
        Breach{"EndInAMessage", http2::frame(Type::kData, kEndStream, 1, '\0' + number(2) + "x")},
        Breach{"Push", http2::frame(Type::kPush, 0, 1, "push")},
        Breach{"ResetOfAnother", http2::frame(Type::kReset, 0, 3, number(0))},
        Breach{"ResetOfAWrongSize", http2::frame(Type::kReset, 0, 1, "x")},
        Breach{"PingOfAStream", http2::frame(Type::kPing, 0, 1, "12345678")},
        Breach{"PingOfAWrongSize", http2::frame(Type::kPing, 0, 0, "1234567")},
        Breach{"SettingsOfAStream", http2::frame(Type::kSettings, 0, 1, "")},
        Breach{"SettingsOfAWrongSize", http2::frame(Type::kSettings, 0, 0, "12345")},
        Breach{"SettingOfAWindow", http2::frame(Type::kSettings, 0, 0, setting(4, 0x80000000))},
        Breach{"SettingOfAFrame", http2::frame(Type::kSettings, 0, 0, setting(5, 16'383))},
        Breach{"WindowTooLarge", http2::frame(Type::kWindowUpdate, 0, 1, number(0x7fffffff))},
        Breach{"WindowOfAnother", http2::frame(Type::kWindowUpdate, 0, 3, number(1))},
        Breach{"WindowOfAWrongSize", http2::frame(Type::kWindowUpdate, 0, 0, "x")},
        Breach{"ContinuationOfNothing", http2::frame(Type::kContinuation, 0, 1, "x")},
        Breach{"SomethingInHeaders", http2::frame(Type::kHeaders, 0, 1, "x") +
                                         http2::frame(Type::kPing, 0, 0, "12345678")},
        Breach{"MuchPadding", http2::frame(Type::kData, kPadded, 1, "\x05two")},
        Breach{"NoPadding", http2::frame(Type::kData, kPadded, 1, "")},
        Breach{"Compressed", http2::frame(Type::kData, 0, 1, "\x01") +
                                 http2::frame(Type::kData, 0, 1, std::string(4, '\0'))},
        Breach{"LongMessage", http2::frame(Type::kData, 0, 1, '\0' + number(kMaxBytes + 1))},
        Breach{"LongControl", http2::frame_header(Type::kSettings, 0, 0, 16'386)},
        Breach{"LongHeaders",
               http2::frame(Type::kHeaders, 0, 1, "") +
                   repeated(http2::frame(Type::kContinuation, 0, 1, std::string(16'000, 'x')))},
        Breach{"PingFlood", repeated(http2::frame(Type::kPing, 0, 0, "12345678"))},
        Breach{"SettingsFlood", repeated(http2::frame(Type::kSettings, 0, 0, ""))},
        Breach{"PriorityFlood", repeated(http2::frame(Type::kPriority, 0, 1, "12345"))},
        Breach{"EmptyDataFlood", repeated(http2::frame(Type::kData, 0, 1, ""))},
        Breach{"PaddingFlood",
               repeated(http2::frame(Type::kData, kPadded, 1, '\xff' + std::string(255, '\0')))},
        Breach{"UnknownFlood", repeated(http2::frame(static_cast<Type>(77), 0, 0, "what?"))}),
    [](const auto& test) { return test.param.name; });

TEST(Http2StreamTest, NoPrefaceBreaksTheRules) {
  End server(Side::kServer);
  server.receive("GET / HTTP/1.1\r\n\r\n");
  EXPECT_NE(server.stream.error(), "");
}

TEST(Http2StreamTest, DataBeforeTheHeadersBreaksTheRules) {
  End server(Side::kServer);
  server.receive(http2::preface() + http2::frame(Type::kData, 0, 1, "x"));
  EXPECT_NE(server.stream.error(), "");
}

TEST(Http2StreamTest, MessagesAndTheTimeForgiveWhatIsNoMessage) {
  OpenServer server;
  const std::string ping = http2::frame(Type::kPing, 0, 0, "12345678");
  for (int i = 0; i < 50'000; ++i) {
    server.receive(ping + http2::frame(Type::kData, 0, 1, prefixed("work")));
  }
  EXPECT_EQ(server.stream.error(), "");
  for (int i = 0; i < 50'000; ++i) {
    server.receive(ping);
    if (i % 1'000 == 0) server.stream.forgive();
  }
  EXPECT_EQ(server.stream.error(), "");
}

}  // namespace
}  // namespace syncmanager
