#include "manager/flags.h"

#include <absl/flags/flag.h>
#include <absl/flags/reflection.h>
#include <absl/strings/str_join.h>
#include <absl/time/time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <map>
#include <string>

#include "manager/log.h"
#include "manager/memory.h"
#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

// The addresses of --listen. A comma stands between them, but may also be part of a path.
struct Addresses {
  std::vector<std::string> all;
};

// Whether the text after a comma is another address, and not the rest of a path.
bool begins_address(std::string_view text) {
  if (text.starts_with("unix:") || text.starts_with("tcp://") || text.starts_with("tls://")) {
    return true;
  }
  const std::string_view first = text.substr(0, text.find(','));
  return first.find('/') == std::string_view::npos && first.find(':') != std::string_view::npos;
}

bool AbslParseFlag(absl::string_view text, Addresses* addresses, std::string*) {
  addresses->all.assign(text.empty() ? 0 : 1, "");
  for (std::string_view rest = to_std(text); !rest.empty(); rest.remove_prefix(1)) {
    if (rest[0] == ',' && begins_address(rest.substr(1))) {
      addresses->all.emplace_back();
    } else {
      addresses->all.back() += rest[0];
    }
  }
  return true;
}

std::string AbslUnparseFlag(const Addresses& addresses) {
  return absl::StrJoin(addresses.all, ",");
}

}  // namespace
}  // namespace syncmanager::manager

ABSL_FLAG(
    syncmanager::manager::Addresses, listen, {},
    "addresses to listen at, separated by commas: unix:/path, unix: (the default path, in a "
    "directory of this user alone), tcp://host:port, tcp://[::1]:port, or tls://host:port where "
    "everybody needs TLS; port 0 lets the system choose; without the flag unix:");
ABSL_FLAG(bool, trust_network, false,
          "let clients of other machines connect without TLS: a host between them and this machine "
          "can read all values then, but change nothing");
ABSL_FLAG(std::string, tls, "",
          "the TLS that every TCP connection needs: psk is TLS 1.3 by the keys of the key file, "
          "mutual is TLS 1.3 by certificates on both sides, with the keys as well; without the "
          "flag clients of other machines need psk, and clients of this machine may use it");
ABSL_FLAG(std::string, tls_cert, "",
          "PEM file of the manager's certificate, for --tls=mutual; reread at SIGHUP, like "
          "--tls-key and --tls-ca");
ABSL_FLAG(std::string, tls_key, "", "PEM file of the certificate's private key, for --tls=mutual");
ABSL_FLAG(std::string, tls_ca, "",
          "PEM file of the authorities that sign the clients' certificates, for --tls=mutual");
ABSL_FLAG(std::string, grpc, "",
          "address for stock gRPC clients and gRPC's health service: host:port of this machine, "
          "unix:/path, or with --tls=mutual any host:port");
ABSL_FLAG(std::string, authkey_file, "", "file of the keys, with mode 0600; reread at SIGHUP");
ABSL_FLAG(int, authkey_fd, -1, "open descriptor from which the keys are read once");
ABSL_FLAG(std::string, server_id, "default", "name that this manager proves to its clients");
ABSL_FLAG(absl::Duration, session_timeout, absl::Seconds(10),
          "how long a TCP session may be silent before it ends; clients may ask for less");
ABSL_FLAG(absl::Duration, drain_timeout, absl::Seconds(10),
          "how long calls may go on waiting after SIGTERM");
ABSL_FLAG(int, spin_us, 50,
          "how many microseconds the manager looks for the next request before it sleeps; 0: none");
ABSL_FLAG(bool, log_json, false, "write each log line as a JSON object");
ABSL_FLAG(std::string, log_level, "info", "debug, info, warn, error or off");
ABSL_FLAG(int, ready_fd, -1, "descriptor for the line with the addresses; -1: stdout");
ABSL_FLAG(int, lifeline_fd, -1, "end when the other end of this pipe is closed");
ABSL_FLAG(
    std::string, owned_directory, "",
    "directory that the program which starts this manager has made, with the key in the file "
    "\"key\": the manager also listens at \"socket\" there, removes the directory when it ends, "
    "ends at once when the pipe of --lifeline-fd is closed, ignores signals of other programs, "
    "and may use half of the memory, a quarter of it for one object");
