#include "client/cpp/src/stream/stream_frames.h"

#include <cstdint>
#include <utility>

#include "protos/fields.h"
#include "protos/frame.h"
#include "protos/session.pb.h"
#include "protos/support/huge_pages.h"

namespace syncmanager {
namespace {

// One reply has a value of at most 2 GiB.
constexpr uint64_t kLargestBatch = (uint64_t{2} << 30) + (64 << 10);

}  // namespace

FrameCodec::FrameCodec(const Agreement& agreement) {
  if (agreement.protection != Protection::kTag) return;
  outgoing_.emplace(agreement.keys->to_server);
  incoming_.emplace(agreement.keys->to_client);
}

std::string FrameCodec::tag(std::string_view body) {
  return outgoing_ ? outgoing_->tag(body) : std::string();
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

  const std::optional<FrameView> view = read_frame(*frame);
  if (!view) return std::nullopt;
  if (incoming_ && !incoming_->verify(view->body, view->tag)) {
    end.why = "a frame came with a wrong tag";
    return std::nullopt;
  }
  end.why.clear();
  return view->body;
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
  if (left_ == 0) {
    if (rest > kLargestBatch) return false;
    reserve_large(whole_, rest);  // The manager is trusted to send what it announces.
  }
  whole_ += bytes;
  left_ = left;
  return true;
}

std::optional<std::string> FrameCodec::take_whole() {
  if (left_ != 0) return std::nullopt;
  return std::exchange(whole_, {});
}

}  // namespace syncmanager
