#include "tests/endurance/worker.h"

#include <signal.h>

#include <exception>
#include <iostream>
#include <map>

#include "tests/endurance/suite.h"

namespace syncmanager::endurance {
namespace {

std::vector<std::string> command(const Place& place, const std::string& job,
                                 const Numbers& numbers) {
  std::vector<std::string> words = {"/proc/self/exe", "worker",
                                    "--address",      place.address,
                                    "--key-file",     place.key_file,
                                    "--timeout",      std::to_string(place.session_timeout.count()),
                                    "--job",          job};
  for (const int64_t number : numbers) {
    words.insert(words.end(), {"--number", std::to_string(number)});
  }
  return words;
}

}  // namespace

Worker::Worker(const Place& place, const std::string& job, const Numbers& numbers)
    : child_(command(place, job, numbers)) {}

Client connect(const Place& place) {
  return Client(place.address, {.key_file = place.key_file,
                                .name = "worker",
                                .session_timeout = place.session_timeout,
                                .connect_timeout = std::chrono::seconds(10)});
}

void say(const std::string& line) { std::cout << line << std::endl; }

void Worker::send_signal(int signal) const {
  if (pid() > 0) ::kill(pid(), signal);
}

void Worker::kill() {
  send_signal(SIGKILL);
  child_.stop();
}

void Worker::expect_line(const std::string& expected) {
  const std::string line = read_line();
  require(line == expected, "a worker says \"" + line + "\" instead of \"" + expected + "\"");
}

int run_worker(const Place& place, const std::string& job, const Numbers& numbers) {
  static const std::map<std::string, Job> jobs = {{"live", live_a_random_life},
                                                  {"hold", hold_a_lock},
                                                  {"outlive", outlive_the_manager},
                                                  {"count", count_and_put},
                                                  {"sessions", keep_sessions}};
  try {
    jobs.at(job)(place, numbers);
    return 0;
  } catch (const std::exception& error) {
    say(std::string("error: ") + error.what());
    return 1;
  }
}

}  // namespace syncmanager::endurance