ABSL_FLAG(bool, allow_root, false, "don't warn when run as root");
ABSL_FLAG(bool, allow_core, false,
          "allow core dumps and debuggers, which show keys and all values");

ABSL_FLAG(uint32_t, max_visitors, 256,
          "TCP connections that haven't proved a key yet, and the same number over unix sockets; "
          "when there are more, the oldest connection that has sent nothing is closed");
ABSL_FLAG(uint64_t, max_sessions, syncmanager::manager::Limits().sessions, "sessions at a time");
ABSL_FLAG(uint64_t, max_sessions_per_key, syncmanager::manager::Limits().sessions_per_key,
          "sessions of one key");
ABSL_FLAG(uint64_t, max_objects, syncmanager::manager::Limits().objects, "objects at a time");
ABSL_FLAG(uint64_t, max_anonymous, syncmanager::manager::Limits().anonymous_per_session,
          "objects without a name made by one session");
ABSL_FLAG(std::optional<uint64_t>, max_value_bytes, std::nullopt,
          "bytes of one value, 2 GiB at most; without the flag the value of --max-object-bytes");
ABSL_FLAG(uint64_t, max_object_bytes, syncmanager::manager::Limits().object_bytes,
          "bytes in one object");
ABSL_FLAG(uint64_t, max_total_bytes, syncmanager::manager::Limits().total_bytes,
          "bytes in all objects");
ABSL_FLAG(uint64_t, max_parked, syncmanager::manager::Limits().parked_total,
          "waiting calls in total");
ABSL_FLAG(uint64_t, max_parked_per_session, syncmanager::manager::Limits().parked_per_session,
          "waiting calls of one session");
ABSL_FLAG(uint64_t, max_readers, syncmanager::manager::Limits().readers,
          "callers that hold one RWLock for reading");
ABSL_FLAG(uint64_t, max_pool_tasks, syncmanager::manager::Limits().pool_tasks,
          "tasks of one pool that aren't done");
ABSL_FLAG(uint64_t, max_pool_functions, syncmanager::manager::Limits().pool_functions,
          "functions that these tasks of one pool ask for");
ABSL_FLAG(uint64_t, max_pool_offers, syncmanager::manager::Limits().pool_offers,
          "functions that one worker of a pool offers");
ABSL_FLAG(uint64_t, max_dead_tasks, syncmanager::manager::Limits().dead_tasks,
          "dead tasks that one pool keeps; the oldest is forgotten then");
ABSL_FLAG(absl::Duration, in_flight_timeout,
          absl::FromChrono(syncmanager::manager::Limits().in_flight),
          "how long an object is kept for a pickled proxy that hasn't been opened yet");
ABSL_FLAG(uint64_t, max_unacknowledged_bytes, syncmanager::manager::Limits().unacknowledged_bytes,
          "bytes of answers that a client may leave unread or unacknowledged");

