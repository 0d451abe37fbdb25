#pragma once

#include <syncmanager/encoded_value.h>

#include <compare>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

// Numbers as Python counts: bool and int are one type of any size, float is binary64, and the two
// compare exactly. Pure functions, for any thread.
namespace syncmanager {

// The longest sum of integers; a program that counts higher has a runaway counter.
inline constexpr int kLongestSumBits = 4096;

// Whether it is bool, int or float in Python.
bool is_number(Kind kind);

// Python's order of two numbers, exact between integers and reals (2**53 + 1 > 2.0**53). NaN is
// unordered. Both must be numbers: what isn't is unordered too.
std::partial_ordering order_numbers(const ValueHead& a, const ValueHead& b);

// The type of keyed values that are a fraction which no integer and no real equals: their key is a
// tuple of two integers, the denominator positive, in lowest terms.
inline constexpr std::string_view kRatioType = "numbers:Rational";

// Python's order of the next two values, each a number or such a fraction. InvalidArgument if one
// is neither, is in another form, or has an integer of more than kLongestRatioBits.
inline constexpr int kLongestRatioBits = 16384;
absl::StatusOr<std::partial_ordering> order_ratios(ValueReader a, ValueReader b);

// If `value` is an integer (any finite one from 2^53 on is): appends that and returns true.
bool append_integral(double value, ValueWriter& out);

// Decimal digits of a big integer's two's complement; empty if it has over kLongestSumBits bits.
std::string print_big_integer(std::string_view twos_complement);

// If `digits` is an integer as Python writes it (007, +7 and -0 are not), of at most
// kLongestSumBits bits: appends it and returns true.
bool append_decimal(std::string_view digits, ValueWriter& out);

// Python's a + b of two numbers, encoded: bool and int give an int of any size, with a float a
// float. InvalidArgument with Python's TypeError message for other kinds; OutOfRange with Python's
// OverflowError message where a big integer doesn't fit a float; ResourceExhausted above
// kLongestSumBits.
absl::StatusOr<std::string> add_values(std::string_view a, std::string_view b);

}  // namespace syncmanager
