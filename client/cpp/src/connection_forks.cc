#include "client/cpp/src/connection_forks.h"

#include <grpc/fork.h>
#include <grpc/grpc.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <new>
#include <thread>
#include <utility>
#include <vector>

#include "client/cpp/src/connection.h"

namespace syncmanager {
namespace {

std::shared_mutex gate;  // Held by the thread that forks.
std::mutex mutex;        // Protects what follows.
std::vector<std::weak_ptr<Connection>> all;
std::vector<std::shared_ptr<Connection>> paused;
std::atomic<std::thread::id> forker;  // The thread that has paused them.
std::atomic<bool> announced = false;  // Forks are, by pause_connections().
bool paused_here = false;             // For the fork that is under way, by before_fork().
enum class Grpc { kOff, kRunning, kStopped } grpc = Grpc::kOff;

bool forks_here() { return forker.load() == std::this_thread::get_id(); }

void before_fork() {
  if (announced || forks_here()) return;
  pause_connections();
  paused_here = true;
}

void after_fork_in_parent() {
  if (forks_here() && std::exchange(paused_here, false)) resume_connections();
}

// Before anything of the program's runs in the child. gRPC has stopped, and goes on when the child
// connects.
void after_fork_in_child() {
  if (!forks_here()) return;  // The fork wasn't announced.
  for (const auto& connection : paused) connection->inherit();
  paused.clear();
  all.clear();
  paused_here = false;
  if (grpc == Grpc::kRunning) grpc = Grpc::kStopped;
  forker = std::thread::id();
  mutex.unlock();
  new (&gate) std::shared_mutex();  // It knows its owner by a number that this thread hasn't.
}

void watch_forks() {
  static std::once_flag watched;
  std::call_once(
      watched, [] { ::pthread_atfork(&before_fork, &after_fork_in_parent, &after_fork_in_child); });
}

// gRPC reads how it is to poll when it starts. A process that forks needs "poll": the resetting of
// "epoll1" in a child is broken in 1.51, where the event engine's takes the place of the other's
// (Fork::SetResetChildPollingEngineFunc keeps one), and parent and child share an epoll set. The
// environment is exchanged as a whole: threads that read it meanwhile find either one.
void start_grpc() {
  static char fork_support[] = "GRPC_ENABLE_FORK_SUPPORT=1";
  static char poll_strategy[] = "GRPC_POLL_STRATEGY=poll";
  static std::vector<char*> larger = {fork_support, poll_strategy};
  for (char** each = environ; each != nullptr && *each != nullptr; ++each) larger.push_back(*each);
  larger.push_back(nullptr);
  char** const before = std::exchange(environ, larger.data());
  grpc_init();  // For ever: programs that this one starts get the environment as it was.
  environ = before;
}

}  // namespace

void Connection::pause() {
  Lock lock(mutex_);
  pausing_ = true;
  ++drivers_;
  while (leading_ || inside_ > 0) {
    if (leading_ && link_ != nullptr) link_->stream.nudge();
    changed_.wait_for(lock, std::chrono::milliseconds(1));
  }
  --drivers_;
  lock.release();
}

void Connection::go_on() {
  Lock lock(mutex_, std::adopt_lock);
  pausing_ = false;
  changed_.notify_all();
  flush(lock);
  lock.lock();
  wake_next(lock);
  keeper_wakes_.notify_one();
}

void Connection::inherit() {
  inherited_ = true;
  if (link_ != nullptr) link_->stream.socket().let_go();
}

void expect_announced_forks() { announced = true; }

void start_for_forks() {
  const std::lock_guard<std::mutex> lock(mutex);
  if (grpc == Grpc::kOff) {
    watch_forks();
    start_grpc();
  } else if (grpc == Grpc::kStopped) {
    grpc_postfork_child();
  }
  grpc = Grpc::kRunning;
}

std::shared_lock<std::shared_mutex> keep_forks_out() { return std::shared_lock(gate); }

void watch_for_forks(const std::shared_ptr<Connection>& connection) {
  const std::lock_guard<std::mutex> lock(mutex);
  std::erase_if(all, [](const auto& other) { return other.expired(); });
  all.push_back(connection);
}

void pause_connections() {
  watch_forks();
  gate.lock();
  mutex.lock();
  forker = std::this_thread::get_id();
  for (const auto& connection : all) {
    if (std::shared_ptr<Connection> alive = connection.lock()) paused.push_back(std::move(alive));
  }
  for (const auto& connection : paused) connection->pause();
  // A fork before gRPC's start would make it one that knows of no forks.
  if (grpc == Grpc::kRunning) grpc_prefork();
}

void resume_connections() {
  if (grpc == Grpc::kRunning) grpc_postfork_parent();
  const std::vector<std::shared_ptr<Connection>> resumed = std::exchange(paused, {});
  for (const auto& connection : resumed) connection->go_on();
  forker = std::thread::id();
  mutex.unlock();
  gate.unlock();
}

}  // namespace syncmanager
