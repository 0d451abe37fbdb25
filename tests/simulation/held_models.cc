// Models of locks, semaphores and read-write locks: who holds them, how often, and by which
// number.
#include <algorithm>

#include "tests/simulation/model.h"
#include "tests/simulation/violation.h"

namespace syncmanager::manager::simulation {
namespace {

// A lock that Conditions work on, too: what they do to it isn't seen here.
class SharedLockModel final : public Model {
 private:
  void performed(const OpenCall&, const Answer&) override {}
  void settle(const Object& object, const wire::ObjectState& state) override {
    require(state.holders_size() <= 1, "a lock has ", state.holders_size(), " holders");
    require(state.holders_size() == 1 || object.parked() == 0, "somebody waits for a free lock");
    if (state.holders_size() == 0) return;
    require(state.holders(0).fencing() >= last_, "fencing numbers went back");
    last_ = state.holders(0).fencing();
  }
  // A holder may take an RLock again.
  bool may_overtake(const Asked&) const override { return true; }

  uint64_t last_ = 0;
};

// A lock or an RLock: one holder, whose number is above all before, and a mark after a death.
class LockModel final : public Model {
 public:
  explicit LockModel(const Kind& kind)
      : reentrant_(kind.options.has_rlock()),
        releases_on_exit_(kind.options.has_lock() && kind.options.lock().release_on_exit()) {}

  void ended(SessionNumber session, bool goodbye) override {
    if (depth_ == 0 || holder_.session != session) return;
    left_behind_ = goodbye && !releases_on_exit_;
    if (left_behind_) return;
    depth_ = 0;
    abandoned_ = abandoned_ || !goodbye;
  }

 private:
  void performed(const OpenCall& call, const Answer& answer) override {
    const Asked& asked = call.asked;
    if (asked.verb == Verb::kAcquire) {
      grants_.push_back({asked.caller, answer});
      return;
    }
    require(depth_ > 0, "a free lock was released");
    require(!reentrant_ || left_behind_ || holder_ == asked.caller,
            "an RLock was released by another caller than its holder");
    require(asked.number == 0 || asked.number == fencing_, "released by grant ", asked.number,
            " while it was held by grant ", fencing_);
    --depth_;
  }

  void settle(const Object& object, const wire::ObjectState& state) override {
    require(grants_.size() <= 1, "two were granted a lock in one step");
    for (const Grant& grant : grants_) take(grant);
    grants_.clear();
    require(depth_ > 0 || object.parked() == 0, "somebody waits for a free lock");
    require(state.holders_size() == (depth_ > 0 ? 1 : 0), "a lock has ", state.holders_size(),
            " holders in place of ", depth_ > 0);
    if (depth_ == 0) return;
    const wire::CallerState& holder = state.holders(0);
    require(holder.session() == holder_.session && holder.caller() == holder_.thread &&
                holder.fencing() == fencing_ && holder.count() == depth_ &&
                holder.left_behind() == left_behind_,
            "the lock's holder isn't who was told so: session ", holder.session(), " in place of ",
            holder_.session);
  }

  bool may_overtake(const Asked& asked) const override {
    return reentrant_ && depth_ > 0 && holder_ == asked.caller;
  }

  struct Grant {
    Caller caller;
    Answer answer;
  };
  void take(const Grant& grant) {
    if (reentrant_ && depth_ > 0 && holder_ == grant.caller) {
      require(grant.answer.fencing == fencing_, "an RLock taken again has another number");
      ++depth_;
      return;
    }
    require(depth_ == 0, "granted to session ", grant.caller.session, " while session ",
            holder_.session, " holds it");
    require(grant.answer.fencing > fencing_, "fencing numbers went back");
    require(grant.answer.abandoned == abandoned_, "the mark of a dead holder is wrong");
    holder_ = grant.caller;
    depth_ = 1;
    fencing_ = grant.answer.fencing;
    abandoned_ = left_behind_ = false;
  }

  const bool reentrant_, releases_on_exit_;
  Caller holder_;
  uint64_t depth_ = 0, fencing_ = 0;
  bool left_behind_ = false, abandoned_ = false;
  std::vector<Grant> grants_;  // Of this input.
};

// How much each session had when the object was looked at last.
class Shares {
 public:
  void read(const wire::ObjectState& state) {
    shares_.clear();
    for (const wire::CallerState& holder : state.holders()) {
      shares_.push_back({holder.session(), holder.count()});
    }
  }
  uint64_t of(SessionNumber session) const {
    uint64_t sum = 0;
    for (const auto& [holder, count] : shares_) sum += holder == session ? count : 0;
    return sum;
  }
  uint64_t sum() const {
    uint64_t sum = 0;
    for (const auto& [holder, count] : shares_) sum += count;
    return sum;
  }

