#include "tests/support/http2.h"

#include <algorithm>

#include "protos/frame.h"

namespace syncmanager::http2 {
namespace {

// A length with the prefix of 7 bits (RFC 7541, 5.1) and the bytes, not by Huffman's code.
void append_literal(std::string& out, std::string_view text) {
  constexpr size_t kPrefix = 127;
  size_t rest = text.size();
  out.push_back(static_cast<char>(std::min(rest, kPrefix)));
  if (rest >= kPrefix) {
    for (rest -= kPrefix; rest >= 128; rest /= 128)
      out.push_back(static_cast<char>(rest % 128 + 128));
    out.push_back(static_cast<char>(rest));
  }
  out += text;
}

}  // namespace

std::string preface() {
  return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(Type::kSettings, 0, 0, "");
}

std::string frame_header(Type type, uint8_t flags, uint32_t stream, uint32_t length) {
  std::string out;
  for (const int shift : {16, 8, 0}) out.push_back(static_cast<char>(length >> shift));
  out.push_back(static_cast<char>(type));
  out.push_back(static_cast<char>(flags));
  for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<char>(stream >> shift));
  return out;
}

std::string frame(Type type, uint8_t flags, uint32_t stream, std::string_view payload) {
  return frame_header(type, flags, stream, static_cast<uint32_t>(payload.size())) +
         std::string(payload);
}

bool take_frame(std::string_view bytes, size_t& at, Frame& frame) {
  constexpr size_t kHeader = 9;
  const std::string_view rest = bytes.substr(at);
  if (rest.size() < kHeader || rest.size() - kHeader < number(rest.substr(0, 3))) return false;
  frame.type = static_cast<Type>(rest[3]);
  frame.stream = number(rest.substr(5, 4));
  frame.payload = rest.substr(kHeader, number(rest.substr(0, 3)));
  at += kHeader + frame.payload.size();
  return true;
}

uint32_t number(std::string_view bytes) {
  uint32_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<uint8_t>(byte);
  return value;
}

std::string encoded(const Headers& headers) {
  std::string out;
  for (const auto& [name, value] : headers) {
    out.push_back('\0');
    append_literal(out, name);
    append_literal(out, value);
  }
  return out;
}

Headers request() {
  return {{":method", "POST"},    {":scheme", "http"}, {":path", kSessionMethod},
          {":authority", "test"}, {"te", "trailers"},  {"content-type", "application/grpc"}};
}

}  // namespace syncmanager::http2
