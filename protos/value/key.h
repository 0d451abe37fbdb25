#pragma once

#include <syncmanager/encoded_value.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace syncmanager {

// Takes the next value and appends its canonical form as a key (see key_of in value_rules.h).
// InvalidArgument if it can't be a key, isn't a value, or is deeper than kDeepestValue - level.
absl::Status append_key(ValueReader& reader, uint32_t level, ValueWriter& out);

// The keys of one set or dict in canonical form, and for a dict what each stands for. Not
// thread-safe.
class KeyForms {
 public:
  explicit KeyForms(uint32_t level = 0) : level_(level) {}

  // Takes the next value as a key. Errors as append_key's.
  absl::Status take(ValueReader& reader);
  // Takes the next value as what the last key stands for. False if there is none.
  bool take_value(ValueReader& reader);
  // Puts the forms into the order of their bytes. InvalidArgument if two are equal.
  absl::Status sort();

  size_t size() const { return entries_.size(); }
  std::string_view form(size_t i) const {
    return forms_.view().substr(entries_[i].begin, entries_[i].size);
  }
  std::string_view value(size_t i) const { return entries_[i].value; }

 private:
  struct Entry {
    size_t begin;  // In forms_, whose bytes move as it grows.
    size_t size;
    std::string_view value;
  };

  const uint32_t level_;
  ValueWriter forms_;
  std::vector<Entry> entries_;
};

}  // namespace syncmanager
