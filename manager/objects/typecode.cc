#include "manager/objects/typecode.h"

#include <bit>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "manager/objects/sum.h"
#include "protos/support/utf8.h"
#include "protos/value/rules.h"

namespace syncmanager::manager {
namespace {

template <typename T>
constexpr Typecode::Bound bound(const char* name) {
  return {std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), name};
}

using enum Typecode::Content;

constexpr Typecode::Bound kAny = {0, 0, nullptr};
constexpr Typecode::Bound kShort = bound<int16_t>("signed short integer");
constexpr Typecode::Bound kInt = bound<int32_t>("signed integer");

constexpr const char* kLong = "Python int too large to convert to C long";
constexpr const char* kUnsignedLong = "Python int too large to convert to C unsigned long";
constexpr const char* kLongLong = "int too big to convert";
constexpr const char* kNegative = "can't convert negative value to unsigned int";
constexpr const char* kNegativeLongLong = "can't convert negative int to unsigned";

// The messages are those of CPython 3.11, Modules/arraymodule.c and what it calls.
constexpr Typecode kTypecodes[] = {
    {'b', 1, kWhole, true, kLong, nullptr, {kShort, bound<int8_t>("signed char")}},
    {'B', 1, kWhole, false, kLong, nullptr, {bound<uint8_t>("unsigned byte integer"), kAny}},
    {'u', 4, kCharacter, false, nullptr, nullptr, {kAny, kAny}},
    {'h', 2, kWhole, true, kLong, nullptr, {kShort, kAny}},
    {'H', 2, kWhole, false, kLong, nullptr, {kInt, bound<uint16_t>("unsigned short")}},
    {'i', 4, kWhole, true, kLong, nullptr, {kInt, kAny}},
    {'I', 4, kWhole, false, kUnsignedLong, kNegative, {bound<uint32_t>("unsigned int"), kAny}},
    {'l', 8, kWhole, true, kLong, nullptr, {kAny, kAny}},
    {'L', 8, kWhole, false, kUnsignedLong, kNegative, {kAny, kAny}},
    {'q', 8, kWhole, true, kLongLong, nullptr, {kAny, kAny}},
    {'Q', 8, kWhole, false, kLongLong, kNegativeLongLong, {kAny, kAny}},
    {'f', 4, kReal, true, nullptr, nullptr, {kAny, kAny}},
    {'d', 8, kReal, true, nullptr, nullptr, {kAny, kAny}},
};

// A whole number, as far as 64 bits hold it.
struct Whole {
  uint64_t bits = 0;  // Two's complement, if it is `small` or `natural`.
  bool negative = false;
  bool small = false;    // Fits int64_t.
  bool natural = false;  // Fits uint64_t.
};

Whole whole_of(const ValueHead& head) {
  if (head.kind != Kind::kBigInteger) {
    const bool negative = head.integer < 0;
    return {static_cast<uint64_t>(head.integer), negative, true, !negative};
  }
  // Beyond int64_t; of those that need a ninth byte only the ones with a zero there fit uint64_t.
  constexpr size_t kBytes = sizeof(uint64_t);
  const std::string_view content = head.content;
  Whole whole{.negative = !content.empty() && (content.back() & '\x80') != 0};
  whole.natural = content.size() == kBytes + 1 && content.back() == '\0';
  for (size_t i = kBytes; whole.natural && i-- > 0;) {
    whole.bits = whole.bits << 8 | static_cast<uint8_t>(content[i]);
  }
  return whole;
}

// The message of CPython's OverflowError; empty if the number fits.
std::string overflow_of(const Typecode& type, const Whole& whole) {
  if (type.negative != nullptr && whole.negative) return type.negative;
  // I, L and Q are converted by way of an unsigned number, the others of a signed one.
  const bool fits = type.negative != nullptr ? whole.natural : whole.small;
  if (!fits) return type.too_large;
  for (const Typecode::Bound& bound : type.bounds) {
    if (bound.name == nullptr) continue;
    if (whole.small && static_cast<int64_t>(whole.bits) < bound.low) {
      return absl::StrCat(bound.name, " is less than minimum");
    }
    if (!whole.small || static_cast<int64_t>(whole.bits) > bound.high) {
      return absl::StrCat(bound.name, " is greater than maximum");
    }
  }
  return {};
}

uint64_t real_cell(const Typecode& type, double number) {
  if (type.width == sizeof(double)) return std::bit_cast<uint64_t>(number);
  return std::bit_cast<uint32_t>(static_cast<float>(number));
}

// The cell of an integer: adding 0.0 makes it the float that Python converts it to.
std::optional<uint64_t> converted_cell(Call& call, const Typecode& type, std::string_view whole) {
  ValueWriter zero;
  zero.real(0.0);
  const std::optional<std::string> real = sum_of(call, whole, zero.view());
  if (!real) return std::nullopt;
  return real_cell(type, ValueReader(*real).real().value_or(0.0));
}

std::optional<uint64_t> character_cell(Call& call, const ValueHead& head) {
  std::string_view rest = head.kind == Kind::kText ? head.content : std::string_view();
  const std::optional<char32_t> character = take_code_point(rest);
  if (character && rest.empty()) return *character;
  call.refuse(wire::BAD_TYPE, "array item must be unicode character");
  return std::nullopt;
}

bool is_whole(Kind kind) {
  return kind == Kind::kFalse || kind == Kind::kTrue || kind == Kind::kInteger ||
         kind == Kind::kBigInteger;
}

}  // namespace

