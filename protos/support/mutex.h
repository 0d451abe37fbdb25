#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "absl/base/thread_annotations.h"

// Abseil has no name for "releases what was held exclusively", which a MutexUnlock does: it takes
// the mutex again at its end.
#if ABSL_HAVE_ATTRIBUTE(release_capability)
#define SYNCMANAGER_EXCLUSIVE_UNLOCK_FUNCTION(...) __attribute__((release_capability(__VA_ARGS__)))
#else
#define SYNCMANAGER_EXCLUSIVE_UNLOCK_FUNCTION(...)
#endif

namespace syncmanager {

// A std::mutex that Clang's thread safety analysis knows (-Wthread-safety): it checks at compile
// time that what is marked ABSL_GUARDED_BY is used under the mutex, and that functions marked
// ABSL_EXCLUSIVE_LOCKS_REQUIRED are called under it.
// https://clang.llvm.org/docs/ThreadSafetyAnalysis.html
class ABSL_LOCKABLE Mutex {
 public:
  void lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }

 private:
  friend class ConditionVariable;

  std::mutex mutex_;
};

// Holds the mutex to the end of its scope.
class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Releases a held mutex to the end of its scope.
class ABSL_SCOPED_LOCKABLE MutexUnlock {
 public:
  explicit MutexUnlock(Mutex& mutex) SYNCMANAGER_EXCLUSIVE_UNLOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_.unlock();
  }
  ~MutexUnlock() SYNCMANAGER_EXCLUSIVE_UNLOCK_FUNCTION() { mutex_.lock(); }
  MutexUnlock(const MutexUnlock&) = delete;
  MutexUnlock& operator=(const MutexUnlock&) = delete;

 private:
  Mutex& mutex_;
};

// A std::condition_variable for a Mutex. Waits may end without a reason: callers check in a loop.
class ConditionVariable {
 public:
  using Clock = std::chrono::steady_clock;

  void notify_one() { changed_.notify_one(); }
  void notify_all() { changed_.notify_all(); }

  void wait(Mutex& mutex) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    std::unique_lock lock(mutex.mutex_, std::adopt_lock);
    changed_.wait(lock);
    lock.release();
  }
  // Returns false at `deadline`; Clock::time_point::max() is none.
  bool wait_until(Mutex& mutex, Clock::time_point deadline) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    if (deadline == Clock::time_point::max()) {
      wait(mutex);
      return true;
    }
    std::unique_lock lock(mutex.mutex_, std::adopt_lock);
    const bool in_time = changed_.wait_until(lock, deadline) == std::cv_status::no_timeout;
    lock.release();
    return in_time;
  }

 private:
  std::condition_variable changed_;
};

}  // namespace syncmanager
