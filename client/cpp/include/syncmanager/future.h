#pragma once

#include <syncmanager/answer.h>

#include <utility>

namespace syncmanager {

struct AsyncCall;

// The answer to a call that is under way: what Future<T> is made of. Moves only.
class PendingAnswer {
 public:
  explicit PendingAnswer(AsyncCall* call) : call_(call) {}
  PendingAnswer(PendingAnswer&& other) noexcept : call_(std::exchange(other.call_, nullptr)) {}
  PendingAnswer& operator=(PendingAnswer&& other) noexcept;
  ~PendingAnswer();

  bool valid() const { return call_ != nullptr; }
  bool ready() const;
  void wait() const;
  bool cancel();
  // Waits. It is empty afterwards.
  Answer take();

 private:
  AsyncCall* call_;
};

// The result of an asynchronous call, as std::future has it. Any number may be under way from one
// thread; their requests leave together. A Future moves and belongs to one thread at a time.
//
// Destroying a Future whose result nobody took cancels its call without waiting. An item that a
// queue had already given to it goes back to the head.
template <class T>
class Future {
 public:
  using Read = T (*)(Answer&);

  // `read` makes a T of the answer.
  Future(PendingAnswer answer, Read read) : answer_(std::move(answer)), read_(read) {}

  // False once get() has returned or thrown.
  bool valid() const { return answer_.valid(); }
  // Whether get() would not wait. It looks for what has arrived, and never waits.
  bool ready() const { return answer_.ready(); }
  void wait() const { answer_.wait(); }
  // The result, or the Error; waits for it. REQUIRES: valid().
  T get() {
    Answer answer = answer_.take();
    return read_(answer);
  }
  // Asks the manager to stop, and waits for its word: true if the call did nothing (get() throws
  // Cancelled), false if it was done before; get() then has its result. REQUIRES: valid().
  bool cancel() { return answer_.cancel(); }

 private:
  PendingAnswer answer_;
  Read read_;
};

// How most futures read their answers.
template <class T>
T read_value(Answer& answer) {
  answer.require();
  return answer.as<T>();
}
template <class T>
std::optional<T> read_in_time(Answer& answer) {
  return answer.as_if<T>(answer.in_time());
}
template <class T>
std::optional<T> read_if_found(Answer& answer) {
  return answer.as_if<T>(answer.found());
}
inline bool read_whether_in_time(Answer& answer) { return answer.in_time(); }
inline void read_nothing(Answer& answer) { answer.require(); }

}  // namespace syncmanager
