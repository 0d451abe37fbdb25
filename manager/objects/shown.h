#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "protos/value/print.h"

namespace syncmanager::manager {

// An encoded value as an error message prints it: as Python would, and cut off where it is long.
inline std::string shown(std::string_view encoded) {
  constexpr size_t kMaxBytes = 256;
  return print_value(encoded, kMaxBytes);
}

}  // namespace syncmanager::manager
