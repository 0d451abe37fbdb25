#include "tools/syncctl/values/value_json.h"

#include <syncmanager/encoded_value.h>
#include <syncmanager/error.h>

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "protos/support/str_cat.h"
#include "protos/value/numbers.h"
#include "protos/value/print.h"

namespace syncmanager {
namespace {

constexpr size_t kLongestReal = 40;

std::string quote(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

std::string base64_of(std::string_view bytes) {
  return "\"" + absl::Base64Escape({bytes.data(), bytes.size()}) + "\"";
}

std::string tagged(std::string_view tag, std::string_view json) {
  return str_cat("{\"$", tag, "\":", json, "}");
}

std::string json_of_real(const ValueHead& head, std::string_view encoded) {
  const std::string printed = print_value(encoded, kLongestReal);
  return std::isfinite(head.real) ? printed : tagged("float", quote(printed));
}

// The sign and the digits of a two's complement.
std::string hexadecimal_of(std::string_view twos_complement) {
  std::string bytes(twos_complement.rbegin(), twos_complement.rend());
  const bool negative = (bytes[0] & 0x80) != 0;
  if (negative) {  // -n is stored as the inverse of n - 1.
    for (char& byte : bytes) byte = static_cast<char>(~byte);
    for (size_t i = bytes.size(); i-- > 0 && ++bytes[i] == 0;) {
    }
  }
  const std::string digits = absl::BytesToHexString(bytes);
  return str_cat(negative ? "-0x" : "0x", digits.substr(digits.find_first_not_of('0')));
}

std::string json_of_big_integer(std::string_view twos_complement) {
  const std::string digits = print_big_integer(twos_complement);
  return digits.empty() ? tagged("int", quote(hexadecimal_of(twos_complement))) : digits;
}

// Recursion is as deep as the manager lets values be nested.
class JsonWriter {
 public:
  explicit JsonWriter(std::string_view encoded) : reader_(encoded) {}

  std::string value() {
    const std::string_view rest = reader_.remaining();
    const std::optional<ValueHead> head = reader_.head();
    if (!head) throw Error("the manager sent a value that makes no sense");
    switch (head->kind) {
      case Kind::kNone:
        return "null";
      case Kind::kFalse:
        return "false";
      case Kind::kTrue:
        return "true";
      case Kind::kInteger:
        return str_cat(head->integer);
      case Kind::kBigInteger:
        return json_of_big_integer(head->content);
      case Kind::kReal:
        return json_of_real(*head, rest);
      case Kind::kText:
        return quote(head->content);
      case Kind::kBytes:
        return tagged("bytes", base64_of(head->content));
      case Kind::kReference:
        return tagged("reference",
                      str_cat("{\"id\":", head->number, ",\"type\":", quote(head->name), "}"));
      case Kind::kOpaque:
        return tagged("opaque", str_cat("{\"codec\":", quote(head->name),
                                        ",\"bytes\":", base64_of(head->content), "}"));
      case Kind::kKeyed:
        if (!reader_.skip()) throw Error("the manager sent a value that makes no sense");
        return value();
      case Kind::kDict:
        return has_plain_keys(head->number) ? object(head->number) : pairs(head->number);
      default:
        return array(head->number);
    }
  }

 private:
  // Whether the keys of the dict whose entries come next can be those of a JSON object.
  bool has_plain_keys(uint64_t entries) const {
    ValueReader ahead = reader_;
    for (uint64_t i = 0; i < entries; ++i) {
      const auto key = ahead.text();
      if (!key || key->starts_with('$') || !ahead.skip()) return false;
    }
    return true;
  }

  std::string array(uint64_t elements) {
    std::string out = "[";
    for (uint64_t i = 0; i < elements; ++i) out += (i > 0 ? "," : "") + value();
    return out + "]";
  }
  std::string object(uint64_t entries) {
    std::string out = "{";
    for (uint64_t i = 0; i < entries; ++i) {
      out += (i > 0 ? "," : "") + value() + ":";
      out += value();
    }
    return out + "}";
  }
  std::string pairs(uint64_t entries) {
    std::string out = "[";
    for (uint64_t i = 0; i < entries; ++i) out += (i > 0 ? "," : "") + array(2);
    return tagged("dict", out + "]");
  }

  ValueReader reader_;
};

}  // namespace

std::string json_of_value(std::string_view encoded) { return JsonWriter(encoded).value(); }

}  // namespace syncmanager
