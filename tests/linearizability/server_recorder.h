#pragma once

#include <syncmanager/client.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/linearizability/history.h"
#include "tests/linearizability/ledger.h"
#include "tests/linearizability/server_program.h"
#include "tests/support/chaos_proxy.h"
#include "tests/support/dice.h"
#include "tests/support/test_server.h"
#include "tools/bench/child.h"

namespace syncmanager::linearizability {

// Histories of a real syncmanagerd. Programs of several threads call it over a network that cuts,
// delays, throttles and swallows, and one of them is killed in the middle of its calls. The others
// go on until its session has died, and a little longer.
//
// They are this same program, started with `program` as its first argument. Use it on the main
// thread: they end when the thread that started them does.
class ServerRecorder {
 public:
  // The objects and the calls are the seed's; when each happens isn't. Throws std::runtime_error if
  // a program fails or says nothing for a minute.
  History record(uint64_t seed);

  struct Counts {
    uint64_t kills = 0, faults = 0;
    // Histories that were recorded again, because a session was lost to the network: its last
    // answers may be wrong.
    uint64_t lost = 0;
  };
  const Counts& counts() const { return counts_; }

 private:
  struct Program {
    uint32_t session;
    bench::Child child;
  };

  // Empty: a session was lost.
  std::optional<History> try_to_record(uint64_t seed);
  void start(uint32_t place, const std::string& address, std::chrono::milliseconds timeout);
  void start_all(Dice& dice);
  void let_all_call(uint32_t round, uint64_t calls, uint64_t seed);
  void await_others();
  // Kills the victim when its first thread has made that many calls. Returns when that began; it
  // is over when its session has died.
  uint64_t kill_the_victim(uint64_t calls);
  void await_death(uint32_t session);
  // REQUIRES: no call is under way any more, and the victim was killed and died between these
  // times.
  History history(const std::vector<SharedObject>& objects, uint64_t killed, uint64_t died) const;

  const TestServer server_;
  ChaosProxy network_{server_.tcp_address()};
  const Client watcher_{server_.unix_address(), {.key_file = server_.key_file()}};
  const SharedLedger ledger_;
  std::array<std::optional<Program>, kPrograms> programs_;  // By place.
  uint32_t last_session_ = 0;
  Counts counts_;
};

}  // namespace syncmanager::linearizability
