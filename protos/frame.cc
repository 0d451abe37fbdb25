#include "protos/frame.h"

#include <algorithm>
#include <cstdint>

#include "google/protobuf/io/coded_stream.h"

namespace syncmanager {
namespace {

using google::protobuf::io::CodedOutputStream;

static_assert(int{wire::ClientMessage::kFrameFieldNumber} ==
              int{wire::ServerMessage::kFrameFieldNumber});

// The tag and length in front of a length-delimited field.
size_t head_size(size_t length) {
  return 1 + CodedOutputStream::VarintSize32(static_cast<uint32_t>(length));
}

uint8_t* write_head(uint8_t* out, int field, size_t length) {
  constexpr int kLengthDelimited = 2;
  *out++ = static_cast<uint8_t>(field << 3 | kLengthDelimited);
  return CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(length), out);
}

void append_head(std::string& out, int field, size_t length) {
  uint8_t head[16];
  const uint8_t* end = write_head(head, field, length);
  out.append(reinterpret_cast<const char*>(head), static_cast<size_t>(end - head));
}

void append_field(std::string& out, int field, std::string_view bytes) {
  append_head(out, field, bytes.size());
  out += bytes;
}

}  // namespace

std::string encode_frame(std::string_view body, std::string_view tag) {
  const size_t tag_field = tag.empty() ? 0 : head_size(tag.size()) + tag.size();
  const size_t frame = head_size(body.size()) + body.size() + tag_field;
  std::string message;
  message.reserve(head_size(frame) + frame);
  append_head(message, wire::ServerMessage::kFrameFieldNumber, frame);
  append_field(message, wire::Frame::kBodyFieldNumber, body);
  if (!tag.empty()) append_field(message, wire::Frame::kTagFieldNumber, tag);
  return message;
}

void append_part(const wire::Part& part, int field, std::string_view bytes, std::string& batch) {
  const std::string rest = part.SerializeAsString();
  const size_t size = rest.size() + head_size(bytes.size()) + bytes.size();
  batch.reserve(batch.size() + head_size(size) + size);
  append_head(batch, field, size);
  batch += rest;
  append_field(batch, wire::Part::kBytesFieldNumber, bytes);
}

void join_part(std::string_view bytes, uint64_t whole, std::string& joined) {
  const size_t size = joined.size() + bytes.size();
  if (size > joined.capacity()) joined.reserve(std::min<uint64_t>(whole, 2 * size));
  joined += bytes;
}

}  // namespace syncmanager
