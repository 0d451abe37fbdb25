#pragma once

#include <chrono>
#include <cstddef>

namespace syncmanager {

// Whether it pays to look for an answer for a moment before sleeping: a wake-up across cores costs
// more than most operations. It does while answers come that soon; each time none does, or another
// process needed the core meanwhile, it is left for twice as many waits as before. Belongs to
// whoever drives the stream.
class WaitSpinner {
 public:
  // `longest` 0: never.
  explicit WaitSpinner(std::chrono::microseconds longest);

  std::chrono::microseconds longest() const { return longest_; }
  // Asked once for each event that is waited for, with the number of other threads that wait.
  bool worth_it(size_t others);
  void came() { to_skip_ = skipped_ = 0; }
  void came_late();

 private:
  const std::chrono::microseconds longest_;
  const size_t cores_;
  unsigned to_skip_ = 0;
  unsigned skipped_ = 0;
};

}  // namespace syncmanager
