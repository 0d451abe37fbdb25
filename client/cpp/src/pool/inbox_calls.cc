#include "client/cpp/src/pool/inbox_calls.h"

#include <syncmanager/error.h>

#include <atomic>
#include <utility>

#include "client/cpp/src/session/ask.h"
#include "client/cpp/src/session/parked_call.h"
#include "protos/support/str_cat.h"

namespace syncmanager {
namespace {

// Returns the name of a new inbox, which no other inbox of this session has.
std::string new_name() {
  static std::atomic<uint64_t> names{0};
  return std::to_string(++names);
}

auto submit_of(const wire::Inbox& inbox, uint64_t ticket, std::string_view function,
               std::string_view arguments, const TaskOptions& options) {
  return [=, &inbox, &options](wire::Request& request) {
    wire::PoolOp::Submit& submit = *request.mutable_pool()->mutable_submit();
    *submit.mutable_inbox() = inbox;
    wire::Task& task = *submit.add_tasks();
    task.set_ticket(ticket);
    task.set_function(function.data(), function.size());
    task.set_arguments(arguments.data(), arguments.size());
    task.set_max_attempts(options.idempotent ? options.attempts : 1);
    task.set_retry_delay_us(*Timeout::after(options.retry_delay).microseconds());
    task.set_rerun_after_us(*Timeout::after(options.rerun_after).microseconds());
  };
}

// The dict of texts that a raised result is; it may have more than that.
TaskFailed failure(const std::string& where, Answer& value) {
  std::string type, message, traceback;
  value.read([&](Decoder& decoder) {
    for (uint64_t left = begin_dict(decoder); left > 0; --left) {
      const auto key = from_value(decoder, std::type_identity<std::string>{});
      std::string* const text = key == "type"        ? &type
                                : key == "message"   ? &message
                                : key == "traceback" ? &traceback
                                                     : nullptr;
      if (text == nullptr) {
        decoder.skip();
      } else {
        *text = from_value(decoder, std::type_identity<std::string>{});
      }
    }
  });
  const std::string what = str_cat(where, type, ": ", message);
  return {what, std::move(type), std::move(message), std::move(traceback)};
}

WorkerLost loss(const std::string& where, const Reference& pool, uint64_t task,
                std::vector<std::string> workers) {
  std::string names;
  for (const std::string& worker : workers) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", worker);
  }
  const std::string remedy = pool.name().empty()
                                 ? "Pool::retry"
                                 : str_cat("syncctl pool ", pool.name(), " --retry ", task);
  const std::string what = str_cat(where, "its workers died with it (", names, "); it is task ",
                                   task, " among the pool's dead tasks, and put back by: ", remedy);
  return {what, task, std::move(workers)};
}

}  // namespace

Answer TaskOutcome::result(std::string_view function) {
  const Reference& pool = *value.reference();
  const std::string where = str_cat(pool.description(), ": ", function, ": ");
  if (kind == wire::TaskResults::RAISED) throw failure(where, value);
  if (kind == wire::TaskResults::LOST) throw loss(where, pool, task, std::move(workers));
  return std::move(value);
}

InboxCalls::InboxCalls(ReferencePtr pool, const std::string& kept) : pool_(std::move(pool)) {
  name_.set_name(kept.empty() ? new_name() : kept);
  name_.set_kept(!kept.empty());
}

InboxCalls::~InboxCalls() {
  if (is_kept()) return;
  start(pool_, "cancel", Timeout::never(), [this](wire::Request& request) {
    *request.mutable_pool()->mutable_cancel()->mutable_inbox() = name_;
  });
}

PendingAnswer InboxCalls::submit(uint64_t ticket, std::string_view function,
                                 std::string_view arguments, const TaskOptions& options) const {
  return start(pool_, "submit", Timeout::never(),
               submit_of(name_, ticket, function, arguments, options));
}

bool InboxCalls::cancel(uint64_t ticket) const {
  return ask(pool_, "cancel", Timeout::never(), [&](wire::Request& request) {
           wire::PoolOp::Cancel& cancel = *request.mutable_pool()->mutable_cancel();
           *cancel.mutable_inbox() = name_;
           cancel.add_tickets(ticket);
         }).as<uint64_t>() > 0;
}

std::vector<TaskOutcome> InboxCalls::collect(Timeout timeout) const {
  const Answer answer = ask(pool_, "collect", timeout, [this](wire::Request& request) {
    *request.mutable_pool()->mutable_collect()->mutable_inbox() = name_;
  });
  if (!answer.in_time()) return {};
  return outcomes_of(answer);
}

// All leave with one frame.
std::vector<TaskOutcome> InboxCalls::collect_after(std::vector<PendingAnswer>& submissions) const {
  ParkedCall collecting(pool_, "collect", [this](wire::Request& request) {
    *request.mutable_pool()->mutable_collect()->mutable_inbox() = name_;
  });
  for (PendingAnswer& submission : std::exchange(submissions, {})) submission.take().require();
  const Answer answer = collecting.take();
  answer.require();
  return outcomes_of(answer);
}

std::vector<TaskOutcome> InboxCalls::outcomes_of(const Answer& answer) const {
  std::vector<TaskOutcome> outcomes;
  const auto results = result_of<wire::TaskResults>(answer);
  outcomes.reserve(static_cast<size_t>(results.results_size()));
  for (const wire::TaskResults::Result& result : results.results()) {
    outcomes.push_back({.ticket = result.ticket(),
                        .kind = result.kind(),
                        .value = Answer::of(pool_, "result", result.value()),
                        .task = result.task(),
                        .workers = {result.workers().begin(), result.workers().end()}});
  }
  return outcomes;
}

}  // namespace syncmanager
