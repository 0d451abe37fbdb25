#include "manager/transport/messages.h"

#include <cstring>

#include "google/protobuf/io/coded_stream.h"

namespace syncmanager {
namespace {

using google::protobuf::io::CodedOutputStream;

constexpr uint32_t kLengthDelimited = 2;

uint8_t key_of(int field) {
  return static_cast<uint8_t>(static_cast<uint32_t>(field) << 3 | kLengthDelimited);
}

size_t field_size(size_t bytes) {
  return 1 + CodedOutputStream::VarintSize32(static_cast<uint32_t>(bytes)) + bytes;
}

uint8_t* write_head(uint8_t* out, int field, size_t bytes) {
  *out++ = key_of(field);
  return CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(bytes), out);
}

uint8_t* write_field(uint8_t* out, int field, std::string_view bytes) {
  out = write_head(out, field, bytes.size());
  std::memcpy(out, bytes.data(), bytes.size());
  return out + bytes.size();
}

// A buffer of one slice of that size, filled by `fill`.
template <typename Fill>
grpc::ByteBuffer filled(size_t size, Fill&& fill) {
  const grpc::Slice slice(size);
  fill(const_cast<uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace

bool parse(const grpc::ByteBuffer& bytes, google::protobuf::MessageLite& message) {
  grpc::Slice slice;
  if (!bytes.TrySingleSlice(&slice).ok() && !bytes.DumpToSingleSlice(&slice).ok()) return false;
  return message.ParseFromArray(slice.begin(), static_cast<int>(slice.size()));
}

grpc::ByteBuffer encode(const wire::ServerMessage& message) {
  return filled(message.ByteSizeLong(),
                [&](uint8_t* out) { message.SerializeWithCachedSizesToArray(out); });
}

grpc::ByteBuffer encode_frame(std::string_view body, std::string_view tag) {
  const size_t frame = field_size(body.size()) + (tag.empty() ? 0 : field_size(tag.size()));
  return filled(field_size(frame), [&](uint8_t* out) {
    out = write_head(out, wire::ServerMessage::kFrameFieldNumber, frame);
    out = write_field(out, wire::Frame::kBodyFieldNumber, body);
    if (!tag.empty()) write_field(out, wire::Frame::kTagFieldNumber, tag);
  });
}

}  // namespace syncmanager
