// How tasks go to workers, come back from them, and come to an end.

#include <algorithm>
#include <utility>

#include "manager/core/services.h"
#include "manager/core/session.h"
#include "manager/objects/pool.h"
#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

// A back-off is doubled so often at most.
constexpr size_t kMaxDoublings = 16;

}  // namespace

void Pool::take(Call call) {
  const wire::PoolOp::Take& op = call.request().pool().take();
  const uint64_t max_offers = services().limits().pool_offers;
  if (op.max() == 0 || op.offers().empty() ||
      static_cast<uint64_t>(op.offers_size()) > max_offers) {
    return call.refuse(wire::INVALID_ARGUMENT,
                       str_cat("a worker takes one task or more, and offers 1 to ", max_offers,
                               " functions, not ", op.offers_size()));
  }
  join(call);
  enlist(call);
  if (const std::vector<uint64_t> picked = pick(call); !picked.empty()) {
    return give(std::move(call), picked);
  }
  takers_.park(std::move(call));
  wake();
}

void Pool::enlist(Call& call) {
  const auto [worker, is_new] = workers_.try_emplace(call.caller());
  if (is_new) {
    worker->second.client = call.session().client_name();
    worker->second.since = services().now();
  }
  const auto& offers = call.request().pool().take().offers();
  if (!std::equal(offers.begin(), offers.end(), worker->second.said.begin(),
                  worker->second.said.end())) {
    worker->second.said.assign(offers.begin(), offers.end());
    worker->second.offers = Offers(worker->second.said);
  }
}

void Pool::give(Call call, const std::vector<uint64_t>& picked) {
  const Caller caller = call.caller();
  Worker& worker = workers_.at(caller);
  wire::Reply reply;
  for (const uint64_t number : picked) {
    Task& task = *tasks_.at(number);
    wire::TaskList::Taken& taken = *reply.mutable_tasks()->add_tasks();
    taken.set_task(number);
    taken.set_function(task.function->first);
    taken.set_arguments(task.arguments.bytes().data(), task.arguments.bytes().size());
    taken.set_attempt(task.lost.size() + 1);
    call.adopt(task.arguments);
    put_in_hand(caller, worker, task);
  }
  call.reply(reply);
}

// The last tasks are shared out singly, so that nobody waits for somebody's second one. A task that
// can't be begun again is given alone: who dies with several may have said of some that they are
// done, and nobody heard it. Tasks beyond the page go back to waiting.
std::vector<uint64_t> Pool::pick(const Call& call) {
  const Worker& worker = workers_.at(call.caller());
  const uint64_t share = std::max<uint64_t>(functions_.waiting() / (2 * workers_.size()), 1);
  std::vector<uint64_t> picked =
      functions_.pick(worker.offers, std::min(call.request().pool().take().max(), share));
  size_t bytes = 0, fitting = 0;
  bool alone = false;
  for (; fitting < picked.size(); ++fitting) {
    const Task& task = *tasks_.at(picked[fitting]);
    bytes += task.arguments.charge();
    alone = alone || task.is_on_last_attempt();
    if (fitting > 0 && (alone || bytes > services().limits().page_bytes)) break;
  }
  for (; picked.size() > fitting; picked.pop_back()) {
    functions_.add_waiting(*tasks_.at(picked.back())->function, picked.back());
  }
  if (!picked.empty()) return picked;
  for (const auto& [due, number] : reruns_) {
    if (due > services().now()) break;
    const Task& task = *tasks_.at(number);
    if (task.hands.front() == call.caller() || !worker.offers.include(task.function->first))
      continue;
    return {number};
  }
  return {};
}

void Pool::put_in_hand(Caller caller, Worker& worker, Task& task) {
  reruns_.erase({task.due, task.number});
  task.hands.push_back(caller);
  worker.hand.push_back(task.number);
  ++in_hand_;
  if (worker.hand.size() == 1) begin(worker);
}

void Pool::begin(Worker& worker) {
  worker.began = services().now();
  Task& task = *tasks_.at(worker.hand.front());
  if (task.rerun_after == Duration::zero() || task.hands.size() > 1) return;
  task.due = worker.began + task.rerun_after;
  reruns_.emplace(task.due, task.number);
}

void Pool::take_from_hand(Caller caller, Task& task) {
  Worker& worker = workers_.at(caller);
  const bool first = worker.hand.front() == task.number;
  worker.hand.erase(std::find(worker.hand.begin(), worker.hand.end(), task.number));
  task.hands.erase(std::find(task.hands.begin(), task.hands.end(), caller));
  reruns_.erase({task.due, task.number});
  --in_hand_;
  if (first && !worker.hand.empty()) begin(worker);
}

std::optional<Caller> Pool::holder(SessionNumber session, uint64_t task) const {
  const auto found = tasks_.find(task);
  if (found == tasks_.end()) return std::nullopt;
  for (const Caller caller : found->second->hands) {
    if (caller.session == session) return caller;
  }
  return std::nullopt;
}

// ---- Back.

void Pool::finish(Call call) {
  auto& finished = *call.request().mutable_pool()->mutable_finish()->mutable_finished();
  const SessionNumber session = call.caller().session;
  std::vector<std::optional<Stored>> values;
  for (wire::PoolOp::Finish::Finished& one : finished) {
    values.emplace_back();
    const auto task = tasks_.find(one.task());
    if (task == tasks_.end() || task->second->inbox == nullptr) continue;
    values.back() = store(call, std::move(*one.mutable_value()));
    if (!values.back()) return;
  }
  int64_t wanted = 0;
  for (int i = 0; i < finished.size(); ++i) {
    const std::optional<Caller> worker = holder(session, finished[i].task());
    if (!worker) continue;
    ++workers_.at(*worker).done;
    const auto task = tasks_.find(finished[i].task());
    while (!task->second->hands.empty()) take_from_hand(task->second->hands.back(), *task->second);
    const std::unique_ptr<Task> done = std::move(task->second);
    tasks_.erase(task);
    functions_.release(*done->function);
    ++done_;
    if (done->inbox == nullptr) continue;
    ++wanted;
    done->inbox->second.tasks.erase(done->ticket);
    deliver(*done,
            {.ticket = done->ticket,
             .kind = finished[i].raised() ? wire::TaskResults::RAISED : wire::TaskResults::RETURNED,
             .value = std::move(values[static_cast<size_t>(i)]),
             .task = done->number,
             .workers = std::move(done->lost)});
  }
  call.reply_integer(wanted);
  wake();
}

