#pragma once

#include <syncmanager/worker.h>

#include <functional>
#include <thread>

namespace syncmanager {

// A Worker in a thread of the test's, of a session of its own if the client is.
class WorkerThread {
 public:
  WorkerThread(const Pool& pool, const std::function<void(Worker&)>& prepare) : worker_(pool) {
    prepare(worker_);
    thread_ = std::thread([this] { worker_.run(); });
  }
  ~WorkerThread() {
    worker_.stop();
    join();
  }
  WorkerThread(const WorkerThread&) = delete;
  WorkerThread& operator=(const WorkerThread&) = delete;

  void stop() { worker_.stop(); }
  // Returns when run() has.
  void join() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  Worker worker_;
  std::thread thread_;
};

}  // namespace syncmanager
