#pragma once

#include <functional>
#include <list>

namespace syncmanager {

// Performs an action in each forked child of this process, before fork() returns there. The object
// that contains this uses it to learn that it is a copy: fork() doesn't copy the threads, sessions
// and child processes that belong to the object. Children of vfork() and posix_spawn() start
// another program, so nothing is performed there.
class InForkedChild {
 public:
  // `action` may only do what a signal handler may do. It isn't performed while another thread is
  // in this constructor, in the destructor or in without_forks().
  explicit InForkedChild(std::function<void()> action);
  ~InForkedChild();
  InForkedChild(const InForkedChild&) = delete;
  InForkedChild& operator=(const InForkedChild&) = delete;

  // Performs a short `step` during which no other thread can fork. A child forked in the middle of
  // it would have a library's lock that is never released, or a descriptor that no object owns.
  static void without_forks(const std::function<void()>& step);

 private:
  std::list<std::function<void()>>::iterator place_;
};

}  // namespace syncmanager