void Pool::progress(Call call) {
  wire::PoolOp::Progress& op = *call.request().mutable_pool()->mutable_progress();
  if (!holder(call.caller().session, op.task())) {
    return call.refuse(wire::BAD_VALUE, str_cat("task ", op.task(), " isn't in hand"));
  }
  std::optional<Stored> value = store(call, std::move(*op.mutable_value()));
  if (!value) return;
  call.reply();
  const Task& task = *tasks_.at(op.task());
  deliver(task, {.ticket = task.ticket,
                 .kind = wire::TaskResults::PROGRESS,
                 .value = std::move(value),
                 .task = task.number});
}

void Pool::give_back(Call call) {
  for (const uint64_t number : call.request().pool().give_back().tasks()) {
    const std::optional<Caller> worker = holder(call.caller().session, number);
    if (!worker) continue;
    take_from_hand(*worker, *tasks_.at(number));
    requeue(*tasks_.at(number));
  }
  call.reply();
  serve_takers();
}

void Pool::requeue(Task& task) {
  if (!task.hands.empty()) return;
  if (task.cancelled) return drop(task);
  functions_.add_waiting(*task.function, task.number);
}

void Pool::leave(Call call) {
  const Caller caller = call.caller();
  call.reply();
  for (Waiter* waiter = takers_.first(); waiter != nullptr;) {
    Waiter* const next = waiter->next;
    if (waiter->call.caller() == caller) {
      takers_.remove(*waiter).refuse(wire::CANCELLED, "the worker has left");
    }
    waiter = next;
  }
  if (workers_.contains(caller)) dismiss(caller, false);
  serve_takers();
}

void Pool::dismiss(Caller caller, bool died) {
  const std::deque<uint64_t> hand = workers_.at(caller).hand;
  const std::string client = workers_.at(caller).client;
  for (auto number = hand.rbegin(); number != hand.rend(); ++number) {
    Task& task = *tasks_.at(*number);
    take_from_hand(caller, task);
    if (died && *number == hand.front()) {
      lose(task, client);
    } else {
      requeue(task);
    }
  }
  workers_.erase(caller);
}

void Pool::lose(Task& task, const std::string& worker) {
  task.lost.push_back(worker);
  if (!task.hands.empty() || task.cancelled) return requeue(task);
  if (task.lost.size() >= std::max<uint64_t>(task.max_attempts, 1)) return mark_dead(task);
  if (task.retry_delay == Duration::zero()) return requeue(task);
  const size_t doublings = std::min(task.lost.size() - 1, kMaxDoublings);
  task.due = services().now() +
             std::min(task.retry_delay * (int64_t{1} << doublings), services().limits().timeout);
  functions_.add_delayed(task.number, task.due);
  wake();
}

void Pool::mark_dead(Task& task) {
  const uint64_t number = task.number;
  dead_.emplace(number, DeadTask{std::move(tasks_.at(number)), services().now()});
  tasks_.erase(number);
  if (task.inbox != nullptr) {
    task.inbox->second.tasks.erase(task.ticket);
    ++task.inbox->second.dead;
    deliver(task, {.ticket = task.ticket,
                   .kind = wire::TaskResults::LOST,
                   .value = std::nullopt,
                   .task = number,
                   .workers = task.lost});
  }
  if (dead_.size() > services().limits().dead_tasks) forget_oldest_dead();
}

void Pool::forget_oldest_dead() {
  const auto oldest =
      std::min_element(dead_.begin(), dead_.end(), [](const auto& a, const auto& b) {
        return std::pair(a.second.since, a.first) < std::pair(b.second.since, b.first);
      });
  const std::unique_ptr<Task> forgotten = std::move(oldest->second.task);
  dead_.erase(oldest);
  functions_.release(*forgotten->function);
  if (forgotten->inbox == nullptr) return;
  --forgotten->inbox->second.dead;
  inboxes_.erase_if_unneeded(*forgotten->inbox);
}

// ---- What waits, and what comes by time.

void Pool::serve_takers() {
  const auto is_due = [&] {
    return !reruns_.empty() && reruns_.begin()->first <= services().now();
  };
  for (Waiter* waiter = takers_.first();
       waiter != nullptr && (functions_.waiting() > 0 || is_due());) {
    Waiter* const next = waiter->next;
    const std::vector<uint64_t> picked = pick(waiter->call);
    if (!picked.empty()) give(takers_.remove(*waiter), picked);
    waiter = next;
  }
  wake();
}

void Pool::on_time() {
  for (const uint64_t number : functions_.take_due(services().now())) {
    functions_.add_waiting(*tasks_.at(number)->function, number);
  }
  serve_takers();
}

// The idle workers have been asked about the reruns that are due already.
void Pool::wake() {
  Time next = functions_.next_due();
  if (!takers_.empty()) {
    const auto rerun = reruns_.lower_bound({services().now() + Duration(1), 0});
    if (rerun != reruns_.end()) next = std::min(next, rerun->first);
  }
  services().wake_at(*this, next);
}

}  // namespace syncmanager::manager
