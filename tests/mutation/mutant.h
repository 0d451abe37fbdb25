#pragma once

#include <cstdlib>

namespace syncmanager {

// Whether this run is to show that mistake: the one whose number stands in the environment. Every
// place that mutate.py has changed asks, so one build has all mutants.
inline bool mutant_is(int number) {
  static const char* const text = std::getenv("SYNCMANAGER_MUTANT");
  static const int active = text != nullptr ? std::atoi(text) : 0;
  return active == number;
}

}  // namespace syncmanager

using syncmanager::mutant_is;
