#include "client/cpp/src/stream_frames.h"

#include <utility>

#include "client/cpp/src/fields.h"
#include "protos/frame.h"
#include "protos/session.pb.h"

namespace syncmanager {

FrameCodec::FrameCodec(const Agreement& agreement) {
  if (agreement.protection != Protection::kTag) return;
  outgoing_.emplace(agreement.keys->to_server);
  incoming_.emplace(agreement.keys->to_client);
}

grpc::ByteBuffer FrameCodec::close(std::string_view body) {
  const std::string tag = outgoing_ ? outgoing_->tag(body) : std::string();
  const grpc::Slice slice(encode_frame(body, tag));
  return grpc::ByteBuffer(&slice, 1);
}

std::optional<std::string_view> FrameCodec::open(std::string_view message, StreamEnd& end) {
  std::optional<std::string_view> frame;
  FieldReader fields(message);
  Field field;
  while (fields.next(field)) {
    if (field.number == wire::ServerMessage::kFrameFieldNumber) frame = field.bytes;
    if (field.number == wire::ServerMessage::kErrorFieldNumber) {
      wire::HandshakeError error;
      error.ParseFromArray(field.bytes.data(), static_cast<int>(field.bytes.size()));
      end.for_good = error.code() == wire::HandshakeError::SESSION_ENDED ||
                     error.code() == wire::HandshakeError::SESSION_FENCED ||
                     error.code() == wire::HandshakeError::DRAINING;
      end.why = std::string("the manager ended the ") + (end.for_good ? "session: " : "stream: ") +
                error.message();
      return std::nullopt;
    }
  }
  end.why = "the manager sent what is no frame";
  if (!frame || fields.malformed()) return std::nullopt;

  std::string_view body, tag;
  FieldReader parts(*frame);
  while (parts.next(field)) {
    if (field.number == wire::Frame::kBodyFieldNumber) body = field.bytes;
    if (field.number == wire::Frame::kTagFieldNumber) tag = field.bytes;
  }
  if (parts.malformed()) return std::nullopt;
  if (incoming_ && !incoming_->verify(body, tag)) {
    end.why = "a frame came with a wrong tag";
    return std::nullopt;
  }
  end.why.clear();
  return body;
}

bool FrameCodec::add_part(std::string_view encoded) {
  std::string_view bytes;
  uint64_t left = 0;
  FieldReader fields(encoded);
  Field field;
  while (fields.next(field)) {
    if (field.number == wire::Part::kBytesFieldNumber) bytes = field.bytes;
    if (field.number == wire::Part::kLeftFieldNumber) left = field.integer;
  }
  const uint64_t rest = bytes.size() + left;
  if (fields.malformed() || bytes.empty() || rest < left) return false;
  if (left_ != 0 && left_ != rest) return false;
  join_part(bytes, whole_.size() + rest, whole_);
  left_ = left;
  return true;
}

std::optional<std::string> FrameCodec::take_whole() {
  if (left_ != 0) return std::nullopt;
  return std::exchange(whole_, {});
}

}  // namespace syncmanager
