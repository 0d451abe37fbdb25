#include "protos/frame.h"

#include <cstdint>

#include "google/protobuf/io/coded_stream.h"
#include "protos/session.pb.h"

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

uint8_t* write_field(uint8_t* out, int field, std::string_view bytes) {
  out = write_head(out, field, bytes.size());
  return CodedOutputStream::WriteRawToArray(bytes.data(), static_cast<int>(bytes.size()), out);
}

}  // namespace

std::string encode_frame(std::string_view body, std::string_view tag) {
  const size_t tag_field = tag.empty() ? 0 : head_size(tag.size()) + tag.size();
  const size_t frame = head_size(body.size()) + body.size() + tag_field;
  std::string message(head_size(frame) + frame, '\0');
  auto* out = reinterpret_cast<uint8_t*>(message.data());
  out = write_head(out, wire::ServerMessage::kFrameFieldNumber, frame);
  out = write_field(out, wire::Frame::kBodyFieldNumber, body);
  if (!tag.empty()) write_field(out, wire::Frame::kTagFieldNumber, tag);
  return message;
}

}  // namespace syncmanager
