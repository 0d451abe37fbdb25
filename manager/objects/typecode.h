#pragma once

#include <syncmanager/encoded_value.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "manager/core/call.h"

namespace syncmanager {

// A typecode of Python's array.array: what kind of number a cell holds, and in how many bytes. All
// but u, which is text and deprecated; l and L have 8 bytes, as on Linux.
struct Typecode {
  // The numbers that pass one of the C conversions CPython goes through.
  struct Bound {
    int64_t low;
    int64_t high;
    const char* name;  // In "signed char is less than minimum".
  };

  char code;
  uint8_t width;  // In bytes: 1, 2, 4 or 8.
  bool real;
  bool negatives;
  const char* too_large;  // What CPython says of an integer beyond 64 bits; unused for reals.
  const char* negative;   // And of one below 0, unless `bounds` say it.
  Bound bounds[2];        // In CPython's order, the wider one first; those without a name: none.
};

// Null if it isn't a typecode.
const Typecode* find_typecode(std::string_view code);

// A number as the bits of a cell, in the low `width` bytes. Refuses the call where array.array
// raises, with its error and message: BAD_TYPE for what isn't such a number, OVERFLOW_ERROR for
// one out of range.
std::optional<uint64_t> cell_of(Call& call, const Typecode& type, std::string_view value);

// Writes the number that a cell holds.
void write_cell(const Typecode& type, uint64_t cell, ValueWriter& writer);

}  // namespace syncmanager
