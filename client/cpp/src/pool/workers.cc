#include "syncmanager/workers.h"

#include <pthread.h>
#include <signal.h>
#include <syncmanager/client.h>
#include <syncmanager/error.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <set>
#include <thread>
#include <utility>

#include "client/cpp/src/process/in_forked_child.h"

namespace syncmanager {
namespace {

// A worker that dies as soon as it lives is started anew so often at most.
constexpr std::chrono::milliseconds kPause{10};

sigset_t set_of(std::initializer_list<int> signals) {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : signals) ::sigaddset(&set, signal);
  return set;
}

// Keeps signals from this thread and those that it makes while it lives.
class SignalsHeld {
 public:
  explicit SignalsHeld(const sigset_t& signals) {
    ::pthread_sigmask(SIG_BLOCK, &signals, &before_);
  }
  ~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

 private:
  sigset_t before_;
};

// Forks a process that does `work`, and is killed when this one dies.
template <class Work>
pid_t fork_to(const Work& work) {
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() == parent) work();
  ::_exit(0);
}

// Stops a worker at SIGTERM. REQUIRES: all threads of this process have it blocked.
class StoppedBySignal {
 public:
  explicit StoppedBySignal(Worker& worker)
      : thread_([&worker] {
          const sigset_t signals = set_of({SIGTERM});
          int signal = 0;
          ::sigwait(&signals, &signal);
          worker.stop();
        }) {}
  ~StoppedBySignal() {
    ::pthread_kill(thread_.native_handle(), SIGTERM);
    thread_.join();
  }
  StoppedBySignal(const StoppedBySignal&) = delete;
  StoppedBySignal& operator=(const StoppedBySignal&) = delete;

 private:
  std::thread thread_;
};

void work(const std::string& pool, const std::function<void(Worker&)>& prepare,
          WorkersOptions options) {
  if (options.client.name.empty()) options.client.name = "worker " + std::to_string(::getpid());
  const sigset_t child_ends = set_of({SIGCHLD});
  ::pthread_sigmask(SIG_UNBLOCK, &child_ends, nullptr);
  try {
    const Client client =
        options.url.empty() ? Client(options.client) : Client(options.url, options.client);
    Worker worker(client, pool);
    prepare(worker);
    const StoppedBySignal stopped(worker);
    worker.run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "a worker of pool \"%s\" ends: %s\n", pool.c_str(), error.what());
  }
  std::fflush(nullptr);
}

// The process that starts the workers as its children, and replaces each one that is killed.
template <class Work>
class Supervisor {
 public:
  Supervisor(size_t processes, const Work& work) : work_(work) {
    for (size_t i = 0; i < processes; ++i) start();
  }

  // Until SIGTERM, which ends them. REQUIRES: `signals`, SIGTERM and SIGCHLD, are blocked, and
  // SIGCHLD has its default action, without which nobody can wait for children.
  void run(const sigset_t& signals) {
    while (!ending_ || !children_.empty()) {
      int signal = 0;
      ::sigwait(&signals, &signal);
      if (signal == SIGTERM) end();
      reap();
    }
  }

 private:
  void start() {
    const pid_t child = fork_to(work_);
    if (child > 0) {
      children_.insert(child);
    } else {
      std::perror("can't fork a worker");
    }
  }
  void end() {
    ending_ = true;
    for (const pid_t child : children_) ::kill(child, SIGTERM);
  }
  // Takes note of those that have ended, and replaces those that were killed.
  void reap() {
    int status = 0;
    for (pid_t dead = 0; (dead = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      children_.erase(dead);
      if (ending_ || !WIFSIGNALED(status)) continue;
      std::this_thread::sleep_for(kPause);
      start();
    }
  }

  const Work& work_;
  std::set<pid_t> children_;
  bool ending_ = false;
};

}  // namespace

Workers::Workers(size_t processes, const std::string& pool,
                 const std::function<void(Worker&)>& prepare, const WorkersOptions& options)
    : forked_(std::make_unique<InForkedChild>([this] { nursery_ = -1; })) {
  const sigset_t signals = set_of({SIGTERM, SIGCHLD});
  std::fflush(nullptr);  // What waits to be written is this process' own.
  const SignalsHeld held(signals);
  nursery_ = fork_to([&] {
    ::signal(SIGCHLD, SIG_DFL);
    const auto do_tasks = [&] { work(pool, prepare, options); };
    Supervisor(processes, do_tasks).run(signals);
  });
  if (nursery_ < 0) throw Error(std::string("workers: can't fork: ") + std::strerror(errno));
}

Workers::~Workers() {
  if (nursery_ < 0) return;
  ::kill(nursery_, SIGTERM);
  while (::waitpid(nursery_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace syncmanager
