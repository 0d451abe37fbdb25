#pragma once

#include <syncmanager/conversions.h>

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <type_traits>

namespace syncmanager {

// A value of any type, as the shell has it: read from a word, written as one. It stays encoded in
// between.
struct ShellValue {
  std::string encoded;

  // 7, -1.5, true, false and none are what they look like; everything else is text, and so is every
  // word if `as_text`.
  static ShellValue read(std::string_view word, bool as_text);
  // Text as it is; every other value as Python would write it.
  std::string print() const;
  // As JSON where JSON has it, else the printed form as a JSON string.
  nlohmann::json json() const;
};

void to_value(ValueWriter& writer, const ShellValue& value);
ShellValue from_value(Decoder& decoder, std::type_identity<ShellValue>);

}  // namespace syncmanager
