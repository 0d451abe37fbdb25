#include "tools/syncctl/shell_value.h"

#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>

#include "protos/value_print.h"

namespace syncmanager {
namespace {

constexpr size_t kLongestPrint = 1 << 20;

// The number that is all of `word`; nothing if it is none.
template <typename Number>
std::optional<Number> number_of(std::string_view word) {
  Number number{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  const bool whole = error == std::errc() && end == word.data() + word.size();
  return whole ? std::optional<Number>(number) : std::nullopt;
}

}  // namespace

ShellValue ShellValue::read(std::string_view word, bool as_text) {
  if (!as_text) {
    if (const auto integer = number_of<int64_t>(word)) return {encode(*integer)};
    if (const auto real = number_of<double>(word)) return {encode(*real)};
    if (word == "true" || word == "false") return {encode(word == "true")};
    if (word == "none") return {ValueWriter().none().take()};
  }
  return {encode(word)};
}

std::string ShellValue::print() const {
  ValueReader reader(encoded);
  if (const auto text = reader.text()) return std::string(*text);
  return print_value(encoded, kLongestPrint);
}

nlohmann::json ShellValue::json() const {
  const auto head = ValueReader(encoded).head();
  if (head) {
    switch (head->kind) {
      case Kind::kNone:
        return nullptr;
      case Kind::kFalse:
        return false;
      case Kind::kTrue:
        return true;
      case Kind::kInteger:
        return head->integer;
      case Kind::kReal:
        return head->real;
      default:
        break;
    }
  }
  return print();
}

void to_value(ValueWriter& writer, const ShellValue& value) { writer.encoded(value.encoded); }

ShellValue from_value(Decoder& decoder, std::type_identity<ShellValue>) {
  const auto encoded = decoder.reader().encoded();
  if (!encoded) decoder.fail("a value");
  return {std::string(*encoded)};
}

}  // namespace syncmanager
