// The handshake against its vectors, and both state machines against each other.

#include "protos/auth/handshake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "protos/auth/frame_tag.h"
#include "tests/protocol/handshake_fixture.h"

namespace syncmanager {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Pair;

class HandshakeVectors : public ::testing::TestWithParam<size_t> {
 protected:
  static const nlohmann::json& all() {
    static const nlohmann::json vectors =
        nlohmann::json::parse(std::ifstream(SYNCMANAGER_HANDSHAKE_VECTORS));
    return vectors;
  }
  std::string value(const char* name) const {
    return absl::HexStringToBytes(all().at(GetParam()).at(name).get<std::string>());
  }
};

TEST_P(HandshakeVectors, TheMessagesParseAndEncodeToTheVeryBytes) {
  const auto client_hello = ClientHello::parse(value("client_hello"));
  ASSERT_TRUE(client_hello.ok()) << client_hello.status();
  EXPECT_THAT(client_hello->encode(), Eq(value("client_hello")));
  EXPECT_THAT(client_hello->key_id, Eq("test-2025a"));
  EXPECT_THAT(client_hello->name, Eq("worker-7"));

  const auto server_hello = ServerHello::parse(value("server_hello"));
  ASSERT_TRUE(server_hello.ok()) << server_hello.status();
  EXPECT_THAT(server_hello->encode(), Eq(value("server_hello")));

  const auto server_auth = ServerAuth::parse(value("server_auth"));
  ASSERT_TRUE(server_auth.ok()) << server_auth.status();
  EXPECT_THAT(server_auth->encode(), Eq(value("server_auth")));

  const auto client_auth = ClientAuth::parse(value("client_auth"));
  ASSERT_TRUE(client_auth.ok()) << client_auth.status();
  EXPECT_THAT(client_auth->encode(), Eq(value("client_auth")));
}

TEST_P(HandshakeVectors, TheKeyScheduleComesToTheSameKeysAndProofs) {
  const AuthKeys keys(value("psk"));
  EXPECT_THAT(hkdf_extract("smgr/1 psk", value("psk")).view(), Eq(value("prk")));
  EXPECT_THAT(keys.client.view(), Eq(value("kc")));
  EXPECT_THAT(keys.server.view(), Eq(value("ks")));
  EXPECT_THAT(keys.derive.view(), Eq(value("kd")));
  EXPECT_THAT(keys.tls.view(), Eq(value("kt")));

  const std::string th1 =
      transcript(value("client_hello"), value("server_hello"), value("binding"));
  EXPECT_THAT(th1, Eq(value("th1")));
  EXPECT_THAT(client_mac(keys, th1), Eq(value("client_mac")));
  EXPECT_THAT(resume_proof(value("resume_key"), th1), Eq(value("resume_proof")));

  const std::string th2 = finished(th1, value("client_auth"), value("server_auth"));
  EXPECT_THAT(th2, Eq(value("th2")));
  EXPECT_THAT(server_mac(keys, th2), Eq(value("server_mac")));

  const SessionKeys session(keys, th2);
  EXPECT_THAT(session.resume.view(), Eq(value("k_resume")));
  if (ServerHello::parse(value("server_hello"))->protection == Protection::kSeal) {
    // Its keys have labels of their own, so that no key serves two algorithms.
    const SecretBytes root = hkdf_extract(th2, keys.derive.view());
    EXPECT_THAT(hkdf_expand(root.view(), "smgr/1 c2s seal", 32).view(), Eq(value("k_c2s")));
    EXPECT_THAT(hkdf_expand(root.view(), "smgr/1 s2c seal", 32).view(), Eq(value("k_s2c")));
  } else {
    EXPECT_THAT(session.to_server.view(), Eq(value("k_c2s")));
    EXPECT_THAT(session.to_client.view(), Eq(value("k_s2c")));
  }
}

TEST_P(HandshakeVectors, FramesAreTaggedInTheirOrder) {
  FrameTagger to_server(SecretBytes(value("k_c2s")));
  EXPECT_THAT(to_server.tag(value("frame_body")), Eq(value("tag_c2s_seq0")));
  EXPECT_THAT(to_server.tag(value("frame_body")), Eq(value("tag_c2s_seq1")));
  FrameTagger to_client(SecretBytes(value("k_s2c")));
  EXPECT_THAT(to_client.tag(value("frame_body")), Eq(value("tag_s2c_seq0")));
}

INSTANTIATE_TEST_SUITE_P(All, HandshakeVectors, ::testing::Range<size_t>(0, 7));

// RFC 5869, A.1.
TEST(KeySchedule, HkdfIsThatOfTheRfc) {
  const SecretBytes prk =
      hkdf_extract(absl::HexStringToBytes("000102030405060708090a0b0c"), std::string(22, '\x0b'));
  EXPECT_THAT(
      hkdf_expand(prk.view(), absl::HexStringToBytes("f0f1f2f3f4f5f6f7f8f9"), 42).view(),
      Eq(absl::HexStringToBytes("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc"
                                "4c5bf34007208d5b887185865")));
}

// No message is that long; that its length is hashed whole is what keeps two apart.
TEST(KeySchedule, ATranscriptHasEachLengthInFourBytes) {
  const std::string hello(0x01020304, 'c');
  EXPECT_THAT(transcript(hello, "", ""),
              Eq(sha256(std::string("smgr/1 transcript\0", 18) + "\x40\x01\x02\x03\x04" + hello +
                        std::string("\x41\0\0\0\0\x42\0\0\0\0", 10))));
}

TEST_F(HandshakeTest, BothEndsAgree) {
  const std::string server_hello = *server.on_client_hello(client.hello());
  const std::string proof = *client.on_server_hello(server_hello);
  ASSERT_TRUE(server.on_client_auth(proof).ok());
  const absl::StatusOr<Agreement> agreed = client.on_server_auth(server.accept());

  ASSERT_TRUE(agreed.ok()) << agreed.status();
  EXPECT_THAT(agreed->session_id, Eq(server.agreement().session_id));
  EXPECT_THAT(agreed->boot_id, Eq(server.agreement().boot_id));
  EXPECT_THAT(agreed->max_frame, Eq(server.agreement().max_frame));
  EXPECT_THAT(agreed->heartbeat_ms, Eq(server.agreement().heartbeat_ms));
  EXPECT_THAT(agreed->session_timeout_ms, Eq(server.agreement().session_timeout_ms));
  EXPECT_THAT(agreed->role, Eq(2));
  EXPECT_THAT(agreed->prefix, Eq("/jobs/"));
  EXPECT_THAT(agreed->server_id, Eq("mgr-a"));
  EXPECT_THAT(server.agreement().server_id, Eq("mgr-a"));
  EXPECT_THAT(server.agreement().key_id, Eq("test-2025a"));
  EXPECT_THAT(agreed->protection, Eq(Protection::kTag));
  EXPECT_THAT(server.agreement().client_name, Eq("worker-7"));
  EXPECT_THAT(agreed->keys->to_server.view(), Eq(server.agreement().keys->to_server.view()));
  EXPECT_THAT(agreed->keys->to_client.view(), Eq(server.agreement().keys->to_client.view()));
}

TEST_F(HandshakeTest, AManagerAnswersTheExtensionsThatItKnowsAndPassesOverOthers) {
  ClientHello hello = *ClientHello::parse(client.hello());
  EXPECT_TRUE(hello.extensions.contains(kLargestRequest));
  hello.extensions[0x7777] = "of a later release";
  const std::string server_hello = *server.on_client_hello(hello.encode());
  const std::string th1 = transcript(hello.encode(), server_hello, "");
  ASSERT_TRUE(server.on_client_auth(client_mac(*keys, th1)).ok());
  const std::string answer = server.accept();
  const ServerAuth auth = *ServerAuth::parse(answer.substr(0, answer.size() - kMacBytes));
  EXPECT_THAT(auth.extensions,
              ElementsAre(Pair(kLargestRequest, extension_of(policy().request_bytes))));
}

TEST_F(HandshakeTest, WhoAsksForNoExtensionGetsNone) {
  ClientHello hello = *ClientHello::parse(client.hello());
  hello.extensions.clear();
  const std::string server_hello = *server.on_client_hello(hello.encode());
  const std::string th1 = transcript(hello.encode(), server_hello, "");
  ASSERT_TRUE(server.on_client_auth(client_mac(*keys, th1)).ok());
  const std::string answer = server.accept();
  EXPECT_THAT(ServerAuth::parse(answer.substr(0, answer.size() - kMacBytes))->extensions,
              IsEmpty());
}

TEST_F(HandshakeTest, AFrameIsNeverTooSmallForAnything) {
  const auto in_force = [&](uint32_t wanted) {
    ServerHandshake manager(policy());
    ClientHandshake hello(*keys,
                          {.key_id = "test-2025a", .must_protect = true, .max_frame = wanted});
    return ServerHello::parse(*manager.on_client_hello(hello.hello()))->max_frame;
  };
  EXPECT_THAT(in_force(0), Eq(policy().max_frame)) << "the manager's";
  EXPECT_THAT(in_force(1), Eq(1'024u));
  EXPECT_THAT(in_force(2'000), Eq(2'000u));
}

TEST_F(HandshakeTest, AUnixSocketNeedsNoTags) {
  ServerHandshake local({.server_id = "mgr-a",
                         .boot_id = std::string(16, 'b'),
                         .find_key = find_key,
                         .nobody = nobody});
  ClientHandshake bare(*keys, {.key_id = "test-2025a"});
  ASSERT_TRUE(bare.on_server_hello(*local.on_client_hello(bare.hello())).ok());
  EXPECT_THAT(local.agreement().protection, Eq(Protection::kNone));
}

TEST_F(HandshakeTest, AClientMayWantAShorterSessionTimeoutAndNoLongerOne) {
  for (const auto& [wanted, granted] : std::vector<std::pair<uint32_t, uint32_t>>{
           {0, 10'000}, {5'000, 5'000}, {1, 1'000}, {60'000, 10'000}}) {
    ServerHandshake fresh(policy());
    ClientHandshake asking(*keys, {.key_id = "test-2025a", .session_timeout_ms = wanted});
    ASSERT_TRUE(fresh.on_client_hello(asking.hello()).ok());
    EXPECT_THAT(fresh.agreement().session_timeout_ms, Eq(granted));
    EXPECT_THAT(fresh.agreement().heartbeat_ms, ::testing::Le(granted / 3));
  }
}

}  // namespace
}  // namespace syncmanager
