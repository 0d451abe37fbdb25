#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/actor.h"
#include "tests/support/options.h"

namespace syncmanager::manager {

// The common parts of container tests. Values are literals, as in values.h; an encoded value
// already goes in as Raw.

struct Raw {
  std::string encoding;
};
inline void write(ValueWriter& writer, const Raw& value) { writer.encoded(value.encoding); }

// A tuple of literals.
template <typename... T>
Raw tuple_of(const T&... values) {
  ValueWriter writer;
  writer.begin_tuple(sizeof...(values));
  (write(writer, values), ...);
  return {writer.take()};
}

inline OpenOptions a_dict(const std::vector<std::pair<std::string, std::string>>& encoded = {}) {
  OpenOptions options;
  options.mutable_dict();
  for (const auto& [key, value] : encoded) {
    wire::DictEntry& entry = *options.mutable_dict()->add_entries();
    entry.set_key(key);
    entry.set_value(value);
  }
  return options;
}

template <typename... T>
OpenOptions a_list(const T&... values) {
  OpenOptions options;
  options.mutable_list();
  (options.mutable_list()->add_values(encoded(values)), ...);
  return options;
}

// Encoded values as an array of a request takes them.
template <typename Op, typename Values>
void add_values(Op& op, const Values& values) {
  for (const auto& value : values) op.add_values(encoded(value));
}

// The parts of a slice; an absent part is None.
struct SliceOf {
  std::optional<int64_t> start;
  std::optional<int64_t> stop;
  std::optional<int64_t> step;

  void write(wire::Slice& slice) const {
    if (start) slice.set_start(*start);
    if (stop) slice.set_stop(*stop);
    if (step) slice.set_step(*step);
  }
};

// The encoded values of all pages: `ask(cursor)` reads one.
template <typename Ask>
std::vector<std::string> all_pages(Ask&& ask) {
  std::vector<std::string> values;
  uint64_t cursor = 0;
  do {
    const wire::Page page = ask(cursor).reply().page();
    values.insert(values.end(), page.values().begin(), page.values().end());
    cursor = page.cursor();
  } while (cursor != 0);
  return values;
}

}  // namespace syncmanager::manager
