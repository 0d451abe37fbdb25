#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "manager/core/limits.h"
#include "manager/transport/admission.h"
#include "protos/key_file.h"

namespace syncmanager {

// What the command line asks for; `syncmanagerd --help` says what each is.
struct Flags {
  std::vector<std::string> listen;
  bool trust_network = false;  // Listens at addresses that are not loopback, too.
  KeySources keys;
  std::chrono::milliseconds session_timeout{};
  std::chrono::milliseconds drain_timeout{};
  std::chrono::microseconds spin{};
  bool log_json = false;
  std::string log_level;
  int ready_fd = -1;     // Gets the line that says where it listens; -1: standard output does.
  int lifeline_fd = -1;  // The manager takes leave when its other end is closed.
  bool allow_root = false;
  bool allow_core = false;
  Limits limits;
  Admission::Limits admission;
};

// Reads the command line. Words of a flag may be joined by - or _. Prints what is wrong and exits
// with 1; prints the help and exits with 0 if asked to.
Flags read_flags(int argc, char** argv);

}  // namespace syncmanager
