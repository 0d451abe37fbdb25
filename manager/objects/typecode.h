#pragma once

#include <syncmanager/encoded_value.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "manager/core/call.h"

namespace syncmanager::manager {

// A typecode of Python's array.array: what a cell holds, and in how many bytes. l and L have 8 and
// u has 4, as on Linux.
struct Typecode {
  enum class Content { kWhole, kReal, kCharacter };

  // The numbers that pass one of the C conversions CPython goes through.
  struct Bound {
    int64_t low;
    int64_t high;
    const char* name;  // In "signed char is less than minimum".
  };

  char code;
  uint8_t width;  // In bytes: 1, 2, 4 or 8.
  Content content;
  bool negatives;
  const char* too_large;  // What CPython says of an integer beyond 64 bits; of these alone.
  const char* negative;   // And of one below 0, unless `bounds` say it.
  Bound bounds[2];        // In CPython's order, the wider one first; those without a name: none.
};

// Null if it isn't a typecode.
const Typecode* find_typecode(std::string_view code);

// A value as the bits of a cell, in the low `width` bytes. Refuses the call where array.array
// raises, with its error and message: BAD_TYPE for what isn't such a number or one character,
// OVERFLOW_ERROR for a number out of range.
std::optional<uint64_t> cell_of(Call& call, const Typecode& type, std::string_view value);

// Writes what a cell holds.
void write_cell(const Typecode& type, uint64_t cell, ValueWriter& writer);

}  // namespace syncmanager::manager
