#include "client/cpp/src/connection_forks.h"

#include <grpc/fork.h>
#include <grpc/grpc.h>
#include <pthread.h>

#include <chrono>
#include <cstdlib>
#include <mutex>
#include <new>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "client/cpp/src/connection.h"
#include "client/cpp/src/inherited_sockets.h"

namespace syncmanager {
namespace {

std::shared_mutex gate;  // Held by whoever forks.
std::mutex mutex;        // Protects `all`.
std::vector<std::weak_ptr<Connection>> all;
std::vector<std::shared_ptr<Connection>> paused;
std::thread::id forker;  // Who has paused them.
bool started = false;    // A fork before gRPC's start would make it one that knows of no forks.

// In the child, before anything of the program's runs there.
void abandon_connections() {
  if (forker != std::this_thread::get_id()) return;  // Nobody told of it: it starts a program.
  std::set<std::string> peers;
  for (const auto& connection : paused) peers.insert(connection->peer());
  peers.erase("");
  leave_inherited_sockets(peers);
  if (started) grpc_postfork_child();
  for (const auto& connection : paused) connection->abandon();
  // Their destructors would join threads that aren't in this process, so they never run.
  new std::vector<std::shared_ptr<Connection>>(std::exchange(paused, {}));
  all.clear();
  forker = {};
  mutex.unlock();
  new (&gate) std::shared_mutex();  // It knows its owner by a number that this thread hasn't.
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

// gRPC reads how it is to poll when it starts. A process that forks needs "poll": the resetting of
// "epoll1" in a child is broken in 1.51, where the event engine's takes the place of the other's
// (Fork::SetResetChildPollingEngineFunc keeps one), and parent and child share an epoll set. It
// stays started, and programs that this one starts get the environment as it was.
void start_for_forks() {
  if (std::exchange(started, true)) return;
  ::setenv("GRPC_ENABLE_FORK_SUPPORT", "1", 1);
  ::setenv("GRPC_POLL_STRATEGY", "poll", 1);
  grpc_init();
  ::unsetenv("GRPC_ENABLE_FORK_SUPPORT");
  ::unsetenv("GRPC_POLL_STRATEGY");
}

std::shared_lock<std::shared_mutex> keep_forks_out() { return std::shared_lock(gate); }

void watch_for_forks(const std::shared_ptr<Connection>& connection) {
  const std::lock_guard<std::mutex> lock(mutex);
  std::erase_if(all, [](const auto& other) { return other.expired(); });
  all.push_back(connection);
}

void pause_connections() {
  static std::once_flag watched;
  std::call_once(watched, [] { ::pthread_atfork(nullptr, nullptr, &abandon_connections); });
  gate.lock();
  mutex.lock();
  forker = std::this_thread::get_id();
  for (const auto& connection : all) {
    if (std::shared_ptr<Connection> alive = connection.lock()) paused.push_back(std::move(alive));
  }
  for (const auto& connection : paused) connection->pause();
  if (started) grpc_prefork();
}

void resume_connections() {
  if (started) grpc_postfork_parent();
  const std::vector<std::shared_ptr<Connection>> resumed = std::exchange(paused, {});
  for (const auto& connection : resumed) connection->go_on();
  forker = {};
  mutex.unlock();
  gate.unlock();
}

}  // namespace syncmanager
