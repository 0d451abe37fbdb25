#include "manager/objects/pool.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "manager/core/services.h"
#include "manager/core/session.h"
#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

constexpr size_t kNameBytes = 255;

Duration duration_of(uint64_t microseconds) {
  return Duration(static_cast<Duration::rep>(microseconds));
}

}  // namespace

void Pool::perform(Call call) {
  switch (call.request().pool().method_case()) {
    case wire::PoolOp::kSubmit:
      return submit(std::move(call));
    case wire::PoolOp::kCollect:
      return collect(std::move(call));
    case wire::PoolOp::kCancel:
      return cancel(std::move(call));
    case wire::PoolOp::kBegun:
      return count_begun(std::move(call));
    case wire::PoolOp::kTake:
      return take(std::move(call));
    case wire::PoolOp::kFinish:
      return finish(std::move(call));
    case wire::PoolOp::kProgress:
      return progress(std::move(call));
    case wire::PoolOp::kGiveBack:
      return give_back(std::move(call));
    case wire::PoolOp::kLeave:
      return leave(std::move(call));
    case wire::PoolOp::kRetry:
      return retry(std::move(call));
    case wire::PoolOp::kState:
      return reply_state(std::move(call));
    case wire::PoolOp::METHOD_NOT_SET:
      break;
  }
  call.refuse(wire::INVALID_ARGUMENT, "no operation of a pool");
}

// ---- In.

void Pool::submit(Call call) {
  wire::PoolOp::Submit& op = *call.request().mutable_pool()->mutable_submit();
  if (!check(call, op.inbox())) return;
  const auto arriving = static_cast<uint64_t>(op.tasks_size());
  if (tasks_.size() + arriving > services().limits().pool_tasks) {
    return call.refuse(wire::RESOURCE_EXHAUSTED,
                       str_cat("the pool would have more than ", services().limits().pool_tasks,
                               " tasks that aren't done"));
  }
  if (!check_functions(call, op)) return;
  std::vector<Stored> arguments;
  for (wire::Task& task : *op.mutable_tasks()) {
    if (!check(call, task)) return;
    std::optional<Stored> stored = store(call, std::move(*task.mutable_arguments()));
    if (!stored) return;
    arguments.push_back(*std::move(stored));
  }
  join(call);
  PoolInboxes::Node& inbox = inboxes_.open(key_of(call, op.inbox()));
  for (size_t i = 0; i < arguments.size(); ++i) {
    const wire::Task& task = op.tasks(static_cast<int>(i));
    if (!inbox.second.tasks.emplace(task.ticket(), last_number_ + 1).second) continue;
    PoolFunctions::Node& function = functions_.retain(task.function());
    functions_.add_waiting(function, ++last_number_);
    tasks_.emplace(last_number_,
                   std::make_unique<Task>(Task{.number = last_number_,
                                               .inbox = &inbox,
                                               .ticket = task.ticket(),
                                               .function = &function,
                                               .arguments = std::move(arguments[i]),
                                               .max_attempts = task.max_attempts(),
                                               .retry_delay = duration_of(task.retry_delay_us()),
                                               .rerun_after = duration_of(task.rerun_after_us())}));
  }
  inboxes_.erase_if_unneeded(inbox);
  call.reply();
  serve_takers();
}

bool Pool::check(Call& call, const wire::Inbox& inbox) const {
  if (inbox.name().size() <= kNameBytes) return true;
  call.refuse(wire::INVALID_ARGUMENT,
              str_cat("an inbox's name of ", inbox.name().size(), " bytes; at most ", kNameBytes));
  return false;
}

bool Pool::check(Call& call, const wire::Task& task) const {
  const auto longest = static_cast<uint64_t>(services().limits().timeout.count());
  if (task.function().empty() || task.function().size() > kNameBytes) {
    call.refuse(wire::INVALID_ARGUMENT, str_cat("a function's name of ", task.function().size(),
                                                " bytes; 1 to ", kNameBytes));
    return false;
  }
  if (task.retry_delay_us() > longest || task.rerun_after_us() > longest) {
    call.refuse(wire::INVALID_ARGUMENT, "a task's delay is longer than a year");
    return false;
  }
  return true;
}

