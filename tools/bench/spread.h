#pragma once

#include <vector>

namespace syncmanager::bench {

// The median of a figure over the rounds, with the least and the greatest.
struct Spread {
  double median = 0;
  double min = 0;
  double max = 0;
};

// REQUIRES: there is a figure. Of an even count it takes the mean of the two in the middle.
Spread spread_of(std::vector<double> figures);

}  // namespace syncmanager::bench
