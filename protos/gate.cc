#include "protos/gate.h"

#include "protos/auth/handshake_messages.h"

namespace syncmanager {
namespace {

constexpr std::string_view kMessage = "SMG1", kRefusal = "SMGE";
constexpr size_t kHeadBytes = 6;

std::string with_head(std::string_view kind, std::string_view content) {
  std::string message(kind);
  message.push_back(static_cast<char>(content.size() >> 8));
  message.push_back(static_cast<char>(content.size()));
  message += content;
  return message;
}

size_t length_of(std::string_view head) {
  return size_t{static_cast<uint8_t>(head[4])} << 8 | static_cast<uint8_t>(head[5]);
}

}  // namespace

std::string gate_message(std::string_view message) { return with_head(kMessage, message); }

std::string gate_refusal(wire::HandshakeError::Code code, std::string_view why) {
  std::string content(1, static_cast<char>(code));
  content += why.substr(0, kHandshakeBytes - kHeadBytes - 1);
  return with_head(kRefusal, content);
}

size_t GateReader::wanted() const {
  if (bytes_.size() < kHeadBytes) return kHeadBytes - bytes_.size();
  return kHeadBytes + length_of(bytes_) - bytes_.size();
}

GateReader::State GateReader::add(std::string_view bytes) {
  bytes_ += bytes;
  const std::string_view kind = std::string_view(bytes_).substr(0, kMessage.size());
  if (!kMessage.starts_with(kind) && !kRefusal.starts_with(kind)) return State::kForeign;
  if (bytes_.size() < kHeadBytes) return State::kIncomplete;
  if (kHeadBytes + length_of(bytes_) > most_) return State::kForeign;
  if (wanted() > 0) return State::kIncomplete;
  return kind == kMessage ? State::kMessage : State::kRefusal;
}

std::string_view GateReader::content() const { return std::string_view(bytes_).substr(kHeadBytes); }

wire::HandshakeError read_refusal(std::string_view content) {
  wire::HandshakeError refusal;
  const int code = content.empty() ? 0 : static_cast<uint8_t>(content[0]);
  if (wire::HandshakeError::Code_IsValid(code)) {
    refusal.set_code(static_cast<wire::HandshakeError::Code>(code));
  }
  if (!content.empty()) refusal.set_message(std::string(content.substr(1)));
  return refusal;
}

}  // namespace syncmanager
