#include "manager/transport/entrance.h"

#include <algorithm>
#include <utility>

namespace syncmanager::manager {

Entrance::Entrance(std::vector<std::unique_ptr<Listener>> listeners,
                   std::unique_ptr<Gateway> gateway, Gate::Options gate, int lifeline)
    : gate_(std::move(gate)),
      welcome_([this](FileDescriptor socket, Peer peer) {
        gate_.welcome(std::move(socket), std::move(peer), now_);
      }),
      acceptor_(std::move(listeners), welcome_, lifeline),
      gateway_(std::move(gateway)),
      serve_visitors_([this] { gate_.serve(now_); }),
      accept_([this] { acceptor_.accept_some(now_); }),
      receive_([this] { gateway_->receive(now_, welcome_); }) {
  poller_.add(gate_.descriptor(), EPOLLIN, static_cast<Watched*>(&serve_visitors_));
  poller_.add(acceptor_.descriptor(), EPOLLIN, static_cast<Watched*>(&accept_));
  watch_gateway();
}

void Entrance::watch_gateway() {
  if (gateway_ == nullptr) return;
  poller_.add(gateway_->descriptor(), EPOLLIN, static_cast<Watched*>(&receive_));
}

void Entrance::serve(Time now) {
  now_ = now;
  for (const epoll_event& event : poller_.wait({})) {
    static_cast<Watched*>(event.data.ptr)->on_ready(event.events);
  }
}

Time Entrance::deadline() const {
  return std::min({gate_.deadline(), acceptor_.deadline(),
                   gateway_ != nullptr ? gateway_->deadline() : kNever});
}

void Entrance::on_time(Time now) {
  if (now < deadline()) return;
  now_ = now;
  gate_.on_time(now);
  acceptor_.on_time(now);
  if (gateway_ != nullptr && gateway_->on_time(now)) watch_gateway();
}

void Entrance::close() {
  acceptor_.close();
  if (gateway_ != nullptr) gateway_->say_draining();
}

}  // namespace syncmanager::manager