namespace syncmanager::manager {
namespace {

constexpr absl::string_view kUsage = R"(hosts queues, dicts, locks and more for other processes.

Words of a flag may be joined by - or by _.

Examples:
  syncmanagerd
      listens on a unix socket of this user, with a key generated beside it, and prints where
  syncmanagerd --listen=unix:/run/jobs.sock --authkey-file=/etc/jobs.key
  syncmanagerd --listen=tcp://10.0.0.5:7000,unix: --authkey-file=/etc/jobs.key
      clients elsewhere use syncmanager+tls://10.0.0.5:7000 and the same key file
  syncctl keygen > jobs.key && chmod 600 jobs.key      makes a key for both sides

Signals: SIGTERM and SIGINT take leave of the clients and end it (a second one at once); SIGHUP
reads the key file and the certificates again. With --owned-directory only the owner's SIGTERM
counts.)";

constexpr std::string_view kOwnedFlag = "--owned-directory";
// The size of an object without contents, about. This number of them is as much as all may have.
constexpr uint64_t kEmptyObjectBytes = 1024;
constexpr uint64_t kNoLimit = std::numeric_limits<uint64_t>::max();

constexpr int kWrongFlag = 2;

[[noreturn]] void refuse(std::string_view why) {
  refuse_to_start(kWrongFlag, str_cat(why, "; see --help"));
}

// The program that owns the manager is no stranger: it may use what the machine has. These are
// defaults, so they are set before the command line is read.
void set_limits_of_owner() {
  const uint64_t memory = available_memory();
  absl::SetFlag(&FLAGS_max_total_bytes, memory / 2);
  absl::SetFlag(&FLAGS_max_object_bytes, memory / 4);
  absl::SetFlag(&FLAGS_max_objects, memory / 2 / kEmptyObjectBytes);
  absl::SetFlag(&FLAGS_max_anonymous, kNoLimit);
  absl::SetFlag(&FLAGS_max_sessions, kNoLimit);
  absl::SetFlag(&FLAGS_max_sessions_per_key, kNoLimit);
  absl::SetFlag(&FLAGS_max_parked, kNoLimit);
  absl::SetFlag(&FLAGS_max_parked_per_session, kNoLimit);
  absl::SetFlag(&FLAGS_max_readers, kNoLimit);
  absl::SetFlag(&FLAGS_max_pool_tasks, kNoLimit);
  absl::SetFlag(&FLAGS_max_pool_functions, kNoLimit);
  absl::SetFlag(&FLAGS_max_pool_offers, kNoLimit);
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
  limits.value_bytes = std::min(limits.object_bytes, Limits::kMaxValueBytes);
  if (const std::optional<uint64_t> bytes = absl::GetFlag(FLAGS_max_value_bytes)) {
    if (*bytes > Limits::kMaxValueBytes) {
      refuse(str_cat("--max-value-bytes=", *bytes, ": expected at most ", Limits::kMaxValueBytes,
                     ", as protobuf can't read larger messages"));
    }
    limits.value_bytes = *bytes;
  }
  return limits;
}

// Abseil's flags are named by identifiers; people type dashes.
std::string dashed(std::string words) {
  std::replace(words.begin(), words.end(), '_', '-');
  return words;
}

// Prints to standard output and exits; with 2 if it can't be written.
[[noreturn]] void print_and_exit(const std::string& text) {
  const bool printed = std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
  std::exit(printed ? 0 : kWrongFlag);
}

[[noreturn]] void print_help() {
  std::map<std::string, std::string> flags;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (flag->Filename().find("manager/flags.cc") == absl::string_view::npos) continue;
    const std::string standard = flag->DefaultValue();
    flags["--" + dashed(std::string(name))] =
        str_cat(flag->Help(), standard.empty() ? "" : str_cat("; default: ", standard));
  }
  std::string text = str_cat("syncmanagerd ", kUsage, "\n\nFlags:\n");
  for (const auto& [name, help] : flags) text += str_cat("  ", name, "\n      ", help, "\n");
  print_and_exit(text + "  --help\n  --version\n");
}

// The flag of that name; null if there is none. --no... is that of a bool.
absl::CommandLineFlag* find_flag(std::string name, bool& negated) {
  std::replace(name.begin(), name.end(), '-', '_');
  absl::CommandLineFlag* const flag = absl::FindCommandLineFlag(name);
  if (flag != nullptr || !name.starts_with("no")) return flag;
  absl::CommandLineFlag* const other = absl::FindCommandLineFlag(name.substr(2));
  negated = other != nullptr && other->IsOfType<bool>();
  return negated ? other : nullptr;
}

