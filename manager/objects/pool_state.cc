// The state of a pool, for people and for snapshots.

#include <algorithm>
#include <utility>

#include "manager/core/check.h"
#include "manager/core/services.h"
#include "manager/objects/pool.h"
#include "protos/support/str_cat.h"

namespace syncmanager::manager {

void Pool::reply_state(Call call) const {
  wire::Reply reply;
  wire::PoolState& state = *reply.mutable_pool();
  describe_workers(state);
  describe_functions(state);
  for (const auto& [number, dead] : dead_) {
    if (state.dead_size() == kMaxShown) break;
    wire::PoolState::Dead& shown = *state.add_dead();
    shown.set_task(number);
    shown.set_function(dead.task->function->first);
    shown.set_since_us(static_cast<uint64_t>((services().now() - dead.since).count()));
    for (const std::string& worker : dead.task->lost) shown.add_workers(worker);
  }
  state.set_in_hand(in_hand_);
  state.set_delayed(functions_.delayed());
  state.set_done(done_);
  call.reply(reply);
}

void Pool::check_invariants() const {
  for (const Waiter* waiter = takers_.first(); waiter != nullptr; waiter = waiter->next) {
    const auto worker = workers_.find(waiter->call.caller());
    CHECK(worker != workers_.end());
    for (const auto& [name, function] : functions_.functions()) {
      CHECK(function.waiting.empty() || !worker->second.offers.include(name));
    }
  }
  for (const Waiter* waiter = collectors_.first(); waiter != nullptr; waiter = waiter->next) {
    const Call& call = waiter->call;
    CHECK(!inboxes_.has_results(key_of(call, call.request().pool().collect().inbox())));
  }
  for (const auto& [number, task] : tasks_) {
    CHECK(!task->hands.empty() || task->due != kNever ||
          task->function->second.waiting.contains(number));
  }
}

void Pool::describe_workers(wire::PoolState& state) const {
  for (const auto& [caller, worker] : workers_) {
    if (state.workers_size() == kMaxShown) break;
    wire::PoolState::Worker& shown = *state.add_workers();
    shown.set_session(caller.session);
    shown.set_caller(caller.thread);
    shown.set_client(worker.client);
    shown.set_since_us(static_cast<uint64_t>((services().now() - worker.since).count()));
    shown.set_done(worker.done);
    shown.set_in_hand(worker.hand.size());
    for (const std::string& offer : worker.said) shown.add_offers(offer);
    if (worker.hand.empty()) continue;
    shown.set_function(tasks_.at(worker.hand.front())->function->first);
    shown.set_function_us(static_cast<uint64_t>((services().now() - worker.began).count()));
  }
}

void Pool::describe_functions(wire::PoolState& state) const {
  for (const auto& [name, function] : functions_.functions()) {
    if (function.waiting.empty()) continue;
    if (state.lines_size() == kMaxShown) break;
    wire::PoolState::Line& shown = *state.add_lines();
    shown.set_function(name);
    shown.set_tasks(function.waiting.size());
    shown.set_offered(std::any_of(workers_.begin(), workers_.end(), [&](const auto& worker) {
      return worker.second.offers.include(name);
    }));
  }
}

void Pool::describe(wire::ObjectState& state) const {
  for (const auto& [caller, worker] : workers_) {
    if (worker.hand.empty()) continue;
    if (state.holders_size() == kMaxShown) break;
    wire::CallerState& holder = *state.add_holders();
    services().describe_caller(caller, worker.began, holder);
    holder.set_count(worker.hand.size());
    holder.set_what(str_cat("task ", worker.hand.front()));
  }
  state.set_detail(str_cat("workers ", workers_.size(), ", waiting ", functions_.waiting(),
                           ", in hand ", in_hand_, ", delayed ", functions_.delayed(), ", dead ",
                           dead_.size(), ", done ", done_));
}

void Pool::save(const Task& task, Snapshot& snapshot) {
  snapshot.number(task.number);
  snapshot.number(task.inbox == nullptr ? 0 : task.inbox->first.first + 1);
  snapshot.text(task.inbox == nullptr ? "" : task.inbox->first.second);
  snapshot.number(task.ticket);
  snapshot.text(task.function->first);
  snapshot.text(task.arguments.bytes());
  snapshot.number(task.max_attempts);
  snapshot.number(static_cast<uint64_t>(task.retry_delay.count()));
  snapshot.number(static_cast<uint64_t>(task.rerun_after.count()));
  snapshot.boolean(task.cancelled);
  snapshot.number(static_cast<uint64_t>(task.due.time_since_epoch().count()));
  snapshot.number(task.lost.size());
  for (const std::string& worker : task.lost) snapshot.text(worker);
  snapshot.number(task.hands.size());
  for (const Caller caller : task.hands) {
    snapshot.number(caller.session);
    snapshot.number(caller.thread);
  }
}

void Pool::save(Snapshot& snapshot) const {
  snapshot.number(last_number_);
  snapshot.number(done_);
  snapshot.number(tasks_.size());
  for (const auto& [number, task] : tasks_) save(*task, snapshot);
  snapshot.number(dead_.size());
  for (const auto& [number, dead] : dead_) {
    save(*dead.task, snapshot);
    snapshot.number(static_cast<uint64_t>(dead.since.time_since_epoch().count()));
  }
  inboxes_.save(snapshot);
  snapshot.number(members_.size());
  for (const SessionNumber member : members_) snapshot.number(member);
  snapshot.number(workers_.size());
  for (const auto& [caller, worker] : workers_) {
    snapshot.number(caller.session);
    snapshot.number(caller.thread);
    snapshot.text(worker.client);
    snapshot.number(static_cast<uint64_t>(worker.since.time_since_epoch().count()));
    snapshot.number(worker.said.size());
    for (const std::string& offer : worker.said) snapshot.text(offer);
    snapshot.number(worker.hand.size());
    for (const uint64_t task : worker.hand) snapshot.number(task);
    snapshot.number(static_cast<uint64_t>(worker.began.time_since_epoch().count()));
    snapshot.number(worker.done);
  }
}

}  // namespace syncmanager::manager
