#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <span>

#include "manager/transport/file_descriptor.h"

namespace syncmanager::manager {

// A set of descriptors that are watched, level-triggered (epoll(7)). It is a descriptor itself, and
// readable when one of them is ready. One thread at a time.
class Poller {
 public:
  // Throws std::runtime_error if the process has no descriptor left.
  Poller();

  int descriptor() const { return set_.get(); }
  // Watches the descriptor for `events`, as epoll_ctl(2) has them. A descriptor that is closed
  // leaves by itself.
  void add(int descriptor, uint32_t events, void* subject);
  void change(int descriptor, uint32_t events, void* subject);
  void remove(int descriptor);
  // Waits until some are ready, for `longest`, and returns `most` of them at most; data.ptr is
  // their subject. Good until the next call.
  std::span<const epoll_event> wait(std::chrono::nanoseconds longest, int max = kMaxEvents);

 private:
  static constexpr int kMaxEvents = 64;

  FileDescriptor set_;
  std::array<epoll_event, kMaxEvents> ready_;
};

}  // namespace syncmanager::manager
