#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "manager/core/object.h"
#include "manager/objects/catalog.h"
#include "manager/objects/pool_functions.h"
#include "manager/objects/pool_inboxes.h"

namespace syncmanager::manager {

// Tasks for workers that come and go; after multiprocessing.Pool and concurrent.futures, with one
// difference: a worker that dies takes nothing with it.
//
// The way of a task: it waits, is in the hand of a worker, and then its result is in its
// inbox. One that a worker died with comes back to the line, at once or later, until that has
// happened too often: then it is dead, and somebody may retry it. A worker does the first task in
// its hand, so only this one can have killed it.
//
// Between calls:
//   - somebody waits in takers_ only while no task is in line that he offers to do;
//   - somebody waits in collectors_ only while his inbox has no results;
//   - a task is in line, delayed, in the hands of one worker or more, or dead.
class Pool final : public Object {
 public:
  void perform(Call call) override;
  bool same_shape(const Options&) const override { return true; }
  void session_ended(SessionNumber session, bool goodbye) override;
  void on_time() override;
  uint64_t size() const override { return tasks_.size(); }
  void describe(wire::ObjectState& state) const override;
  void save(Snapshot& snapshot) const override;
  void check_invariants() const override;

 private:
  struct Task {
    uint64_t number;
    PoolInboxes::Node* inbox;  // Null: nobody wants the result.
    uint64_t ticket;
    PoolFunctions::Node* function;
    Stored arguments;
    uint64_t max_attempts;
    Duration retry_delay, rerun_after;   // 0: at once; never.
    bool cancelled = false;              // In hand, and not to be done again.
    Time due = kNever;                   // When it comes in line, or may be rerun.
    std::vector<std::string> lost = {};  // The workers that died with it.
    std::vector<Caller> hands = {};      // Whose it is in.

    // Whether it is dead if one more worker dies with it.
    bool is_on_last_attempt() const { return lost.size() + 1 >= max_attempts; }
  };
  struct Worker {
    std::string client;
    Time since;
    std::vector<std::string> said;  // What it offers, in its own words.
    Offers offers;
    std::deque<uint64_t> hand;  // In the order in which they are done.
    Time began;                 // With the first of them.
    uint64_t done = 0;
  };
  struct DeadTask {
    std::unique_ptr<Task> task;
    Time since;
  };

  // The operations of submitters: pool.cc.
  void submit(Call call);
  void collect(Call call);
  void cancel(Call call);
  void count_begun(Call call);
  void retry(Call call);
  bool check(Call& call, const wire::Inbox& inbox) const;
  bool check(Call& call, const wire::Task& task) const;
  bool check_functions(Call& call, const wire::PoolOp::Submit& op) const;
  // From now on it hears when the session ends.
  void join(Call& call);
  // Answers a collector. REQUIRES: there are results.
  void hand_over(Call call, PoolInboxes::Node& inbox);
  // Puts a result where its task's are collected, if anybody wants it.
  void deliver(const Task& task, PoolResult result);
  void serve_collectors(PoolInboxes::Node& inbox);
  // Nobody wants the task any more: it isn't done, or not again.
  void withdraw(Task& task);
  // The task ends. REQUIRES: it is nowhere.
  void drop(Task& task);
  void end_inboxes(SessionNumber session, bool goodbye);

  // The operations of workers: pool_workers.cc.
  void take(Call call);
  void finish(Call call);
  void progress(Call call);
  void give_back(Call call);
  void leave(Call call);
  // The caller as a worker that offers what it says.
  void enlist(Call& call);
  // Takes what there is for the worker that asks out of the lines, or finds it a rerun.
  std::vector<uint64_t> pick(const Call& call);
  void give(Call call, const std::vector<uint64_t>& picked);
  void put_in_hand(Caller caller, Worker& worker, Task& task);
  // The worker has begun with the first task in its hand.
  void begin(Worker& worker);
  void take_from_hand(Caller caller, Task& task);
  // Who of the session has that task in hand.
  std::optional<Caller> holder(SessionNumber session, uint64_t task) const;
  // A task that came back; in another hand it stays.
  void requeue(Task& task);
  // The worker is gone: what was in its hand goes back. `died`: the first task may be why.
  void dismiss(Caller caller, bool died);
  void lose(Task& task, const std::string& worker);
  void mark_dead(Task& task);
  void forget_oldest_dead();
  void serve_takers();
  // Sees to it that on_time() is told of what comes next.
  void wake();

  // For people: pool_state.cc.
  void reply_state(Call call) const;
  void describe_workers(wire::PoolState& state) const;
  void describe_functions(wire::PoolState& state) const;
  static void save(const Task& task, Snapshot& snapshot);

  absl::btree_map<uint64_t, std::unique_ptr<Task>> tasks_;  // Those that aren't dead.
  absl::btree_map<uint64_t, DeadTask> dead_;
  PoolFunctions functions_;
  PoolInboxes inboxes_;
  absl::btree_set<SessionNumber> members_;  // The sessions that have used it.
  absl::btree_map<Caller, Worker> workers_;
  absl::btree_set<std::pair<Time, uint64_t>> reruns_;  // Tasks in one hand, by when they may be.
  uint64_t in_hand_ = 0;
  uint64_t last_number_ = 0;
  uint64_t done_ = 0;
  WaitList takers_{this, "take"};
  WaitList collectors_{this, "collect"};
};

}  // namespace syncmanager::manager
