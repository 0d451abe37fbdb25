#pragma once

#include <syncmanager/decoder.h>
#include <syncmanager/encoded_value.h>
#include <syncmanager/future.h>
#include <syncmanager/reference.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncmanager {

class ParkedCall;
struct TaskInHand;

// The part of a Worker that doesn't depend on its functions' types.
class WorkerCalls {
 public:
  // Takes tasks and does them until stop(), or until the pool is deleted. What it does when it is
  // stopped is done to its end. Throws Disconnected when the manager is gone.
  void run();
  // Waits for one task and does it. False: stop() was called.
  bool run_one();
  // Ends run() and what waits in it, now and from now on. Not for signal handlers: a thread that
  // waits for the signal (sigwait) can call it.
  void stop();

 protected:
  // Reads the arguments of a call and writes what it returned.
  using Call = std::function<void(Decoder&, ValueWriter&)>;

  explicit WorkerCalls(ReferencePtr pool);
  ~WorkerCalls();
  WorkerCalls(const WorkerCalls&) = delete;
  WorkerCalls& operator=(const WorkerCalls&) = delete;

  void add_encoded(std::string_view name, Call call);

 private:
  class Taking;
  // A task whose result is on its way.
  struct Finished {
    PendingAnswer answer;
    uint64_t task;
  };

  // Waits for a task; nothing: stop() was called, or the pool is gone.
  std::optional<TaskInHand> take();
  void perform(TaskInHand& task);
  void finish(uint64_t task, bool raised, std::string_view value);
  // A result that the manager refuses becomes an exception to the submitter.
  void settle_finished();
  void leave();

  const ReferencePtr pool_;
  const uint64_t caller_;  // A worker is a caller of its own, whichever thread runs it.
  std::map<std::string, Call, std::less<>> functions_;
  std::vector<Finished> finished_;

  std::mutex mutex_;  // Protects what follows.
  bool stopping_ = false;
  ParkedCall* taking_ = nullptr;
};

}  // namespace syncmanager
