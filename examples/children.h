#pragma once

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

extern char** environ;

// Other processes of the same program: each is started with its own arguments, and main() goes
// where the first of them says.
class Children {
 public:
  ~Children() {
    for (const pid_t child : running_) kill(child, SIGTERM);
    wait();
  }

  void start(std::vector<std::string> words) {
    words.insert(words.begin(), "/proc/self/exe");
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_t child = -1;
    if (posix_spawn(&child, argv[0], nullptr, nullptr, argv.data(), environ) != 0) {
      std::cerr << "can't start another process of this program\n";
      std::exit(1);
    }
    running_.push_back(child);
  }

  // Kills the one that has run for longest, as a crash would, and starts another one.
  void replace_one(std::vector<std::string> words) {
    kill(running_.front(), SIGKILL);
    waitpid(running_.front(), nullptr, 0);
    running_.erase(running_.begin());
    start(std::move(words));
  }

  // Returns when all have ended; whether all of them ended well.
  bool wait() {
    bool well = true;
    for (const pid_t child : running_) {
      int status = 0;
      waitpid(child, &status, 0);
      well = well && status == 0;
    }
    running_.clear();
    return well;
  }

 private:
  std::vector<pid_t> running_;
};
