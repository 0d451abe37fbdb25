// The manager's questions about values, for two that stand behind each other in the input (one
// alone is compared with itself): the answers must agree with each other. Bytes that are no value
// get the same questions, which must only come to an end.
#include <cmath>
#include <string>

#include "protos/support/str_cat.h"
#include "protos/support/utf8.h"
#include "protos/value/numbers.h"
#include "protos/value/print.h"
#include "protos/value/rules.h"
#include "tests/fuzz/fuzz.h"

namespace syncmanager {
namespace {

// Where it is compared: of what has a key that alone is.
bool has_nan(std::string_view value) {
  ValueReader reader(value);
  while (const std::optional<ValueHead> head = reader.head()) {
    if (head->kind == Kind::kReal && std::isnan(head->real)) return true;
    if (head->kind != Kind::kKeyed) continue;
    const std::optional<std::string_view> key = reader.encoded();
    if (!key || has_nan(*key)) return true;
    if (!reader.skip()) return true;
  }
  return false;
}

// Copies a value head by head, as a program that decodes it and encodes it again.
std::string copy_of(std::string_view value) {
  ValueReader reader(value);
  ValueWriter out;
  while (const std::optional<ValueHead> head = reader.head()) {
    switch (head->kind) {
      case Kind::kNone:
        out.none();
        break;
      case Kind::kFalse:
      case Kind::kTrue:
        out.boolean(head->integer != 0);
        break;
      case Kind::kInteger:
        out.integer(head->integer);
        break;
      case Kind::kBigInteger:
        out.big_integer(head->content);
        break;
      case Kind::kReal:
        out.real(head->real);
        break;
      case Kind::kText:
        out.text(head->content);
        break;
      case Kind::kBytes:
        out.bytes(head->content);
        break;
      case Kind::kList:
        out.begin_list(head->number);
        break;
      case Kind::kTuple:
        out.begin_tuple(head->number);
        break;
      case Kind::kSet:
        out.begin_set(head->number);
        break;
      case Kind::kFrozenSet:
        out.begin_frozenset(head->number);
        break;
      case Kind::kDict:
        out.begin_dict(head->number);
        break;
      case Kind::kReference:
        out.reference(head->number, head->name);
        break;
      case Kind::kOpaque:
        out.opaque(head->name, head->content);
        break;
      case Kind::kKeyed:
        out.begin_keyed(static_cast<uint8_t>(head->number), head->name);
        break;
    }
  }
  return out.take();
}

void check_print(std::string_view value, bool valid) {
  for (const size_t most : {size_t{3}, size_t{40}, size_t{4096}}) {
    const std::string shown = print_value(value, most);
    require(shown.size() <= most, "a print is no longer than asked for");
    require(valid_utf8(shown), "a print is UTF-8");
    for (const char c : shown) require(static_cast<uint8_t>(c) >= 0x20 && c != 0x7f, "is one line");
    require(!valid || shown.find("<malformed>") == std::string::npos ||
                value.find("<malformed>") != std::string_view::npos,
            "a value isn't malformed");
  }
}

// One value that is well-formed.
void check_alone(std::string_view value, const Census& census) {
  require(copy_of(value) == value, "each value has one encoding");
  ValueReader reader(value);
  require(reader.skip() && reader.at_end(), "a reader goes as far as the check");
  size_t references = 0;
  for_each_reference(value, [&](uint64_t) { ++references; });
  require(census.has_references == (references > 0), "the census counts references");
  require(equal_values(value, value) == !has_nan(value), "a value without NaN equals itself");

  std::string scratch;
  const absl::StatusOr<std::string_view> key = key_of(value, scratch);
  if (!key.ok()) return;
  require(equal_values(value, *key), "a value equals its form as a key");
  std::string again;
  require(key_of(*key, again).value() == *key, "the form as a key has no other");
}

void check_keys(std::string_view a, std::string_view b) {
  std::string of_a, of_b;
  const absl::StatusOr<std::string_view> key_a = key_of(a, of_a), key_b = key_of(b, of_b);
  if (key_a.ok() && key_b.ok()) {
    require((*key_a == *key_b) == equal_values(a, b), "equal values are one key");
  }
}

void check_order(std::string_view a, std::string_view b) {
  const auto forth = order_values(a, b), back = order_values(b, a);
  require(forth.ok() == back.ok(), "who can be compared can be so both ways");
  if (!forth.ok()) return;
  require((*forth < 0) == (*back > 0) && (*forth > 0) == (*back < 0), "less one way, greater back");
  require((*forth == 0) == equal_values(a, b), "equivalent is equal");
}

void check_sum(std::string_view a, std::string_view b) {
  const auto forth = add_values(a, b), back = add_values(b, a);
  require(forth.ok() == back.ok(), "a sum both ways");
  if (!forth.ok()) return;
  require(check_value(*forth, {}).ok(), "a sum is a value");
  require(*forth == *back || has_nan(*forth), "the same sum both ways");
  const ValueHead head = *ValueReader(a).head();
  require(is_number(head.kind) && is_number(ValueReader(b).head()->kind), "numbers are added");
  require(order_numbers(head, head) == 0 || has_nan(a), "a number equals itself");
}

}  // namespace

void fuzz(std::string_view input) {
  ValueReader reader(input);
  const std::string_view a = reader.encoded().value_or(input);
  const std::string_view b = reader.at_end() ? a : reader.remaining();
  const absl::StatusOr<Census> first = check_value(a, {}), second = check_value(b, {});
  check_print(a, first.ok());
  check_print(b, second.ok());
  require(equal_values(a, b) == equal_values(b, a), "equal both ways");
  if (first.ok()) check_alone(a, *first);
  if (second.ok()) check_alone(b, *second);
  if (first.ok() && second.ok()) {
    check_keys(a, b);
    check_order(a, b);
    check_sum(a, b);
    return;
  }
  std::string scratch;
  (void)key_of(a, scratch);
  (void)key_of(b, scratch);
  (void)order_values(a, b);
  (void)add_values(a, b);
}

}  // namespace syncmanager
