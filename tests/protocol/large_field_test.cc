// Messages whose one large field moves in and out of them.
#include "protos/large_field.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "protos/fields.h"
#include "protos/request.pb.h"

namespace syncmanager {
namespace {

const std::string kLarge(200'000, 'x');

wire::Request put(std::string item) {
  wire::Request request;
  request.set_object(7);
  wire::QueueOp::Put& put = *request.mutable_queue()->mutable_put();
  put.set_item(std::move(item));
  put.set_key("once");
  put.set_delay_us(5);
  return request;
}

// The address of a large field tells whether it was copied.
const char* address_of(const std::string& bytes) { return bytes.data(); }

std::string joined(const EncodedMessage& message) { return message.front + message.large; }

TEST(LargeField, LeavesTheMessageWithoutACopy) {
  wire::Request request = put(kLarge);
  const std::string plain = request.SerializeAsString();
  const char* const address = address_of(request.queue().put().item());
  const EncodedMessage encoded = encode_moving(request);
  EXPECT_EQ(address_of(encoded.large), address);
  EXPECT_LT(encoded.front.size(), 100U);
  wire::Request read;
  ASSERT_TRUE(read.ParseFromString(joined(encoded)));
  EXPECT_EQ(read.SerializeAsString(), plain);
}

TEST(LargeField, TakesOverTheMemoryItCameIn) {
  std::string encoded = put(kLarge).SerializeAsString();
  const char* const address = address_of(encoded);
  wire::Request request;
  ASSERT_TRUE(parse_moving(std::move(encoded), request));
  EXPECT_EQ(address_of(request.queue().put().item()), address);
  EXPECT_EQ(request.SerializeAsString(), put(kLarge).SerializeAsString());
}

TEST(LargeField, IsFoundWhereItWasEncodedLast) {
  wire::Request made = put(kLarge), read;
  ASSERT_TRUE(parse_moving(joined(encode_moving(made)), read));
  EXPECT_EQ(read.SerializeAsString(), put(kLarge).SerializeAsString());
}

TEST(LargeField, MayBeLentInPieces) {
  wire::Request request = put("");
  request.mutable_queue()->mutable_put()->clear_item();
  const std::string first(100'000, 'a'), second(50'000, 'b');
  const auto& op = *wire::Request::descriptor()->FindFieldByName("queue");
  const auto& put_field = *op.message_type()->FindFieldByName("put");
  const auto& item = *put_field.message_type()->FindFieldByName("item");
  EncodedMessage encoded =
      encode_lent(request, {&op, &put_field, &item}, "<->", {{1, first}, {2, second}});
  const std::string expected = put("<" + first + "-" + second + ">").SerializeAsString();
  std::string pieces;
  while (pieces.size() < encoded.size()) pieces += encoded.piece_at(pieces.size()).substr(0, 999);
  wire::Request read;
  ASSERT_TRUE(read.ParseFromString(pieces));
  EXPECT_EQ(read.SerializeAsString(), expected);
  // A piece lies where it was lent from, until it is copied.
  EXPECT_EQ(encoded.piece_at(encoded.size() - 1 - second.size()).data(), second.data());
  encoded.own();
  EXPECT_EQ(encoded.front, pieces);
  EXPECT_TRUE(encoded.lent.empty());
}

TEST(LargeField, ThatIsRepeatedIsCopied) {
  wire::Request request;
  for (const char letter : {'a', 'b'}) {
    request.mutable_list()->mutable_extend()->add_values(std::string(200'000, letter));
  }
  const std::string plain = request.SerializeAsString();
  wire::Request read;
  ASSERT_TRUE(parse_moving(std::string(plain), read));
  EXPECT_EQ(read.SerializeAsString(), plain);
  const EncodedMessage encoded = encode_moving(request);
  EXPECT_EQ(encoded.front, plain);
  EXPECT_TRUE(encoded.large.empty());
}

TEST(LargeField, OfASmallMessageIsNotLookedFor) {
  wire::Request request = put("small");
  const std::string plain = request.SerializeAsString();
  const EncodedMessage encoded = encode_moving(request);
  EXPECT_EQ(encoded.front, plain);
  wire::Request read;
  ASSERT_TRUE(parse_moving(std::string(plain), read));
  EXPECT_EQ(read.SerializeAsString(), plain);
}

TEST(LargeField, WhatIsMalformedIsRefused) {
  const std::string whole = put(kLarge).SerializeAsString();
  wire::Request request;
  EXPECT_FALSE(parse_moving(whole.substr(0, whole.size() - 1), request));
  EXPECT_FALSE(parse_moving(whole + '\x0a', request));
  // Before the large field, and behind it.
  const std::string broken(1, '\x07');
  EXPECT_FALSE(parse_moving(broken + whole, request));
  EXPECT_FALSE(parse_moving(whole + broken, request));
}

TEST(LargeField, OfANumberThatNoMessageHasIsPassedOver) {
  std::string encoded;
  append_bytes(encoded, 2047, kLarge);
  wire::Request request;
  ASSERT_TRUE(parse_moving(encoded, request));
  EXPECT_EQ(request.op_case(), wire::Request::OP_NOT_SET);
}

}  // namespace
}  // namespace syncmanager
