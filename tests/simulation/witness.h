#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "manager/core/engine.h"
#include "tests/simulation/client.h"
#include "tests/simulation/kinds.h"

namespace syncmanager::manager::simulation {

// Knows what the calls on one object were answered, and so what state it must be in. After each
// input it is told of the answers, in any order, and then holds the object's own state against
// what it knows. As each input has one cause, it knows what came before what.
//
// All of it throws a Violation where a promise is broken.
class Witness {
 public:
  virtual ~Witness() = default;

  // The call was performed.
  void saw(const OpenCall& call, const Answer& answer);
  // A session has ended, whatever it had to do with the object.
  virtual void ended(SessionNumber, bool /*goodbye*/) {}
  // `state` is what the object says of its holders.
  void check(const Object& object, const wire::ObjectState& state);

 protected:
  virtual void performed(const OpenCall& call, const Answer& answer) = 0;
  virtual void settle(const Object& object, const wire::ObjectState& state) = 0;
  // Whether the call needn't take its turn.
  virtual bool may_overtake(const Asked&) const { return false; }

  // Who waits longest in that list of the object's; null if nobody does.
  static const Waiter* first_waiter(const Object& object, std::string_view list);

 private:
  void check_turns(const Object& object);

  // Who was served in this input.
  struct Served {
    const char* list;
    uint64_t place;
  };
  std::vector<Served> served_;
};

// The witness of an object of that kind. `partner` is the witness of the kind's partner, or null.
std::shared_ptr<Witness> make_witness(const Kind& kind, const std::shared_ptr<Witness>& partner);

// The witnesses of the types that are held, and of queues.
std::shared_ptr<Witness> make_lock_witness(const Kind& kind);
std::shared_ptr<Witness> make_semaphore_witness(const Kind& kind);
std::shared_ptr<Witness> make_rwlock_witness(const Kind& kind);
std::shared_ptr<Witness> make_queue_witness(const Kind& kind,
                                            const std::shared_ptr<Witness>& dead_letters);

}  // namespace syncmanager::manager::simulation
