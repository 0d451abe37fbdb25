#include "tools/syncctl/shell_value.h"

#include <syncmanager/error.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "protos/support/str_cat.h"
#include "protos/support/utf8.h"
#include "protos/value/numbers.h"
#include "protos/value/print.h"
#include "tools/syncctl/text.h"
#include "tools/syncctl/value_json.h"

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

}  // namespace

ShellValue ShellValue::read(std::string_view word, bool as_text) {
  if (!valid_utf8(word)) {
    throw InvalidArgument(str_cat("the word ", print_name(word), " is not UTF-8, as text must be"));
  }
  if (!as_text) {
    ValueWriter writer;
    if (append_decimal(word, writer)) return {writer.take()};
    if (auto real = real_of(word)) return {*std::move(real)};
    if (word == "true" || word == "false") return {encode(word == "true")};
    if (word == "none") return {writer.none().take()};
  }
  return {encode(word)};
}

std::string ShellValue::print(bool for_terminal) const {
  ValueReader reader(encoded);
  if (const auto text = reader.text()) return for_terminal ? print_text(*text) : std::string(*text);
  return print_value(encoded, kWhole);
}

std::string ShellValue::json() const { return json_of_value(encoded); }

void to_value(ValueWriter& writer, const ShellValue& value) { writer.encoded(value.encoded); }

ShellValue from_value(Decoder& decoder, std::type_identity<ShellValue>) {
  const auto encoded = decoder.reader().encoded();
  if (!encoded) decoder.fail("a value");
  return {std::string(*encoded)};
}

}  // namespace syncmanager
