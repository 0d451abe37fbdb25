#include "tests/endurance/life.h"

#include <array>
#include <mutex>
#include <shared_mutex>

#include "tests/endurance/worker.h"

namespace syncmanager::endurance {

Commons::Commons(const Client& client)
    : lock(client.lock("lock")),
      inside(client.value<int64_t>("inside", 0)),
      highest_fence(client.value<int64_t>("highest fence", 0)),
      rlock(client.rlock("rlock")),
      rwlock(client.rwlock("rwlock")),
      condition(client.condition("condition")),
      semaphore(client.semaphore("semaphore", kPermits)),
      bounded(client.bounded_semaphore("bounded", kPermits)),
      barrier(client.barrier("barrier", 2)),
      event(client.event("event")),
      parcels(client.queue<std::string>("parcels", {.capacity = 20, .reliable = true})),
      sent(client.dict<std::string, int64_t>("sent")),
      arrived(client.dict<std::string, std::string>("arrived")),
      lists(client.dict<std::string, List<std::string>>("lists")),
      complaints(client.list<std::string>("complaints")) {}

void Commons::require_no_complaints() const {
  const std::vector<std::string> all = complaints.to_vector();
  require(all.empty(), all.empty() ? "" : all.front());
}

Life::Life(const Client& client, int64_t number)
    : client_(client),
      number_(number),
      name_(std::to_string(number)),
      dice_(static_cast<uint64_t>(number)),
      commons_(client) {}

void Life::step() {
  using Step = void (Life::*)();
  static constexpr std::array<Step, 10> kSteps = {
      &Life::enter_the_lock,   &Life::enter_the_rlock,
      &Life::read_or_write,    &Life::meet_at_the_condition,
      &Life::take_permits,     &Life::meet_at_the_barrier,
      &Life::watch_the_event,  &Life::send_a_parcel,
      &Life::receive_a_parcel, &Life::keep_a_list};
  (this->*kSteps[dice_.below(kSteps.size())])();
}

void Life::enter_the_lock() {
  const std::unique_lock mine(commons_.lock, a_while());
  if (!mine) return;
  if (commons_.lock.abandoned()) commons_.inside.set(0);
  if (!commons_.inside.compare_and_set(0, number_)) commons_.complaints.append("two in the lock");
  const auto fence = static_cast<int64_t>(commons_.lock.fencing());
  if (commons_.highest_fence.get() >= fence) commons_.complaints.append("a fence went back");
  commons_.highest_fence.set(fence);
  commons_.inside.set(0);
}

void Life::enter_the_rlock() {
  const std::unique_lock once(commons_.rlock, a_while());
  if (!once) return;
  const std::unique_lock twice(commons_.rlock, std::try_to_lock);
  if (!twice) commons_.complaints.append("an rlock isn't its owner's");
}

void Life::read_or_write() {
  if (dice_.percent(50)) {
    const std::shared_lock reading(commons_.rwlock, a_while());
    if (reading && commons_.rwlock.readers() < 1) commons_.complaints.append("a reader isn't");
  } else {
    const std::unique_lock writing(commons_.rwlock, a_while());
    if (writing && commons_.rwlock.readers() != -1) commons_.complaints.append("a writer isn't");
  }
}

void Life::meet_at_the_condition() {
  const std::unique_lock mine(commons_.condition, a_while());
  if (!mine) return;
  if (dice_.percent(50)) {
    commons_.condition.wait_for(a_while());
  } else {
    commons_.condition.notify(1 + dice_.below(3));
  }
}

void Life::take_permits() {
  const auto permits = static_cast<int64_t>(1 + dice_.below(kPermits));
  if (commons_.semaphore.try_acquire_for(a_while(), permits)) {
    // While it holds some of one it waits for some of the other.
    if (commons_.bounded.try_acquire_for(a_while(), permits)) commons_.bounded.release(permits);
    commons_.semaphore.release(permits);
  }
}

void Life::meet_at_the_barrier() {
  try {
    commons_.barrier.wait_for(a_while());
  } catch (const BrokenBarrier&) {
    commons_.barrier.reset();
  }
}

void Life::watch_the_event() {
  if (dice_.percent(30)) commons_.event.set();
  if (dice_.percent(60)) commons_.event.clear();
  commons_.event.wait_for(a_while());
}

void Life::send_a_parcel() {
  const std::string parcel = name_ + "/" + std::to_string(sent_);
  if (!commons_.parcels.try_put_for(parcel, a_while())) return;
  commons_.sent.set(name_, ++sent_);
}

void Life::receive_a_parcel() {
  std::optional<Delivery<std::string>> parcel = commons_.parcels.try_take_for(a_while());
  if (!parcel) return;
  const bool is_new = commons_.arrived.compare_and_set(parcel->item(), std::nullopt, name_);
  if (!is_new && !parcel->redelivered()) commons_.complaints.append("a parcel came twice");
  parcel->ack();
}

void Life::keep_a_list() {
  const auto list = client_.list<std::string>();
  list.append(name_);
  commons_.lists.set(name_, list);
  commons_.lists.erase(name_);
}

void live_a_random_life(const Place& place, const Numbers& numbers) {
  Life life(connect(place), numbers.at(0));
  say("ready");
  for (;;) life.step();
}

}  // namespace syncmanager::endurance