 private:
  std::vector<std::pair<SessionNumber, uint64_t>> shares_;
};

// Every permit is free or with a session, and the call that waits longest wants more than are free.
class SemaphoreModel final : public Model {
 public:
  explicit SemaphoreModel(const Kind& kind)
      : bounded_(kind.options.has_bounded_semaphore()),
        options_(bounded_ ? kind.options.bounded_semaphore() : kind.options.semaphore()),
        free_(initial()) {}

  void ended(SessionNumber session, bool goodbye) override {
    if (!goodbye || options_.release_on_exit()) free_ += shares_.of(session);
  }

 private:
  uint64_t initial() const { return static_cast<uint64_t>(options_.value()); }
  static uint64_t permits(const wire::SemaphoreOp::Acquire& acquire) {
    return static_cast<uint64_t>(std::max<int64_t>(acquire.permits(), 1));
  }

  void performed(const OpenCall& call, const Answer&) override {
    const uint64_t count = std::max<uint64_t>(call.asked.number, 1);
    call.asked.verb == Verb::kAcquire ? free_ -= count : free_ += count;
  }

  void settle(const Object& object, const wire::ObjectState& state) override {
    shares_.read(state);
    const uint64_t all = object.size() + shares_.sum();
    require(object.size() == free_, object.size(), " permits are free in place of ", free_);
    require(bounded_ ? all == initial() : all >= initial(), all, " permits in place of ",
            initial());
    const Waiter* first = first_waiter(object, "acquire");
    require(first == nullptr || permits(first->call.request().semaphore().acquire()) > free_,
            "somebody waits for permits that are free");
  }

  const bool bounded_;
  const wire::SemaphoreOptions options_;
  uint64_t free_;
  Shares shares_;
};

// Readers or a writer, each with as many holds as were granted and not given back.
class RwlockModel final : public Model {
 public:
  explicit RwlockModel(const Kind& kind)
      : releases_on_exit_(kind.options.rwlock().release_on_exit()) {}

  void ended(SessionNumber session, bool goodbye) override {
    if (!goodbye || releases_on_exit_) holds_ -= shares_.of(session);
  }

 private:
  void performed(const OpenCall& call, const Answer& answer) override {
    if (call.asked.verb == Verb::kRelease) return void(--holds_);
    ++holds_;
    highest_ = std::max(highest_, answer.fencing);
    require(answer.fencing > last_ || holds(call.asked.caller), "fencing numbers went back");
  }

  void settle(const Object& object, const wire::ObjectState& state) override {
    last_ = highest_;
    shares_.read(state);
    holders_.clear();
    bool written = false;
    for (const wire::CallerState& holder : state.holders()) {
      holders_.push_back({holder.session(), holder.caller()});
      written = written || holder.what() == "write";
    }
    require(!written || holders_.size() == 1, "a writer shares the lock");
    require(shares_.sum() == holds_, "held ", shares_.sum(), " times in place of ", holds_);
    const Waiter* first = first_waiter(object, "acquire");
    if (first == nullptr) return;
    const bool writes = first->call.request().rwlock().has_acquire_write();
    require(!holders_.empty() && (writes || written), "somebody waits and could have the lock");
  }

  bool may_overtake(const Asked& asked) const override { return holds(asked.caller); }
  bool holds(Caller caller) const {
    return std::find(holders_.begin(), holders_.end(), caller) != holders_.end();
  }

  const bool releases_on_exit_;
  uint64_t holds_ = 0, last_ = 0, highest_ = 0;
  Shares shares_;
  std::vector<Caller> holders_;
};

}  // namespace

std::shared_ptr<Model> make_lock_model(const Kind& kind) {
  for (const Kind& other : kinds()) {
    if (other.partner && &kinds()[*other.partner] == &kind) {
      return std::make_shared<SharedLockModel>();
    }
  }
  return std::make_shared<LockModel>(kind);
}

std::shared_ptr<Model> make_semaphore_model(const Kind& kind) {
  return std::make_shared<SemaphoreModel>(kind);
}

std::shared_ptr<Model> make_rwlock_model(const Kind& kind) {
  return std::make_shared<RwlockModel>(kind);
}

}  // namespace syncmanager::manager::simulation
