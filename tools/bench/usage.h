#pragma once

#include <sys/types.h>

namespace syncmanager::bench {

// All throw std::runtime_error if there is no such process (any more).

// The CPU time that the process has used in all its threads, user and system, in seconds; exact to
// the nanosecond, where /proc counts ticks of 10 ms.
double cpu_seconds(pid_t pid);
// Its resident memory in bytes, without what it shares with other processes: programs' text and
// libraries' are no cost of a session or an item.
double private_bytes(pid_t pid);

// How far a process' resident memory rises above where it is when this is made.
class MemoryPeak {
 public:
  explicit MemoryPeak(pid_t pid);
  // In bytes, until now.
  double growth() const;

 private:
  const pid_t pid_;
  double before_ = 0;
};

}  // namespace syncmanager::bench
