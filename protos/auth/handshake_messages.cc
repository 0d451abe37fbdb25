#include "protos/auth/handshake_messages.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "protos/support/str_cat.h"
#include "protos/support/utf8.h"

namespace syncmanager {
namespace {

absl::Status malformed(std::string_view what) {
  return absl::InvalidArgumentError(str_cat("handshake: ", what));
}

template <typename Number>
void append_number(std::string& out, Number value) {
  for (size_t shift = sizeof(Number) * 8; shift > 0;) {
    shift -= 8;
    out.push_back(static_cast<char>(value >> shift));
  }
}

template <typename Number>
Number number_at(std::string_view bytes, size_t offset) {
  Number value = 0;
  for (size_t i = 0; i < sizeof(Number); ++i) {
    value = static_cast<Number>(value << 8 | static_cast<unsigned char>(bytes[offset + i]));
  }
  return value;
}

void append_field(std::string& out, uint8_t tag, std::string_view bytes) {
  out.push_back(static_cast<char>(tag));
  append_number(out, static_cast<uint32_t>(bytes.size()));
  out.append(bytes);
}

template <typename... Numbers>
std::string numbers(Numbers... values) {
  std::string out;
  (append_number(out, values), ...);
  return out;
}

// Reads the fields of one message in their order; the first fault is kept and ends the reading.
class Fields {
 public:
  explicit Fields(std::string_view bytes) : rest_(bytes) {
    if (bytes.size() > kHandshakeBytes) {
      status_ = malformed(
          str_cat("a message of ", bytes.size(), " bytes; ", kHandshakeBytes, " at most"));
    }
  }

  // The field with that tag, of `least` to `most` bytes; empty after a fault.
  std::string_view take(uint8_t tag, size_t least, size_t most) {
    if (!status_.ok()) return {};
    const std::string field = str_cat("field ", absl::Hex(tag, absl::kZeroPad2));
    if (rest_.size() < 5 || static_cast<uint8_t>(rest_[0]) != tag) {
      status_ = malformed(str_cat(field, " is missing or out of order"));
      return {};
    }
    const size_t length = number_at<uint32_t>(rest_, 1);
    rest_.remove_prefix(5);
    if (length > rest_.size() || length < least || length > most) {
      status_ =
          malformed(str_cat(field, " has ", length, " bytes; ", least, " to ", most, " expected"));
      return {};
    }
    const std::string_view bytes = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return bytes;
  }
  std::string_view take(uint8_t tag, size_t size) { return take(tag, size, size); }

  void require(bool condition, std::string_view what) {
    if (status_.ok() && !condition) status_ = malformed(what);
  }
  bool ok() const { return status_.ok(); }
  absl::Status finish() {
    require(rest_.empty(), "bytes behind the last field");
    return status_;
  }

