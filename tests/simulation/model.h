#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "manager/core/engine.h"
#include "tests/simulation/client.h"
#include "tests/simulation/kinds.h"

namespace syncmanager::manager::simulation {

// A model of one object: from the answers to the calls on the object it derives the state that the
// object must have. After each input the model gets the answers, in any order, and then compares
// the object's state with its own. Each input has one cause, so the order of events is known.
//
// Every function throws a Violation where a promise is broken.
class Model {
 public:
  virtual ~Model() = default;

  // Takes the answer to a performed call.
  void saw(const OpenCall& call, const Answer& answer);
  // A session has ended; it need not have used the object.
  virtual void ended(SessionNumber, bool /*goodbye*/) {}
  // Compares the object with the model. `state` is what the object reports about its holders.
  void check(const Object& object, const wire::ObjectState& state);

 protected:
  virtual void performed(const OpenCall& call, const Answer& answer) = 0;
  virtual void settle(const Object& object, const wire::ObjectState& state) = 0;
  // Returns whether the call may be served before earlier waiters.
  virtual bool may_overtake(const Asked&) const { return false; }

  // Returns the longest waiter in that wait list of the object; null if the list is empty.
  static const Waiter* first_waiter(const Object& object, std::string_view list);

 private:
  void check_turns(const Object& object);

  // A waiter that this input served.
  struct Served {
    const char* list;
    uint64_t place;
  };
  std::vector<Served> served_;
};

// Makes the model of an object of that kind. `partner` is the model of the object that the kind
// works with (a condition's lock, a queue's dead letters), or null.
std::shared_ptr<Model> make_model(const Kind& kind, const std::shared_ptr<Model>& partner);

// Models of the types that are held, and of queues.
std::shared_ptr<Model> make_lock_model(const Kind& kind);
std::shared_ptr<Model> make_semaphore_model(const Kind& kind);
std::shared_ptr<Model> make_rwlock_model(const Kind& kind);
std::shared_ptr<Model> make_queue_model(const Kind& kind,
                                        const std::shared_ptr<Model>& dead_letters);

}  // namespace syncmanager::manager::simulation
