#include "protos/frame_tag.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "protos/frame.h"
#include "protos/session.pb.h"

namespace syncmanager {
namespace {

using ::testing::Eq;

class FrameTagTest : public ::testing::Test {
 protected:
  FrameTagger sender{SecretBytes(std::string(32, 'k'))};
  FrameTagger receiver{SecretBytes(std::string(32, 'k'))};
};

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
    FrameTagger fresh{SecretBytes(std::string(32, 'k'))};
    EXPECT_FALSE(fresh.verify("body", forged));
  }
  FrameTagger fresh{SecretBytes(std::string(32, 'k'))};
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
