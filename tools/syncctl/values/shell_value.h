#pragma once

#include <syncmanager/conversions.h>

#include <string>
#include <string_view>
#include <type_traits>

namespace syncmanager {

// How a word, a line or a file is read as a value.
enum class As {
  kText,    // As it is; it must be UTF-8.
  kNumber,  // As Python writes an integer of any size, or a real: 7, -1.5, 1e+16.
  kJson,    // One JSON value (RFC 8259), with the objects of value_json.h for other values.
  kBytes,   // As it is.
};

// A value of any type: read from a word of the shell, and printed for it. In between it stays
// encoded.
struct ShellValue {
  std::string encoded;

  // Throws InvalidArgument, which names the word and what was expected, if it can't be read so.
  static ShellValue read(std::string_view word, As as);
  // Text as it is, with escapes `for_terminal`; every other value as Python's repr.
  std::string print(bool for_terminal) const;
  // Text and bytes as they are; every other value as print() has it.
  std::string raw() const;
  // As one JSON value in ASCII, as value_json.h says.
  std::string json() const;
};

void to_value(ValueWriter& writer, const ShellValue& value);
ShellValue from_value(Decoder& decoder, std::type_identity<ShellValue>);

}  // namespace syncmanager
