#pragma once

#include <syncmanager/conversions.h>

#include <string>
#include <string_view>
#include <type_traits>

namespace syncmanager {

// A value of any type: read from a word of the shell, and printed for it. In between it stays
// encoded.
struct ShellValue {
  std::string encoded;

  // A word that is a number as Python writes it (7, -1.5, 1e+16, of any size), true, false or none
  // is that value. Every other word is text, as 007 and 1e5 are, and so is each word if `as_text`.
  // Throws InvalidArgument if the word isn't UTF-8.
  static ShellValue read(std::string_view word, bool as_text);
  // Text as it is, with escapes `for_terminal`; every other value as Python's repr.
  std::string print(bool for_terminal) const;
  // As one JSON value in ASCII: the footer of --help says how.
  std::string json() const;
};

void to_value(ValueWriter& writer, const ShellValue& value);
ShellValue from_value(Decoder& decoder, std::type_identity<ShellValue>);

}  // namespace syncmanager
