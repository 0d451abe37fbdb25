#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "client/cpp/src/pending_calls.h"
#include "client/python/native/session.h"

namespace syncmanager::python {

class Operation;

// Where calls that nobody waits for report that they are answered: by their tokens, with a
// descriptor that can be read from (by an event loop, by select) while there are any. Thread-safe.
class Completions {
 public:
  Completions();
  ~Completions();
  Completions(const Completions&) = delete;
  Completions& operator=(const Completions&) = delete;

  int descriptor() const { return descriptor_; }
  uint64_t next_token() { return ++last_token_; }
  void report(uint64_t token);
  // The tokens reported since the last time, in their order.
  std::vector<uint64_t> take();

 private:
  const int descriptor_;
  std::mutex mutex_;
  uint64_t last_token_ = 0;  // With the GIL.
  std::vector<uint64_t> reported_;
};

// Sends the encoded request, and awaits the answer as await_answer() does.
Answer ask(std::unique_ptr<AsyncCall> call, std::string_view request);

// Waits without the GIL until the call is answered. A signal's Python code runs meanwhile; if it
// raises, the call is cancelled, what it brings all the same goes back, and the error goes on.
Answer await_answer(std::unique_ptr<AsyncCall> call);

// A call that was started and not waited for. Dropping it cancels it, and what it was given goes
// back. One thread at a time. After result() all but token() throw std::logic_error.
class Pending {
 public:
  // REQUIRES: the operation outlives it (Python keeps it alive).
  Pending(const Operation& operation, std::shared_ptr<SharedReference> reference, py::object key,
          std::unique_ptr<AsyncCall> call, uint64_t token);
  ~Pending();
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;

  uint64_t token() const { return token_; }
  bool ready() const { return call().answered.load(std::memory_order_acquire); }
  // Whether it wasn't served in time. REQUIRES: ready().
  bool late() const;
  // Asks the manager to stop; the answer says whether it did.
  void cancel();
  // Waits if it must. Whether it was cancelled before it did anything is `cancelled`.
  py::object result();
  // Waits; whether the manager stopped it before it did anything. result() must not be called then.
  bool cancelled();

 private:
  AsyncCall& call() const;

  const Operation& operation_;
  const std::shared_ptr<SharedReference> reference_;  // Outlives the answer, which needs the GIL.
  const py::object key_;
  std::unique_ptr<AsyncCall> call_;
  const uint64_t token_;
};

}  // namespace syncmanager::python
