#include "manager/flag_options.h"

#include <limits>
#include <memory>

#include "manager/config_file.h"
#include "manager/flag_values.h"
#include "protos/support/units.h"
#include "tools/command_line/help_formatter.h"

namespace syncmanager::manager {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr const char* kPurpose =
    "Hosts queues, dicts, locks and more, which other processes share. Without flags it serves "
    "this "
    "user: it listens on a unix socket, with a key generated beside it, and prints where.";

constexpr const char* kExamples = R"(
A duration is a number with us, ms, s, min, h or d; a number alone counts seconds. A size is a
number with KiB, MiB, GiB or TiB (1024), or KB, MB, GB or TB (1000); a number alone counts bytes.

Examples:
  syncmanagerd
  syncmanagerd --listen unix:/run/jobs.sock --authkey-file /etc/jobs.key
  syncctl keygen jobs.key
  syncmanagerd --listen tcp://10.0.0.5:7000 --authkey-file jobs.key
      clients elsewhere use syncmanager+tls://10.0.0.5:7000 and a copy of it
  syncmanagerd --config /etc/syncmanager.toml
      reads lines such as these; flags of the command line come before them:
          listen = ["unix:", "tcp://10.0.0.5:7000"]
          authkey-file = "/etc/jobs.key"
          max-total-bytes = "4GiB"

Signals: SIGTERM and SIGINT take leave of the clients and end it (a second one at once). SIGHUP
reads the key file and the certificates again. With --owned-directory only SIGTERM of the owner
counts.

Exit codes: 0 after taking leave; 2 for a flag, key or address that is wrong; 3 if another program
listens at an address; 130 and 143 at a second SIGINT or SIGTERM.)";

// The options of one group. Each function adds the option of that name, which sets the field.
class Group {
 public:
  Group(CLI::App& app, const char* name) : app_(app) { app.option_defaults()->group(name); }

  void toggle(const char* name, bool& field, const char* description) const {
    app_.add_flag(name, field, description)->transform(one_of({"true", "false"}));
  }
  CLI::Option& text(const char* name, std::string& field, const char* type,
                    CLI::Validator validator, const char* description) const {
    return *app_.add_option(name, field, description)
                ->type_name(type)
                ->transform(std::move(validator));
  }
  void path(const char* name, std::string& field, const char* description) const {
    text(name, field, "FILE", manager::text("the path of a file"), description);
  }
  void descriptor(const char* name, int& field, const char* description) const {
    app_.add_option(name, field, description)
        ->type_name("NUMBER")
        ->transform(number_up_to(std::numeric_limits<int>::max()));
  }
  void number(const char* name, uint64_t& field, const char* description) const {
    app_.add_option(name, field, description)
        ->type_name("NUMBER")
        ->transform(number_up_to(std::numeric_limits<uint64_t>::max()))
        ->capture_default_str();
  }
  void size(const char* name, uint64_t& field, const char* description) const {
    app_.add_option(name, field, description)
        ->type_name("SIZE")
        ->transform(any_size())
        ->default_str(size_text(field));
  }
  template <typename Duration>
  void duration(const char* name, Duration& field, microseconds least, microseconds most,
                const char* description) const {
    const auto set = [&field](const int64_t& count) {
      field = std::chrono::duration_cast<Duration>(microseconds(count));
    };
    app_.add_option_function<int64_t>(name, set, description)
        ->type_name("DURATION")
        ->transform(duration_between(least, most))
        ->default_str(duration_text(field));
  }

 private:
  CLI::App& app_;
};