bool Pool::check_functions(Call& call, const wire::PoolOp::Submit& op) const {
  const uint64_t max = services().limits().pool_functions;
  if (functions_.functions().size() + static_cast<uint64_t>(op.tasks_size()) <= max) return true;
  absl::btree_set<std::string_view> arriving;
  for (const wire::Task& task : op.tasks()) {
    if (!functions_.functions().contains(task.function())) arriving.insert(task.function());
  }
  if (functions_.functions().size() + arriving.size() <= max) return true;
  call.refuse(wire::RESOURCE_EXHAUSTED,
              str_cat("the pool would have unfinished tasks of more than ", max, " functions"));
  return false;
}

// ---- Out.

void Pool::collect(Call call) {
  const wire::PoolOp::Collect& op = call.request().pool().collect();
  if (!check(call, op.inbox())) return;
  join(call);
  const InboxKey key = key_of(call, op.inbox());
  if (PoolInboxes::Node* inbox = inboxes_.find(key)) {
    inbox->second.collected.erase(call.caller().session);
    if (!inbox->second.results.empty()) return hand_over(std::move(call), *inbox);
    inboxes_.erase_if_unneeded(*inbox);
  }
  collectors_.park(std::move(call));
}

void Pool::hand_over(Call call, PoolInboxes::Node& inbox) {
  const uint64_t max = call.request().pool().collect().max();
  std::vector<PoolResult> results = inboxes_.collect(inbox, max, services().limits().page_bytes);
  wire::Reply reply;
  for (const PoolResult& result : results) {
    result.write(*reply.mutable_results()->add_results());
    if (result.value) call.adopt(*result.value);
  }
  if (inbox.first.first == 0) {
    auto& collected = inbox.second.collected[call.caller().session];
    std::move(results.begin(), results.end(), std::back_inserter(collected));
  }
  call.reply(reply);
  inboxes_.erase_if_unneeded(inbox);
}

void Pool::deliver(const Task& task, PoolResult result) {
  if (task.inbox == nullptr) return;
  PoolInboxes::Node& inbox = *task.inbox;
  inbox.second.results.push_back(std::move(result));
  serve_collectors(inbox);
}

void Pool::serve_collectors(PoolInboxes::Node& inbox) {
  if (inbox.second.results.empty()) return inboxes_.erase_if_unneeded(inbox);
  for (Waiter* waiter = collectors_.first(); waiter != nullptr; waiter = waiter->next) {
    const Call& call = waiter->call;
    if (key_of(call, call.request().pool().collect().inbox()) != inbox.first) continue;
    return hand_over(collectors_.remove(*waiter), inbox);
  }
}

void Pool::cancel(Call call) {
  const wire::PoolOp::Cancel& op = call.request().pool().cancel();
  PoolInboxes::Node* inbox = inboxes_.find(key_of(call, op.inbox()));
  if (inbox == nullptr) return call.reply_integer(0);
  std::vector<uint64_t> numbers;
  for (const uint64_t ticket : op.tickets()) {
    const auto task = inbox->second.tasks.find(ticket);
    if (task != inbox->second.tasks.end() && tasks_.at(task->second)->hands.empty()) {
      numbers.push_back(task->second);
      inbox->second.tasks.erase(task);
    }
  }
  if (op.tickets().empty()) {
    for (const auto& [ticket, number] : inbox->second.tasks) numbers.push_back(number);
    inbox->second.tasks.clear();
    inbox->second.results.clear();
  }
  int64_t cancelled = 0;
  for (const uint64_t number : numbers) {
    cancelled += tasks_.at(number)->hands.empty() ? 1 : 0;
    withdraw(*tasks_.at(number));
  }
  inboxes_.erase_if_unneeded(*inbox);
  call.reply_integer(cancelled);
}

