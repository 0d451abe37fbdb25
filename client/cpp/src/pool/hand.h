#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "client/cpp/src/pool/done_tasks.h"
#include "client/cpp/src/pool/task_in_hand.h"
#include "client/cpp/src/process/in_forked_child.h"

namespace syncmanager {

// The tasks that a worker took together, from there until the manager knows what became of them.
// One that takes long holds up none of the others: those before it are told as done, and those
// behind it given back, by a thread that there is once several were taken together.
//
// One thread uses it. It throws Disconnected when the manager is gone.
class Hand {
 public:
  explicit Hand(ReferencePtr pool);
  ~Hand();
  Hand(const Hand&) = delete;
  Hand& operator=(const Hand&) = delete;

  // How many tasks to take the next time.
  uint64_t room() const { return room_; }
  // With what was taken together.
  void fill(std::vector<TaskInHand> tasks);
  // Does the next task; false: there is none left.
  bool do_next();
  // Tells what is done, and gives back what isn't begun.
  void put_down();
  // Waits for the manager's word on what it was told.
  void settle();

 private:
  using Clock = std::chrono::steady_clock;

  std::optional<TaskInHand> next();
  // REQUIRES: the lock is held, as in what follows.
  void give_back();
  // Whether a task that takes long would hold up anything.
  bool holds_up() const { return !tasks_.empty() || done_.has_untold(); }
  void watch();
  // The watcher isn't in a forked child, and may have had the lock.
  void inherit();

  const ReferencePtr pool_;
  uint64_t room_ = 1;
  uint64_t performed_ = 0;  // Of those that came together.
  Clock::time_point filled_, told_;

  std::mutex mutex_;              // Protects what follows.
  std::deque<TaskInHand> tasks_;  // Not begun.
  uint64_t begun_ = 0;            // It changes with each task.
  DoneTasks done_;
  bool ending_ = false;
  std::condition_variable several_, ended_;
  std::thread watcher_;
  const InForkedChild forked_;
};

}  // namespace syncmanager
