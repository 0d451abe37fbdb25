#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "manager/core/limits.h"
#include "protos/auth/key_file.h"
#include "protos/auth/tls_credentials.h"

namespace syncmanager::manager {

// The settings of the command line; `syncmanagerd --help` explains each.
struct Flags {
  std::vector<std::string> listen;
  bool trust_network = false;  // Other machines may connect without TLS.
  enum class Tls { kOptional, kKeys, kCertificates };
  Tls tls = Tls::kOptional;       // Which TLS is needed over TCP.
  CertificateFiles certificates;  // Of kCertificates.
  std::string grpc;               // Where stock gRPC clients come in; empty: nowhere.
  KeySources keys{.descriptor = -1, .file = "", .server_id = "default"};
  std::chrono::milliseconds session_timeout = std::chrono::seconds(10);
  std::chrono::milliseconds drain_timeout = std::chrono::seconds(10);
  std::chrono::microseconds spin{50};
  bool log_json = false;
  std::string log_level = "info";
  int ready_fd = -1;     // Gets the line that says where it listens; -1: standard output does.
  int lifeline_fd = -1;  // The manager takes leave when its other end is closed.
  // The manager of one program: the directory that was made for it, and is removed at its end.
  // Empty: a manager for everybody who has the key.
  std::string owned_directory;
  bool allow_root = false;
  bool allow_core = false;
  Limits limits;
  uint64_t visitors = 256;  // Connections that have proved no key yet.
};

// Returns the settings of the command line, and of the file that --config names there. Prints what
// is wrong and exits with 2; prints the help or the version and exits with 0 if asked to.
Flags read_flags(int argc, char** argv);

// Says on one line why the manager doesn't start: on standard error, or to the program that owns
// it, which reads its standard output. Exits with that code.
[[noreturn]] void refuse_to_start(const Flags& flags, int code, std::string_view why);

}  // namespace syncmanager::manager
