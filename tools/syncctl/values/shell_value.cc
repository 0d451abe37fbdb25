#include "tools/syncctl/values/shell_value.h"

#include <syncmanager/error.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "protos/support/str_cat.h"
#include "protos/support/utf8.h"
#include "protos/value/numbers.h"
#include "protos/value/print.h"
#include "tools/syncctl/output/text.h"
#include "tools/syncctl/values/json_value.h"
#include "tools/syncctl/values/value_json.h"

namespace syncmanager {
namespace {

constexpr size_t kWhole = std::numeric_limits<size_t>::max();

// The encoded real that Python writes as `word`; nothing if there is none.
std::optional<std::string> real_of(std::string_view word) {
  double real = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), real);
  if (error != std::errc() || end != word.data() + word.size() || !std::isfinite(real)) return {};
  std::string encoded = encode(real);
  return print_value(encoded, kWhole) == word ? std::optional(std::move(encoded)) : std::nullopt;
}

// The beginning of a word, for a message.
std::string shown(std::string_view word) {
  constexpr size_t kShown = 40;
  const std::string text = shorten(print_name(word), kShown);
  return valid_utf8(word) ? str_cat("\"", text, "\"") : text;
}

std::string_view checked_text(std::string_view word) {
  if (valid_utf8(word)) return word;
  throw InvalidArgument(
      str_cat(shown(word), " is not UTF-8, as text must be; --as bytes takes any bytes"));
}

std::string encoded_number(std::string_view word) {
  ValueWriter writer;
  if (append_decimal(word, writer)) return writer.take();
  if (auto real = real_of(word)) return *std::move(real);
  throw InvalidArgument(str_cat(shown(word),
                                " is not a number as Python writes it: 7, -1.5, 1e+16; --as text, "
                                "the default, takes any word"));
}

}  // namespace

ShellValue ShellValue::read(std::string_view word, As as) {
  switch (as) {
    case As::kText:
      return {encode(checked_text(word))};
    case As::kNumber:
      return {encoded_number(word)};
    case As::kJson:
      return {value_of_json(word)};
    case As::kBytes:
      break;
  }
  return {ValueWriter().bytes(word).take()};
}

std::string ShellValue::print(bool for_terminal) const {
  ValueReader reader(encoded);
  if (const auto text = reader.text()) return for_terminal ? print_text(*text) : std::string(*text);
  return print_value(encoded, kWhole);
}

std::string ShellValue::raw() const {
  ValueReader reader(encoded);
  const auto head = reader.head();
  const bool whole = head && (head->kind == Kind::kText || head->kind == Kind::kBytes);
  return whole ? std::string(head->content) : print(false);
}

std::string ShellValue::json() const { return json_of_value(encoded); }

void to_value(ValueWriter& writer, const ShellValue& value) { writer.encoded(value.encoded); }

ShellValue from_value(Decoder& decoder, std::type_identity<ShellValue>) {
  const auto encoded = decoder.reader().encoded();
  if (!encoded) decoder.fail("a value");
  return {std::string(*encoded)};
}

}  // namespace syncmanager
