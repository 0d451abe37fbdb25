#pragma once

#include <string>
#include <string_view>

#include "protos/value/rules.h"

namespace syncmanager {

// The form of a value as a key, or why it has none.
inline std::string key(std::string_view value) {
  std::string scratch;
  const auto form = key_of(value, scratch);
  return form.ok() ? std::string(*form) : std::string(form.status().message());
}

// "less", "equivalent", "greater" or "unordered", or why there is no order.
inline std::string order(std::string_view a, std::string_view b) {
  const auto found = order_values(a, b);
  if (!found.ok()) return std::string(found.status().message());
  if (*found < 0) return "less";
  if (*found > 0) return "greater";
  return *found == 0 ? "equivalent" : "unordered";
}

}  // namespace syncmanager
