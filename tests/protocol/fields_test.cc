// Fields that are written and read without message objects, against protobuf's own.
#include "protos/fields.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "protos/request.pb.h"

namespace syncmanager {
namespace {

constexpr uint64_t kNumbers[] = {
    1, 127, 128, 16'383, 16'384, uint64_t{1} << 35, std::numeric_limits<uint64_t>::max()};

TEST(Fields, WrittenAreThoseOfProtobuf) {
  for (const uint64_t number : kNumbers) {
    wire::Request request;
    request.set_object(number);
    std::string written;
    append_number(written, wire::Request::kObjectFieldNumber, number);
    EXPECT_EQ(written, request.SerializeAsString());
    EXPECT_EQ(number_size(wire::Request::kObjectFieldNumber, number), written.size());
  }
}

// A field's number of more than 15 takes two bytes.
TEST(Fields, OfBytesMayHaveAnyNumberAndLength) {
  for (const size_t length : {0U, 1U, 127U, 128U, 20000U}) {
    for (const int field : {1, 15, 16, 25, 2047, 2048}) {
      std::string written;
      append_head(written, field, length);
      EXPECT_EQ(head_size(field, length), written.size());
      written.append(length, 'x');
      FieldReader fields(written);
      Field read;
      ASSERT_TRUE(fields.next(read));
      EXPECT_EQ(read.number, static_cast<uint32_t>(field));
      EXPECT_EQ(read.bytes, std::string(length, 'x'));
      EXPECT_EQ(fields.remaining(), 0U);
    }
  }
}

TEST(Fields, ThatAreCutOffAreMalformed) {
  std::string written;
  append_bytes(written, 3, "abc");
  for (size_t length = 1; length < written.size(); ++length) {
    FieldReader fields(std::string_view(written).substr(0, length));
    Field read;
    EXPECT_FALSE(fields.next(read));
    EXPECT_TRUE(fields.malformed());
  }
}

}  // namespace
}  // namespace syncmanager
