#pragma once

#include <syncmanager/delivery.h>
#include <syncmanager/queue_calls.h>

#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

namespace syncmanager {

// A queue of T, first in, first out, after Python's queue.Queue. Waiting callers are served in the
// order in which they came. Besides Errors, every call throws the errors of the conversion to T:
// WrongType if the item has another type. The item is removed from the queue in that case.
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

  // The item can't be got before `delay` is over. Waits while the queue is full.
  template <class Rep, class Period>
  void put_after(const T& item, std::chrono::duration<Rep, Period> delay) const {
    put_encoded_after(encode(item), Timeout::after(delay));
  }
  // False: an item with this key, of 255 bytes at most, is in the queue or in hand already, and
  // nothing was put. Waits while the queue is full.
  bool put_once(std::string_view key, const T& item) const {
    return put_encoded_once(key, encode(item));
  }

  // Puts an item that get() returned back at the head of the queue, whatever its bounds say. Throws
  // Refused if the queue is reliable: nack() of a Delivery, and the end of the session, do it
  // there.
  void put_back(const T& item) const { put_encoded_back(encode(item)); }

  // As get, and the item stays in this process' hand until ack(), whether the queue is reliable or
  // not. Of a plain queue an item may be delivered any number of times.
  Delivery<T> take() const {
    Answer answer = take_encoded(Timeout::never());
    return Delivery<T>(answer);
  }
  // Each nothing: there was no item in time.
  std::optional<Delivery<T>> try_take() const { return take(Timeout::now()); }
  template <class Rep, class Period>
  std::optional<Delivery<T>> try_take_for(std::chrono::duration<Rep, Period> timeout) const {
    return take(Timeout::after(timeout));
  }

  Future<void> async_put(const T& item) const {
    return {start_put(encode(item), Timeout::never()), read_nothing};
  }
  // False: there was no room in time.
  template <class Rep, class Period>
  Future<bool> async_put_for(const T& item, std::chrono::duration<Rep, Period> timeout) const {
    return {start_put(encode(item), Timeout::after(timeout)), read_whether_in_time};
  }
  Future<T> async_get() const { return {start_get(Timeout::never()), read_value<T>}; }
  template <class Rep, class Period>
  Future<std::optional<T>> async_get_for(std::chrono::duration<Rep, Period> timeout) const {
    return {start_get(Timeout::after(timeout)), read_in_time<T>};
  }

  // The items in line in the order in which they come out. None of them is taken. They are read
  // page by page, as the queue is meanwhile.
  PagedRange<T> waiting() const {
    return {[queue = *this](PagePosition position) { return queue.page(position); },
            read_element<T>};
  }

 private:
  Answer put(const T& item, Timeout timeout) const { return put_encoded(encode(item), timeout); }
  std::optional<T> get(Timeout timeout) const {
    Answer answer = get_encoded(timeout);
    return read_in_time<T>(answer);
  }
  std::optional<Delivery<T>> take(Timeout timeout) const {
    Answer answer = take_encoded(timeout);
    return answer.in_time() ? std::optional(Delivery<T>(answer)) : std::nullopt;
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