void add_addresses(CLI::App& app, Flags& flags) {
  const Group group(app, "Addresses");
  const auto listen = [&flags](const CLI::results_t& words) {
    for (const std::string& word : words) {
      const std::vector<std::string> addresses = split_addresses(word);
      flags.listen.insert(flags.listen.end(), addresses.begin(), addresses.end());
    }
    return true;
  };
  app.add_option("--listen", listen,
                 "An address to listen at; may be given several times, or with commas between "
                 "addresses: unix:/path, unix: (the default path, in a directory of this user "
                 "alone), tcp://host:port, tcp://[::1]:port, or tls://host:port where everybody "
                 "needs TLS. Port 0 lets the system choose.")
      ->type_name("ADDRESS")
      ->transform(text("an address, as in unix:/run/jobs.sock or tcp://10.0.0.5:7000"))
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->default_str("unix:");
  group.text("--grpc", flags.grpc, "ADDRESS", text("an address, as in 127.0.0.1:7001"),
             "Where stock gRPC clients and gRPC's health service come in: host:port of this "
             "machine, unix:/path, or with --tls=mutual any host:port");
}

void add_keys(CLI::App& app, Flags& flags) {
  const Group group(app, "Keys");
  group.path("--authkey-file", flags.keys.file,
             "The file of the keys, with mode 0600, as `syncctl keygen` makes it; read again at "
             "SIGHUP");
  group.descriptor("--authkey-fd", flags.keys.descriptor,
                   "An open descriptor from which the keys are read once");
  group
      .text("--server-id", flags.keys.server_id, "NAME", text("a name of 1 to 64 characters", 64),
            "The name that this manager proves to its clients")
      .capture_default_str();
}

void add_tls(CLI::App& app, Flags& flags) {
  const Group group(app, "TLS");
  const auto set = [&flags](const std::string& mode) {
    flags.tls = mode == "psk" ? Flags::Tls::kKeys : Flags::Tls::kCertificates;
  };
  app.add_option_function<std::string>(
         "--tls", set,
         "The TLS that every TCP connection needs: psk is TLS 1.3 by the keys of the key file, "
         "mutual is TLS 1.3 by certificates on both sides, with the keys as well. Without the flag "
         "clients of other machines need psk, and clients of this machine may use it.")
      ->type_name("psk|mutual")
      ->transform(one_of({"psk", "mutual"}));
  group.path("--tls-cert", flags.certificates.certificate,
             "PEM file of the manager's certificate, for --tls=mutual; read again at SIGHUP, as "
             "are the next two");
  group.path("--tls-key", flags.certificates.key, "PEM file of the certificate's private key");
  group.path("--tls-ca", flags.certificates.authorities,
             "PEM file of the authorities that sign the clients' certificates");
  group.toggle("--trust-network", flags.trust_network,
               "Let clients of other machines connect without TLS. A host between them and this "
               "machine can then read all values, but change nothing.");
}

void add_sessions(CLI::App& app, Flags& flags) {
  const Group group(app, "Sessions");
  group.duration("--session-timeout", flags.session_timeout, milliseconds(100), hours(24),
                 "How long a TCP session may be silent before it ends; clients may ask for less");
  group.duration("--drain-timeout", flags.drain_timeout, {}, hours(24),
                 "How long calls may go on waiting after SIGTERM");
  group.duration("--in-flight-timeout", flags.limits.in_flight, {}, hours(24),
                 "How long an object is kept for a pickled proxy that hasn't been opened yet");
  group.number("--max-sessions", flags.limits.sessions, "Sessions at a time");
  group.number("--max-sessions-per-key", flags.limits.sessions_per_key, "Sessions of one key");
  group.number("--max-visitors", flags.visitors,
               "TCP connections that haven't proved a key yet, and the same number over unix "
               "sockets. When there are more, the oldest connection that has sent nothing is "
               "closed.");
  group.size("--max-unacknowledged-bytes", flags.limits.unacknowledged_bytes,
             "Answers that a client may leave unread or unacknowledged");
}

