// Managers that are wrong: by types of their own, by options that nobody asked for, or in what they
// do at a repetition, an end or a resumption.

#include "tests/simulation/planted_bugs.h"

#include <algorithm>
#include <utility>

#include "manager/core/engine.h"

namespace syncmanager::manager::simulation {
namespace {

// An event that forgets who waits: lost wake-ups.
class ForgetfulEvent final : public Object {
 public:
  void perform(Call call) override {
    if (call.request().event().has_wait() && !set_) return waiters_.park(std::move(call));
    if (!call.request().event().has_wait()) set_ = call.request().event().has_set();
    call.reply();
  }
  uint64_t size() const override { return set_ ? 1 : 0; }
  void save(Snapshot& snapshot) const override { snapshot.boolean(set_); }

 private:
  bool set_ = false;
  WaitList waiters_{this, "wait"};
};

// A lock that is granted to every caller.
class GenerousLock final : public Object {
 public:
  void perform(Call call) override {
    wire::Reply reply;
    if (call.request().lock().has_acquire()) {
      reply.mutable_grant()->set_fencing(services().next_fencing_number());
      fencing_ = reply.grant().fencing();
      holder_ = call.caller();
    } else if (!std::exchange(holder_, {})) {
      return call.refuse(wire::REFUSED, "not held");
    }
    call.reply(reply);
  }
  void session_ended(SessionNumber session, bool) override {
    if (holder_ && holder_->session == session) holder_.reset();
  }
  void describe(wire::ObjectState& state) const override {
    if (!holder_) return;
    wire::CallerState& holder = *state.add_holders();
    services().describe_caller(*holder_, services().now(), holder);
    holder.set_fencing(fencing_);
    holder.set_count(1);
  }
  void save(Snapshot& snapshot) const override { snapshot.boolean(holder_.has_value()); }

 private:
  std::optional<Caller> holder_;
  uint64_t fencing_ = 0;
};

// A semaphore whose permits go to the last waiter.
class UnfairSemaphore final : public Object {
 public:
  explicit UnfairSemaphore(int64_t permits) : free_(permits) {}

  void perform(Call call) override {
    if (call.request().semaphore().has_acquire()) {
      const int64_t wanted = wanted_by(call);
      return wanted > free_ ? acquirers_.park(std::move(call)) : take(std::move(call));
    }
    free_ += std::max<int64_t>(call.request().semaphore().release().permits(), 1);
    call.reply();
    for (Waiter* last = nullptr; (last = last_that_can()) != nullptr;) {
      take(acquirers_.remove(*last));
    }
  }
  uint64_t size() const override { return static_cast<uint64_t>(free_); }
  void describe(wire::ObjectState& state) const override {
    wire::CallerState& all = *state.add_holders();
    all.set_count(taken_);
    all.set_left_behind(true);
  }
  void save(Snapshot& snapshot) const override { snapshot.number(size()); }

 private:
  static int64_t wanted_by(const Call& call) {
    return std::max<int64_t>(call.request().semaphore().acquire().permits(), 1);
  }
  void take(Call call) {
    free_ -= wanted_by(call);
    taken_ += static_cast<uint64_t>(wanted_by(call));
    call.reply();
  }
  Waiter* last_that_can() const {
    Waiter* last = nullptr;
    for (Waiter* next = acquirers_.first(); next != nullptr; next = next->next) {
      if (wanted_by(next->call) <= free_) last = next;
    }
    return last;
  }

  int64_t free_;
  uint64_t taken_ = 0;
  WaitList acquirers_{this, "acquire"};
};

template <typename Make>
Flaw with_type(Options::TypeCase options, Make make) {
  Flaw flaw;
  for (TypeRow& row : flaw.types) {
    if (row.options == options) row.make = make;
  }
  return flaw;
}

Flaw with_options(std::function<void(Options&)> change) {
  Flaw flaw;
  flaw.on_open = std::move(change);
  return flaw;
}

Flaw performing_again(std::function<bool(const Asked&)> which) {
  Flaw flaw;
  flaw.performs_again = std::move(which);
  return flaw;
}

Flaw with(bool Flaw::*what) {
  Flaw flaw;
  flaw.*what = true;
  return flaw;
}

bool is_add(const Asked& asked) { return asked.verb == Verb::kAdd; }
bool is_put(const Asked& asked) { return asked.verb == Verb::kPut; }
bool is_in_parts(const Asked& asked) { return asked.part_bytes > 0; }

// A session that dies is taken for one that said goodbye.
Flaw polite_deaths() {
  Flaw flaw;
  flaw.on_end = [](bool& goodbye) { goodbye = true; };
  return flaw;
}

void drop_what_comes_back(Options& options) { options.mutable_queue()->set_max_deliveries(1); }

void serve_the_last_in(Options& options) {
  const wire::QueueOptions queue = options.queue();
  *options.mutable_lifo_queue() = queue;
}

void add_a_permit(Options& options) {
  wire::SemaphoreOptions& semaphore = *options.mutable_bounded_semaphore();
  semaphore.set_value(semaphore.value() + 1);
}

void add_a_place(Options& options) {
  options.mutable_queue()->set_maxsize(options.queue().maxsize() + 1);
}

using Made = absl::StatusOr<std::unique_ptr<Object>>;
Made make_forgetful_event(const Options&) { return std::make_unique<ForgetfulEvent>(); }
Made make_generous_lock(const Options&) { return std::make_unique<GenerousLock>(); }
Made make_unfair_semaphore(const Options& options) {
  return std::make_unique<UnfairSemaphore>(options.semaphore().value());
}

}  // namespace

const std::vector<PlantedBug>& planted_bugs() {
  static const std::vector<PlantedBug> bugs = {
      {"LostWakeUp", "event", "somebody waits for an event that is set",
       with_type(Options::kEvent, make_forgetful_event)},
      {"LockGrantedTwice", "releasing lock", "holds it",
       with_type(Options::kLock, make_generous_lock)},
      {"WaiterThatIsOvertaken", "semaphore", "was overtaken",
       with_type(Options::kSemaphore, make_unfair_semaphore)},
      {"AddAgainWhenRepeated", "value", "in place of", performing_again(is_add)},
      {"PutAgainWhenRepeated", "queue", "2 items are in line in place of 1",
       performing_again(is_put)},
      {"LockKeptByTheDead", "lock", "1 holders in place of 0", polite_deaths()},
      {"ReplyLostInAResumption", "queue", "and the next one is number", with(&Flaw::loses_a_reply)},
      {"HalfARequestBeforeTheNext", "value", "makes sense and is refused",
       with(&Flaw::keeps_halves)},
      {"AddAgainWhenRepeatedInParts", "value", "in place of", performing_again(is_in_parts)},
      {"AnswerThatDoesNotBeginAgain", "queue", "sent parts that aren't one answer",
       with(&Flaw::goes_on_in_an_answer)},
      {"ItemDroppedWithItsHolder", "reliable queue", "0 items are in line in place of 1",
       with_options(drop_what_comes_back)},
      {"LastInFirstOut", "queue", "it wasn't that one's turn", with_options(serve_the_last_in)},
      {"OneItemBeyondMaxsize", "queue", "more than maxsize", with_options(add_a_place)},
      {"OnePermitTooMany", "bounded semaphore", "permits", with_options(add_a_permit)},
  };
  return bugs;
}

}  // namespace syncmanager::manager::simulation
