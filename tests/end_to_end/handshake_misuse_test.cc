// Peers that break the protocol: each costs its own stream, and nobody else anything.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/support/bystander.h"
#include "tests/support/requests.h"

namespace syncmanager {
namespace {

using testing::HasSubstr;
using wire::HandshakeError;

class HandshakeMisuseTest : public testing::Test {
 protected:
  void expect_others_go_on() { bystander_.expect_others_go_on(); }

  // Receives until the stream ends, and expects this as its last word.
  static void expect_ended(RawStream& stream, HandshakeError::Code code, grpc::StatusCode status) {
    while (stream.receive()) {
    }
    EXPECT_EQ(stream.error().code(), code) << stream.error().message();
    EXPECT_EQ(stream.finish().error_code(), status);
  }

  std::string hello() {
    return ClientHandshake(*key_.keys, {.key_id = key_.id, .name = "raw"}).hello();
  }

  TestServer server_;
  Bystander bystander_{server_};
  const FileKey& key_ = bystander_.key();
};

TEST_F(HandshakeMisuseTest, AnOperationBeforeAuthenticationEndsTheStream) {
  RawStream stream(server_.unix_address());
  stream.send_batch(batch_of({ping(1)}));
  expect_ended(stream, HandshakeError::BAD_HANDSHAKE, grpc::StatusCode::INVALID_ARGUMENT);
  expect_others_go_on();
}

TEST_F(HandshakeMisuseTest, AnOperationInPlaceOfTheProofEndsTheStream) {
  RawStream stream(server_.unix_address());
  wire::ClientMessage message;
  message.set_client_hello(hello());
  ASSERT_TRUE(stream.send(message));
  ASSERT_TRUE(stream.receive().value_or(wire::ServerMessage()).has_server_hello());
  stream.send_batch(batch_of({ping(1)}));
  expect_ended(stream, HandshakeError::BAD_HANDSHAKE, grpc::StatusCode::INVALID_ARGUMENT);
  expect_others_go_on();
}

TEST_F(HandshakeMisuseTest, ASecondHelloDuringTheHandshakeEndsTheStream) {
  RawStream stream(server_.unix_address());
  wire::ClientMessage message;
  message.set_client_hello(hello());
  ASSERT_TRUE(stream.send(message));
  stream.send(message);
  expect_ended(stream, HandshakeError::BAD_HANDSHAKE, grpc::StatusCode::INVALID_ARGUMENT);
  expect_others_go_on();
}

TEST_F(HandshakeMisuseTest, AHelloAfterAuthenticationEndsTheStream) {
  RawStream stream(server_.unix_address());
  ASSERT_TRUE(stream.open(key_));
  wire::ClientMessage message;
  message.set_client_hello(hello());
  stream.send(message);
  expect_ended(stream, HandshakeError::BAD_HANDSHAKE, grpc::StatusCode::INVALID_ARGUMENT);
  expect_others_go_on();
}

TEST_F(HandshakeMisuseTest, AHelloOfAMegabyteEndsTheStream) {
  RawStream stream(server_.unix_address());
  wire::ClientMessage message;
  message.set_client_hello(std::string(1 << 20, 'x'));
  stream.send(message);
  expect_ended(stream, HandshakeError::BAD_HANDSHAKE, grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(stream.error().message(), HasSubstr("too long"));
  expect_others_go_on();
}

TEST_F(HandshakeMisuseTest, AMessageBeyondGrpcsLimitEndsTheStream) {
  RawStream stream(server_.unix_address());
  stream.send_bytes(std::string(5 << 20, 'x'));
  EXPECT_EQ(stream.receive(), std::nullopt);
  EXPECT_EQ(stream.finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  expect_others_go_on();
}

// Nothing is decompressed, so a small message can't become a large one.
TEST_F(HandshakeMisuseTest, ACompressedMessageEndsTheStream) {
  RawStream early(server_.unix_address(), kSessionMethod, GRPC_COMPRESS_GZIP);
  wire::ClientMessage message;
  message.set_client_hello(std::string(64 << 10, 'x'));
  early.send(message);
  expect_ended(early, HandshakeError::BAD_HANDSHAKE, grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(early.error().message(), HasSubstr("can't be read"));

  RawStream late(server_.unix_address(), kSessionMethod, GRPC_COMPRESS_GZIP);
  ASSERT_TRUE(late.open(key_));
  wire::ClientBatch batch = batch_of({ping(1)});
  batch.mutable_requests(0)->mutable_registry()->mutable_open()->set_name(std::string(4096, 'x'));
  late.send_batch(batch);
  expect_ended(late, HandshakeError::BAD_HANDSHAKE, grpc::StatusCode::INVALID_ARGUMENT);
  expect_others_go_on();
}

TEST_F(HandshakeMisuseTest, AWrongKeyAndAnUnknownIdLookTheSame) {
  const KeyRing wrong = *KeyRing::parse(generate_key_line(key_.id), "test");
  const KeyRing unknown = *KeyRing::parse(generate_key_line("nobody"), "test");
  for (const KeyRing* ring : {&wrong, &unknown}) {
    RawStream stream(server_.unix_address());
    EXPECT_FALSE(stream.open(ring->first()));
    EXPECT_EQ(stream.error().message(), "authentication failed");
    expect_ended(stream, HandshakeError::UNAUTHENTICATED, grpc::StatusCode::UNAUTHENTICATED);
  }
  expect_others_go_on();
}

TEST_F(HandshakeMisuseTest, BytesThatAreNoMessageEndTheStream) {
  RawStream early(server_.unix_address());
  early.send_bytes("\xff\xff\xff\xff");
  expect_ended(early, HandshakeError::BAD_HANDSHAKE, grpc::StatusCode::INVALID_ARGUMENT);

  RawStream late(server_.unix_address());
  ASSERT_TRUE(late.open(key_));
  late.send_bytes("\xff\xff\xff\xff");
  expect_ended(late, HandshakeError::BAD_HANDSHAKE, grpc::StatusCode::INVALID_ARGUMENT);
  expect_others_go_on();
}

TEST_F(HandshakeMisuseTest, AFrameWhoseBodyIsNoBatchEndsTheStream) {
  RawStream stream(server_.unix_address());
  ASSERT_TRUE(stream.open(key_));
  wire::ClientMessage message;
  message.mutable_frame()->set_body("\xff\xff\xff\xff");
  stream.send(message);
  expect_ended(stream, HandshakeError::BAD_HANDSHAKE, grpc::StatusCode::INVALID_ARGUMENT);
  expect_others_go_on();
}

TEST_F(HandshakeMisuseTest, AMethodThatIsNotOursIsUnimplemented) {
  RawStream stream(server_.unix_address(), "/syncmanager.wire.Manager/Other");
  EXPECT_EQ(stream.receive(), std::nullopt);
  EXPECT_EQ(stream.finish().error_code(), grpc::StatusCode::UNIMPLEMENTED);
  expect_others_go_on();
}

TEST_F(HandshakeMisuseTest, OnTcpAFrameWithAWrongTagIsNotPerformed) {
  RawStream stream(server_.tcp_target());
  ASSERT_TRUE(stream.open(key_, true));
  ASSERT_EQ(stream.agreement().protection, Protection::kTag);
  wire::ClientBatch batch;
  wire::Request& request = *batch.add_requests();
  request.set_id(1);
  request.mutable_registry()->mutable_open()->set_name("made by nobody");
  request.mutable_registry()->mutable_open()->mutable_event();
  wire::ClientMessage message;
  message.mutable_frame()->set_body(batch.SerializeAsString());
  message.mutable_frame()->set_tag(std::string(FrameTagger::kTagBytes, 'x'));
  stream.send(message);
  expect_ended(stream, HandshakeError::UNAUTHENTICATED, grpc::StatusCode::UNAUTHENTICATED);

  request.mutable_registry()->mutable_open()->set_must_exist(true);
  RawStream honest(server_.unix_address());
  ASSERT_TRUE(honest.open(key_));
  ASSERT_TRUE(honest.send_batch(batch));
  const auto answered = honest.receive_batch();
  ASSERT_TRUE(answered.has_value());
  EXPECT_EQ(answered->replies(0).outcome(), wire::NO_SUCH_OBJECT);
}

TEST_F(HandshakeMisuseTest, OnTcpAClientThatOffersNoTagsIsRefused) {
  RawStream stream(server_.tcp_target());
  ClientHello bare;
  bare.key_id = key_.id;
  bare.nonce = random_bytes(kNonceBytes);
  bare.offered.push_back(static_cast<char>(Protection::kNone));
  bare.max_frame = 1 << 20;
  wire::ClientMessage message;
  message.set_client_hello(bare.encode());
  ASSERT_TRUE(stream.send(message));
  expect_ended(stream, HandshakeError::BAD_HANDSHAKE, grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(stream.error().message(), HasSubstr("tags"));
  expect_others_go_on();
}

// The manager once ended when a client's proof overtook the event that its hello was written.
TEST_F(HandshakeMisuseTest, ManyHandshakesInARowAllSucceed) {
  for (int i = 0; i < 300; ++i) {
    RawStream stream(server_.unix_address());
    ASSERT_TRUE(stream.open(key_)) << i;
  }
  expect_others_go_on();
}

TEST_F(HandshakeMisuseTest, AProofThatDoesNotWaitForTheHelloIsRefused) {
  for (int i = 0; i < 50; ++i) {
    RawStream stream(server_.unix_address());
    wire::ClientMessage message, proof;
    message.set_client_hello(hello());
    proof.set_client_auth(std::string(kMacBytes, 'x'));
    stream.send(message);
    stream.send(proof);
    expect_ended(stream, HandshakeError::UNAUTHENTICATED, grpc::StatusCode::UNAUTHENTICATED);
  }
  expect_others_go_on();
}

TEST_F(HandshakeMisuseTest, TextOfAPeerNeverBreaksALogLine) {
  RawStream stream(server_.unix_address());
  ClientHandshake handshake(*key_.keys,
                            {.key_id = key_.id, .name = "x\n{\"level\":\"fatal\"}\x1b[2J"});
  wire::ClientMessage hello, proof;
  hello.set_client_hello(handshake.hello());
  ASSERT_TRUE(stream.send(hello));
  const auto server_hello = stream.receive();
  ASSERT_TRUE(server_hello.has_value());
  proof.set_client_auth(handshake.on_server_hello(server_hello->server_hello()).value());
  ASSERT_TRUE(stream.send(proof));
  ASSERT_TRUE(stream.receive().has_value());

  const std::string log = server_.log();
  EXPECT_THAT(log, HasSubstr(R"(x\u000a{"level":"fatal"}\u001b[2J)"));
  EXPECT_TRUE(std::none_of(log.begin(), log.end(), [](char c) { return c == '\x1b'; }));
}

}  // namespace
}  // namespace syncmanager