void read_command_line(int argc, char** argv) {
  const bool owned = std::any_of(argv + 1, argv + argc, [](std::string_view argument) {
    return dashed(std::string(argument)).starts_with(kOwnedFlag);
  });
  if (owned) set_limits_of_owner();
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--help") print_help();
    if (word == "--version") print_and_exit("syncmanagerd " SYNCMANAGER_VERSION "\n");
    if (!word.starts_with("--")) refuse(str_cat("\"", word, "\" is no flag"));
    const size_t equals = word.find('=');
    bool negated = false;
    absl::CommandLineFlag* const flag = find_flag(word.substr(2, equals - 2), negated);
    if (flag == nullptr || (negated && equals != std::string::npos)) {
      refuse(str_cat("there is no flag ", word.substr(0, equals)));
    }
    std::string value = negated ? "false" : "true";
    if (equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (!flag->IsOfType<bool>()) {
      if (++i == argc) refuse(str_cat(word, " lacks its value"));
      value = argv[i];
    }
    if (std::string error; !flag->ParseFrom(value, &error)) {
      refuse(str_cat(word.substr(0, equals), "=", value, " can't be read",
                     error.empty() ? "" : ": ", error));
    }
  }
}

void read_owned_directory(Flags& flags) {
  flags.owned_directory = absl::GetFlag(FLAGS_owned_directory);
  if (flags.owned_directory.empty()) return;
  if (flags.lifeline_fd < 0) {
    refuse("--owned-directory needs --lifeline-fd: the manager ends with its owner");
  }
  flags.listen.insert(flags.listen.begin(), str_cat("unix:", flags.owned_directory, "/socket"));
  flags.keys.file = flags.owned_directory + "/key";
  flags.drain_timeout = {};
  flags.allow_root = true;
}

void read_tls(Flags& flags) {
  const std::string mode = absl::GetFlag(FLAGS_tls);
  if (!mode.empty() && mode != "psk" && mode != "mutual") {
    refuse(str_cat("--tls=", mode, ": expected psk or mutual"));
  }
  if (mode == "psk") flags.tls = Flags::Tls::kKeys;
  if (mode == "mutual") flags.tls = Flags::Tls::kCertificates;
  flags.certificates = {.certificate = absl::GetFlag(FLAGS_tls_cert),
                        .key = absl::GetFlag(FLAGS_tls_key),
                        .authorities = absl::GetFlag(FLAGS_tls_ca)};
  for (const auto* flag : {&FLAGS_tls_cert, &FLAGS_tls_key, &FLAGS_tls_ca}) {
    if (absl::GetFlag(*flag).empty() != (mode != "mutual")) {
      refuse("--tls=mutual needs --tls-cert, --tls-key and --tls-ca, and they need it");
    }
  }
  if (flags.trust_network && flags.tls != Flags::Tls::kOptional) {
    refuse(str_cat("--trust-network lets clients connect without TLS, and --tls=", mode,
                   " lets nobody; expected one of the two"));
  }
}

}  // namespace

void refuse_to_start(int code, std::string_view why) {
  const bool owned = !absl::GetFlag(FLAGS_owned_directory).empty();
  std::fprintf(owned ? stdout : stderr, "syncmanagerd: %s\n", on_one_line(why).c_str());
  std::exit(code);
}

Flags read_flags(int argc, char** argv) {
  read_command_line(argc, argv);
  Flags flags;
  flags.listen = absl::GetFlag(FLAGS_listen).all;
  flags.trust_network = absl::GetFlag(FLAGS_trust_network);
  read_tls(flags);
  flags.grpc = absl::GetFlag(FLAGS_grpc);
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
  read_owned_directory(flags);
  if (flags.listen.empty()) flags.listen.emplace_back("unix:");
  flags.limits = read_limits();
  flags.visitors = static_cast<size_t>(read_count(absl::GetFlag(FLAGS_max_visitors)));
  return flags;
}

}  // namespace syncmanager::manager
