#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/completion_queue.h>

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace syncmanager {

// What other threads want of the thread that drives a completion queue: it is woken, and does it.
// give() from any thread, obey() on that one.
class Orders {
 public:
  // `tag` is what the queue returns when there are orders. REQUIRES: the queue outlives it, and is
  // not shut down before stop().
  Orders(grpc::CompletionQueue& queue, void* tag) : queue_(queue), tag_(tag) {}

  // Done soon, in the order of giving; never, after stop().
  void give(std::function<void()> order);
  // Does what was ordered. To be called when the queue has returned the tag.
  void obey();
  // Takes no more orders.
  void stop();

 private:
  grpc::CompletionQueue& queue_;
  void* const tag_;
  std::mutex mutex_;
  bool stopped_ = false;
  std::vector<std::function<void()>> orders_;
  std::unique_ptr<grpc::Alarm> alarm_;  // Set while there are orders.
};

}  // namespace syncmanager
