#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "protos/auth/key_file.h"
#include "protos/support/str_cat.h"
#include "syncmanager/error.h"
#include "tools/syncctl/commands.h"
#include "tools/syncctl/output/output.h"
#include "tools/syncctl/output/text.h"

namespace syncmanager {
namespace {

struct NewKey {
  std::string file;  // Empty: a line on standard output.
  std::string id = "default", role = "rw", prefix = "-", not_after = "-";
};

// A file that exists gets one more line: several keys at once are how keys are changed.
int keygen(const NewKey& key) {
  const std::string line = generate_key_line(key.id, key.role, key.prefix, key.not_after);
  if (const auto ring = KeyRing::parse(line, "the new key"); !ring.ok()) {
    throw InvalidArgument(std::string(ring.status().message()));
  }
  if (key.file.empty()) {
    print(line);
    return 0;
  }
  const int file =
      ::open(key.file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
  const bool written =
      file >= 0 && ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  const int reason = errno;
  if (file >= 0) ::close(file);
  if (!written) throw Error(str_cat(key.file, ": can't write the key: ", std::strerror(reason)));
  if (const auto ring = KeyRing::load(key.file); !ring.ok()) {
    throw Error(std::string(ring.status().message()));
  }
  print(str_cat("key \"", key.id, "\" is in ", print_name(key.file), "\n"));
  return 0;
}

}  // namespace

void add_keygen(CommandLine& line) {
  const auto key = std::make_shared<NewKey>();
  CLI::App& command = line.add(
      {.group = "The manager",
       .name = "keygen",
       .does = "Make a key, into a file or onto standard output",
       .examples = {{"A file for a manager and its clients", "syncctl keygen workers.key"},
                    {"One more key in it, which can only put",
                     "syncctl keygen workers.key --id cameras --role produce --prefix /jobs/"}},
       .notes = "\nSeveral keys in a file are how keys are changed: add the new one, send "
                "the manager SIGHUP, give the clients the new one, and take out the old.\n\n"
                "Exit codes: 0; 2."},
      [key](const Common&) { return keygen(*key); });
  command.add_option("file", key->file, "The file, made with mode 0600 or given one more line");
  command.add_option("--id", key->id, "The name of the key")->capture_default_str();
  command.add_option("--role", key->role, "ro, rw, admin, produce or consume")
      ->capture_default_str();
  command.add_option("--prefix", key->prefix, "The names it is for: /jobs/; -: all")
      ->capture_default_str();
  command.add_option("--not-after", key->not_after, "Its last day: 2027-01-31; -: none")
      ->capture_default_str();
}

}  // namespace syncmanager
