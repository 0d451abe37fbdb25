#pragma once

#include <syncmanager/decoder.h>
#include <syncmanager/encoded_value.h>
#include <syncmanager/reference.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace syncmanager {

class TaskBatch;
class ParkedCall;

// The part of a Worker that doesn't depend on its functions' types.
class WorkerCalls {
 public:
  // Takes tasks and does them until stop(), or until the pool is deleted. The task that it does
  // when it is stopped is done to its end, and others that it has taken go back. Throws
  // Disconnected when the manager is gone.
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

  // Waits for tasks, and takes them into the hand; false: stop() was called, or the pool is gone.
  bool take(uint64_t most);
  // Whether any was done.
  bool do_taken();
  bool stopping();
  void leave();

  const ReferencePtr pool_;
  const uint64_t caller_;  // A worker is a separate caller, whichever thread runs it.
  std::map<std::string, Call, std::less<>> functions_;
  const std::unique_ptr<TaskBatch> batch_;

  std::mutex mutex_;  // Protects what follows.
  bool stopping_ = false;
  ParkedCall* taking_ = nullptr;
};

}  // namespace syncmanager
