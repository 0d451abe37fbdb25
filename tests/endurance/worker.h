#pragma once

#include <syncmanager/client.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "tools/bench/child.h"

namespace syncmanager::endurance {

// Where a worker finds its manager, and how long its session outlives its connection.
struct Place {
  std::string address;
  std::string key_file;
  std::chrono::milliseconds session_timeout{10'000};
};

// The arguments and the function of a worker. A job reports by writing lines; most jobs end only
// when they are killed.
using Numbers = std::vector<int64_t>;
using Job = void (*)(const Place& place, const Numbers& numbers);
void live_a_random_life(const Place& place, const Numbers& numbers);
void hold_a_lock(const Place& place, const Numbers& numbers);
void outlive_the_manager(const Place& place, const Numbers& numbers);
void count_and_put(const Place& place, const Numbers& numbers);
void keep_sessions(const Place& place, const Numbers& numbers);

// A session for a job.
Client connect(const Place& place);
// Reports to the suite, which reads the line by Worker::read_line().
void say(const std::string& line);

// A client in a process of its own, of this same program, to be killed. REQUIRES: the main thread
// starts it, because it ends with the thread that started it.
class Worker {
 public:
  Worker(const Place& place, const std::string& job, const Numbers& numbers);

  pid_t pid() const { return child_.pid(); }
  void send_signal(int signal) const;
  // Kills it by SIGKILL; returns when it is dead.
  void kill();
  // Returns its next line. Throws std::runtime_error if none comes within a minute.
  std::string read_line() { return child_.read_line(std::chrono::minutes(1)); }
  // Throws Violation if its next line is another one.
  void expect_line(const std::string& expected);

 private:
  bench::Child child_;
};

// Runs the job in the worker's process. Returns the exit code.
int run_worker(const Place& place, const std::string& job, const Numbers& numbers);

}  // namespace syncmanager::endurance
