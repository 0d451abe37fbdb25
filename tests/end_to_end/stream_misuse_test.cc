// Peers that have proved a key and break the protocol: each costs its own stream, and nobody else
// anything.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/bystander.h"
#include "tests/support/requests.h"

namespace syncmanager {
namespace {

using testing::HasSubstr;
using wire::HandshakeError;

class StreamMisuseTest : public testing::Test {
 protected:
  void expect_others_go_on() { bystander_.expect_others_go_on(); }

  // Receives until the stream ends, and expects this as its last word.
  static void expect_ended(RawStream& stream, HandshakeError::Code code, grpc::StatusCode status) {
    while (stream.receive()) {
    }
    EXPECT_EQ(stream.error().code(), code) << stream.error().message();
    EXPECT_EQ(stream.finish().error_code(), status);
  }
  // Receives until the stream ends, and expects that HTTP/2 itself was broken.
  static void expect_cut_off(RawStream& stream) {
    while (stream.receive()) {
    }
    EXPECT_FALSE(stream.finish().ok());
  }

  TestServer server_;
  Bystander bystander_{server_};
  const FileKey& key_ = bystander_.key();
};

TEST_F(StreamMisuseTest, AHelloAfterAuthenticationEndsTheStream) {
  RawStream stream(server_.unix_address());
  ASSERT_TRUE(stream.open(key_));
  wire::ClientMessage message;
  message.set_client_hello(ClientHandshake(*key_.keys, {.key_id = key_.id}).hello());
  stream.send(message);
  expect_ended(stream, HandshakeError::BAD_HANDSHAKE, grpc::StatusCode::INVALID_ARGUMENT);
  expect_others_go_on();
}

TEST_F(StreamMisuseTest, AMessageThatIsTooLongEndsTheStream) {
  RawStream stream(server_.unix_address());
  ASSERT_TRUE(stream.open(key_));
  stream.send_bytes(std::string(5 << 20, 'x'));
  expect_cut_off(stream);
  expect_others_go_on();
}

// Nothing is decompressed, so a small message can't become a large one.
TEST_F(StreamMisuseTest, ACompressedMessageEndsTheStream) {
  RawStream stream(server_.unix_address(), GRPC_COMPRESS_GZIP);
  ASSERT_TRUE(stream.open(key_));
  wire::ClientBatch batch = batch_of({ping(1)});
  batch.mutable_requests(0)->mutable_registry()->mutable_open()->set_name(std::string(4096, 'x'));
  stream.send_batch(batch);
  expect_cut_off(stream);
  expect_others_go_on();
}

TEST_F(StreamMisuseTest, BytesThatAreNoMessageEndTheStream) {
  RawStream stream(server_.unix_address());
  ASSERT_TRUE(stream.open(key_));
  stream.send_bytes("\xff\xff\xff\xff");
  expect_ended(stream, HandshakeError::BAD_HANDSHAKE, grpc::StatusCode::INVALID_ARGUMENT);
  expect_others_go_on();
}

TEST_F(StreamMisuseTest, AHalfCloseWithoutAGoodbyeEndsTheStream) {
  RawStream stream(server_.unix_address());
  ASSERT_TRUE(stream.open(key_));
  stream.half_close();
  EXPECT_EQ(stream.receive(), std::nullopt);
  EXPECT_TRUE(stream.finish().ok());
  expect_others_go_on();
}

TEST_F(StreamMisuseTest, AFrameWhoseBodyIsNoBatchEndsTheStream) {
  RawStream stream(server_.unix_address());
  ASSERT_TRUE(stream.open(key_));
  wire::ClientMessage message;
  message.mutable_frame()->set_body("\xff\xff\xff\xff");
  stream.send(message);
  expect_ended(stream, HandshakeError::BAD_HANDSHAKE, grpc::StatusCode::INVALID_ARGUMENT);
  expect_others_go_on();
}

TEST_F(StreamMisuseTest, OnTcpAFrameWithAWrongTagIsNotPerformed) {
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

}  // namespace
}  // namespace syncmanager
