#pragma once

#include <syncmanager/conversions.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace syncmanager {

// A value of any type, for containers that hold values of several types. A value type; copies of a
// reference share it.
class AnyValue {
 public:
  // A list, tuple, set or frozenset, as `kind` says.
  struct Sequence {
    Kind kind = Kind::kList;
    std::vector<AnyValue> elements;
    bool operator==(const Sequence&) const = default;
  };
  struct Entries {
    std::vector<std::pair<AnyValue, AnyValue>> entries;
    bool operator==(const Entries& other) const;  // AnyValue isn't complete here.
  };
  // A big integer (its two's complement, least byte first) or an object of another language, by its
  // codec: carried and not understood.
  struct Opaque {
    Kind kind = Kind::kOpaque;
    std::string codec;
    std::string content;
    bool operator==(const Opaque&) const = default;
  };
  // A value with the key by which the manager compares it. `rule`: KeyRules.
  struct Keyed {
    uint8_t rule = 0;
    std::string type;
    std::vector<AnyValue> key_and_value;
    bool operator==(const Keyed&) const = default;
  };
  using Content = std::variant<std::monostate, bool, int64_t, double, std::string, Bytes, Sequence,
                               Entries, ReferencePtr, Opaque, Keyed>;

  AnyValue() = default;                                        // Nothing: Python's None.
  AnyValue(Content content) : content_(std::move(content)) {}  // NOLINT: any of them is one.

  const Content& content() const { return content_; }
  bool is_none() const { return std::holds_alternative<std::monostate>(content_); }
  // Null if it is of another type.
  template <class T>
  const T* get_if() const {
    return std::get_if<T>(&content_);
  }
  // Throws std::bad_variant_access if it is of another type.
  template <class T>
  const T& get() const {
    return std::get<T>(content_);
  }

  // The same kind and content; unlike Python's equality, 1 and 1.0 differ.
  bool operator==(const AnyValue&) const = default;

 private:
  Content content_;
};

void to_value(ValueWriter& writer, const AnyValue& value);
AnyValue from_value(Decoder& decoder, std::type_identity<AnyValue>);

}  // namespace syncmanager
