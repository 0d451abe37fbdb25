#include "tests/simulation/model.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "tests/simulation/violation.h"

namespace syncmanager::manager::simulation {
namespace {

// The list in which a call of that verb waits for its turn; null if turns mean nothing to it.
const char* list_of(const Asked& asked) {
  switch (asked.verb) {
    case Verb::kPut:
      return "put";
    case Verb::kGet:
    case Verb::kTake:
      return "get";
    case Verb::kAcquire:
    case Verb::kRead:
    case Verb::kWrite:
      return asked.op == wire::Request::kCondition ? nullptr : "acquire";
    default:
      return nullptr;
  }
}

// Each waiter has one place here, one among its session's parked calls, and time left.
void check_waiters(const Object& object) {
  const Services& engine = object.services();
  for (const WaitList* list : object.wait_lists()) {
    uint64_t count = 0, last = 0;
    for (const Waiter* waiter = list->first(); waiter != nullptr; waiter = waiter->next) {
      const Session& session = waiter->call.session();
      const auto parked = session.parked().find(waiter->call.id());
      require(engine.session(session.number()) == &session, "a waiter's session has ended");
      require(waiter->list == list && parked != session.parked().end() && parked->second == waiter,
              "a waiter of session ", session.number(), " isn't where it waits");
      require(waiter->number > last, "a list isn't in the order of coming");
      require(waiter->deadline > engine.now(), "request ", waiter->call.id(), " of session ",
              session.number(), " waits beyond its deadline");
      last = waiter->number;
      ++count;
    }
    require(count == list->size(), "a list of ", count, " waiters says ", list->size());
  }
}

void check_holders(const Object& object, const wire::ObjectState& state) {
  for (const wire::CallerState& holder : state.holders()) {
    require(holder.left_behind() || object.services().session(holder.session()) != nullptr,
            "held by session ", holder.session(), ", which is gone");
  }
}

// The call that waits longest is notified first, in the step of the notify; who dies before it has
// the lock leaves its place to the next one.
class ConditionModel final : public Model {
 public:
  void ended(SessionNumber session, bool) override {
    const auto is_its = [session](const Place& place) { return place.session == session; };
    std::erase_if(waiting_, is_its);
    notify(std::erase_if(notified_, is_its));
  }

 private:
  struct Place {
    SessionNumber session;
    uint64_t request;
    friend bool operator==(const Place&, const Place&) = default;
  };

  void performed(const OpenCall& call, const Answer& answer) override {
    switch (call.asked.verb) {
      case Verb::kNotify:
        return notify(std::max<uint64_t>(call.asked.number, 1));
      case Verb::kNotifyAll:
        return notify(waiting_.size());
      case Verb::kWait:
        std::erase(notified_, Place{call.asked.caller.session, call.asked.id});
        [[fallthrough]];
      case Verb::kAcquire:
        require(answer.fencing >= last_, "fencing number ", answer.fencing, " after ", last_);
        last_ = answer.fencing;
        return;
      default:
        return;
    }
  }

  void notify(size_t count) {
    const auto end =
        waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(count, waiting_.size()));
    notified_.insert(notified_.end(), waiting_.begin(), end);
    waiting_.erase(waiting_.begin(), end);
    was_notified_ = true;
  }

  void settle(const Object& object, const wire::ObjectState&) override {
    std::vector<Place> waiting;
    const Waiter* waiter = first_waiter(object, "wait");
    for (; waiter != nullptr; waiter = waiter->next) {
      waiting.push_back({waiter->call.session().number(), waiter->call.id()});
    }
    require(!was_notified_ || waiting == waiting_, "after a notify ", waiting.size(),
            " wait in place of ", waiting_.size(), ", or others");
    was_notified_ = false;
    waiting_ = std::move(waiting);
  }

  std::vector<Place> waiting_;   // When it was looked at last.
  std::vector<Place> notified_;  // And not yet given the lock.
  bool was_notified_ = false;    // In this input.
  uint64_t last_ = 0;
};

class EventModel final : public Model {
 private:
  void performed(const OpenCall& call, const Answer&) override {
    if (call.asked.verb == Verb::kSet) set_ = true;
    if (call.asked.verb == Verb::kClear) set_ = false;
    require(call.asked.verb != Verb::kWait || set_ || call.place != 0, "didn't wait for a set");
  }
  void settle(const Object& object, const wire::ObjectState&) override {
    require((object.size() == 1) == set_, "an event isn't what it was set to");
    require(!set_ || object.parked() == 0, "somebody waits for an event that is set");
  }

  bool set_ = false;
};

class LatchModel final : public Model {
 public:
  explicit LatchModel(const Kind& kind)
      : count_(static_cast<uint64_t>(kind.options.latch().count())) {}

 private:
  void performed(const OpenCall& call, const Answer&) override {
    if (call.asked.verb == Verb::kWait) return void(passed_ = true);
    count_ -= std::min(count_, std::max<uint64_t>(call.asked.number, 1));
  }
  void settle(const Object& object, const wire::ObjectState&) override {
    require(object.size() == count_, "a latch counts ", object.size(), " in place of ", count_);
    require(count_ > 0 || object.parked() == 0, "somebody waits at an open latch");
    require(!passed_ || count_ == 0, "somebody passed a closed latch");
  }

