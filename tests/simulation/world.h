#pragma once

#include <memory>
#include <vector>

#include "tests/simulation/client.h"
#include "tests/simulation/figures.h"
#include "tests/simulation/flaw.h"
#include "tests/simulation/manager.h"
#include "tests/simulation/step.h"

namespace syncmanager::manager::simulation {

// A manager, its clients, and the network between them, which fails. Each step is one thing that
// happens. Throws a Violation as soon as a promise is broken.
class World {
 public:
  // REQUIRES: all three outlive it.
  World(const Program& program, const Flaw& flaw, Figures& figures);

  // False if there was nothing to do. The step is told whose it was in the end.
  bool perform(Step& step);
  // Everything under way arrives, everybody is told, all sessions end, and nothing is left.
  void finish();

 private:
  using Seat = std::unique_ptr<Client>;

  static bool can(const Client& client, Step::Act act);
  // The step's client, or the next one that can do it, which the step is told; null if there is
  // none.
  Seat* seat_that_can(Step& step);
  void let(Seat& seat, const Step& step);
  // Who sits there, after coming if nobody did; null if there is no room, or it is paused.
  Client* join(Seat& seat);
  bool ask(const Step& step);
  Asked call_of(Client& client, const Step& step, size_t slot);
  bool ask_registry(const Step& step, Verb verb);
  void deliver(Client& client);
  void receive(Client& client);
  void lose(Client& client, uint64_t milliseconds);
  void end(Seat& seat, bool goodbye);
  void pass(uint64_t milliseconds);

  void exchange_all();
  void drain();
  void check_open_calls() const;

  const Program& program_;
  Figures& figures_;
  Manager manager_;
  std::vector<Seat> seats_;     // Null: nobody sits there, until somebody asks.
  std::vector<Seat> vanished_;  // Clients that are gone, and the manager waits for them.
  uint64_t items_ = 0;
};

}  // namespace syncmanager::manager::simulation
