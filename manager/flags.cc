#include "manager/flags.h"

#include <absl/flags/flag.h>
#include <absl/flags/parse.h>
#include <absl/flags/usage.h>
#include <absl/flags/usage_config.h>
#include <absl/time/time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "protos/str_cat.h"

ABSL_FLAG(
    std::vector<std::string>, listen, {"unix:"},
    "where to listen, a comma between: unix:/path, unix: (the default path, in a directory of "
    "this user alone), tcp://host:port, tcp://[::1]:port; port 0 lets the system choose");
ABSL_FLAG(bool, trust_network, false,
          "allow --listen=tcp:// at an address that is not loopback: every host that can reach it "
          "can read what passes and talk to gRPC before it has proved a key");
ABSL_FLAG(std::string, authkey_file, "", "file of the keys; mode 0600, reread at SIGHUP");
ABSL_FLAG(int, authkey_fd, -1, "open descriptor to read the keys from, once");
ABSL_FLAG(std::string, server_id, "default", "the name this manager proves to its clients");
ABSL_FLAG(absl::Duration, session_timeout, absl::Seconds(10),
          "a TCP session that is silent so long has ended; clients may ask for less");
ABSL_FLAG(absl::Duration, drain_timeout, absl::Seconds(10),
          "how long waiting calls may still wait after SIGTERM");
ABSL_FLAG(int, spin_us, 50,
          "look for the next request without sleeping, so many microseconds at most; 0: never");
ABSL_FLAG(bool, log_json, false, "log one JSON object a line");
ABSL_FLAG(std::string, log_level, "info", "debug, info, warn, error or off");
ABSL_FLAG(int, ready_fd, -1, "descriptor for the line that says where it listens; -1: stdout");
ABSL_FLAG(int, lifeline_fd, -1, "take leave when the other end of this pipe is closed");
ABSL_FLAG(bool, allow_root, false, "don't warn when run as root");
ABSL_FLAG(bool, allow_core, false,
          "allow core dumps and debuggers, which show keys and all values");

ABSL_FLAG(uint32_t, max_unauthenticated, 100,
          "TCP connections that have proved no key yet; some are dropped by chance before that");
ABSL_FLAG(
    uint32_t, max_unauthenticated_per_source, 10,
    "the same, of one IPv4 address or IPv6 /64 network: how many clients of a host may connect "
    "in the same moment");
ABSL_FLAG(uint64_t, max_sessions, syncmanager::Limits().sessions, "sessions at a time");
ABSL_FLAG(uint64_t, max_sessions_per_key, syncmanager::Limits().sessions_per_key,
          "sessions of one key");
ABSL_FLAG(uint64_t, max_objects, syncmanager::Limits().objects, "objects at a time");
ABSL_FLAG(uint64_t, max_anonymous, syncmanager::Limits().anonymous_per_session,
          "objects without a name made by one session");
ABSL_FLAG(uint64_t, max_value_bytes, syncmanager::Limits().value_bytes,
          "bytes of one value; 4 MiB at most");
ABSL_FLAG(uint64_t, max_object_bytes, syncmanager::Limits().object_bytes, "bytes in one object");
ABSL_FLAG(uint64_t, max_total_bytes, syncmanager::Limits().total_bytes, "bytes in all objects");
ABSL_FLAG(uint64_t, max_parked, syncmanager::Limits().parked_total, "waiting calls in total");
ABSL_FLAG(uint64_t, max_parked_per_session, syncmanager::Limits().parked_per_session,
          "waiting calls of one session");
ABSL_FLAG(uint64_t, max_readers, syncmanager::Limits().readers,
          "callers that hold one RWLock for reading");
ABSL_FLAG(uint64_t, max_pool_tasks, syncmanager::Limits().pool_tasks,
          "tasks of one pool that aren't done");
ABSL_FLAG(uint64_t, max_pool_functions, syncmanager::Limits().pool_functions,
          "functions that these tasks of one pool ask for");
ABSL_FLAG(uint64_t, max_pool_offers, syncmanager::Limits().pool_offers,
          "functions that one worker of a pool offers");
ABSL_FLAG(uint64_t, max_dead_tasks, syncmanager::Limits().dead_tasks,
          "dead tasks that one pool keeps; the oldest is forgotten then");
ABSL_FLAG(absl::Duration, in_flight_timeout,
          absl::FromChrono(syncmanager::Limits().in_flight),
          "keep an object so long for a pickled proxy that nobody has opened yet");
ABSL_FLAG(uint64_t, max_unacknowledged_bytes, syncmanager::Limits().unacknowledged_bytes,
          "bytes of answers that a client may leave unread or unacknowledged");

