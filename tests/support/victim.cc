#include "tests/support/victim.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace syncmanager {

Victim::Victim(const TestServer& server, const std::function<void(const Client&)>& work) {
  int start[2], done[2];
  if (::pipe(start) != 0 || ::pipe(done) != 0) throw std::runtime_error("no pipes");
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    char byte = 0;
    if (::read(start[0], &byte, 1) != 1) ::_exit(1);
    const Client client(server.unix_address(), {.key_file = server.key_file(), .name = "victim"});
    work(client);
    if (::write(done[1], "x", 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  ::close(start[0]);
  ::close(done[1]);
  start_ = start[1];
  done_ = done[0];
}

Victim::~Victim() {
  kill();
  ::close(start_);
  ::close(done_);
}

void Victim::start() {
  if (::write(start_, "x", 1) != 1) throw std::runtime_error("the victim is dead already");
}

bool Victim::await_done() {
  char byte = 0;
  return ::read(done_, &byte, 1) == 1;
}

void Victim::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(std::exchange(pid_, -1), nullptr, 0);
}

}  // namespace syncmanager
