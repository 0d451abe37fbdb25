// Equality and order follow two values side by side. Each level of nesting is a call, and
// kDeepestValue bounds them.
#include "protos/value/rules.h"

#include <algorithm>
#include <optional>

#include "protos/support/str_cat.h"
#include "protos/value/key.h"
#include "protos/value/numbers.h"

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

bool is_keyed(const ValueReader& reader) { return reader.kind() == Kind::kKeyed; }

// The head of the next value if that is a keyed one which equals whatever its key equals.
std::optional<ValueHead> standing_for_key(ValueReader reader) {
  if (!is_keyed(reader)) return std::nullopt;
  const std::optional<ValueHead> head = reader.head();
  return head && (head->number & kOwnType) == 0 ? head : std::nullopt;
}

// One of them at least is keyed.
bool equal_keyed(Pair& pair, uint32_t level) {
  for (ValueReader* side : {&pair.a, &pair.b}) {
    if (!standing_for_key(*side)) continue;
    side->head();
    return equal_at(pair, level + 1) && side->skip();
  }
  if (!is_keyed(pair.a) || !is_keyed(pair.b)) return false;
  const std::optional<ValueHead> a = pair.a.head();
  const std::optional<ValueHead> b = pair.b.head();
  return a && b && a->name == b->name && equal_at(pair, level + 1) && pair.a.skip() &&
         pair.b.skip();
}

// Takes a value from each. If they are unequal, the readers stand anywhere.
bool equal_at(Pair& pair, uint32_t level) {
  if ((is_keyed(pair.a) || is_keyed(pair.b)) && level <= kDeepestValue) {
    return equal_keyed(pair, level);
  }
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

absl::Status no_order(const ValueHead& a, const ValueHead& b) {
  return absl::InvalidArgumentError(str_cat("'<' not supported between instances of '",
                                            type_name(a), "' and '", type_name(b), "'"));
}

bool is_ratio(const ValueHead& head) {
  return head.kind == Kind::kKeyed && head.name == kRatioType && (head.number & kOwnType) != 0;
}

// One of them at least is keyed. Its heads, taken from copies.
absl::StatusOr<std::partial_ordering> order_keyed(Pair& pair, const ValueHead& a,
                                                  const ValueHead& b, uint32_t level) {
  for (const ValueHead* head : {&a, &b}) {
    if (head->kind == Kind::kKeyed && (head->number & kOrdered) == 0) return no_order(a, b);
  }
  if ((is_ratio(a) || is_number(a.kind)) && (is_ratio(b) || is_number(b.kind))) {
    return order_ratios(pair.a, pair.b);
  }
  for (ValueReader* side : {&pair.a, &pair.b}) {
    if (!standing_for_key(*side)) continue;
    side->head();
    return order_at(pair, level + 1);
  }
  if (a.kind != b.kind || a.name != b.name) return no_order(a, b);
  pair.a.head();
  pair.b.head();
  return order_at(pair, level + 1);
}

absl::StatusOr<std::partial_ordering> order_at(Pair& pair, uint32_t level) {
  const Pair before = pair;
  const std::optional<ValueHead> a = pair.a.head();
  const std::optional<ValueHead> b = pair.b.head();
  if (!a || !b) return absl::InvalidArgumentError("not an encoded value");
  if (level > kDeepestValue) return absl::InvalidArgumentError("the value is nested too deeply");
  if (a->kind == Kind::kKeyed || b->kind == Kind::kKeyed) {
    pair = before;
    return order_keyed(pair, *a, *b, level);
  }
  if (is_number(a->kind) && is_number(b->kind)) return order_numbers(*a, *b);
  if (is_set(a->kind) && is_set(b->kind)) return order_sets(pair, a->number, b->number);
  if (a->kind == b->kind) {
    // A string_view compares bytes as unsigned, which for UTF-8 is the order of code points.
    if (a->kind == Kind::kText || a->kind == Kind::kBytes) return a->content <=> b->content;
    if (is_sequence(a->kind)) return order_sequences(pair, a->number, b->number, level);
  }
  return no_order(*a, *b);
}

}  // namespace

std::string_view short_name(std::string_view type) {
  return type.substr(std::min(type.find_last_of(".:") + 1, type.size()));
}

std::string_view type_name(const ValueHead& head) {
  return head.kind == Kind::kKeyed ? short_name(head.name) : type_name(head.kind);
}

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
    case Kind::kKeyed:
      break;
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