void Pool::count_begun(Call call) {
  const wire::PoolOp::Begun& op = call.request().pool().begun();
  const PoolInboxes::Node* inbox = inboxes_.find(key_of(call, op.inbox()));
  if (inbox == nullptr) return call.reply_integer(0);
  call.reply_integer(std::count_if(op.tickets().begin(), op.tickets().end(), [&](uint64_t ticket) {
    const auto task = inbox->second.tasks.find(ticket);
    return task != inbox->second.tasks.end() && !tasks_.at(task->second)->hands.empty();
  }));
}

void Pool::withdraw(Task& task) {
  task.inbox = nullptr;
  task.cancelled = true;
  if (!task.hands.empty()) return void(reruns_.erase({task.due, task.number}));
  if (!functions_.remove_waiting(*task.function, task.number))
    functions_.remove_delayed(task.number, task.due);
  drop(task);
}

void Pool::drop(Task& task) {
  functions_.release(*task.function);
  tasks_.erase(task.number);
}

// A dead task's ticket is asked for again; if it is another task's by now, nobody wants this one.
void Pool::retry(Call call) {
  std::vector<uint64_t> numbers(call.request().pool().retry().tasks().begin(),
                                call.request().pool().retry().tasks().end());
  if (numbers.empty()) {
    for (const auto& [number, dead] : dead_) numbers.push_back(number);
  }
  int64_t retried = 0;
  for (const uint64_t number : numbers) {
    const auto dead = dead_.find(number);
    if (dead == dead_.end()) continue;
    std::unique_ptr<Task> task = std::move(dead->second.task);
    dead_.erase(dead);
    if (PoolInboxes::Node* inbox = task->inbox) {
      --inbox->second.dead;
      if (!inbox->second.tasks.emplace(task->ticket, number).second) task->inbox = nullptr;
      inboxes_.erase_if_unneeded(*inbox);
    }
    task->lost.clear();
    functions_.add_waiting(*task->function, number);
    tasks_.emplace(number, std::move(task));
    ++retried;
  }
  call.reply_integer(retried);
  serve_takers();
}

// ---- Who comes, and who has gone.

void Pool::join(Call& call) {
  if (members_.insert(call.caller().session).second) call.session().hold(*this);
}

void Pool::session_ended(SessionNumber session, bool goodbye) {
  members_.erase(session);
  std::vector<Caller> workers;
  for (auto next = workers_.lower_bound(Caller{.session = session});
       next != workers_.end() && next->first.session == session; ++next) {
    workers.push_back(next->first);
  }
  for (const Caller worker : workers) dismiss(worker, !goodbye);
  end_inboxes(session, goodbye);
  serve_takers();
}

void Pool::end_inboxes(SessionNumber session, bool goodbye) {
  for (PoolInboxes::Node* inbox : inboxes_.of_session(session)) {
    for (const auto& [ticket, number] : inbox->second.tasks) withdraw(*tasks_.at(number));
    for (auto& [number, dead] : dead_) {
      if (dead.task->inbox == inbox) dead.task->inbox = nullptr;
    }
    inbox->second = {};
    inboxes_.erase_if_unneeded(*inbox);
  }
  for (PoolInboxes::Node* inbox : inboxes_.returned_by(session, goodbye)) serve_collectors(*inbox);
}

Access access_to_pool(const wire::Request& request) {
  using Op = wire::PoolOp;
  switch (request.pool().method_case()) {
    case Op::kState:
    case Op::kBegun:
      return Access::kRead;
    case Op::kSubmit:
    case Op::kCollect:
    case Op::kCancel:
      return Access::kPut;
    case Op::kTake:
    case Op::kFinish:
    case Op::kProgress:
    case Op::kGiveBack:
    case Op::kLeave:
      return Access::kTake;
    case Op::kRetry:
    case Op::METHOD_NOT_SET:
      break;
  }
  return Access::kWrite;
}

absl::StatusOr<std::unique_ptr<Object>> make_pool(const Options&) {
  return std::make_unique<Pool>();
}

}  // namespace syncmanager::manager
