#include "protos/auth/frame_tag.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "protos/auth/key_schedule.h"
#include "protos/frame.h"
#include "protos/session.pb.h"

namespace syncmanager {
namespace {

using ::testing::Eq;

const std::string kKey(32, 'k');

class FrameTagTest : public ::testing::Test {
 protected:
  FrameTagger sender{SecretBytes(kKey)};
  FrameTagger receiver{SecretBytes(kKey)};
};

TEST_F(FrameTagTest, IsTheHmacOfNumberLengthAndBody) {
  for (const size_t size : std::initializer_list<size_t>{0, 1, 43, 44, 51, 52, 60, 64, 1000}) {
    FrameTagger tagger{SecretBytes(kKey)};
    const std::string body(size, 'b');
    std::string message(10, '\0');  // The first frame, and the upper bytes of the length.
    message.push_back(static_cast<char>(size >> 8));
    message.push_back(static_cast<char>(size));
    EXPECT_EQ(tagger.tag(body), hmac_sha256(kKey, message + body).substr(0, 16)) << size;
  }
}

TEST_F(FrameTagTest, FramesInTheirOrderVerify) {
  for (const char* body : {"one", "two", "", "four"}) {
    EXPECT_TRUE(receiver.verify(body, sender.tag(body)));
  }
}

TEST_F(FrameTagTest, ADroppedFrameIsNoticedAtTheNext) {
  sender.tag("lost");
  EXPECT_FALSE(receiver.verify("next", sender.tag("next")));
}

TEST_F(FrameTagTest, ARepeatedFrameIsNoticed) {
  const std::string tag = sender.tag("once");
  EXPECT_TRUE(receiver.verify("once", tag));
  EXPECT_FALSE(receiver.verify("once", tag));
}

TEST_F(FrameTagTest, EachFlippedBitIsNoticed) {
  const std::string tag = sender.tag("body");
  for (size_t i = 0; i < tag.size(); ++i) {
    std::string forged = tag;
    forged[i] = static_cast<char>(forged[i] ^ 0x80);
    FrameTagger fresh{SecretBytes(kKey)};
    EXPECT_FALSE(fresh.verify("body", forged));
  }
  FrameTagger fresh{SecretBytes(kKey)};
  EXPECT_FALSE(fresh.verify("bodx", tag));
}

TEST_F(FrameTagTest, AMissingOrShortTagIsWrong) {
  EXPECT_FALSE(receiver.verify("body", ""));
  EXPECT_FALSE(receiver.verify("body", sender.tag("body").substr(0, 15)));
}

TEST(Frame, IsEncodedAsProtobufWould) {
  for (const size_t size : std::initializer_list<size_t>{0, 1, 127, 128, 70'000}) {
    for (const std::string& tag : {std::string(), std::string(16, 't')}) {
      wire::ServerMessage message;
      message.mutable_frame()->set_body(std::string(size, 'b'));
      message.mutable_frame()->set_tag(tag);
      wire::ServerMessage decoded;
      std::string encoded;
      append_frame(encoded, message.frame().body(), tag);
      EXPECT_EQ(encoded.size(), frame_size(message.frame().body(), tag));
      ASSERT_TRUE(decoded.ParseFromString(encoded));
      EXPECT_THAT(decoded.SerializeAsString(), Eq(message.SerializeAsString()));
    }
  }
}

}  // namespace
}  // namespace syncmanager
