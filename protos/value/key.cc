#include "protos/value/key.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "protos/support/str_cat.h"
#include "protos/value/numbers.h"
#include "protos/value/print.h"
#include "protos/value/rules.h"

namespace syncmanager {
namespace {

// Enough of a key to find it by in a message.
constexpr size_t kKeyInMessage = 60;

absl::Status append_real(double value, std::string_view encoded, ValueWriter& out) {
  if (std::isnan(value)) {
    return absl::InvalidArgumentError("NaN can't be a key: expected a value equal to itself");
  }
  if (!append_integral(value, out)) out.encoded(encoded);
  return absl::OkStatus();
}

absl::Status append_tuple(const ValueHead& head, ValueReader& reader, uint32_t level,
                          ValueWriter& out) {
  out.begin_tuple(head.number);
  for (uint64_t i = 0; i < head.number; ++i) {
    if (absl::Status added = append_key(reader, level + 1, out); !added.ok()) return added;
  }
  return absl::OkStatus();
}

// Its key; of a type of its own in a keyed value that is nothing else.
absl::Status append_keyed(const ValueHead& head, ValueReader& reader, uint32_t level,
                          ValueWriter& out) {
  if ((head.number & kUnhashable) != 0) {
    return absl::InvalidArgumentError(str_cat("unhashable type: '", short_name(head.name), "'"));
  }
  const bool own = (head.number & kOwnType) != 0;
  if (own) out.begin_keyed(kOwnType, head.name);
  if (absl::Status added = append_key(reader, level + 1, out); !added.ok()) return added;
  if (own) out.none();
  if (!reader.skip()) return absl::InvalidArgumentError("the key isn't an encoded value");
  return absl::OkStatus();
}

absl::Status append_frozenset(const ValueHead& head, ValueReader& reader, uint32_t level,
                              ValueWriter& out) {
  KeyForms elements(level + 1);
  for (uint64_t i = 0; i < head.number; ++i) {
    if (absl::Status added = elements.take(reader); !added.ok()) return added;
  }
  if (absl::Status sorted = elements.sort(); !sorted.ok()) return sorted;
  out.begin_frozenset(head.number);
  for (size_t i = 0; i < elements.size(); ++i) out.encoded(elements.form(i));
  return absl::OkStatus();
}

// Whether the encoded value is its own key form.
bool is_own_form(Kind kind) {
  switch (kind) {
    case Kind::kNone:
    case Kind::kInteger:
    case Kind::kBigInteger:
    case Kind::kText:
    case Kind::kBytes:
    case Kind::kOpaque:
      return true;
    default:
      return false;
  }
}

}  // namespace

absl::Status append_key(ValueReader& reader, uint32_t level, ValueWriter& out) {
  if (level > kDeepestValue) return absl::InvalidArgumentError("the key is nested too deeply");
  const std::string_view before = reader.remaining();
  const std::optional<ValueHead> head = reader.head();
  if (!head) return absl::InvalidArgumentError("the key isn't an encoded value");
  const std::string_view encoded = before.substr(0, before.size() - reader.remaining().size());
  if (is_own_form(head->kind)) {
    out.encoded(encoded);
    return absl::OkStatus();
  }
  switch (head->kind) {
    case Kind::kFalse:
    case Kind::kTrue:
      out.integer(head->integer);
      return absl::OkStatus();
    case Kind::kReal:
      return append_real(head->real, encoded, out);
    case Kind::kReference:
      out.reference(head->number, "");
      return absl::OkStatus();
    case Kind::kTuple:
      return append_tuple(*head, reader, level, out);
    case Kind::kFrozenSet:
      return append_frozenset(*head, reader, level, out);
    case Kind::kKeyed:
      return append_keyed(*head, reader, level, out);
    default:
      break;
  }
  return absl::InvalidArgumentError(str_cat("unhashable type: '", type_name(head->kind), "'"));
}

absl::Status KeyForms::take(ValueReader& reader) {
  const size_t begin = forms_.size();
  if (absl::Status added = append_key(reader, level_, forms_); !added.ok()) return added;
  entries_.push_back({begin, forms_.size() - begin, {}});
  return absl::OkStatus();
}

bool KeyForms::take_value(ValueReader& reader) {
  const std::optional<std::string_view> value = reader.encoded();
  if (!value || entries_.empty()) return false;
  entries_.back().value = *value;
  return true;
}

absl::Status KeyForms::sort() {
  const std::string_view forms = forms_.view();
  const auto form_of = [forms](const Entry& entry) {
    return forms.substr(entry.begin, entry.size);
  };
  std::sort(entries_.begin(), entries_.end(),
            [&](const Entry& a, const Entry& b) { return form_of(a) < form_of(b); });
  const auto twin =
      std::adjacent_find(entries_.begin(), entries_.end(),
                         [&](const Entry& a, const Entry& b) { return form_of(a) == form_of(b); });
  if (twin == entries_.end()) return absl::OkStatus();
  return absl::InvalidArgumentError(str_cat("the value has ",
                                            print_value(form_of(*twin), kKeyInMessage),
                                            " twice among its keys; expected different keys"));
}

absl::StatusOr<std::string_view> key_of(std::string_view encoded, std::string& scratch) {
  ValueReader reader(encoded);
  if (is_own_form(reader.kind().value_or(Kind::kReal))) return encoded;
  ValueWriter form;
  form.reserve(encoded.size());
  if (absl::Status made = append_key(reader, 0, form); !made.ok()) return made;
  scratch = form.take();
  return std::string_view(scratch);
}

}  // namespace syncmanager
