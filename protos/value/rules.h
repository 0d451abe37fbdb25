#pragma once

#include <syncmanager/encoded_value.h>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

// The manager's questions about encoded values, answered as by Python. All are pure functions: any
// thread may call them, and none trusts its argument. What isn't a value (see check_value) gets an
// error, false or silence, never a crash, and nesting is bounded, so no stack is exhausted.
namespace syncmanager {

// The deepest nesting any of these functions follows, whatever a caller's limits say.
inline constexpr uint32_t kDeepestValue = 100;

struct ValueLimits {
  size_t bytes = size_t{4} << 20;
  uint32_t depth = 32;  // A scalar is 0 deep, a list of scalars 1.
};

// The result of a walk over a value.
struct Census {
  bool has_references = false;
  uint32_t depth = 0;
  uint64_t elements = 0;  // At all levels together; a dict's keys and values count each.
};

// Whether `encoded` is exactly one value as the table in encoded_value.h wants it: in form, UTF-8
// and names valid, within the limits, keys of dicts and elements of sets hashable and different.
// The error is InvalidArgument and says what was wrong, where, and what was expected.
absl::StatusOr<Census> check_value(std::string_view encoded, const ValueLimits& limits);

// Calls visit(uint64_t object) for each reference in encoded values, in their order and as often as
// it stands there. Ends where the bytes do or are no value any more.
template <typename Visit>
void for_each_reference(std::string_view encoded, Visit&& visit) {
  ValueReader reader(encoded);
  while (const std::optional<ValueHead> head = reader.head()) {
    if (head->kind == Kind::kReference) visit(head->number);
  }
}

// Python's name of the type: 'int', 'NoneType'. A reference is a 'proxy', an opaque an 'object'.
std::string_view type_name(Kind kind);
// The same of a value; of a keyed one the last part of its type: 'Job' of shop.jobs:Job.
std::string_view type_name(const ValueHead& head);
std::string_view short_name(std::string_view type);

// The canonical form of a value as a key: two have the same bytes exactly if they are equal as
// Python's dicts see it (1, 1.0 and True are; frozensets in any order; keyed values by their keys).
// Returns `encoded` itself where that is the form already (text, bytes, integers, None), else a
// view of `scratch`. InvalidArgument "unhashable type: 'list'" as in Python; and for NaN, which
// equals no key.
absl::StatusOr<std::string_view> key_of(std::string_view encoded, std::string& scratch);

// Python's ==, NaN unequal to all. Opaques are equal by codec and bytes, references by object,
// keyed values by key.
bool equal_values(std::string_view a, std::string_view b);

// Python's <: less if a < b, greater if b < a, equivalent if a == b, else unordered (NaN; sets,
// which < compares as subsets). InvalidArgument with Python's message where < raises TypeError.
absl::StatusOr<std::partial_ordering> order_values(std::string_view a, std::string_view b);

}  // namespace syncmanager
