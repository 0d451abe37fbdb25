#pragma once

#include <syncmanager/future.h>
#include <syncmanager/proxy.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace syncmanager {

struct QueueOptions {
  int64_t capacity = 0;  // In items; 0: no bound. An open of a name must agree with the first one.
};

enum class QueueOrder { kFirstIn, kLastIn, kSmallest };

// The part of the queues that doesn't depend on what is in them.
class QueueCalls : public Proxy {
 public:
  int64_t size() const;
  bool empty() const { return size() == 0; }
  // Whether a put would have to wait.
  bool full() const;
  // One item that was got is done: join() counts them. Throws Refused if called once too often.
  void task_done() const;
  // Waits until task_done() was called for every item that was ever put.
  void join() const { join(Timeout::never()); }
  // False: not in time.
  template <class Rep, class Period>
  bool join_for(std::chrono::duration<Rep, Period> timeout) const {
    return join(Timeout::after(timeout));
  }
  // From now on put throws ShutDown, and so does get once the queue is empty; `immediate` empties
  // it. (Python 3.13: queue.Queue.shutdown.)
  void shut_down(bool immediate = false) const;

 protected:
  using Proxy::Proxy;
  // For Client::queue and its like.
  static ReferencePtr open(const ReferencePtr& registry, std::string_view name, QueueOrder order,
                           const QueueOptions& options);

  Answer put_encoded(std::string_view item, Timeout timeout) const;
  Answer get_encoded(Timeout timeout) const;
  PendingAnswer start_put(std::string_view item, Timeout timeout) const;
  PendingAnswer start_get(Timeout timeout) const;

 private:
  bool join(Timeout timeout) const;
};

// A queue of T, first in, first out; after Python's queue.Queue. Whoever has waited longest is
// served first, and nobody overtakes. Besides Errors, every call throws what the conversion of a T
// throws: WrongType for an item of another type, which is taken from the queue then.
template <class T, QueueOrder kOrder>
class BasicQueue : public QueueCalls {
 public:
  static constexpr const char* kType = kOrder == QueueOrder::kFirstIn  ? "Queue"
                                       : kOrder == QueueOrder::kLastIn ? "LifoQueue"
                                                                       : "PriorityQueue";

  explicit BasicQueue(ReferencePtr reference) : QueueCalls(std::move(reference)) {}
  // Finds the queue of that name, or makes it; an empty name makes an anonymous one.
  BasicQueue(const ReferencePtr& registry, std::string_view name, const QueueOptions& options)
      : QueueCalls(open(registry, name, kOrder, options)) {}

  // Waits while the queue is full.
  void put(const T& item) const { put(item, Timeout::never()).require(); }
  // Each false: there was no room in time.
  bool try_put(const T& item) const { return put(item, Timeout::now()).in_time(); }
  template <class Rep, class Period>
  bool try_put_for(const T& item, std::chrono::duration<Rep, Period> timeout) const {
    return put(item, Timeout::after(timeout)).in_time();
  }
  template <class Clock, class Duration>
  bool try_put_until(const T& item, std::chrono::time_point<Clock, Duration> point) const {
    return put(item, Timeout::until(point)).in_time();
  }

  // Waits while the queue is empty.
  T get() const {
    Answer answer = get_encoded(Timeout::never());
    return read_value<T>(answer);
  }
  // Each nothing: there was no item in time.
  std::optional<T> try_get() const { return get(Timeout::now()); }
  template <class Rep, class Period>
  std::optional<T> try_get_for(std::chrono::duration<Rep, Period> timeout) const {
    return get(Timeout::after(timeout));
  }
  template <class Clock, class Duration>
  std::optional<T> try_get_until(std::chrono::time_point<Clock, Duration> point) const {
    return get(Timeout::until(point));
  }

  Future<void> async_put(const T& item) const {
    return {start_put(encode(item), Timeout::never()), read_nothing};
  }
  Future<T> async_get() const { return {start_get(Timeout::never()), read_value<T>}; }
  template <class Rep, class Period>
  Future<std::optional<T>> async_get_for(std::chrono::duration<Rep, Period> timeout) const {
    return {start_get(Timeout::after(timeout)), read_in_time<T>};
  }

 private:
  Answer put(const T& item, Timeout timeout) const { return put_encoded(encode(item), timeout); }
  std::optional<T> get(Timeout timeout) const {
    Answer answer = get_encoded(timeout);
    return read_in_time<T>(answer);
  }
};

template <class T>
using Queue = BasicQueue<T, QueueOrder::kFirstIn>;
// The newest item first.
template <class T>
using LifoQueue = BasicQueue<T, QueueOrder::kLastIn>;
// The smallest item first, by Python's order of values; equal items in the order they came.
template <class T>
using PriorityQueue = BasicQueue<T, QueueOrder::kSmallest>;

}  // namespace syncmanager
