#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "client/cpp/src/session/extension.h"
#include "client/python/native/session.h"
#include "protos/large_field.h"

namespace syncmanager::python {

class Operation;

// Where calls that nobody waits for report that they are answered: by their tokens, with a
// descriptor that can be read from (by an event loop, by select) while there are any. Thread-safe.
class Completions : public Shared {
 public:
  Completions();
  ~Completions();
  Completions(const Completions&) = delete;
  Completions& operator=(const Completions&) = delete;

  int descriptor() const { return descriptor_; }
  uint64_t next_token() { return ++last_token_; }
  void report(uint64_t token);
  // Waits, without the GIL, until something is reported. A signal's Python code runs meanwhile.
  // Throws what that raises.
  void wait();
  // The tokens reported since the last time, in their order.
  std::vector<uint64_t> take();

 private:
  const int descriptor_;
  std::mutex mutex_;
  uint64_t last_token_ = 0;  // With the GIL.
  std::vector<uint64_t> reported_;
};

// Sends the encoded request, if there is one, and waits without the GIL until the call is answered:
// returns it then.
// A signal's Python code runs meanwhile, at once when the signal arrives. If it raises, the call is
// cancelled, what it brings all the same goes back, and the error is thrown.
std::unique_ptr<AsyncCall> ask(std::unique_ptr<AsyncCall> call, EncodedMessage* request = nullptr);

// Turns the answer of a call into its Python object. The Python code of signals that have arrived
// runs before the result is handed over. If it raises, what the call brought goes back, and the
// error is thrown. The call is left to the caller if it returns, and what it brought can still be
// given back unless the result has the answer itself. REQUIRES: the call is answered.
Object hand_over(std::unique_ptr<AsyncCall>& call, const Operation& operation,
                 const SharedReference& reference, const Object& key);

// A call that was started and not waited for. Dropping it cancels it, and what it was given goes
// back, unless result() has handed that over. One thread at a time. It ends by drop(), give_back()
// or a result() that throws; timed_out() and result() throw std::logic_error then.
class Pending {
 public:
  Pending(ObjectOf<Operation> operation, ObjectOf<SharedReference> reference, Object key,
          std::unique_ptr<AsyncCall> call, uint64_t token);
  ~Pending();
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;

  uint64_t token() const { return token_; }
  bool ready() const { return call_ == nullptr || call_->answered.load(std::memory_order_acquire); }
  // Whether it wasn't served in time. REQUIRES: ready().
  bool timed_out() const;
  // Asks the manager to stop; the answer says whether it did.
  void cancel();
  // Waits if it must. Throws what stands for the outcome, Cancelled too, and what the Python code
  // of a signal raises; what the call was given goes back then.
  Object result();
  // Ends the call as its destructor does, which cancels it and gives back what it was given; and
  // after result() takes back that. Returns whether it had been given something, and that is on its
  // way back.
  bool drop();
  // The same, and waits until that is back, as an interrupted call does. Throws what the Python
  // code of a signal raises meanwhile.
  void give_back();
  // After drop(): whether the manager had performed the call, and nothing of it was undone.
  bool stands() const { return stands_; }
  // Whether it ends with a lock held, whatever ends it: the wait of a Condition.
  bool holds_its_lock() const;
  const std::shared_ptr<Session>& session() const { return reference_->session(); }

 private:
  AsyncCall& call() const;
  // Whether there is nothing left to cancel or give back: the answer may be in the result.
  bool has_ended() const { return call_ == nullptr || call_->answer.reference() == nullptr; }

  const ObjectOf<Operation> operation_;
  const ObjectOf<SharedReference> reference_;  // Outlives the answer, which needs the GIL.
  const Object key_;
  std::unique_ptr<AsyncCall> call_;
  bool stands_ = false;
  bool taken_ = false;  // By result(): it stays there unless it is dropped.
  const uint64_t token_;
};

}  // namespace syncmanager::python
