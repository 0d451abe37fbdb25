#include "tests/support/chaos_proxy.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <filesystem>
#include <future>
#include <stdexcept>
#include <utility>

#include "tests/support/connect_to.h"

namespace syncmanager {
namespace {

using manager::Address;
using manager::FileDescriptor;
using manager::Listener;

using Clock = std::chrono::steady_clock;

// The bytes that a pipe holds before it stops reading, so that a slow receiver slows the sender.
constexpr size_t kRoom = 256 * 1024;
// A throttled pipe writes what it may send in such a time at once.
constexpr std::chrono::milliseconds kStride{20};

bool only_later() { return errno == EAGAIN || errno == EINTR; }

// Ready for the pipes: never waits, and small writes leave at once.
void prepare(const manager::FileDescriptor& socket) {
  const int on = 1;
  ::ioctl(socket.get(), FIONBIO, &on);
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

// Closes with an RST.
void reset(manager::FileDescriptor& socket) {
  const linger at_once{1, 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  socket.reset();
}

timespec until(Clock::time_point moment) {
  const auto wait = std::max(moment - Clock::now(), Clock::duration::zero());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(wait);
  return {seconds.count(), std::chrono::nanoseconds(wait - seconds).count()};
}

std::unique_ptr<manager::Listener> listen_at(const std::string& address) {
  auto listener = manager::Listener::open(*manager::Address::parse(address));
  if (!listener.ok()) throw std::runtime_error(listener.status().ToString());
  return *std::move(listener);
}

}  // namespace

// One direction of a connection.
class ChaosProxy::Pipe {
 public:
  Pipe(int from, int to, int64_t& passed, int64_t& swallowed)
      : from_(from), to_(to), passed_(passed), swallowed_(swallowed), ended_(from < 0) {}

  // Reads once, and writes what may leave. False if either end is broken.
  bool move(const Faults& faults) { return (!wants_to_read() || read(faults)) && write(faults); }
  bool wants_to_read() const { return !ended_ && waiting_ < kRoom; }
  bool wants_to_write() const { return full_; }
  // The receiver has been told of the end.
  bool is_over() const { return over_; }
  bool has_lost() const { return lost_; }

  // When the first chunk may leave; max if none may.
  Clock::time_point due(const Faults& faults) const {
    if (chunks_.empty() || faults.pass_nothing()) return Clock::time_point::max();
    return std::max(chunks_.front().due, next_);
  }
  void end_early() {
    deaf_ = true;
    chunks_.push_back({Clock::now(), ""});
  }
  void heal() {
    next_ = Clock::now();
    for (Chunk& chunk : chunks_) chunk.due = next_;
  }

 private:
  struct Chunk {
    Clock::time_point due;
    std::string bytes;  // None: the end.
  };

  bool read(const Faults& faults) {
    std::array<char, 64 * 1024> bytes;
    const ssize_t count = ::recv(from_, bytes.data(), bytes.size(), 0);
    if (count < 0) return only_later();
    ended_ = count == 0;
    if (deaf_) return true;
    if (faults.black_hole && !ended_) {
      lost_ = true;
      swallowed_ += count;
      return true;
    }
    chunks_.push_back({Clock::now() + faults.delay, {bytes.data(), static_cast<size_t>(count)}});
    waiting_ += chunks_.back().bytes.size();
    return true;
  }

  bool write(const Faults& faults) {
    full_ = false;
    while (due(faults) <= Clock::now()) {
      const std::string& bytes = chunks_.front().bytes;
      if (bytes.empty()) {
        ::shutdown(to_, SHUT_WR);
        over_ = true;
      } else {
        const ssize_t count =
            ::send(to_, bytes.data() + sent_, portion(bytes.size() - sent_, faults), MSG_NOSIGNAL);
        if (count < 0) return full_ = only_later();
        account(static_cast<size_t>(count), faults);
      }
      if (sent_ == bytes.size()) {
        chunks_.pop_front();
        sent_ = 0;
      }
    }
    return true;
  }
  static size_t portion(size_t left, const Faults& faults) {
    if (faults.one_byte_segments) return 1;
    if (!faults.bytes_per_second) return left;
    const size_t stride = *faults.bytes_per_second * kStride.count() / 1000;
    return std::min(left, std::max<size_t>(stride, 1));
  }
  void account(size_t count, const Faults& faults) {
    sent_ += count;
    waiting_ -= count;
    passed_ += static_cast<int64_t>(count);
    if (!faults.bytes_per_second) return;
    const std::chrono::duration<double> pause(static_cast<double>(count) /
                                              static_cast<double>(*faults.bytes_per_second));
    next_ = std::max(next_, Clock::now() - kStride) + std::chrono::ceil<Clock::duration>(pause);
  }

  const int from_, to_;
  int64_t &passed_, &swallowed_;
  std::deque<Chunk> chunks_;
  size_t sent_ = 0;     // Of the first chunk.
  size_t waiting_ = 0;  // Bytes of all chunks that aren't sent.
  Clock::time_point next_{};
  bool ended_;         // The sender has said that nothing more comes.
  bool deaf_ = false;  // Whatever it says is dropped.
  bool full_ = false;  // The receiver takes nothing more for now.
  bool over_ = false;
  bool lost_ = false;
};

struct ChaosProxy::Link {
  Link(manager::FileDescriptor of_client, manager::FileDescriptor of_server, Counts& counts)
      : client(std::move(of_client)),
        server(std::move(of_server)),
        to_server(client.get(), server.get(), counts.to_server, counts.swallowed),
        to_client(server.get(), client.get(), counts.to_client, counts.swallowed) {}

  // Whether there is something left to pass on.
  bool move(const Faults& faults) {
    if (!broken) broken = !to_server.move(faults) || !to_client.move(faults);
    if (to_server.is_over() && to_client.is_over()) return false;
    return !broken || faults.pass_nothing();
  }
  void heal() {
    to_server.heal();
    to_client.heal();
    broken = broken || !server || to_server.has_lost() || to_client.has_lost();
  }
  ~Link() {
    if (to_server.is_over() && to_client.is_over()) return;
    reset(client);
    reset(server);
  }

  manager::FileDescriptor client, server;
  Pipe to_server, to_client;
  bool broken = false;  // Ends as soon as that may be told.
};

ChaosProxy::ChaosProxy(const std::string& target)
    : target_(*manager::Address::parse(target)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  std::string path = (std::filesystem::temp_directory_path() / "syncmanager-proxy-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary directory");
  directory_ = path;
  tcp_ = listen_at("tcp://127.0.0.1:0");
  unix_ = listen_at("unix:" + directory_ + "/s");
  tcp_address_ = tcp_->address().to_string();
  unix_address_ = unix_->address().to_string();
  thread_ = std::thread([this] { run(); });
}

ChaosProxy::~ChaosProxy() {
  order([this] { stopping_ = true; });
  thread_.join();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void ChaosProxy::delay(std::chrono::milliseconds time) {
  order([this, time] { faults_.delay = time; });
}

void ChaosProxy::throttle(size_t bytes_per_second) {
  order([this, bytes_per_second] { faults_.bytes_per_second = bytes_per_second; });
}

void ChaosProxy::one_byte_segments() {
  order([this] { faults_.one_byte_segments = true; });
}

void ChaosProxy::black_hole() {
  order([this] { faults_.black_hole = true; });
}

void ChaosProxy::heal() {
  order([this] {
    faults_ = {};
    for (const auto& link : links_) link->heal();
  });
}

void ChaosProxy::reset_all() {
  order([this] { links_.clear(); });
}

void ChaosProxy::half_close(Direction direction) {
  order([this, direction] {
    for (const auto& link : links_) {
      (direction == Direction::kToServer ? link->to_server : link->to_client).end_early();
    }
  });
}

ChaosProxy::Counts ChaosProxy::counts() {
  Counts now;
  order([this, &now] {
    now = counts_;
    now.open = static_cast<int>(links_.size());
  });
  return now;
}

void ChaosProxy::order(std::function<void()> change) {
  std::promise<void> done;
  {
    const std::lock_guard lock(mutex_);
    orders_.push_back([&] {
      change();
      done.set_value();
    });
  }
  ::eventfd_write(wake_.get(), 1);
  done.get_future().wait();
}

void ChaosProxy::run() {
  while (!stopping_) {
    wait_for_something();
    std::vector<std::function<void()>> orders;
    {
      const std::lock_guard lock(mutex_);
      orders.swap(orders_);
    }
    for (const auto& each : orders) each();
    accept_all(*tcp_);
    accept_all(*unix_);
    std::erase_if(links_, [this](const auto& link) { return !link->move(faults_); });
  }
  links_.clear();
}

void ChaosProxy::accept_all(const manager::Listener& listener) {
  while (true) {
    manager::FileDescriptor client(
        ::accept4(listener.descriptor(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) return;
    ++counts_.connections;
    manager::FileDescriptor server;
    if (!faults_.black_hole) server = connect_to(target_);
    if (!server && !faults_.black_hole) {
      reset(client);
      continue;
    }
    prepare(client);
    prepare(server);
    links_.push_back(std::make_unique<Link>(std::move(client), std::move(server), counts_));
  }
}

void ChaosProxy::wait_for_something() {
  std::vector<pollfd> watched = {
      {wake_.get(), POLLIN, 0}, {tcp_->descriptor(), POLLIN, 0}, {unix_->descriptor(), POLLIN, 0}};
  Clock::time_point next = Clock::time_point::max();
  const auto watch = [&](const manager::FileDescriptor& end, const Pipe& from, const Pipe& to) {
    const int events = (from.wants_to_read() ? POLLIN : 0) | (to.wants_to_write() ? POLLOUT : 0);
    // poll(2) tells of a hang-up whether asked or not: an end with nothing to ask is left out.
    if (events != 0) watched.push_back({end.get(), static_cast<short>(events), 0});
    if (!to.wants_to_write()) next = std::min(next, to.due(faults_));
  };
  for (const auto& link : links_) {
    if (link->broken) continue;
    watch(link->client, link->to_server, link->to_client);
    watch(link->server, link->to_client, link->to_server);
  }
  const bool timed = next != Clock::time_point::max();
  const timespec wait = timed ? until(next) : timespec{};
  ::ppoll(watched.data(), watched.size(), timed ? &wait : nullptr, nullptr);
  eventfd_t ignored = 0;
  ::eventfd_read(wake_.get(), &ignored);
}

}  // namespace syncmanager
