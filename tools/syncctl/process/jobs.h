#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "tools/syncctl/process/front.h"
#include "tools/syncctl/process/lost_session.h"

namespace syncmanager {

// Commands that run at the same time, each started and awaited by a thread of its own, while one
// thread watches over all of them. Their items are held by this process' session.
class Jobs {
 public:
  explicit Jobs(const Front& front);
  ~Jobs();
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  // Runs a command with `input` as its standard input and these additional variables (NAME=VALUE),
  // and blocks until it has ended. Returns its exit code: 128 + N if signal N ended it, 127 or 126
  // if it can't be started. Returns -1, and starts nothing, after stop().
  // Called by any thread.
  int run(const std::vector<std::string>& words, std::string_view input,
          const std::vector<std::string>& variables);

  // Lets nothing new begin. Commands that run go on. A signal does so, too.
  void stop() { stop_.request_stop(); }
  std::stop_token stopping() const { return stop_.get_token(); }
  // Called by the last thread that runs commands, to end watch().
  void finish() const;

  // Forwards the front process' signals to the commands until finish() is called. Returns the
  // signal that stopped the jobs; 0: none. If the front process ends or the session is lost, it
  // kills all descendants, and this process exits with 2.
  int watch(const LostSession& lost);

 private:
  pid_t start(const std::vector<std::string>& words, std::string_view input,
              const std::vector<std::string>& variables);
  // Blocks until the command has ended, and returns its exit code.
  int await_end(pid_t pid);
  // Returns the signal that stops the jobs; 0: none of those that have arrived does.
  int forward(int signals);

  const Front& front_;
  const int finished_;  // Readable after finish().
  std::stop_source stop_;
  std::mutex mutex_;
  std::set<pid_t> running_;
};

}  // namespace syncmanager
