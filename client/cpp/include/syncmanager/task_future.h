#pragma once

#include <syncmanager/answer.h>
#include <syncmanager/future.h>
#include <syncmanager/timeout.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace syncmanager {

class TaskInbox;

// A task that was submitted, by its ticket: what TaskFuture<R> is made of. Moves only.
class TaskTicket {
 public:
  // `submission` is the call that submitted it, if that was this program's.
  TaskTicket(std::shared_ptr<TaskInbox> inbox, uint64_t number,
             std::optional<PendingAnswer> submission);
  TaskTicket(TaskTicket&&) noexcept = default;
  TaskTicket& operator=(TaskTicket&& other) noexcept;
  ~TaskTicket();

  bool valid() const { return inbox_ != nullptr; }
  uint64_t number() const { return number_; }
  bool wait(Timeout timeout);
  bool cancel();
  // Waits. It is empty afterwards.
  Answer take();
  // Returns the latest progress value of the function; nothing if there is no new one.
  std::optional<Answer> progress();

 private:
  // Whether the pool has accepted the task; take() throws why not.
  bool submitted();
  void forget();

  std::shared_ptr<TaskInbox> inbox_;
  uint64_t number_ = 0;
  std::optional<PendingAnswer> submission_;
  std::optional<Answer> refusal_;
};

// The result of a Pool's task, like std::future. A thread that waits for one future collects the
// results of all futures of its Pool, so there is no background thread. A TaskFuture can be moved
// and belongs to one thread at a time.
//
// Destroying it gives up the result; the task is done all the same, unless nothing of its Pool is
// left (Pool).
template <class R>
class [[nodiscard]] TaskFuture {
 public:
  explicit TaskFuture(TaskTicket ticket) : ticket_(std::move(ticket)) {}

  // False once get() has returned or thrown.
  bool valid() const { return ticket_.valid(); }
  // Its number in the Pool's inbox, for Pool::future.
  uint64_t ticket() const { return ticket_.number(); }
  // Whether get() would not wait. Asks the manager, and never waits for a worker.
  bool ready() { return ticket_.wait(Timeout::now()); }
  void wait() { ticket_.wait(Timeout::never()); }
  // False: not in time.
  template <class Rep, class Period>
  bool wait_for(std::chrono::duration<Rep, Period> timeout) {
    return ticket_.wait(Timeout::after(timeout));
  }
  template <class Clock, class Duration>
  bool wait_until(std::chrono::time_point<Clock, Duration> point) {
    return ticket_.wait(Timeout::until(point));
  }
  // Waits for the function's return value and returns it. Throws TaskFailed (it raised), WorkerLost
  // (its workers died), Cancelled, WrongType (it returned no R), or why the pool didn't accept the
  // task. REQUIRES: valid().
  R get() {
    Answer answer = ticket_.take();
    if constexpr (!std::is_void_v<R>) return answer.as<R>();
  }
  // True: the task won't be done, and get() throws Cancelled. False: a worker has begun with it, or
  // it is done.
  bool cancel() { return ticket_.cancel(); }
  // Returns the latest value of this_task::progress(); nothing if there is no new one. Looks for it
  // as ready() does.
  template <class P>
  std::optional<P> progress() {
    std::optional<Answer> said = ticket_.progress();
    return said ? std::optional<P>(said->as<P>()) : std::nullopt;
  }

 private:
  TaskTicket ticket_;
};

}  // namespace syncmanager
