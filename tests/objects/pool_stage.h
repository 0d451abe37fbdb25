#pragma once

#include <string>
#include <vector>

#include "tests/support/stage.h"

namespace syncmanager::manager {

// The requests of submitters and workers to a pool, and its answers.

inline wire::Task a_task(uint64_t ticket, const std::string& function = "square") {
  wire::Task task;
  task.set_ticket(ticket);
  task.set_function(function);
  task.set_arguments(encoded(static_cast<int64_t>(ticket)));
  return task;
}

// So many workers may die with it.
inline wire::Task a_tough_task(uint64_t ticket, uint64_t attempts, Duration delay = {}) {
  wire::Task task = a_task(ticket);
  task.set_max_attempts(attempts);
  task.set_retry_delay_us(static_cast<uint64_t>(delay.count()));
  return task;
}

inline wire::Inbox kept(const std::string& name) {
  wire::Inbox inbox;
  inbox.set_name(name);
  inbox.set_kept(true);
  return inbox;
}

class PoolTest : public StageTest {
 protected:
  Pending submit(Actor actor, const std::vector<wire::Task>& tasks, const wire::Inbox& inbox = {}) {
    return actor.ask(pool, [&](wire::Request& request) {
      auto& op = *request.mutable_pool()->mutable_submit();
      *op.mutable_inbox() = inbox;
      for (const wire::Task& task : tasks) *op.add_tasks() = task;
    });
  }
  Pending collect(Actor actor, const wire::Inbox& inbox = {}) {
    return actor.ask(pool, [&](wire::Request& request) {
      *request.mutable_pool()->mutable_collect()->mutable_inbox() = inbox;
    });
  }
  Pending cancel(Actor actor, const std::vector<uint64_t>& tickets) {
    return actor.ask(pool, [&](wire::Request& request) {
      auto& op = *request.mutable_pool()->mutable_cancel();
      op.mutable_tickets()->Assign(tickets.begin(), tickets.end());
    });
  }
  Pending begun(Actor actor, const std::vector<uint64_t>& tickets) {
    return actor.ask(pool, [&](wire::Request& request) {
      auto& op = *request.mutable_pool()->mutable_begun();
      op.mutable_tickets()->Assign(tickets.begin(), tickets.end());
    });
  }
  Pending take(Actor actor, uint64_t most = 1, const std::vector<std::string>& offers = {"*"}) {
    return actor.ask(pool, [&](wire::Request& request) {
      auto& op = *request.mutable_pool()->mutable_take();
      op.set_max(most);
      for (const std::string& offer : offers) op.add_offers(offer);
    });
  }
  Pending finish(Actor actor, const std::vector<uint64_t>& tasks) {
    return actor.ask(pool, [&](wire::Request& request) {
      for (const uint64_t task : tasks) {
        auto& one = *request.mutable_pool()->mutable_finish()->add_finished();
        one.set_task(task);
        one.set_value(encoded("done"));
      }
    });
  }
  Pending give_back(Actor actor, uint64_t task) {
    return actor.ask(pool, [&](wire::Request& request) {
      request.mutable_pool()->mutable_give_back()->add_tasks(task);
    });
  }
  Pending leave(Actor actor) {
    return actor.ask(pool, [](wire::Request& request) { request.mutable_pool()->mutable_leave(); });
  }
  Pending retry(Actor actor) {
    return actor.ask(pool, [](wire::Request& request) { request.mutable_pool()->mutable_retry(); });
  }
  wire::PoolState state(Actor actor) {
    return actor.ask(pool, [](wire::Request& request) { request.mutable_pool()->mutable_state(); })
        .reply()
        .pool();
  }

  Actor boss = stage.actor({.name = "boss"});
  Actor alice = stage.actor({.name = "alice"});
  Actor bob = stage.actor({.name = "bob"});
  ObjectId pool = stage.create(a_pool());
};

// The numbers of the tasks that somebody took; none while he waits.
inline std::vector<uint64_t> taken(const Pending& pending) {
  std::vector<uint64_t> numbers;
  if (pending.find_reply() == nullptr) return numbers;
  for (const auto& task : pending.reply().tasks().tasks()) numbers.push_back(task.task());
  return numbers;
}

// The tickets that somebody collected with results of that kind.
inline std::vector<uint64_t> collected(const Pending& pending,
                                       wire::TaskResults::Kind kind = wire::TaskResults::RETURNED) {
  std::vector<uint64_t> tickets;
  if (pending.find_reply() == nullptr) return tickets;
  for (const auto& result : pending.reply().results().results()) {
    if (result.kind() == kind) tickets.push_back(result.ticket());
  }
  return tickets;
}

}  // namespace syncmanager::manager
