#pragma once

#include <syncmanager/pool_calls.h>
#include <syncmanager/task_results.h>

#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace syncmanager {

class Client;

// Functions are called by name, and workers of any program, language and host that offer the name
// do it (Worker); they may come, leave and be killed at any time. The task that a killed worker was
// doing is done again by another one, and nothing else is lost. After multiprocessing.Pool and
// concurrent.futures, and as these have it for std::future.
//
//   Pool pool(client, "pool");
//   TaskFuture<int> square = pool.submit<int>("square", 7);
//   for (int result : pool.map_unordered<int>("square", numbers)) ...
//
// Copies are the same Pool, and any number of threads may use it at once. When the last copy and
// the last future of a Pool are gone, its tasks that nobody has begun aren't done, unless its inbox
// is kept. A pool without a name lives while anybody refers to it.
class Pool final : public PoolCalls {
 public:
  static constexpr const char* kType = "Pool";

  explicit Pool(ReferencePtr reference) : PoolCalls(std::move(reference)) {}
  // Finds the pool of that name, or makes it; an empty name makes an anonymous one.
  Pool(const ReferencePtr& registry, std::string_view name, const PoolOptions& options)
      : PoolCalls(open(registry, name), options) {}
  explicit Pool(const Client& client, std::string_view name = {}, const PoolOptions& options = {});

  // The same Pool, whose tasks are done by these options.
  Pool with(const TaskOptions& options) const {
    Pool other = *this;
    other.options_ = options;
    return other;
  }

  // Has the function called with these arguments. Never waits: what the pool refuses is the
  // future's to throw (LimitExceeded: the pool has too many tasks). Throws InvalidArgument if the
  // arguments take more than 2 GiB.
  template <class R, class... Arguments>
  TaskFuture<R> submit(std::string_view function, const Arguments&... arguments) const {
    return TaskFuture<R>(submit_encoded(function, encode(std::tie(arguments...))));
  }
  // Returns the future of a task that was submitted earlier: by a program that named the same kept
  // inbox, or by this Pool and then retried. A result is collected once, so make one future for a
  // ticket.
  template <class R>
  TaskFuture<R> future(uint64_t number) const {
    return TaskFuture<R>(ticket(number));
  }

  // Has the function called with each element, and returns what it returned as it comes: an input
  // range of R. It reads `range` while there is room for tasks under way, so neither need fit into
  // memory; an lvalue must outlive it. Calls are put together into tasks: `chunk` of them; 0: as
  // many as all workers together do in some 10 ms, 1,000 at most. It never uses a kept inbox.
  //
  // Going on to the next result throws what TaskFuture::get() throws, and then the rest isn't done,
  // nor when the range is destroyed early. A chunk that raises has no results. One thread at a
  // time.
  template <class R, class Range>
  TaskResults<R, Range> map_unordered(std::string_view function, Range&& range,
                                      uint64_t chunk = 0) const {
    return TaskResults<R, Range>(reference_, function, options_, std::forward<Range>(range), chunk);
  }
  // The same, all of them, in the order of the elements.
  template <class R, class Range>
  std::vector<R> map(std::string_view function, Range&& range, uint64_t chunk = 0) const {
    return TaskResults<R, Range>(reference_, function, options_, std::forward<Range>(range), chunk)
        .in_order();
  }
};

}  // namespace syncmanager
