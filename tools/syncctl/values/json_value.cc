#include "tools/syncctl/values/json_value.h"

#include <syncmanager/encoded_value.h>
#include <syncmanager/error.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "protos/support/str_cat.h"
#include "protos/value/numbers.h"

namespace syncmanager {
namespace {

// Its numbers are read from their digits. The parser itself must only find them finite: a long
// double has room for integers of more than 4096 bits.
using json =
    nlohmann::basic_json<std::map, std::vector, std::string, bool, int64_t, uint64_t, long double>;

[[noreturn]] void refuse_tag(std::string_view tag, std::string_view expected) {
  throw InvalidArgument(str_cat("{\"", tag, "\": ...} needs ", expected));
}

// Hexadecimal digits as the two's complement that a big integer is encoded as, lowest byte first.
std::string encoded_hexadecimal(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  std::string digits(text.starts_with("0x") ? text.substr(2) : "");
  const auto is_digit = [](char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); };
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) {
    refuse_tag("$int", "a text such as \"-0x1f\"");
  }
  if (digits.size() % 2 == 1) digits.insert(0, 1, '0');
  std::string bytes = absl::HexStringToBytes(digits);
  std::reverse(bytes.begin(), bytes.end());
  bytes.push_back('\0');  // The sign.
  if (negative) {
    for (char& byte : bytes) byte = static_cast<char>(~byte);
    for (size_t i = 0; i < bytes.size() && ++bytes[i] == 0; ++i) {
    }
  }
  return bytes;
}

// As deep as the manager lets values be nested.
constexpr size_t kMaxDepth = 32;

// An array or object whose end isn't read yet: its encoding begins with the number of its elements.
struct Open {
  uint64_t elements = 0;
  std::string encoded;     // The elements.
  std::string first_key;   // A tag, if it is the only key.
  size_t first_value = 0;  // Where the value of the first key begins.
};

// Encodes what nlohmann's parser meets. Its numbers keep their digits.
class Encoder final : public nlohmann::json_sax<json> {
 public:
  std::string take() { return std::move(encoded_); }
  const std::string& error() const { return error_; }

  bool null() override { return add(ValueWriter().none().take()); }
  bool boolean(bool value) override { return add(ValueWriter().boolean(value).take()); }
  bool number_integer(int64_t value) override { return add(ValueWriter().integer(value).take()); }
  bool number_unsigned(uint64_t value) override { return add_digits(str_cat(value)); }
  bool number_float(long double, const std::string& text) override {
    if (text.find_first_of(".eE") == std::string::npos) return add_digits(text);
    const double value = std::strtod(text.c_str(), nullptr);
    if (std::isinf(value)) throw InvalidArgument(str_cat("the number ", text, " is too large"));
    return add(ValueWriter().real(value).take());
  }
  bool string(std::string& value) override { return add(ValueWriter().text(value).take()); }
  bool binary(json::binary_t&) override { return false; }  // JSON has none.
  bool key(std::string& key) override {
    Open& object = open_.back();
    object.encoded += ValueWriter().text(key).take();
    if (object.elements == 0) {
      object.first_key = key;
      object.first_value = object.encoded.size();
    }
    return true;
  }
  bool start_object(size_t) override { return begin(); }
  bool start_array(size_t) override { return begin(); }
  bool end_array() override {
    Open array = std::move(open_.back());
    open_.pop_back();
    return add(ValueWriter().begin_list(array.elements).take() + array.encoded);
  }
  bool end_object() override {
    Open object = std::move(open_.back());
    open_.pop_back();
    if (object.elements == 1 && object.first_key.starts_with('$')) return add(tagged(object));
    return add(ValueWriter().begin_dict(object.elements).take() + object.encoded);
  }
  bool parse_error(size_t, const std::string&, const nlohmann::detail::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 6: ..."
    error_ = error.what();
    error_.erase(0, error_.find("] ") + 2);
    return false;
  }

 private:
  bool begin() {
    if (open_.size() == kMaxDepth) {
      throw InvalidArgument(str_cat("the JSON is nested deeper than ", kMaxDepth, " levels"));
    }
    open_.emplace_back();
    return true;
  }
  bool add_digits(const std::string& digits) {
    ValueWriter writer;
    if (!append_decimal(digits, writer)) {
      throw InvalidArgument(str_cat("the number ", digits.substr(0, 20), "... is too long"));
    }
    return add(writer.take());
  }
  bool add(const std::string& encoded) {
    if (open_.empty()) {
      encoded_ = encoded;
      return true;
    }
    open_.back().encoded += encoded;
    ++open_.back().elements;
    return true;
  }

  static std::string tagged(const Open& object) {
    const std::string_view tag = object.first_key;
    const std::string_view value = std::string_view(object.encoded).substr(object.first_value);
    if (tag == "$dict") return dict_of(value);
    const auto text = ValueReader(value).text();
    if (!text) refuse_tag(tag, "a text");
    if (tag == "$bytes") {
      std::string bytes;
      if (absl::Base64Unescape({text->data(), text->size()}, &bytes)) {
        return ValueWriter().bytes(bytes).take();
      }
      refuse_tag(tag, "base64");
    }
    if (tag == "$int") return ValueWriter().big_integer(encoded_hexadecimal(*text)).take();
    if (tag == "$float") return ValueWriter().real(special_real(*text)).take();
    throw InvalidArgument(str_cat("{\"", tag,
                                  "\": ...} can't be read; expected $bytes, $float, $int or $dict, "
                                  "or a key that doesn't begin with $"));
  }

  static double special_real(std::string_view text) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (text == "inf") return kInfinity;
    if (text == "-inf") return -kInfinity;
    if (text != "nan") refuse_tag("$float", "\"nan\", \"inf\" or \"-inf\"");
    return std::numeric_limits<double>::quiet_NaN();
  }

  // A list of lists of a key and a value.
  static std::string dict_of(std::string_view list) {
    constexpr std::string_view kExpected = "an array of [key, value]";
    ValueReader reader(list);
    const auto head = reader.head();
    if (!head || head->kind != Kind::kList) refuse_tag("$dict", kExpected);
    std::string entries;
    for (uint64_t i = 0; i < head->number; ++i) {
      const auto pair = reader.head();
      if (!pair || pair->kind != Kind::kList || pair->number != 2) refuse_tag("$dict", kExpected);
      for (int part = 0; part < 2; ++part) entries += reader.encoded().value_or("");
    }
    return ValueWriter().begin_dict(head->number).take() + entries;
  }

  std::string encoded_, error_;
  std::vector<Open> open_;
};

}  // namespace

std::string value_of_json(std::string_view text) {
  Encoder encoder;
  if (!json::sax_parse(text.begin(), text.end(), &encoder)) {
    throw InvalidArgument(str_cat("this is not JSON: ", encoder.error()));
  }
  return encoder.take();
}

}  // namespace syncmanager
