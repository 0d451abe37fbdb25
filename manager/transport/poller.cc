#include "manager/transport/poller.h"

#include <algorithm>
#include <cerrno>
#include <stdexcept>

namespace syncmanager::manager {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

Poller::Poller() : set_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!set_) throw std::runtime_error("there is no descriptor left for an epoll set");
}

void Poller::add(int descriptor, uint32_t events, void* subject) {
  epoll_event event{.events = events, .data = {.ptr = subject}};
  ::epoll_ctl(set_.get(), EPOLL_CTL_ADD, descriptor, &event);
}

void Poller::change(int descriptor, uint32_t events, void* subject) {
  epoll_event event{.events = events, .data = {.ptr = subject}};
  ::epoll_ctl(set_.get(), EPOLL_CTL_MOD, descriptor, &event);
}

void Poller::remove(int descriptor) { ::epoll_ctl(set_.get(), EPOLL_CTL_DEL, descriptor, nullptr); }

// Linux before 5.11 has no epoll_pwait2(), and waits whole milliseconds.
std::span<const epoll_event> Poller::wait(nanoseconds longest, int max) {
  longest = std::clamp<nanoseconds>(longest, nanoseconds(0), seconds(60));
  int ready = 0;
  if (longest.count() == 0) {
    ready = ::epoll_wait(set_.get(), ready_.data(), max, 0);
  } else {
    const timespec left{.tv_sec = longest / seconds(1), .tv_nsec = (longest % seconds(1)).count()};
    ready = ::epoll_pwait2(set_.get(), ready_.data(), max, &left, nullptr);
    if (ready < 0 && errno == ENOSYS) {
      const auto rounded = std::chrono::ceil<milliseconds>(longest).count();
      ready = ::epoll_wait(set_.get(), ready_.data(), max, static_cast<int>(rounded));
    }
  }
  return std::span(ready_).first(static_cast<size_t>(std::max(ready, 0)));
}

}  // namespace syncmanager::manager
