#include "manager/flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "manager/flag_names.h"
#include "manager/flag_options.h"
#include "manager/log.h"
#include "manager/memory.h"
#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

constexpr std::string_view kOwnedFlag = "--owned-directory";
// The size of an object without contents, about. This number of them is as much as all may have.
constexpr uint64_t kEmptyObjectBytes = 1024;
constexpr uint64_t kNoLimit = std::numeric_limits<uint64_t>::max();
constexpr uint64_t kMostVisitors = 1 << 20;  // There are fewer descriptors.

constexpr int kWrongFlag = 2;

[[noreturn]] void refuse_to_start(bool has_owner, int code, std::string_view why) {
  std::fprintf(has_owner ? stdout : stderr, "syncmanagerd: %s\n", on_one_line(why).c_str());
  std::exit(code);
}

// Prints to standard output and exits; with 2 if it can't be written.
[[noreturn]] void print_and_exit(const std::string& text) {
  const bool printed = std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
  std::exit(printed ? 0 : kWrongFlag);
}

bool names_an_owner(int argc, char** argv) {
  return std::any_of(argv + 1, argv + argc, [](std::string_view word) {
    return dashed(word.substr(0, word.find('='))) == kOwnedFlag;
  });
}

// The program that owns the manager is no stranger: it may use what the machine has. These are
// defaults, so they are set before the command line is read.
void set_limits_of_owner(Limits& limits) {
  const uint64_t memory = available_memory();
  limits.total_bytes = memory / 2;
  limits.object_bytes = memory / 4;
  limits.objects = memory / 2 / kEmptyObjectBytes;
  for (uint64_t* const limit :
       {&limits.anonymous_per_session, &limits.sessions, &limits.sessions_per_key,
        &limits.parked_total, &limits.parked_per_session, &limits.readers, &limits.pool_tasks,
        &limits.pool_functions, &limits.pool_offers}) {
    *limit = kNoLimit;
  }
}

// Explains what is wrong with the command line, or with the file of --config.
std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  if (dynamic_cast<const CLI::ConfigError*>(&error) != nullptr) {
    return str_cat(app.get_option("--config")->as<std::string>(), ":", error.what());
  }
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const std::string word = app.remaining().front();
    if (!word.starts_with('-')) return str_cat("\"", word, "\" is no flag; flags begin with --");
    const std::string name = word.substr(std::min(word.find_first_not_of('-'), word.size()));
    return no_such_flag(app, name.substr(0, name.find('=')));
  }
  const std::string what = error.what();
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    return what.substr(0, what.find(':')) + " lacks its value";
  }
  return what;
}

void check_owner(Flags& flags) {
  if (flags.owned_directory.empty()) return;
  if (flags.lifeline_fd < 0) {
    throw CLI::ValidationError(
        "--owned-directory needs --lifeline-fd: the manager ends with its owner");
  }
  flags.listen.insert(flags.listen.begin(), str_cat("unix:", flags.owned_directory, "/socket"));
  flags.keys.file = flags.owned_directory + "/key";
  flags.drain_timeout = {};
  flags.allow_root = true;
}

void check_tls(const Flags& flags) {
  const bool is_mutual = flags.tls == Flags::Tls::kCertificates;
  const CertificateFiles& files = flags.certificates;
  for (const std::string& file : {files.certificate, files.key, files.authorities}) {
    if (file.empty() == is_mutual) {
      throw CLI::ValidationError(
          "--tls=mutual needs --tls-cert, --tls-key and --tls-ca, and they need it");
    }
  }
  if (flags.trust_network && flags.tls != Flags::Tls::kOptional) {
    throw CLI::ValidationError(
        "--trust-network lets clients connect without TLS, and --tls lets nobody; expected one of "
        "the two");
  }
}

// Checks what flags have to do with each other, and derives what depends on several of them.
void complete(const CLI::App& app, Flags& flags) {
  check_owner(flags);
  check_tls(flags);
  if (flags.listen.empty()) flags.listen.emplace_back("unix:");
  Limits& limits = flags.limits;
  if (app.get_option("--max-value-bytes")->empty()) {
    limits.value_bytes = std::min(limits.object_bytes, Limits::kMaxValueBytes);
  }
  flags.visitors = std::min(flags.visitors, kMostVisitors);
}

}  // namespace

void refuse_to_start(const Flags& flags, int code, std::string_view why) {
  refuse_to_start(!flags.owned_directory.empty(), code, why);
}

Flags read_flags(int argc, char** argv) {
  Flags flags;
  const bool has_owner = names_an_owner(argc, argv);
  if (has_owner) set_limits_of_owner(flags.limits);
  CLI::App app("", "syncmanagerd");
  add_options(app, flags);
  try {
    app.parse(words_for(app, argc, argv));
    complete(app, flags);
  } catch (const CLI::CallForHelp&) {
    print_and_exit(app.help());
  } catch (const CLI::CallForVersion& version) {
    print_and_exit(str_cat(version.what(), "\n"));
  } catch (const CLI::ParseError& error) {
    refuse_to_start(has_owner, kWrongFlag, str_cat(explain(app, error), "; see --help"));
  }
  return flags;
}

}  // namespace syncmanager::manager
