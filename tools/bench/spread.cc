#include "tools/bench/spread.h"

#include <algorithm>
#include <cstddef>

namespace syncmanager::bench {

Spread spread_of(std::vector<double> figures) {
  std::sort(figures.begin(), figures.end());
  const size_t middle = figures.size() / 2;
  const double median =
      figures.size() % 2 == 1 ? figures[middle] : (figures[middle - 1] + figures[middle]) / 2;
  return {median, figures.front(), figures.back()};
}

}  // namespace syncmanager::bench
