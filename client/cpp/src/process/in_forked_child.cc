#include "client/cpp/src/process/in_forked_child.h"

#include <pthread.h>

#include <mutex>
#include <utility>

namespace syncmanager {
namespace {

// Neither is ever destroyed: static objects of the program may outlive those of the library.
std::mutex& mutex() {
  static auto* const mutex = new std::mutex();
  return *mutex;
}
std::list<std::function<void()>>& actions() {
  static auto* const actions = new std::list<std::function<void()>>();
  return *actions;
}

// The thread that forks holds the mutex, so that the list is whole in the child.
void watch_forks() {
  static std::once_flag watched;
  std::call_once(watched, [] {
    ::pthread_atfork([] { mutex().lock(); }, [] { mutex().unlock(); },
                     [] {
                       for (const auto& action : actions()) action();
                       mutex().unlock();
                     });
  });
}

}  // namespace

InForkedChild::InForkedChild(std::function<void()> action) {
  watch_forks();
  const std::lock_guard<std::mutex> lock(mutex());
  place_ = actions().insert(actions().end(), std::move(action));
}

InForkedChild::~InForkedChild() {
  const std::lock_guard<std::mutex> lock(mutex());
  actions().erase(place_);
}

void InForkedChild::without_forks(const std::function<void()>& step) {
  watch_forks();
  const std::lock_guard<std::mutex> lock(mutex());
  step();
}

}  // namespace syncmanager
