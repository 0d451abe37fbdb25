#include "syncmanager/pool.h"

#include <syncmanager/client.h>

#include "client/cpp/src/pool/task_inbox.h"
#include "client/cpp/src/session/ask.h"

namespace syncmanager {
namespace {

using std::chrono::microseconds;

PoolState::Worker worker_of(const wire::PoolState::Worker& worker) {
  return {.session = worker.session(),
          .caller = worker.caller(),
          .client = worker.client(),
          .since = microseconds(worker.since_us()),
          .done = worker.done(),
          .in_hand = worker.in_hand(),
          .function = worker.function(),
          .function_since = microseconds(worker.function_us()),
          .offers = {worker.offers().begin(), worker.offers().end()}};
}

PoolState state_of(const wire::PoolState& pool) {
  PoolState state{.in_hand = pool.in_hand(), .delayed = pool.delayed(), .done = pool.done()};
  for (const auto& worker : pool.workers()) state.workers.push_back(worker_of(worker));
  for (const auto& line : pool.lines()) {
    state.lines.push_back(
        {.function = line.function(), .tasks = line.tasks(), .offered = line.offered()});
  }
  for (const auto& dead : pool.dead()) {
    state.dead.push_back({.task = dead.task(),
                          .function = dead.function(),
                          .since = microseconds(dead.since_us()),
                          .workers = {dead.workers().begin(), dead.workers().end()}});
  }
  return state;
}

}  // namespace

PoolCalls::PoolCalls(ReferencePtr reference, const PoolOptions& options)
    : Proxy(std::move(reference)),
      inbox_(std::make_shared<TaskInbox>(reference_, options.kept_inbox)) {}

ReferencePtr PoolCalls::open(const ReferencePtr& registry, std::string_view name) {
  return open_object(registry, name, "Pool",
                     [](wire::RegistryOp::Open& open) { open.mutable_pool(); });
}

TaskTicket PoolCalls::submit_encoded(std::string_view function, std::string_view arguments) const {
  auto [number, submission] = inbox_->submit(function, arguments, options_);
  return TaskTicket(inbox_, number, std::move(submission));
}

TaskTicket PoolCalls::ticket(uint64_t number) const {
  inbox_->expect(number);
  return TaskTicket(inbox_, number, std::nullopt);
}

PoolState PoolCalls::state() const {
  const Answer answer = ask(reference_, "state", Timeout::never(), [](wire::Request& request) {
    request.mutable_pool()->mutable_state();
  });
  answer.require();
  return state_of(result_of<wire::PoolState>(answer));
}

uint64_t PoolCalls::retry(const std::vector<uint64_t>& tasks) const {
  return ask(reference_, "retry", Timeout::never(),
             [&](wire::Request& request) {
               request.mutable_pool()->mutable_retry()->mutable_tasks()->Assign(tasks.begin(),
                                                                                tasks.end());
             })
      .as<uint64_t>();
}

Pool::Pool(const Client& client, std::string_view name, const PoolOptions& options)
    : Pool(client.pool(name, options)) {}

}  // namespace syncmanager
