#pragma once

#include <syncmanager/pool.h>

#include <concepts>
#include <cstdint>
#include <functional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <syncmanager/worker_calls.h>

namespace syncmanager {

// Does tasks of a Pool in the thread that calls run(): the functions that were added, for
// submitters of any language.
//
//   int square(int x) { return x * x; }
//
//   Worker worker(client, "pool");
//   worker.add("square", square);
//   worker.run();
//
// An exception that a function throws is its result, and the worker goes on. The task that a worker
// was doing when it died another one does again: a function may be called twice for one task,
// unless the submitter says that it isn't idempotent. Several threads are several Workers, of one
// Client if you like. stop() may be called by any thread, the rest by one at a time.
//
// Short tasks are taken up to 64 at once. Their results are told together, some 2 ms late at most;
// who dies in between has these done again, too. A task that takes more than some 20 ms holds up
// none that came with it: a thread of the worker's own gives those back.
class Worker final : public WorkerCalls {
 public:
  explicit Worker(const Pool& pool) : WorkerCalls(pool.reference()) {}
  Worker(const Client& client, std::string_view pool) : Worker(Pool(client, pool)) {}

  // Offers `function`, anything that a std::function can be made of without naming its type, by
  // this name of 255 bytes at most; one of the same name takes its place. Arguments are converted
  // to its parameters' types, and what it returns to a value (conversions.h); arguments that don't
  // fit are an exception to the submitter. REQUIRES: run() isn't running.
  template <class Function>
  void add(std::string_view name, Function function) {
    add_typed(name, std::function(std::move(function)));
  }

 private:
  template <class R, class... Parameters>
  void add_typed(std::string_view name, std::function<R(Parameters...)> function) {
    using Arguments = std::tuple<std::remove_cvref_t<Parameters>...>;
    add_encoded(name, [function = std::move(function)](Decoder& decoder, ValueWriter& writer) {
      auto arguments = from_value(decoder, std::type_identity<Arguments>{});
      if constexpr (std::is_void_v<R>) {
        std::apply(function, std::move(arguments));
        writer.none();
      } else {
        to_value(writer, std::apply(function, std::move(arguments)));
      }
    });
  }
};

// Questions about the task that this thread is running, for the functions of a Worker.
namespace this_task {

// Which attempt it is: 1 the first time, more if workers died with it. 0 outside of a task.
uint64_t attempt();
void progress_encoded(std::string_view value);
// Tells the submitter how far it is (TaskFuture::progress). Outside of a task it does nothing.
template <class T>
void progress(const T& value) {
  if (attempt() > 0) progress_encoded(encode(value));
}

}  // namespace this_task
}  // namespace syncmanager
