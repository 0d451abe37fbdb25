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

// The arguments of a worker's job. A worker prints a line when it has something to
// tell; most workers end only by being killed.
using Numbers = std::vector<int64_t>;
using Job = void (*)(const Place& place, const Numbers& numbers);
void live_a_random_life(const Place& place, const Numbers& numbers);
void hold_a_lock(const Place& place, const Numbers& numbers);
void outlive_the_manager(const Place& place, const Numbers& numbers);
void count_and_put(const Place& place, const Numbers& numbers);
void keep_sessions(const Place& place, const Numbers& numbers);

// A session for a job.
Client connect(const Place& place);
// Tells the suite; Worker::read_line() reads it.
void say(const std::string& line);

// A client in a process of its own, of this same program, there to be killed. Start it from the
// main thread: it ends when the thread that started it does.
class Worker {
 public:
  Worker(const Place& place, const std::string& job, const Numbers& numbers);

  pid_t pid() const { return child_.pid(); }
  void send_signal(int signal) const;
  // With SIGKILL; returns when it is dead.
  void kill();
  // Returns the worker's next line. Throws std::runtime_error if that takes a minute.
  std::string read_line() { return child_.read_line(std::chrono::minutes(1)); }
  // Throws Violation if it says anything else.
  void expect_line(const std::string& expected);

 private:
  bench::Child child_;
};

// Runs the job in the worker's process. Returns the exit code.
int run_worker(const Place& place, const std::string& job, const Numbers& numbers);

}  // namespace syncmanager::endurance