void add_limits(CLI::App& app, Limits& limits) {
  const Group group(app, "Limits");
  group.size("--max-total-bytes", limits.total_bytes,
             "All objects together; the machine needs more memory than this");
  group.size("--max-object-bytes", limits.object_bytes, "One object");
  app.add_option("--max-value-bytes", limits.value_bytes,
                 "One value, 2 GiB at most; without the flag as much as one object")
      ->type_name("SIZE")
      ->transform(size_up_to(Limits::kMaxValueBytes, ", as protobuf can't read larger messages"));
  group.number("--max-objects", limits.objects, "Objects at a time");
  group.number("--max-anonymous", limits.anonymous_per_session,
               "Objects without a name made by one session");
  group.number("--max-parked", limits.parked_total, "Waiting calls in total");
  group.number("--max-parked-per-session", limits.parked_per_session,
               "Waiting calls of one session");
  group.number("--max-readers", limits.readers, "Callers that hold one RWLock for reading");
  group.number("--max-pool-tasks", limits.pool_tasks, "Tasks of one pool that aren't done");
  group.number("--max-pool-functions", limits.pool_functions,
               "Functions that these tasks of one pool ask for");
  group.number("--max-pool-offers", limits.pool_offers,
               "Functions that one worker of a pool offers");
  group.number("--max-dead-tasks", limits.dead_tasks,
               "Dead tasks that one pool keeps; beyond it the oldest is forgotten");
}

void add_process(CLI::App& app, Flags& flags) {
  const Group log(app, "Log");
  log.text("--log-level", flags.log_level, "LEVEL",
           one_of({"debug", "info", "warn", "error", "off"}), "debug, info, warn, error or off")
      .capture_default_str();
  log.toggle("--log-json,!--no-log-json", flags.log_json, "Write each log line as a JSON object");
  const Group process(app, "Process");
  process.duration("--spin", flags.spin, {}, microseconds(50),
                   "How long the manager looks for the next request before it sleeps, 50us at "
                   "most; 0: not at all");
  process.toggle("--allow-root", flags.allow_root, "Don't warn when run as root");
  process.toggle("--allow-core", flags.allow_core,
                 "Allow core dumps and debuggers, which show keys and all values");
}

void add_owner(CLI::App& app, Flags& flags) {
  app.option_defaults()->configurable(false);
  const Group group(app, "For the program that starts it");
  group.descriptor("--ready-fd", flags.ready_fd,
                   "The descriptor for the line with the addresses; without the flag standard "
                   "output");
  group.descriptor("--lifeline-fd", flags.lifeline_fd,
                   "End when the other end of this pipe is closed");
  group.text("--owned-directory", flags.owned_directory, "DIRECTORY",
             text("the path of a directory"),
             "A directory that the program has made, with the key in the file \"key\". The manager "
             "also listens at \"socket\" there, removes the directory when it ends, ends at once "
             "when the pipe of --lifeline-fd is closed, ignores signals of other programs, and may "
             "use half of the memory, a quarter of it for one object.");
}

void add_others(CLI::App& app) {
  app.option_defaults()->group("Others");
  app.config_formatter(std::make_shared<ConfigFile>(app));
  app.set_config("--config", "",
                 "A file with flags, in a line each: FLAG = VALUE. Flags of the command line come "
                 "before those of the file.")
      ->type_name("FILE")
      ->transform(readable_file());
  app.set_help_flag();  // CLI11's own comes first in the help, and reads the other flags before it.
  app.add_flag_callback(
         "-h,--help", [] { throw CLI::CallForHelp(); }, "Print this help")
      ->trigger_on_parse();
  app.set_version_flag("--version", "syncmanagerd " SYNCMANAGER_VERSION, "Print the version")
      ->trigger_on_parse();
}

}  // namespace

void add_options(CLI::App& app, Flags& flags) {
  app.description(kPurpose);
  app.footer(kExamples);
  const auto formatter = std::make_shared<HelpFormatter>();
  formatter->column_width(6);
  app.formatter(formatter);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  add_addresses(app, flags);
  add_keys(app, flags);
  add_tls(app, flags);
  add_sessions(app, flags);
  add_limits(app, flags.limits);
  add_process(app, flags);
  add_owner(app, flags);
  add_others(app);
}

}  // namespace syncmanager::manager
