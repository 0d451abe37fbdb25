#pragma once

#include <sys/types.h>

namespace syncmanager::bench {

// All throw std::runtime_error if there is no such process (any more).

// The CPU time that the process has used in all its threads, user and system, in seconds; exact to
// the nanosecond, where /proc counts ticks of 10 ms.
double cpu_seconds(pid_t pid);
// Its resident memory in bytes, without the memory that it shares with other processes: the code of
// programs and libraries is no cost of a session or an item.
double private_bytes(pid_t pid);

// Measures how far a process' resident memory rises above its size at the construction.
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