const Typecode* find_typecode(std::string_view code) {
  if (code.size() != 1) return nullptr;
  for (const Typecode& type : kTypecodes) {
    if (type.code == code[0]) return &type;
  }
  return nullptr;
}

std::optional<uint64_t> cell_of(Call& call, const Typecode& type, std::string_view value) {
  ValueReader reader(value);
  const std::optional<ValueHead> head = reader.head();
  if (!head || (head->elements() == 0 && !reader.at_end())) {
    call.refuse(wire::INVALID_ARGUMENT, "expected one encoded value");
    return std::nullopt;
  }
  if (type.content == kCharacter) return character_cell(call, *head);
  const std::string name(type_name(head->kind));
  if (type.content == kReal) {
    if (head->kind == Kind::kReal) return real_cell(type, head->real);
    if (is_whole(head->kind)) return converted_cell(call, type, value);
    call.refuse(wire::BAD_TYPE, absl::StrCat("must be real number, not ", name));
    return std::nullopt;
  }
  if (!is_whole(head->kind)) {
    call.refuse(wire::BAD_TYPE,
                absl::StrCat("'", name, "' object cannot be interpreted as an integer"));
    return std::nullopt;
  }
  const Whole whole = whole_of(*head);
  const std::string overflow = overflow_of(type, whole);
  if (overflow.empty()) return whole.bits;
  call.refuse(wire::OVERFLOW_ERROR, overflow);
  return std::nullopt;
}

void write_cell(const Typecode& type, uint64_t cell, ValueWriter& writer) {
  if (type.content == kCharacter) {
    writer.text(utf8_of(static_cast<char32_t>(cell)));
    return;
  }
  if (type.content == kReal) {
    writer.real(type.width == sizeof(double) ? std::bit_cast<double>(cell)
                                             : std::bit_cast<float>(static_cast<uint32_t>(cell)));
    return;
  }
  // The sign is the highest bit of the cell; shifting it up and down again spreads it.
  const int unused = 64 - 8 * type.width;
  const auto number = static_cast<int64_t>(cell << unused) >> unused;
  if (type.negatives || type.width < sizeof(uint64_t)) {
    writer.integer(type.negatives ? number : static_cast<int64_t>(cell));
    return;
  }
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<char>(cell >> (8 * i)));
  bytes.push_back('\0');
  writer.big_integer(bytes);
}

}  // namespace syncmanager::manager
