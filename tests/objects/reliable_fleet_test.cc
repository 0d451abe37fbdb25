// Workers of a reliable queue that take, finish, give back, leave and die at random: each item is
// done once, or is a dead letter, and none is lost.

#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

constexpr uint64_t kMaxDeliveries = 3;

class Fleet {
 public:
  explicit Fleet(uint64_t seed) : random_(seed) {}

  void step() {
    const uint64_t dice = below(100);
    if (dice < 30) return put();
    if (dice < 40) return stage_.advance(std::chrono::milliseconds(below(5)));
    if (workers_.size() < 4) return workers_.push_back({stage_.actor(), {}});
    const size_t chosen = below(workers_.size());
    Worker& worker = workers_[chosen];
    if (dice < 95) return dice < 65 ? get(worker) : finish(worker);
    dice < 98 ? worker.actor.die() : worker.actor.leave();
    workers_.erase(workers_.begin() + static_cast<std::ptrdiff_t>(chosen));
  }

  // Everybody dies, and somebody does what is left.
  void end() {
    for (const Worker& worker : workers_) worker.actor.die();
    stage_.advance(1s);
    const Worker last{stage_.actor(), {}};
    const Pending joined = boss_.join(jobs_);
    for (int left = put_; left > 0; --left) {
      const Pending got = last.actor.get(jobs_, 0ms);
      if (got.reply().outcome() == wire::TIMED_OUT) break;
      ack(last, got);
    }
    EXPECT_THAT(joined, Done());
    for (Pending letter = boss_.get(dead_, 0ms); letter.reply().has_value();
         letter = boss_.get(dead_, 0ms)) {
      ++over_[letter.value()];
      ++dead_letters_;
    }
    for (int item = 0; item < put_; ++item) EXPECT_EQ(over_[encoded(item)], 1) << "item " << item;
    EXPECT_EQ(stage_.inspect(jobs_).summary().bytes(), 0u);
    EXPECT_GT(dead_letters_, 0);
  }

 private:
  struct Worker {
    Actor actor;
    std::vector<Pending> gets;  // Parked, or in hand.
  };

  uint64_t below(uint64_t bound) { return random_() % bound; }

  void put() {
    const Pending put = below(3) == 0
                            ? boss_.put_after(jobs_, put_, std::chrono::milliseconds(below(8)))
                            : boss_.put(jobs_, put_);
    EXPECT_THAT(put, Done());
    ++put_;
  }

  void get(Worker& worker) {
    if (worker.gets.size() < 10) worker.gets.push_back(worker.actor.get(jobs_));
  }

  void finish(Worker& worker) {
    if (worker.gets.empty()) return;
    const auto chosen =
        worker.gets.begin() + static_cast<std::ptrdiff_t>(below(worker.gets.size()));
    const Pending got = *chosen;
    if (got.parked()) return;
    EXPECT_LE(got.reply().delivery().count(), kMaxDeliveries);
    worker.gets.erase(chosen);
    if (below(2) == 0) return ack(worker, got);
    EXPECT_THAT(worker.actor.nack(jobs_, got.delivery(), std::chrono::milliseconds(below(4))),
                Done());
  }

  void ack(const Worker& worker, const Pending& got) {
    EXPECT_THAT(worker.actor.ack(jobs_, got.delivery()), Done());
    ++over_[got.reply().delivery().value()];
  }

  std::mt19937_64 random_;
  Stage stage_;
  const ObjectId dead_ = stage_.create(a_queue());
  const ObjectId jobs_ = stage_.create(
      reliable(a_queue(), {.most_deliveries = kMaxDeliveries, .dead_letters = dead_}));
  const Actor boss_ = stage_.actor();
  std::vector<Worker> workers_;
  int put_ = 0;
  std::map<std::string, int> over_;  // How often an item was done or was a dead letter.
  int dead_letters_ = 0;
};

class FleetTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(FleetTest, EveryItemIsDoneOnceOrIsADeadLetter) {
  Fleet fleet(GetParam());
  for (int step = 0; step < 2'000 && !HasFailure(); ++step) fleet.step();
  fleet.end();
}

INSTANTIATE_TEST_SUITE_P(Seeds, FleetTest, ::testing::Range<uint64_t>(1, 11));

}  // namespace
}  // namespace syncmanager::manager
