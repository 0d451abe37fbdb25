#pragma once

#include <cstdint>
#include <functional>
#include <utility>

namespace syncmanager::manager {

// The subject of a Poller: something that has a descriptor.
class Watched {
 public:
  // The descriptor is ready: `events` as epoll_ctl(2) has them.
  virtual void on_ready(uint32_t events) = 0;

 protected:
  ~Watched() = default;
};

// Something to do when a descriptor is ready.
class Duty final : public Watched {
 public:
  explicit Duty(std::function<void()> act) : act_(std::move(act)) {}
  void on_ready(uint32_t) override { act_(); }

 private:
  const std::function<void()> act_;
};

}  // namespace syncmanager::manager