  uint64_t count_;
  bool passed_ = false;
};

// Each addition is done once, and a wait passes when the number is as large as it waits for.
class CounterModel final : public Model {
 private:
  void performed(const OpenCall& call, const Answer& answer) override {
    if (call.asked.verb == Verb::kWait)
      return void(passed_ = std::max(passed_, 8 * call.asked.number));
    sum_ += call.asked.number;
    require(answer.number == sum_, "the sum is ", answer.number.value_or(0), " in place of ", sum_);
  }
  void settle(const Object& object, const wire::ObjectState&) override {
    require(object.size() == sum_, "a counter is ", object.size(), " in place of ", sum_);
    require(passed_ <= sum_, "a wait for ", passed_, " passed at ", sum_);
  }

  uint64_t sum_ = 0;
  uint64_t passed_ = 0;  // The largest number that a wait passed for.
};

// A call passes in the same step as the others, and each has a place of its own. Nobody
// waits for one who is gone.
class BarrierModel final : public Model {
 public:
  explicit BarrierModel(const Kind& kind)
      : parties_(static_cast<uint64_t>(kind.options.barrier().parties())) {}

  void ended(SessionNumber session, bool) override {
    breaks_ = std::find(waiting_.begin(), waiting_.end(), session) != waiting_.end();
  }

 private:
  void performed(const OpenCall& call, const Answer& answer) override {
    if (call.asked.verb == Verb::kWait) places_.push_back(*answer.number);
  }
  void settle(const Object& object, const wire::ObjectState&) override {
    require(object.size() < parties_, object.size(), " wait at a barrier of ", parties_);
    std::sort(places_.begin(), places_.end());
    for (uint64_t place = 0; place < places_.size(); ++place) {
      require(places_[place] == place, "place ", places_[place], " at a barrier for ", place);
    }
    require(places_.empty() || places_.size() == parties_, places_.size(), " passed a barrier of ",
            parties_);
    places_.clear();
    require(!breaks_ || object.parked() == 0, "somebody waits for a party that is gone");
    breaks_ = false;
    waiting_.clear();
    const Waiter* waiter = first_waiter(object, "wait");
    for (; waiter != nullptr; waiter = waiter->next) {
      waiting_.push_back(waiter->call.session().number());
    }
  }

  const uint64_t parties_;
  std::vector<uint64_t> places_;        // Of those who passed in this input.
  std::vector<SessionNumber> waiting_;  // When it was looked at last.
  bool breaks_ = false;
};

// Each addition is done once.
class ValueModel final : public Model {
 private:
  void performed(const OpenCall& call, const Answer& answer) override {
    sum_ += call.asked.number;
    require(answer.number == sum_, "the sum is ", answer.number.value_or(0), " in place of ", sum_);
  }
  void settle(const Object&, const wire::ObjectState&) override {}

  uint64_t sum_ = 0;
};

}  // namespace

void Model::saw(const OpenCall& call, const Answer& answer) {
  if (!answer.ok()) return;
  const char* list = list_of(call.asked);
  if (list != nullptr && !may_overtake(call.asked)) served_.push_back({list, call.place});
  performed(call, answer);
}

void Model::check(const Object& object, const wire::ObjectState& state) {
  check_waiters(object);
  check_holders(object, state);
  check_turns(object);
  settle(object, state);
}

// Who still waits came after all who were served.
void Model::check_turns(const Object& object) {
  for (const Served& served : served_) {
    for (const WaitList* list : object.wait_lists()) {
      if (list->empty() || std::string_view(list->what()) != served.list) continue;
      require(served.place != 0 && served.place < list->first()->number, "request ",
              list->first()->call.id(), " of session ", list->first()->call.session().number(),
              " was overtaken");
    }
  }
  served_.clear();
}

const Waiter* Model::first_waiter(const Object& object, std::string_view list) {
  for (const WaitList* waiters : object.wait_lists()) {
    if (waiters->what() == list) return waiters->first();
  }
  return nullptr;
}

std::shared_ptr<Model> make_model(const Kind& kind, const std::shared_ptr<Model>& partner) {
  switch (kind.op) {
    case wire::Request::kQueue:
      return make_queue_model(kind, partner);
    case wire::Request::kLock:
      return make_lock_model(kind);
    case wire::Request::kSemaphore:
      return make_semaphore_model(kind);
    case wire::Request::kRwlock:
      return make_rwlock_model(kind);
    case wire::Request::kCondition:
      return std::make_shared<ConditionModel>();
    case wire::Request::kEvent:
      return std::make_shared<EventModel>();
    case wire::Request::kLatch:
      return std::make_shared<LatchModel>(kind);
    case wire::Request::kCounter:
      return std::make_shared<CounterModel>();
    case wire::Request::kBarrier:
      return std::make_shared<BarrierModel>(kind);
    default:
      return std::make_shared<ValueModel>();
  }
}

}  // namespace syncmanager::manager::simulation
