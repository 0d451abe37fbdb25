#pragma once

#include <syncmanager/future.h>
#include <syncmanager/paging.h>
#include <syncmanager/proxy.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace syncmanager {

struct QueueOptions;

enum class QueueOrder { kFirstIn, kLastIn, kSmallest };

// The part of the queues that doesn't depend on what is in them.
class QueueCalls : public Proxy {
 public:
  int64_t size() const;
  bool empty() const { return size() == 0; }
  // Whether a put would have to wait.
  bool full() const;
  // One item that was got is done: join() counts them. Of a reliable queue it is the one that this
  // thread has had in hand for longest. Throws Refused if called once too often.
  void task_done() const;
  // Waits until task_done() was called for every item that was ever put.
  void join() const { join(Timeout::never()); }
  // False: not in time.
  template <class Rep, class Period>
  bool join_for(std::chrono::duration<Rep, Period> timeout) const {
    return join(Timeout::after(timeout));
  }
  // From now on put throws ShutDown, and so does get once the queue is empty; `immediate` empties
  // it. (Python 3.13: queue.Queue.shutdown.) An item in hand can still come back: join() first, if
  // everything is to be done.
  void shut_down(bool immediate = false) const;

 protected:
  using Proxy::Proxy;
  // For Client::queue and its like.
  static ReferencePtr open(const ReferencePtr& registry, std::string_view name, QueueOrder order,
                           const QueueOptions& options);

  Answer put_encoded(std::string_view item, Timeout timeout) const;
  Answer get_encoded(Timeout timeout) const;
  Answer take_encoded(Timeout timeout) const;
  void put_encoded_after(std::string_view item, Timeout delay) const;
  bool put_encoded_once(std::string_view key, std::string_view item) const;
  void put_encoded_back(std::string_view item) const;
  PendingAnswer start_put(std::string_view item, Timeout timeout) const;
  PendingAnswer start_get(Timeout timeout) const;
  Answer page(PagePosition position) const;

 private:
  bool join(Timeout timeout) const;
};

// An open of a name must agree with the first one.
struct QueueOptions {
  int64_t capacity = 0;    // In items; 0: no bound.
  uint64_t max_bytes = 0;  // Of encoded items; 0: no bound. An item alone always has room.
  // Whether a delivered item stays unacknowledged until its consumer says that it is done. The item
  // returns to the queue if the consumer's session ends before that.
  bool reliable = false;
  // How often one item of a reliable queue is delivered at most; 0: no limit.
  uint64_t max_deliveries = 0;
  // The old spelling of max_deliveries, which 0.2 will not have. Used if the other one is 0.
  uint64_t most_deliveries = 0;
  // The queue to which an item goes that comes back after that; nothing: it is dropped.
  std::optional<QueueCalls> dead_letters = std::nullopt;
};

}  // namespace syncmanager