namespace syncmanager {
namespace {

constexpr absl::string_view kUsage = R"(hosts queues, dicts, locks and more for other processes.

Words of a flag may be joined by - or by _.

Examples:
  syncmanagerd
      listens on a unix socket of this user, with a key generated beside it, and prints where
  syncmanagerd --listen=unix:/run/jobs.sock --authkey-file=/etc/jobs.key
  syncmanagerd --listen=tcp://10.0.0.5:7000,unix: --trust-network --authkey-file=/etc/jobs.key
  syncctl keygen > jobs.key && chmod 600 jobs.key      makes a key for both sides

Signals: SIGTERM and SIGINT take leave of the clients and end it (a second one at once); SIGHUP
reads the key file again.)";

// Abseil's flags are named by identifiers; people type dashes.
void join_words(char* argument) {
  if (argument[0] != '-' || argument[1] != '-') return;
  for (char* c = argument + 2; *c != '\0' && *c != '='; ++c) {
    if (*c == '-') *c = '_';
  }
}

[[noreturn]] void refuse(const std::string& why) {
  std::fprintf(stderr, "syncmanagerd: %s; see --help\n", why.c_str());
  std::exit(1);
}

std::chrono::milliseconds milliseconds_of(const char* flag, absl::Duration value, int least) {
  const int64_t count = absl::ToInt64Milliseconds(value);
  if (count < least || value > absl::Hours(24)) {
    refuse(str_cat("--", flag, "=", absl::FormatDuration(value), ": expected ", least,
                   "ms to 24h, as in 10s or 500ms"));
  }
  return std::chrono::milliseconds(count);
}

// More than there can be descriptors means no limit, and fits an int.
int read_count(uint32_t flag) { return static_cast<int>(std::min<uint32_t>(flag, 1 << 20)); }

Limits read_limits() {
  Limits limits;
  limits.sessions = absl::GetFlag(FLAGS_max_sessions);
  limits.sessions_per_key = absl::GetFlag(FLAGS_max_sessions_per_key);
  limits.objects = absl::GetFlag(FLAGS_max_objects);
  limits.anonymous_per_session = absl::GetFlag(FLAGS_max_anonymous);
  limits.object_bytes = absl::GetFlag(FLAGS_max_object_bytes);
  limits.total_bytes = absl::GetFlag(FLAGS_max_total_bytes);
  limits.parked_total = absl::GetFlag(FLAGS_max_parked);
  limits.parked_per_session = absl::GetFlag(FLAGS_max_parked_per_session);
  limits.readers = absl::GetFlag(FLAGS_max_readers);
  limits.pool_tasks = absl::GetFlag(FLAGS_max_pool_tasks);
  limits.pool_functions = absl::GetFlag(FLAGS_max_pool_functions);
  limits.pool_offers = absl::GetFlag(FLAGS_max_pool_offers);
  limits.dead_tasks = absl::GetFlag(FLAGS_max_dead_tasks);
  limits.in_flight =
      milliseconds_of("in-flight-timeout", absl::GetFlag(FLAGS_in_flight_timeout), 0);
  limits.unacknowledged_bytes = absl::GetFlag(FLAGS_max_unacknowledged_bytes);
  if (const uint64_t bytes = absl::GetFlag(FLAGS_max_value_bytes); bytes <= limits.value_bytes) {
    limits.value_bytes = bytes;
  } else {
    refuse(str_cat("--max-value-bytes=", bytes, ": a value must fit one message, of ",
                   limits.value_bytes, " bytes"));
  }
  return limits;
}

void read_command_line(int argc, char** argv) {
  std::for_each(argv + 1, argv + argc, join_words);
  absl::SetProgramUsageMessage(kUsage);
  absl::FlagsUsageConfig usage;
  usage.contains_help_flags = [](absl::string_view file) {
    return file.find("manager/flags.cc") != absl::string_view::npos;
  };
  usage.contains_helpshort_flags = usage.contains_help_flags;
  usage.version_string = [] { return std::string("syncmanagerd 0.1.0\n"); };
  absl::SetFlagsUsageConfig(usage);
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  if (rest.size() > 1) refuse(str_cat("\"", rest[1], "\" is no flag"));
}

}  // namespace

Flags read_flags(int argc, char** argv) {
  read_command_line(argc, argv);
  Flags flags;
  flags.listen = absl::GetFlag(FLAGS_listen);
  if (flags.listen.empty()) refuse("--listen is empty");
  flags.trust_network = absl::GetFlag(FLAGS_trust_network);
  flags.keys.descriptor = absl::GetFlag(FLAGS_authkey_fd);
  flags.keys.file = absl::GetFlag(FLAGS_authkey_file);
  flags.keys.server_id = absl::GetFlag(FLAGS_server_id);
  if (flags.keys.server_id.empty() || flags.keys.server_id.size() > 64) {
    refuse("--server-id has 1 to 64 characters");
  }
  flags.session_timeout =
      milliseconds_of("session-timeout", absl::GetFlag(FLAGS_session_timeout), 100);
  flags.drain_timeout = milliseconds_of("drain-timeout", absl::GetFlag(FLAGS_drain_timeout), 0);
  flags.spin = std::chrono::microseconds(std::clamp(absl::GetFlag(FLAGS_spin_us), 0, 50));
  flags.log_json = absl::GetFlag(FLAGS_log_json);
  flags.log_level = absl::GetFlag(FLAGS_log_level);
  flags.ready_fd = absl::GetFlag(FLAGS_ready_fd);
  flags.lifeline_fd = absl::GetFlag(FLAGS_lifeline_fd);
  flags.allow_root = absl::GetFlag(FLAGS_allow_root);
  flags.allow_core = absl::GetFlag(FLAGS_allow_core);
  flags.limits = read_limits();
  flags.admission.unauthenticated = read_count(absl::GetFlag(FLAGS_max_unauthenticated));
  flags.admission.unauthenticated_per_source =
      read_count(absl::GetFlag(FLAGS_max_unauthenticated_per_source));
  return flags;
}

}  // namespace syncmanager
