#include "protos/frame.h"

#include <cstdint>

#include "protos/fields.h"
#include "protos/support/str_cat.h"

namespace syncmanager {

static_assert(int{wire::ClientMessage::kFrameFieldNumber} ==
              int{wire::ServerMessage::kFrameFieldNumber});

namespace {

constexpr int kFrame = wire::ServerMessage::kFrameFieldNumber;
constexpr int kBody = wire::Frame::kBodyFieldNumber, kTag = wire::Frame::kTagFieldNumber;

// The size of the fields of a wire::Frame.
size_t fields_size(std::string_view body, std::string_view tag) {
  const size_t tag_field = tag.empty() ? 0 : head_size(kTag, tag.size()) + tag.size();
  return head_size(kBody, body.size()) + body.size() + tag_field;
}

}  // namespace

void append_frame(std::string& out, std::string_view body, std::string_view tag) {
  append_head(out, kFrame, fields_size(body, tag));
  append_bytes(out, kBody, body);
  if (!tag.empty()) append_bytes(out, kTag, tag);
}

size_t frame_size(std::string_view body, std::string_view tag) {
  const size_t fields = fields_size(body, tag);
  return head_size(kFrame, fields) + fields;
}

std::optional<FrameView> read_frame(std::string_view encoded) {
  FrameView frame;
  FieldReader fields(encoded);
  Field field;
  while (fields.next(field)) {
    if (field.number == wire::Frame::kBodyFieldNumber) frame.body = field.bytes;
    if (field.number == wire::Frame::kTagFieldNumber) frame.tag = field.bytes;
  }
  if (fields.malformed()) return std::nullopt;
  return frame;
}

void append_part(const wire::Part& part, int field, std::string_view bytes, std::string& batch) {
  const std::string rest = part.SerializeAsString();
  const size_t size =
      rest.size() + head_size(wire::Part::kBytesFieldNumber, bytes.size()) + bytes.size();
  batch.reserve(batch.size() + head_size(field, size) + size);
  append_head(batch, field, size);
  batch += rest;
  append_bytes(batch, wire::Part::kBytesFieldNumber, bytes);
}

std::string request_too_large(uint64_t bytes, uint64_t most) {
  return str_cat("a request of ", bytes, " bytes; at most ", most,
                 " are allowed (--max-value-bytes, --max-object-bytes)");
}

}  // namespace syncmanager
