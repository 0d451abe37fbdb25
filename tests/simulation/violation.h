#pragma once

#include <stdexcept>

#include "protos/support/str_cat.h"

namespace syncmanager::manager::simulation {

// A promise that was not kept.
class Violation : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws a Violation that says so unless `kept`.
template <typename... Parts>
void require(bool kept, const Parts&... broken) {
  if (!kept) throw Violation(str_cat(broken...));
}

}  // namespace syncmanager::manager::simulation
