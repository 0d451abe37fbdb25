// Random programs on every synchronization type: clients ask, cancel, leave, are killed, and
// objects are deleted under them. After each step the invariants that the types promise must hold;
// the stage checks that every call is answered once, that nothing is left, and that a replay
// agrees.
//
// The seeds are fixed, so a failure comes back with its number.

#include <algorithm>
#include <functional>
#include <iterator>
#include <random>

#include "tests/support/stage.h"

namespace syncmanager {
namespace {

class Simulation {
 public:
  explicit Simulation(uint64_t seed) : random_(seed) {
    for (size_t i = 0; i < kKinds.size(); ++i) objects_.push_back(stage_.create(kKinds[i]));
    for (int i = 0; i < 4; ++i) actors_.push_back(stage_.actor());
  }

  void step() {
    const uint64_t dice = below(100);
    if (dice < 72) {
      ask();
    } else if (dice < 80) {
      if (!asked_.empty()) asked_[below(asked_.size())].cancel();
    } else if (dice < 90) {
      stage_.advance(std::chrono::milliseconds(below(30)));
    } else if (dice < 93) {
      end();
    } else if (dice < 97) {
      if (actors_.size() < 8) actors_.push_back(stage_.actor());
    } else if (dice < 99) {
      acknowledge();
    } else {
      replace_object();
    }
  }

  void check() {
    for (size_t i = 0; i < objects_.size(); ++i) check(stage_.inspect(objects_[i]), kKinds[i]);
  }

 private:
  uint64_t below(uint64_t bound) { return random_() % bound; }
  Timeout timeout() {
    switch (below(3)) {
      case 0:
        return std::nullopt;
      case 1:
        return 0ms;
      default:
        return std::chrono::milliseconds(1 + below(50));
    }
  }

  void ask() {
    const Actor actor = actors_[below(actors_.size())].thread(1 + below(3));
    const ObjectId object = objects_[below(objects_.size())];
    asked_.push_back(ask(actor, object));
    if (asked_.size() > 50) asked_.erase(asked_.begin());
  }

  Pending ask(Actor actor, ObjectId object) {
    switch (stage_.engine().registry().find(object)->row().op) {
      case wire::Request::kQueue:
        if (below(8) == 0) return actor.task_done(object);
        if (below(8) == 0) return actor.join(object, timeout());
        return below(2) == 0 ? actor.put(object, below(100), timeout())
                             : actor.get(object, timeout());
      case wire::Request::kSemaphore:
        return below(2) == 0 ? actor.acquire_permits(object, 1 + below_signed(3), timeout())
                             : actor.release_permits(object, 1 + below_signed(2));
      case wire::Request::kCondition:
        if (below(2) == 0) return actor.acquire(object, timeout());
        if (below(3) == 0) return actor.notify(object, 1 + below(2));
        return below(2) == 0 ? actor.wait(object, timeout()) : actor.release(object);
      case wire::Request::kEvent:
        if (below(4) == 0) return actor.set(object);
        return below(2) == 0 ? actor.clear(object) : actor.wait(object, timeout());
      case wire::Request::kBarrier:
        return below(5) == 0 ? actor.reset(object) : actor.wait(object, timeout());
      case wire::Request::kRwlock:
        if (below(2) == 0) return actor.release(object);
        return below(3) == 0 ? actor.acquire_write(object, timeout())
                             : actor.acquire_read(object, timeout());
      case wire::Request::kLatch:
        return below(4) == 0 ? actor.count_down(object) : actor.wait(object, timeout());
      default:
        return below(2) == 0 ? actor.acquire(object, timeout()) : actor.release(object);
    }
  }
  int64_t below_signed(uint64_t bound) { return static_cast<int64_t>(below(bound)); }

  void end() {
    if (actors_.size() < 2) return;
    const auto actor = actors_.begin() + static_cast<std::ptrdiff_t>(below(actors_.size()));
    std::erase_if(asked_, [&](const Pending& p) { return p.session() == actor->session(); });
    below(2) == 0 ? actor->die() : actor->leave();
    actors_.erase(actor);
  }

  void acknowledge() {
    for (const Actor& actor : actors_) {
      wire::ClientBatch batch;
      batch.set_acknowledged(stage_.engine().session(actor.session())->emitted());
      actor.send(batch);
    }
  }

  void replace_object() {
    const size_t i = below(objects_.size());
    actors_[0].remove(objects_[i]);
    objects_[i] = stage_.create(kKinds[i]);
  }

  static int64_t waiting(const wire::ObjectState& state, std::string_view what) {
    return std::count_if(state.waiters().begin(), state.waiters().end(),
                         [&](const wire::CallerState& waiter) { return waiter.what() == what; });
  }

  // What the invariants at the top of each type's file promise.
  static void check(const wire::ObjectState& state, const OpenOptions& options) {
    const uint64_t size = state.summary().size();
    switch (options.type_case()) {
      case OpenOptions::kQueue:
        EXPECT_LE(size, 2u);
        if (waiting(state, "get") > 0) {
          EXPECT_EQ(size, 0u);
        }
        if (waiting(state, "put") > 0) {
          EXPECT_EQ(size, 2u);
        }
        break;
      case OpenOptions::kLock:
      case OpenOptions::kRlock:
        EXPECT_LE(state.holders_size(), 1);
        if (waiting(state, "acquire") > 0) {
          EXPECT_EQ(state.holders_size(), 1);
        }
        break;
      case OpenOptions::kBoundedSemaphore: {
        uint64_t all = size;
        for (const wire::CallerState& holder : state.holders()) all += holder.count();
        EXPECT_EQ(all, 3u);
        if (waiting(state, "acquire") > 0) {
          EXPECT_LT(size, 3u);
        }
        break;
      }
      case OpenOptions::kRwlock:
        for (const wire::CallerState& holder : state.holders()) {
          if (holder.what() == "write") {
            EXPECT_EQ(state.holders_size(), 1);
          }
        }
        if (waiting(state, "acquire") > 0) {
          EXPECT_GT(state.holders_size(), 0);
        }
        break;
      case OpenOptions::kBarrier:
        EXPECT_LT(size, 3u);
        break;
      case OpenOptions::kEvent:
      case OpenOptions::kLatch:
        if (options.has_event() == (size != 0)) {
          EXPECT_EQ(state.waiters_size(), 0);
        }
        break;
      default:
        break;
    }
  }

  inline static const std::vector<OpenOptions> kKinds = {a_queue(2),
                                                         a_lock(),
                                                         a_lock(OnExit::kRelease),
                                                         an_rlock(),
                                                         a_semaphore(2),
                                                         a_bounded_semaphore(3),
                                                         a_bounded_semaphore(3, OnExit::kRelease),
                                                         a_condition(),
                                                         an_event(),
                                                         a_barrier(3, 40ms),
                                                         an_rwlock(),
                                                         an_rwlock(OnExit::kRelease),
                                                         a_latch(5)};

  std::mt19937_64 random_;
  Stage stage_;
  std::vector<ObjectId> objects_;
  std::vector<Actor> actors_;
  std::vector<Pending> asked_;
};

class SimulationTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(SimulationTest, KeepsEveryPromiseWhateverHappens) {
  Simulation simulation(GetParam());
  for (int step = 0; step < 1500 && !HasFailure(); ++step) {
    SCOPED_TRACE(step);
    simulation.step();
    simulation.check();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SimulationTest, ::testing::Range<uint64_t>(1, 21));

}  // namespace
}  // namespace syncmanager
