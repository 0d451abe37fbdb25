// Before a key is proved: which peers may come in, for how long, and the end of peers that break
// the protocol. At the real manager.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/bystander.h"

namespace syncmanager {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::HasSubstr;
using wire::HandshakeError;

class GateTest : public testing::Test {
 protected:
  void expect_others_go_on() { bystander_.expect_others_go_on(); }

  static void expect_refused(RawGate& gate, HandshakeError::Code code) {
    EXPECT_EQ(gate.receive(), std::nullopt);
    EXPECT_EQ(gate.error().code(), code) << gate.error().message();
    EXPECT_TRUE(gate.await_end());
  }
  std::string hello() const {
    return ClientHandshake(*key_.keys, {.key_id = key_.id, .name = "raw"}).hello();
  }

  TestServer server_;
  Bystander bystander_{server_, server_.tcp_target()};
  const FileKey& key_ = bystander_.key();
};

// ---- Who doesn't keep to the protocol.

TEST_F(GateTest, AMessageInPlaceOfTheHelloIsRefused) {
  RawGate gate(server_.unix_address());
  gate.send("I come in");
  expect_refused(gate, HandshakeError::BAD_HANDSHAKE);
  expect_others_go_on();
}

TEST_F(GateTest, ASecondHelloInPlaceOfTheProofIsRefused) {
  RawGate gate(server_.unix_address());
  gate.send(hello());
  ASSERT_TRUE(gate.receive().has_value());
  gate.send(hello());
  expect_refused(gate, HandshakeError::BAD_HANDSHAKE);
  expect_others_go_on();
}

TEST_F(GateTest, AProofThatDoesNotWaitForTheHelloIsRefused) {
  for (int i = 0; i < 50; ++i) {
    RawGate gate(server_.unix_address());
    gate.send_bytes(gate_message(hello()) + gate_message(std::string(kMacBytes, 'x')));
    ASSERT_TRUE(gate.receive().has_value());
    expect_refused(gate, HandshakeError::UNAUTHENTICATED);
  }
  expect_others_go_on();
}

// One byte at a time, so that the manager sees the message in all the places where it can be cut.
TEST_F(GateTest, MessagesThatComeByteByByteAreRead) {
  RawGate gate(server_.tcp_target());
  ClientHandshake handshake(*key_.keys, {.key_id = key_.id, .must_protect = true});
  for (const char byte : gate_message(handshake.hello())) gate.send_bytes({&byte, 1});
  const auto server_hello = gate.receive();
  ASSERT_TRUE(server_hello.has_value());
  for (const char byte : gate_message(*handshake.on_server_hello(*server_hello))) {
    gate.send_bytes({&byte, 1});
  }
  const auto server_auth = gate.receive();
  ASSERT_TRUE(server_auth.has_value());
  EXPECT_TRUE(handshake.on_server_auth(*server_auth).ok());
}

TEST_F(GateTest, AWrongKeyAndAnUnknownIdLookTheSame) {
  const KeyRing wrong = *KeyRing::parse(generate_key_line(key_.id), "test");
  const KeyRing unknown = *KeyRing::parse(generate_key_line("nobody"), "test");
  for (const KeyRing* ring : {&wrong, &unknown}) {
    RawGate gate(server_.unix_address());
    EXPECT_FALSE(gate.pass(ring->first(), {.key_id = ring->first().id}));
    EXPECT_EQ(gate.error().code(), HandshakeError::UNAUTHENTICATED);
    EXPECT_EQ(gate.error().message(), "authentication failed");
  }
  expect_others_go_on();
}

TEST_F(GateTest, OnTcpAClientThatOffersNoTagsIsRefused) {
  RawGate gate(server_.tcp_target());
  ClientHello bare;
  bare.key_id = key_.id;
  bare.nonce = random_bytes(kNonceBytes);
  bare.offered.push_back(static_cast<char>(Protection::kNone));
  bare.max_frame = 1 << 20;
  gate.send(bare.encode());
  expect_refused(gate, HandshakeError::BAD_HANDSHAKE);
  EXPECT_THAT(gate.error().message(), HasSubstr("tags"));
  expect_others_go_on();
}

TEST_F(GateTest, ManyHandshakesInARowAllSucceed) {
  for (int i = 0; i < 300; ++i) {
    RawGate gate(server_.unix_address());
    ASSERT_TRUE(gate.pass(key_, {.key_id = key_.id})) << i;
  }
  expect_others_go_on();
}

TEST_F(GateTest, TextOfAPeerNeverBreaksALogLine) {
  RawGate gate(server_.unix_address());
  ASSERT_TRUE(gate.pass(key_, {.key_id = key_.id, .name = "x\n{\"level\":\"fatal\"}\x1b[2J"}));

  const std::string log = server_.log();
  EXPECT_THAT(log, HasSubstr(R"(x\u000a{"level":"fatal"}\u001b[2J)"));
  EXPECT_TRUE(std::none_of(log.begin(), log.end(), [](char c) { return c == '\x1b'; }));
}

// ---- Other protocols.

std::string random_text(size_t size) {
  std::mt19937 random(1);
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

struct Greeting {
  const char* name;
  std::string bytes;
};
void PrintTo(const Greeting& greeting, std::ostream* out) { *out << greeting.name; }

class OtherProtocolTest : public GateTest, public testing::WithParamInterface<Greeting> {};

TEST_P(OtherProtocolTest, IsCutOffAtOnce) {
  const auto begin = steady_clock::now();
  RawGate stranger(server_.tcp_target());
  stranger.send_bytes(GetParam().bytes);
  EXPECT_TRUE(stranger.await_end());
  EXPECT_LT(steady_clock::now() - begin, seconds(4));  // Not when its time is over.
  expect_others_go_on();
  EXPECT_THAT(server_.log(), HasSubstr("1 left or spoke another protocol"));
}

INSTANTIATE_TEST_SUITE_P(
    All, OtherProtocolTest,
    testing::Values(Greeting{"RandomBytes", random_text(4096)},
                    // A ClientHello of TLS 1.2 (RFC 5246, 7.4.1.2), its random bytes and all.
                    Greeting{"Tls", "\x16\x03\x01\x02" + std::string(1, '\0') + "\x01" +
                                        std::string(1, '\0') + "\x01\xfc\x03\x03" +
                                        random_text(508)},
                    Greeting{"Http1", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"},
                    Greeting{"Http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + random_text(64 << 10)},
                    Greeting{"AHelloOf64KiB", "SMG1\xff\xff" + std::string(64 << 10, 'x')}),
    [](const auto& test) { return test.param.name; });

// ---- Who comes in.

TEST_F(GateTest, WhoProvesNoKeyIsCutOffAfterFiveSecondsAndWhoDidGoesOn) {
  const auto begin = steady_clock::now();
  RawGate silent(server_.tcp_target()), greeted(server_.tcp_target());
  greeted.send(hello());
  ASSERT_TRUE(greeted.receive().has_value());

  EXPECT_TRUE(silent.await_end());
  EXPECT_TRUE(greeted.await_end());
  EXPECT_GE(steady_clock::now() - begin, seconds(5));
  EXPECT_LT(steady_clock::now() - begin, seconds(9));
  expect_others_go_on();
}

TEST_F(GateTest, AfterFiveWrongKeysTheSourceIsRefusedAndUnixSocketsAreNot) {
  const KeyRing wrong = *KeyRing::parse(generate_key_line(key_.id), "test");
  for (int i = 0; i < 5; ++i) {
    RawGate gate(server_.tcp_target());
    ASSERT_FALSE(gate.pass(wrong.first(), {.key_id = key_.id, .must_protect = true}));
    ASSERT_EQ(gate.error().code(), HandshakeError::UNAUTHENTICATED);
  }

  RawGate sixth(server_.tcp_target());
  expect_refused(sixth, HandshakeError::RESOURCE_EXHAUSTED);
  EXPECT_THAT(sixth.error().message(), HasSubstr("too many wrong keys came from 127.0.0.1"));
  RawGate near(server_.unix_address());
  EXPECT_TRUE(near.pass(key_, {.key_id = key_.id}));
}

TEST_F(GateTest, SilentConnectionsByTheHundredShutOutNobody) {
  std::vector<std::unique_ptr<RawGate>> flood;
  for (int i = 0; i < 600; ++i) flood.push_back(std::make_unique<RawGate>(server_.tcp_target()));

  RawGate near(server_.unix_address());
  EXPECT_TRUE(near.pass(key_, {.key_id = key_.id}));
  RawGate far(server_.tcp_target());
  EXPECT_TRUE(far.pass(key_, {.key_id = key_.id, .must_protect = true}));
  expect_others_go_on();
}

}  // namespace
}  // namespace syncmanager
