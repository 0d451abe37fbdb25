#pragma once

#include <syncmanager/client.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "tests/endurance/suite.h"
#include "tests/support/dice.h"

namespace syncmanager::endurance {

// The objects that random lives share, and the rules for them. A life that finds a rule broken
// says so in `complaints`.
struct Commons {
  explicit Commons(const Client& client);

  Lock lock;
  Value<int64_t> inside;         // Who holds the lock; 0: nobody.
  Value<int64_t> highest_fence;  // Of the lock's grants so far.
  RLock rlock;
  RWLock rwlock;
  Condition condition;
  Semaphore semaphore;
  BoundedSemaphore bounded;
  Barrier barrier;
  Event event;
  Queue<std::string> parcels;                  // Reliable. Each `life/number`, with numbers from 0.
  Dict<std::string, int64_t> sent;             // By life: how many parcels it knows to be put.
  Dict<std::string, std::string> arrived;      // By parcel.
  Dict<std::string, List<std::string>> lists;  // Of anonymous objects.
  List<std::string> complaints;

  // Throws Violation with the first complaint, if any life has one.
  void require_no_complaints() const;
};

constexpr int64_t kPermits = 4;

// Lives are numbered, and their number is the seed of their dice.
inline int64_t life_before_the_first(const Effort& effort) {
  return static_cast<int64_t>(effort.seed) * 1'000'000;
}

// One client's life: steps that lock, wait, put and get, as the dice fall. No wait is long, and so
// at any moment some of many lives are parked and others hold something.
class Life {
 public:
  Life(const Client& client, int64_t number);

  void step();

 private:
  void enter_the_lock();
  void enter_the_rlock();
  void read_or_write();
  void meet_at_the_condition();
  void take_permits();
  void meet_at_the_barrier();
  void watch_the_event();
  void send_a_parcel();
  void receive_a_parcel();
  void keep_a_list();
  std::chrono::milliseconds a_while() { return std::chrono::milliseconds(1 + dice_.below(40)); }

  const Client client_;
  const int64_t number_;
  const std::string name_;
  SeededDice dice_;
  Commons commons_;
  int64_t sent_ = 0;
};

}  // namespace syncmanager::endurance
