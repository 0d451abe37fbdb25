// Everything a handshake must refuse: malformed messages, forged and misused proofs, downgrades.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "protos/auth/handshake.h"
#include "protos/support/str_cat.h"
#include "tests/protocol/handshake_fixture.h"

namespace syncmanager {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;

// A message as its fields, to be put together wrongly.
struct Field {
  uint8_t tag;
  std::string bytes;
};

std::string join(const std::vector<Field>& fields) {
  std::string out;
  for (const Field& field : fields) {
    out.push_back(static_cast<char>(field.tag));
    for (const int shift : {24, 16, 8, 0}) {
      out.push_back(static_cast<char>(field.bytes.size() >> shift));
    }
    out += field.bytes;
  }
  return out;
}

std::vector<Field> client_hello_fields() {
  return {{0x01, std::string("\0\1\0\1", 4)},
          {0x02, "test-2025a"},
          {0x03, std::string(32, 'c')},
          {0x04, "\1"},
          {0x05, std::string(1, '\0')},
          {0x06, "worker-7"},
          {0x07, ""},
          {0x08, std::string(8, '\1')},
          {0x09, std::string("\0\1\0\0", 4)}};
}

std::vector<Field> server_hello_fields() {
  return {{0x11, std::string("\0\1", 2)}, {0x12, "mgr-a"}, {0x13, std::string(16, 'b')},
          {0x14, std::string(32, 's')},   {0x15, "\1"},    {0x16, std::string(1, '\0')},
          {0x17, std::string(12, '\1')}};
}

std::vector<Field> server_auth_fields() {
  return {{0x21, std::string(16, 'i')},
          {0x22, "\2"},
          {0x23, ""},
          {0x24, std::string(1, '\0')},
          {0x25, std::string("\0\1\0\10", 4) + std::string(8, '\1')}};
}

// Each field missing, twice, out of order, one byte shorter and far too long; and bytes behind all.
template <typename Message>
void expect_every_malformation_refused(const std::vector<Field>& good, size_t longest) {
  ASSERT_TRUE(Message::parse(join(good)).ok());
  const auto refused = [](const std::vector<Field>& fields, std::string_view what) {
    EXPECT_THAT(Message::parse(join(fields)).status().code(),
                Eq(absl::StatusCode::kInvalidArgument))
        << what;
  };
  for (size_t i = 0; i < good.size(); ++i) {
    const std::string which = str_cat("field ", i, " ");
    std::vector<Field> fields = good;
    fields.erase(fields.begin() + static_cast<ptrdiff_t>(i));
    refused(fields, which + "missing");
    fields = good;
    fields.insert(fields.begin() + static_cast<ptrdiff_t>(i), good[i]);
    refused(fields, which + "twice");
    if (i > 0) {
      fields = good;
      std::swap(fields[i], fields[i - 1]);
      refused(fields, which + "out of order");
    }
    fields = good;
    fields[i].bytes.append(longest, 'x');
    refused(fields, which + "too long");
    if (good[i].bytes.size() > 10 || good[i].bytes.size() == 1) {
      fields = good;
      fields[i].bytes.pop_back();
      refused(fields, which + "too short");
    }
  }
  EXPECT_FALSE(Message::parse(join(good) + "x").ok());
  EXPECT_FALSE(Message::parse(join(good).substr(1)).ok());
  EXPECT_FALSE(Message::parse("").ok());
}

TEST(HandshakeMessages, AMalformedClientHelloIsRefused) {
  expect_every_malformation_refused<ClientHello>(client_hello_fields(), 200);
}
TEST(HandshakeMessages, AMalformedServerHelloIsRefused) {
  expect_every_malformation_refused<ServerHello>(server_hello_fields(), 200);
}
TEST(HandshakeMessages, AMalformedServerAuthIsRefused) {
  expect_every_malformation_refused<ServerAuth>(server_auth_fields(), 300);
}

TEST(HandshakeMessages, ExtensionsStandInAscendingOrderAndAreWhole) {
  std::vector<Field> fields = client_hello_fields();
  const auto parses = [&](std::string_view extensions) {
    fields[8].bytes = extensions;
    return ClientHello::parse(join(fields)).ok();
  };
  EXPECT_TRUE(parses(""));
  EXPECT_TRUE(parses({"\0\1\0\0\x77\x77\0\2xy", 10}));
  EXPECT_FALSE(parses({"\0\1\0\0\0\1\0\0", 8})) << "twice";
  EXPECT_FALSE(parses({"\0\2\0\0\0\1\0\0", 8})) << "out of order";
  EXPECT_FALSE(parses({"\0\1\0\1", 4})) << "shorter than it says";
  EXPECT_FALSE(parses({"\0\1\0", 3})) << "a part of a head";
}

TEST(HandshakeMessages, TheErrorNamesTheField) {
  std::vector<Field> fields = client_hello_fields();
  fields[2].bytes.push_back('x');
  EXPECT_THAT(to_std(ClientHello::parse(join(fields)).status().message()),
              HasSubstr("field 03 has 33 bytes; 32 to 32 expected"));
}

// Whether the byte of field number `index` may have these values, and not the one below or above.
template <typename Message>
bool has_range(std::vector<Field> fields, size_t index, int least, int most) {
  for (int value = std::max(0, least - 1); value <= most + 1; ++value) {
    fields[index].bytes = std::string(1, static_cast<char>(value));
    if (Message::parse(join(fields)).ok() != (value >= least && value <= most)) return false;
  }
  return true;
}

TEST(HandshakeMessages, ChoicesAreThoseOfTheProtocolAndNoOther) {
  EXPECT_TRUE(has_range<ClientHello>(client_hello_fields(), 4, 0, 1));
  EXPECT_TRUE(has_range<ServerHello>(server_hello_fields(), 4, 0, 2));
  EXPECT_TRUE(has_range<ServerHello>(server_hello_fields(), 5, 0, 1));
  EXPECT_TRUE(has_range<ServerAuth>(server_auth_fields(), 1, 1, 5));
  EXPECT_TRUE(has_range<ServerAuth>(server_auth_fields(), 3, 0, 2));
}

// Whether field number `index` may have `most` bytes and not one more.
template <typename Message>
bool has_at_most(std::vector<Field> fields, size_t index, size_t most) {
  fields[index].bytes.assign(most, '\1');
  if (fields[index].tag == 0x02) fields[index].bytes.assign(most, 'k');
  if (!Message::parse(join(fields)).ok()) return false;
  fields[index].bytes.push_back(fields[index].bytes.back());
  return !Message::parse(join(fields)).ok();
}

TEST(HandshakeMessages, FieldsHaveTheLengthsOfTheProtocolAndNoByteMore) {
  EXPECT_TRUE(has_at_most<ClientHello>(client_hello_fields(), 1, 64));
  EXPECT_TRUE(has_at_most<ClientHello>(client_hello_fields(), 3, 8));
  EXPECT_TRUE(has_at_most<ClientHello>(client_hello_fields(), 5, 128));
  EXPECT_TRUE(has_at_most<ClientHello>(client_hello_fields(), 6, 24));
  EXPECT_TRUE(has_at_most<ServerHello>(server_hello_fields(), 1, 64));
  EXPECT_TRUE(has_at_most<ServerAuth>(server_auth_fields(), 2, 255));
}

TEST(HandshakeMessages, ValuesOutOfTheirRangeAreRefused) {
  const auto with = [](std::vector<Field> fields, size_t index, std::string bytes) {
    fields[index].bytes = std::move(bytes);
    return join(fields);
  };
  EXPECT_FALSE(ClientHello::parse(with(client_hello_fields(), 1, "a key")).ok());
  EXPECT_FALSE(ClientHello::parse(with(client_hello_fields(), 4, "\2")).ok());
  EXPECT_FALSE(ClientHello::parse(with(client_hello_fields(), 5, "\xff")).ok());
  EXPECT_FALSE(ClientHello::parse(with(client_hello_fields(), 6, std::string(23, 'r'))).ok());
  EXPECT_FALSE(ClientHello::parse(with(client_hello_fields(), 0, std::string("\0\2\0\1", 4))).ok());
  EXPECT_FALSE(ServerHello::parse(with(server_hello_fields(), 4, "\3")).ok());
  EXPECT_FALSE(ServerAuth::parse(with(server_auth_fields(), 1, std::string(1, '\0'))).ok());
  EXPECT_FALSE(ServerAuth::parse(with(server_auth_fields(), 1, "\6")).ok());
  EXPECT_FALSE(ServerAuth::parse(with(server_auth_fields(), 3, "\3")).ok());
}

TEST(HandshakeMessages, AMessageOfMoreThanAKibibyteIsRefused) {
  EXPECT_THAT(to_std(ClientHello::parse(std::string(1025, '\1')).status().message()),
              HasSubstr("1024 at most"));
}

TEST(HandshakeMessages, AHundredThousandMutationsParseOrAreRefused) {
  std::mt19937 random(1);
  const std::string good = join(client_hello_fields());
  int parsed = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string bytes = good;
    for (auto flips = 1 + random() % 3; flips > 0; --flips) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    const auto hello = ClientHello::parse(bytes);
    if (!hello.ok()) continue;
    ++parsed;
    EXPECT_THAT(hello->encode(), Eq(bytes));  // What parses, parses completely.
  }
  EXPECT_GT(parsed, 0);
  EXPECT_LT(parsed, 100'000);
}

TEST_F(HandshakeTest, EachFlippedBitOfTheClientsProofIsRefused) {
  const std::string proof = *client.on_server_hello(*server.on_client_hello(client.hello()));
  for (size_t i = 0; i < proof.size(); ++i) {
    std::string forged = proof;
    forged[i] = static_cast<char>(forged[i] ^ 1);
    const absl::Status status = server.on_client_auth(forged);
    EXPECT_THAT(status.code(), Eq(absl::StatusCode::kUnauthenticated));
    EXPECT_THAT(to_std(status.message()), Eq("authentication failed"));
  }
}

TEST_F(HandshakeTest, EachFlippedBitOfTheManagersLastMessageIsRefused) {
  const std::string proof = *client.on_server_hello(*server.on_client_hello(client.hello()));
  ASSERT_TRUE(server.on_client_auth(proof).ok());
  const std::string last = server.accept();
  for (size_t i = 0; i < last.size(); ++i) {
    std::string forged = last;
    forged[i] = static_cast<char>(forged[i] ^ 1);
    EXPECT_THAT(client.on_server_auth(forged).status().code(),
                Eq(absl::StatusCode::kUnauthenticated));
  }
  EXPECT_FALSE(client.on_server_auth(last.substr(0, 31)).ok());
  EXPECT_TRUE(client.on_server_auth(last).ok());
}

TEST_F(HandshakeTest, AWrongKeyAndAnUnknownIdLookAlike) {
  const AuthKeys wrong(std::string(32, 'w'));
  ClientHandshake thief(wrong, {.key_id = "test-2025a", .must_protect = true});
  const absl::Status wrong_key =
      server.on_client_auth(*thief.on_server_hello(*server.on_client_hello(thief.hello())));

  ServerHandshake other(policy());
  ClientHandshake stranger(wrong, {.key_id = "nobody", .must_protect = true});
  const absl::Status unknown =
      other.on_client_auth(*stranger.on_server_hello(*other.on_client_hello(stranger.hello())));

  EXPECT_THAT(wrong_key, Eq(unknown));
  EXPECT_THAT(to_std(unknown.message()), Eq("authentication failed"));
}

// Even one who knows the key that stands in for unknown ids.
TEST_F(HandshakeTest, AnUnknownIdIsRefusedWhateverItProves) {
  ClientHandshake stranger(*nobody, {.key_id = "nobody", .must_protect = true});
  EXPECT_FALSE(
      server.on_client_auth(*stranger.on_server_hello(*server.on_client_hello(stranger.hello())))
          .ok());
}

TEST_F(HandshakeTest, TheClientsProofIsNoManagersProof) {
  const std::string proof = *client.on_server_hello(*server.on_client_hello(client.hello()));
  ASSERT_TRUE(server.on_client_auth(proof).ok());
  const std::string last = server.accept();
  const std::string fields = last.substr(0, last.size() - kMacBytes);
  EXPECT_FALSE(client.on_server_auth(fields + proof).ok());
}

TEST_F(HandshakeTest, AReplayedProofIsRefusedByTheNextHandshake) {
  const std::string hello = client.hello();
  const std::string proof = *client.on_server_hello(*server.on_client_hello(hello));
  ASSERT_TRUE(server.on_client_auth(proof).ok());

  ServerHandshake again(policy());
  ASSERT_TRUE(again.on_client_hello(hello).ok());
  EXPECT_THAT(again.on_client_auth(proof).code(), Eq(absl::StatusCode::kUnauthenticated));
}

TEST_F(HandshakeTest, AnEditedOfferIsADifferentTranscript) {
  ClientHello edited = *ClientHello::parse(client.hello());
  edited.offered = std::string("\2\1", 2);
  const std::string proof = *client.on_server_hello(*server.on_client_hello(edited.encode()));
  EXPECT_FALSE(server.on_client_auth(proof).ok());
}

TEST_F(HandshakeTest, HellosOfTheOtherSideAreRefused) {
  EXPECT_FALSE(server.on_client_hello(join(server_hello_fields())).ok());
  EXPECT_FALSE(client.on_server_hello(client.hello()).ok());
}

TEST_F(HandshakeTest, AManagerThatMustProtectRefusesAClientThatWont) {
  ClientHello bare = *ClientHello::parse(client.hello());
  bare.offered = std::string(1, '\0');
  EXPECT_THAT(to_std(server.on_client_hello(bare.encode()).status().message()),
              HasSubstr("tags (01)"));
}

TEST_F(HandshakeTest, AClientThatMustProtectRefusesAManagerThatWont) {
  ServerHello hello = *ServerHello::parse(*server.on_client_hello(client.hello()));
  hello.protection = Protection::kNone;
  EXPECT_THAT(to_std(client.on_server_hello(hello.encode()).status().message()),
              HasSubstr("wasn't offered"));
}

TEST_F(HandshakeTest, AnotherVersionIsRefusedByBoth) {
  ClientHello newer = *ClientHello::parse(client.hello());
  newer.version_min = newer.version_max = 2;
  EXPECT_FALSE(server.on_client_hello(newer.encode()).ok());

  ServerHello answer = *ServerHello::parse(*server.on_client_hello(client.hello()));
  answer.version = 0;
  EXPECT_FALSE(client.on_server_hello(answer.encode()).ok());
}

TEST_F(HandshakeTest, AClientThatNamesItsManagerRefusesAnother) {
  ClientHandshake choosy(*keys,
                         {.key_id = "test-2025a", .must_protect = true, .server_id = "mgr-b"});
  const absl::Status status =
      choosy.on_server_hello(*server.on_client_hello(choosy.hello())).status();
  EXPECT_THAT(to_std(status.message()), HasSubstr("\"mgr-a\", not \"mgr-b\""));
}

TEST_F(HandshakeTest, TheBindingMustBeTheSameAtBothEnds) {
  ClientHandshake bound(
      *keys,
      {.key_id = "test-2025a", .must_protect = true, .channel_binding = std::string(32, 'h')});
  EXPECT_FALSE(server.on_client_hello(bound.hello()).ok());

  ServerHandshake::Policy with_other_binding = policy();
  with_other_binding.channel_binding = std::string(32, 'o');
  ServerHandshake other(with_other_binding);
  const std::string proof = *bound.on_server_hello(*other.on_client_hello(bound.hello()));
  EXPECT_FALSE(other.on_client_auth(proof).ok());
}

TEST_F(HandshakeTest, AProofOfAnotherLengthIsMalformed) {
  ASSERT_TRUE(server.on_client_hello(client.hello()).ok());
  for (const size_t size : std::initializer_list<size_t>{0, 31, 33, 63, 65}) {
    EXPECT_THAT(server.on_client_auth(std::string(size, 'p')).code(),
                Eq(absl::StatusCode::kInvalidArgument));
  }
}

}  // namespace
}  // namespace syncmanager
