#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <functional>

namespace syncmanager {

// Forks a child that performs `program` and ends with what that returns. Returns it, or minus the
// signal that ended the child: one that hangs is ended by SIGALRM after 30 s. An exception is 99.
inline int result_of_child(const std::function<int()>& program) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(30);
    try {
      ::_exit(program());
    } catch (const std::exception& error) {
      std::fprintf(stderr, "the child: %s\n", error.what());
      ::_exit(99);
    }
  }
  int status = 0;
  if (::waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

}  // namespace syncmanager
