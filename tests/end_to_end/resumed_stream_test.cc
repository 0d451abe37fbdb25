// Resuming a session, byte by byte, as a client library relies on it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/bystander.h"
#include "tests/support/requests.h"

namespace syncmanager {
namespace {

using testing::ElementsAre;
using wire::HandshakeError;

class ResumedStreamTest : public testing::Test {
 protected:
  // Opens the name, and makes it if it is not there.
  static wire::Request make(uint64_t id, const std::string& name) {
    wire::Request request;
    request.set_id(id);
    request.mutable_registry()->mutable_open()->set_name(name);
    request.mutable_registry()->mutable_open()->mutable_event();
    return request;
  }
  // The ids of the next replies, `count` of them.
  static std::vector<uint64_t> receive_ids(RawStream& stream, size_t count) {
    std::vector<uint64_t> ids;
    while (ids.size() < count) {
      const auto batch = stream.receive_batch();
      if (!batch) break;
      for (const wire::Reply& reply : batch->replies()) ids.push_back(reply.id());
    }
    return ids;
  }
  static void await_end(RawStream& stream) {
    while (stream.receive()) {
    }
  }
  bool exists(const std::string& name) {
    RawStream stream(server_.unix_address());
    EXPECT_TRUE(stream.open(key_));
    wire::Request find = make(1, name);
    find.mutable_registry()->mutable_open()->set_must_exist(true);
    stream.send_batch(batch_of({find}));
    return stream.receive_batch()->replies(0).outcome() == wire::OK;
  }

  TestServer server_;
  KeyRing keys_ = *KeyRing::load(server_.key_file());
  const FileKey& key_ = keys_.first();
};

TEST_F(ResumedStreamTest, BringsWhatDidNotArriveAndGoesOn) {
  RawStream first(server_.tcp_target());
  ASSERT_TRUE(first.open(key_, true));
  ASSERT_TRUE(first.send_batch(batch_of({ping(1), ping(2), ping(3)})));
  EXPECT_THAT(receive_ids(first, 3), ElementsAre(1, 2, 3));

  RawStream second(server_.tcp_target());
  ASSERT_TRUE(second.resume(key_, first.agreement(), 1)) << second.error().message();
  EXPECT_EQ(second.agreement().resume, ResumeResult::kResumed);
  EXPECT_THAT(receive_ids(second, 2), ElementsAre(2, 3));
  ASSERT_TRUE(second.send_batch(batch_of({ping(3), ping(4)})));
  EXPECT_THAT(receive_ids(second, 1), ElementsAre(4)) << "3 was answered before";
}

TEST_F(ResumedStreamTest, IsNoSlowReaderForWhatItsSessionReadBefore) {
  const TestServer server({"--max-unacknowledged-bytes=4096"});
  const KeyRing keys = *KeyRing::load(server.key_file());
  RawStream first(server.tcp_target());
  ASSERT_TRUE(first.open(keys.first(), true));
  uint64_t received = 0;
  while (received < 2'000) {  // Ten thousand bytes.
    wire::ClientBatch batch;
    batch.set_acknowledged(received);
    for (uint64_t id = received + 1; id <= received + 100; ++id) *batch.add_requests() = ping(id);
    ASSERT_TRUE(first.send_batch(batch));
    received += receive_ids(first, 100).size();
  }

  RawStream second(server.tcp_target());
  ASSERT_TRUE(second.resume(keys.first(), first.agreement(), received)) << second.error().message();
  ASSERT_TRUE(second.send_batch(batch_of({ping(received + 1)})));
  EXPECT_THAT(receive_ids(second, 1), ElementsAre(received + 1));
}

TEST_F(ResumedStreamTest, FencesTheOldStream) {
  RawStream first(server_.tcp_target());
  ASSERT_TRUE(first.open(key_, true));
  RawStream second(server_.tcp_target());
  ASSERT_TRUE(second.resume(key_, first.agreement(), 0));

  first.send_batch(batch_of({make(1, "by the fenced one")}));
  await_end(first);
  EXPECT_EQ(first.error().code(), HandshakeError::SESSION_FENCED);
  EXPECT_FALSE(exists("by the fenced one"));

  ASSERT_TRUE(second.send_batch(batch_of({make(1, "by the new one")})));
  EXPECT_THAT(receive_ids(second, 1), ElementsAre(1));
  EXPECT_TRUE(exists("by the new one"));
}

TEST_F(ResumedStreamTest, OfASessionThatSaidGoodbyeIsToldSoAndOpensNone) {
  RawStream first(server_.tcp_target());
  ASSERT_TRUE(first.open(key_, true));
  wire::ClientBatch goodbye;
  goodbye.set_goodbye(true);
  ASSERT_TRUE(first.send_batch(goodbye));
  await_end(first);

  RawStream second(server_.tcp_target());
  ASSERT_TRUE(second.resume(key_, first.agreement(), 0));
  EXPECT_EQ(second.agreement().resume, ResumeResult::kUnknown);
  EXPECT_FALSE(second.receive().has_value());
}

TEST_F(ResumedStreamTest, CannotClaimWhatWasNeverSent) {
  RawStream first(server_.tcp_target());
  ASSERT_TRUE(first.open(key_, true));
  RawStream second(server_.tcp_target());
  EXPECT_FALSE(second.resume(key_, first.agreement(), 1'000'000));
  EXPECT_EQ(second.error().code(), HandshakeError::BAD_HANDSHAKE);
  RawStream third(server_.tcp_target());
  EXPECT_TRUE(third.resume(key_, first.agreement(), 0)) << "the session is as it was";
}

TEST_F(ResumedStreamTest, HealsAFrameThatWasTamperedWith) {
  RawStream first(server_.tcp_target());
  ASSERT_TRUE(first.open(key_, true));
  wire::ClientMessage forged;
  forged.mutable_frame()->set_body(batch_of({make(1, "forged")}).SerializeAsString());
  forged.mutable_frame()->set_tag(std::string(16, 't'));
  first.send(forged);
  await_end(first);
  EXPECT_EQ(first.error().code(), HandshakeError::UNAUTHENTICATED);
  EXPECT_FALSE(exists("forged"));

  RawStream second(server_.tcp_target());
  ASSERT_TRUE(second.resume(key_, first.agreement(), 0));
  ASSERT_TRUE(second.send_batch(batch_of({ping(1)})));
  EXPECT_THAT(receive_ids(second, 1), ElementsAre(1));
}

TEST_F(ResumedStreamTest, IsNotHadOverAUnixSocket) {
  RawStream first(server_.tcp_target());
  ASSERT_TRUE(first.open(key_, true));
  RawStream second(server_.unix_address());
  ASSERT_TRUE(second.resume(key_, first.agreement(), 0));
  EXPECT_EQ(second.agreement().resume, ResumeResult::kUnknown);
}

}  // namespace
}  // namespace syncmanager
