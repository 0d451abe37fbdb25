#include "protos/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace syncmanager {
namespace {

using State = GateReader::State;

TEST(GateReaderTest, ReadsAMessageHoweverItIsCut) {
  const std::string message = gate_message("a hello");
  ASSERT_EQ(message, std::string("SMG1\0\x07", 6) + "a hello");
  for (size_t cut = 1; cut < message.size(); ++cut) {
    GateReader reader;
    EXPECT_EQ(reader.add(message.substr(0, cut)), State::kIncomplete);
    EXPECT_EQ(reader.add(message.substr(cut)), State::kMessage);
    EXPECT_EQ(reader.content(), "a hello");
  }
}

TEST(GateReaderTest, NeverWantsWhatComesAfterTheMessage) {
  const std::string bytes = gate_message("a hello") + "HTTP/2";
  GateReader reader;
  size_t at = 0;
  for (State state = State::kIncomplete; state == State::kIncomplete;) {
    const size_t wanted = reader.wanted();
    state = reader.add(bytes.substr(at, wanted));
    at += wanted;
  }
  EXPECT_EQ(bytes.substr(at), "HTTP/2");
}

TEST(GateReaderTest, ReadsARefusal) {
  GateReader reader;
  EXPECT_EQ(reader.add(gate_refusal(wire::HandshakeError::DRAINING, "it ends")), State::kRefusal);
  const wire::HandshakeError refusal = read_refusal(reader.content());
  EXPECT_EQ(refusal.code(), wire::HandshakeError::DRAINING);
  EXPECT_EQ(refusal.message(), "it ends");
}

TEST(GateReaderTest, ARefusalOfAnUnknownCodeOrWithoutOneIsOne) {
  EXPECT_EQ(read_refusal("\xff"
                         "why")
                .message(),
            "why");
  EXPECT_EQ(read_refusal("\xff"
                         "why")
                .code(),
            wire::HandshakeError::UNSPECIFIED);
  EXPECT_EQ(read_refusal("").message(), "");
}

TEST(GateReaderTest, CutsOffALongReason) {
  GateReader reader;
  const std::string refusal =
      gate_refusal(wire::HandshakeError::BAD_HANDSHAKE, std::string(5'000, 'x'));
  EXPECT_EQ(reader.add(refusal), State::kRefusal);
}

TEST(GateReaderTest, OtherProtocolsAreForeignFromTheirFirstByteOn) {
  for (const char* bytes : {"GET", "\x16\x03\x01", "PRI", "SMH1", "SMG2", "smg1"}) {
    EXPECT_EQ(GateReader().add(bytes), State::kForeign) << bytes;
  }
}

TEST(GateReaderTest, AMessageThatAnnouncesTooMuchIsForeign) {
  EXPECT_EQ(GateReader(100).add(std::string("SMG1\0\x5f", 6)), State::kForeign);
  EXPECT_EQ(GateReader(100).add(std::string("SMG1\0\x5e", 6)), State::kIncomplete);
}

}  // namespace
}  // namespace syncmanager
