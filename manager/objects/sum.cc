#include "manager/objects/sum.h"

#include <utility>

#include "protos/value/numbers.h"

namespace syncmanager::manager {
namespace {

wire::Outcome outcome_of(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOutOfRange:
      return wire::OVERFLOW_ERROR;
    case absl::StatusCode::kResourceExhausted:
      return wire::RESOURCE_EXHAUSTED;
    default:
      return wire::BAD_TYPE;
  }
}

}  // namespace

std::optional<std::string> sum_of(Call& call, std::string_view a, std::string_view b) {
  absl::StatusOr<std::string> sum = add_values(a, b);
  if (sum.ok()) return *std::move(sum);
  call.refuse(outcome_of(sum.status().code()), sum.status());
  return std::nullopt;
}

}  // namespace syncmanager::manager
