// Equality and order follow two values side by side. Each level of nesting is a call, and
// kDeepestValue bounds them.
#include "protos/value_rules.h"

#include <algorithm>
#include <optional>

#include "protos/str_cat.h"
#include "protos/value_key.h"
#include "protos/value_numbers.h"

namespace syncmanager {
namespace {

bool is_set(Kind kind) { return kind == Kind::kSet || kind == Kind::kFrozenSet; }

bool is_sequence(Kind kind) { return kind == Kind::kList || kind == Kind::kTuple; }

// Two values that are compared, each at its own place.
struct Pair {
  ValueReader a;
  ValueReader b;
};

bool equal_at(Pair& pair, uint32_t level);

bool equal_sequences(Pair& pair, uint64_t elements, uint32_t level) {
  for (uint64_t i = 0; i < elements; ++i) {
    if (!equal_at(pair, level + 1)) return false;
  }
  return true;
}

// The elements of a set whose head is taken; nothing if it isn't one.
std::optional<KeyForms> forms_of_set(ValueReader& reader, uint64_t elements) {
  std::optional<KeyForms> forms(std::in_place);
  for (uint64_t i = 0; i < elements; ++i) {
    if (!forms->take(reader).ok()) return std::nullopt;
  }
  if (!forms->sort().ok()) return std::nullopt;
  return forms;
}

std::optional<KeyForms> forms_of_dict(ValueReader& reader, uint64_t entries) {
  std::optional<KeyForms> forms(std::in_place);
  for (uint64_t i = 0; i < entries; ++i) {
    if (!forms->take(reader).ok() || !forms->take_value(reader)) return std::nullopt;
  }
  if (!forms->sort().ok()) return std::nullopt;
  return forms;
}

bool equal_sets(Pair& pair, uint64_t elements) {
  const std::optional<KeyForms> a = forms_of_set(pair.a, elements);
  const std::optional<KeyForms> b = forms_of_set(pair.b, elements);
  if (!a || !b) return false;
  for (size_t i = 0; i < a->size(); ++i) {
    if (a->form(i) != b->form(i)) return false;
  }
  return true;
}

bool equal_dicts(Pair& pair, uint64_t entries, uint32_t level) {
  const std::optional<KeyForms> a = forms_of_dict(pair.a, entries);
  const std::optional<KeyForms> b = forms_of_dict(pair.b, entries);
  if (!a || !b) return false;
  for (size_t i = 0; i < a->size(); ++i) {
    if (a->form(i) != b->form(i)) return false;
    Pair values{ValueReader(a->value(i)), ValueReader(b->value(i))};
    if (!equal_at(values, level + 1)) return false;
  }
  return true;
}

// Takes a value from each. If they are unequal, the readers stand anywhere.
bool equal_at(Pair& pair, uint32_t level) {
  const std::optional<ValueHead> a = pair.a.head();
  const std::optional<ValueHead> b = pair.b.head();
  if (!a || !b || level > kDeepestValue) return false;
  if (is_number(a->kind)) return order_numbers(*a, *b) == 0;
  if (a->kind != b->kind && !(is_set(a->kind) && is_set(b->kind))) return false;
  switch (a->kind) {
    case Kind::kText:
    case Kind::kBytes:
      return a->content == b->content;
    case Kind::kReference:
      return a->number == b->number;
    case Kind::kOpaque:
      return a->name == b->name && a->content == b->content;
    default:
      break;
  }
  if (a->number != b->number) return false;
  if (is_set(a->kind)) return equal_sets(pair, a->number);
  if (a->kind == Kind::kDict) return equal_dicts(pair, a->number, level);
  return equal_sequences(pair, a->number, level);  // Of none, for None.
}

absl::StatusOr<std::partial_ordering> order_at(Pair& pair, uint32_t level);

// By the first two elements that aren't equal, else by length.
absl::StatusOr<std::partial_ordering> order_sequences(Pair& pair, uint64_t a_size, uint64_t b_size,
                                                      uint32_t level) {
  for (uint64_t i = 0; i < std::min(a_size, b_size); ++i) {
    Pair ahead = pair;
    if (!equal_at(ahead, level + 1)) return order_at(pair, level + 1);
    pair = ahead;
  }
  return a_size <=> b_size;
}

// One set is less than another if it is a true part of it.
absl::StatusOr<std::partial_ordering> order_sets(Pair& pair, uint64_t a_size, uint64_t b_size) {
  const std::optional<KeyForms> a = forms_of_set(pair.a, a_size);
  const std::optional<KeyForms> b = forms_of_set(pair.b, b_size);
  if (!a || !b) return absl::InvalidArgumentError("not an encoded set");
  const KeyForms& smaller = a_size <= b_size ? *a : *b;
  const KeyForms& larger = a_size <= b_size ? *b : *a;
  size_t found = 0;
  for (size_t i = 0; i < larger.size() && found < smaller.size(); ++i) {
    if (larger.form(i) == smaller.form(found)) ++found;
  }
  if (found < smaller.size()) return std::partial_ordering::unordered;
  return a_size <=> b_size;
}

absl::StatusOr<std::partial_ordering> order_at(Pair& pair, uint32_t level) {
  const std::optional<ValueHead> a = pair.a.head();
  const std::optional<ValueHead> b = pair.b.head();
  if (!a || !b) return absl::InvalidArgumentError("not an encoded value");
  if (level > kDeepestValue) return absl::InvalidArgumentError("the value is nested too deeply");
  if (is_number(a->kind) && is_number(b->kind)) return order_numbers(*a, *b);
  if (is_set(a->kind) && is_set(b->kind)) return order_sets(pair, a->number, b->number);
  if (a->kind == b->kind) {
    // A string_view compares bytes as unsigned, which for UTF-8 is the order of code points.
    if (a->kind == Kind::kText || a->kind == Kind::kBytes) return a->content <=> b->content;
    if (is_sequence(a->kind)) return order_sequences(pair, a->number, b->number, level);
  }
  return absl::InvalidArgumentError(str_cat("'<' not supported between instances of '",
                                            type_name(a->kind), "' and '", type_name(b->kind),
                                            "'"));
}

}  // namespace

std::string_view type_name(Kind kind) {
  switch (kind) {
    case Kind::kNone:
      return "NoneType";
    case Kind::kFalse:
    case Kind::kTrue:
      return "bool";
    case Kind::kInteger:
    case Kind::kBigInteger:
      return "int";
    case Kind::kReal:
      return "float";
    case Kind::kText:
      return "str";
    case Kind::kBytes:
      return "bytes";
    case Kind::kList:
      return "list";
    case Kind::kTuple:
      return "tuple";
    case Kind::kSet:
      return "set";
    case Kind::kFrozenSet:
      return "frozenset";
    case Kind::kDict:
      return "dict";
    case Kind::kReference:
      return "proxy";
    case Kind::kOpaque:
      return "object";
  }
  return "object";
}

bool equal_values(std::string_view a, std::string_view b) {
  Pair pair{ValueReader(a), ValueReader(b)};
  return equal_at(pair, 0) && pair.a.at_end() && pair.b.at_end();
}

absl::StatusOr<std::partial_ordering> order_values(std::string_view a, std::string_view b) {
  Pair pair{ValueReader(a), ValueReader(b)};
  return order_at(pair, 0);
}

}  // namespace syncmanager
