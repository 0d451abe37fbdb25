#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "tools/bench/child.h"
#include "tools/bench/paths.h"
#include "tools/bench/sample.h"
#include "tools/bench/scenario.h"
#include "tools/bench/server.h"

namespace syncmanager::bench {

// The servers of a run. Each is started by the first visit to its setup and stays until the run
// ends, so that the servers of all systems are there side by side.
class Servers {
 public:
  // REQUIRES: `paths` outlives it. `seconds` is the length of a measurement.
  Servers(const Paths& paths, double seconds) : paths_(paths), seconds_(seconds) {}

  // Measures the scenario once. Throws std::exception if that fails; the next visit to the setup
  // then starts a new server.
  Sample measure(const Setup& setup, const Scenario& scenario);

 private:
  friend class Visit;
  const Server& server(const Setup& setup);

  const Paths& paths_;
  const double seconds_;
  std::map<Setup, Server> servers_;
};

// One measurement of a scenario on a setup. Functions throw std::runtime_error if the server or a
// client fails or stays silent.
class Visit {
 public:
  // REQUIRES: `servers` and `setup` outlive it.
  Visit(Servers& servers, const Setup& setup) : servers_(servers), setup_(setup) {}

  const Setup& setup() const { return setup_; }
  // The length of a measurement, without its warm-up.
  double seconds() const { return servers_.seconds_; }
  // The end of a measurement that begins now, as monotonic_now() counts.
  int64_t end() const;

  // The setup's server, which later visits use too.
  const Server& server() { return servers_.server(setup_); }
  // A new server for this visit alone, because its memory is measured.
  Server fresh_server() const { return Server(setup_, servers_.paths_); }
  // Has a new client of server() perform the command, and returns the figures.
  Sample ask(std::string_view command);
  // The same with a further argument, the end of a measurement that begins when the client is
  // connected.
  Sample ask_until_end(std::string_view command);

 private:
  Servers& servers_;
  const Setup& setup_;
};

// Returns the client's answer to its last command. Throws if the answer is an error.
Sample answer_of(Child& client, std::chrono::milliseconds patience = std::chrono::seconds(15));
// Has the client perform the command, which may take minutes, and returns its answer.
Sample ask(Child& client, std::string_view command);

}  // namespace syncmanager::bench
