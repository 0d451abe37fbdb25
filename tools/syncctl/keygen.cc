#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "protos/auth/key_file.h"
#include "protos/support/str_cat.h"
#include "syncmanager/error.h"
#include "tools/syncctl/commands.h"
#include "tools/syncctl/output.h"
#include "tools/syncctl/text.h"

namespace syncmanager {

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

}  // namespace syncmanager
