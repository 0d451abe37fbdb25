#include "tools/command_line/spelling.h"

#include <algorithm>

namespace syncmanager {
namespace {

constexpr size_t kMaxChanges = 2;

size_t changes_between(std::string_view a, std::string_view b) {
  // changes[i][j] is the distance between the first i letters of a and the first j letters of b.
  std::vector<std::vector<size_t>> changes(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        changes[i][j] = i + j;
        continue;
      }
      const size_t replaced = changes[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      changes[i][j] = std::min({replaced, changes[i - 1][j] + 1, changes[i][j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) changes[i][j] = std::min(changes[i][j], changes[i - 2][j - 2] + 1);
    }
  }
  return changes[a.size()][b.size()];
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  size_t fewest = kMaxChanges + 1;
  for (const std::string& candidate : candidates) {
    // A word that shares no letter is no slip of the hand.
    const size_t changes = changes_between(word, candidate);
    if (changes >= std::min(fewest, std::max(word.size(), candidate.size()))) continue;
    best = candidate;
    fewest = changes;
  }
  return best;
}

}  // namespace syncmanager
