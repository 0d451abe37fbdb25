#include "tools/bench/row.h"

namespace syncmanager::bench {

std::optional<bool> Result::met() const {
  switch (row.goal.kind) {
    case Goal::Kind::kNone:
      break;
    case Goal::Kind::kRatioAtLeast:
      if (ratio) return ratio->median >= row.goal.limit;
      break;
    case Goal::Kind::kAtMost:
      if (ours) return ours->median <= row.goal.limit;
      break;
    case Goal::Kind::kAtLeast:
      if (ours) return ours->median >= row.goal.limit;
      break;
  }
  return std::nullopt;
}

}  // namespace syncmanager::bench