 private:
  std::string_view rest_;
  absl::Status status_;
};

// Each is u16be kind, u16be length, bytes; in ascending order.
std::string encode_extensions(const Extensions& extensions) {
  std::string out;
  for (const auto& [kind, content] : extensions) {
    append_number(out, kind);
    append_number(out, static_cast<uint16_t>(content.size()));
    out += content;
  }
  return out;
}

std::optional<Extensions> parse_extensions(std::string_view bytes) {
  Extensions extensions;
  while (!bytes.empty()) {
    if (bytes.size() < 4) return std::nullopt;
    const uint16_t kind = number_at<uint16_t>(bytes, 0), size = number_at<uint16_t>(bytes, 2);
    const bool is_next = extensions.empty() || extensions.rbegin()->first < kind;
    bytes.remove_prefix(4);
    if (!is_next || size > bytes.size()) return std::nullopt;
    extensions.emplace(kind, bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return extensions;
}

bool is_key_id(std::string_view id) {
  return std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
  });
}

}  // namespace

std::string extension_of(uint64_t number) { return numbers(number); }

std::optional<uint64_t> number_in(const Extensions& extensions, uint16_t kind) {
  const auto found = extensions.find(kind);
  if (found == extensions.end() || found->second.size() != sizeof(uint64_t)) return std::nullopt;
  return number_at<uint64_t>(found->second, 0);
}

std::string ClientHello::encode() const {
  std::string out;
  append_field(out, 0x01, numbers(version_min, version_max));
  append_field(out, 0x02, key_id);
  append_field(out, 0x03, nonce);
  append_field(out, 0x04, offered);
  append_field(out, 0x05, numbers(static_cast<uint8_t>(binding)));
  append_field(out, 0x06, name);
  append_field(out, 0x07, resume ? resume->session_id + numbers(resume->received) : "");
  append_field(out, 0x08, numbers(max_frame, session_timeout_ms));
  append_field(out, 0x09, encode_extensions(extensions));
  return out;
}

absl::StatusOr<ClientHello> ClientHello::parse(std::string_view bytes) {
  Fields fields(bytes);
  ClientHello hello;
  const std::string_view versions = fields.take(0x01, 4);
  hello.key_id = fields.take(0x02, 1, 64);
  fields.require(is_key_id(hello.key_id), "a key id has letters, digits, dot, _ and - only");
  hello.nonce = fields.take(0x03, kNonceBytes);
  hello.offered = fields.take(0x04, 1, 8);
  const std::string_view binding = fields.take(0x05, 1);
  fields.require(binding.empty() || static_cast<uint8_t>(binding[0]) <= 1, "an unknown binding");
  hello.name = fields.take(0x06, 0, 128);
  fields.require(valid_utf8(hello.name), "the client's name is valid UTF-8");
  const std::string_view resume = fields.take(0x07, 0, kIdBytes + 8);
  fields.require(resume.empty() || resume.size() == kIdBytes + 8, "field 07 has 0 or 24 bytes");
  const std::string_view wanted = fields.take(0x08, 8);
  std::optional<Extensions> extensions = parse_extensions(fields.take(0x09, 0, 256));
  fields.require(extensions.has_value(), "extensions that can't be read");
  if (absl::Status status = fields.finish(); !status.ok()) return status;

  hello.version_min = number_at<uint16_t>(versions, 0);
  hello.version_max = number_at<uint16_t>(versions, 2);
  hello.binding = static_cast<Binding>(binding[0]);
  if (!resume.empty()) {
    hello.resume =
        Resume{std::string(resume.substr(0, kIdBytes)), number_at<uint64_t>(resume, kIdBytes)};
  }
  hello.max_frame = number_at<uint32_t>(wanted, 0);
  hello.session_timeout_ms = number_at<uint32_t>(wanted, 4);
  hello.extensions = *std::move(extensions);
  if (hello.version_min > hello.version_max) return malformed("version_min is above version_max");
  return hello;
}

std::string ServerHello::encode() const {
  std::string out;
  append_field(out, 0x11, numbers(version));
  append_field(out, 0x12, server_id);
  append_field(out, 0x13, boot_id);
  append_field(out, 0x14, nonce);
  append_field(out, 0x15, numbers(static_cast<uint8_t>(protection)));
  append_field(out, 0x16, numbers(static_cast<uint8_t>(binding)));
  append_field(out, 0x17, numbers(max_frame, heartbeat_ms, session_timeout_ms));
  return out;
}

absl::StatusOr<ServerHello> ServerHello::parse(std::string_view bytes) {
  Fields fields(bytes);
  ServerHello hello;
  const std::string_view version = fields.take(0x11, 2);
  hello.server_id = fields.take(0x12, 1, 64);
  hello.boot_id = fields.take(0x13, kIdBytes);
  hello.nonce = fields.take(0x14, kNonceBytes);
  const std::string_view protection = fields.take(0x15, 1);
  fields.require(protection.empty() || static_cast<uint8_t>(protection[0]) <= 2,
                 "an unknown protection");
  const std::string_view binding = fields.take(0x16, 1);
  fields.require(binding.empty() || static_cast<uint8_t>(binding[0]) <= 1, "an unknown binding");
  const std::string_view granted = fields.take(0x17, 12);
  if (absl::Status status = fields.finish(); !status.ok()) return status;

  hello.version = number_at<uint16_t>(version, 0);
  hello.protection = static_cast<Protection>(protection[0]);
  hello.binding = static_cast<Binding>(binding[0]);
  hello.max_frame = number_at<uint32_t>(granted, 0);
  hello.heartbeat_ms = number_at<uint32_t>(granted, 4);
  hello.session_timeout_ms = number_at<uint32_t>(granted, 8);
  return hello;
}

absl::StatusOr<ClientAuth> ClientAuth::parse(std::string_view bytes) {
  if (bytes.size() != kMacBytes && bytes.size() != 2 * kMacBytes) {
    return malformed(str_cat("a client's proof of ", bytes.size(), " bytes; 32 or 64 expected"));
  }
  return ClientAuth{std::string(bytes.substr(0, kMacBytes)), std::string(bytes.substr(kMacBytes))};
}

std::string ServerAuth::encode() const {
  std::string out;
  append_field(out, 0x21, session_id);
  append_field(out, 0x22, numbers(role));
  append_field(out, 0x23, prefix);
  append_field(out, 0x24, numbers(static_cast<uint8_t>(resume)));
  append_field(out, 0x25, encode_extensions(extensions));
  return out;
}

absl::StatusOr<ServerAuth> ServerAuth::parse(std::string_view bytes) {
  Fields fields(bytes);
  ServerAuth auth;
  auth.session_id = fields.take(0x21, kIdBytes);
  const std::string_view role = fields.take(0x22, 1);
  fields.require(role.empty() || (role[0] >= 1 && role[0] <= 5), "an unknown role");
  auth.prefix = fields.take(0x23, 0, 255);
  const std::string_view resume = fields.take(0x24, 1);
  fields.require(resume.empty() || static_cast<uint8_t>(resume[0]) <= 2,
                 "an unknown resume result");
  std::optional<Extensions> extensions = parse_extensions(fields.take(0x25, 0, 512));
  fields.require(extensions.has_value(), "extensions that can't be read");
  if (absl::Status status = fields.finish(); !status.ok()) return status;

  auth.role = static_cast<uint8_t>(role[0]);
  auth.resume = static_cast<ResumeResult>(resume[0]);
  auth.extensions = *std::move(extensions);
  return auth;
}

}  // namespace syncmanager
