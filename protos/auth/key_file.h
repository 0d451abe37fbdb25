#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "protos/auth/key_schedule.h"

namespace syncmanager {

// Keys in files. A line is a key: `key_id role prefix not_after key`, where `-` stands for nothing,
// role is one of ro, rw, admin, produce, consume, not_after is a day (2027-01-31, the last on which
// it counts) and key is base64url of exactly 32 bytes. Empty lines and those that begin with # are
// passed over. Errors name the file, the line and what was expected, and never quote the key.

struct FileKey {
  std::string id;
  uint8_t role = 2;       // As ServerAuth has it.
  std::string prefix;     // Empty: all names.
  int64_t not_after = 0;  // Unix seconds; 0: never.
  std::shared_ptr<const AuthKeys> keys;
};

class KeyRing {
 public:
  // Reads lines as above; `source` names them in errors. At least one key, and no id twice.
  static absl::StatusOr<KeyRing> parse(std::string_view text, std::string_view source);
  // Reads a file that is regular, not a link, this user's or root's, and nobody else's to read.
  static absl::StatusOr<KeyRing> load(const std::string& path);

  // The key of that id; null if there is none, or it has expired at `now` (Unix seconds).
  const FileKey* find(std::string_view id, int64_t now) const;
  // The first of the file: what a client uses that wasn't told which.
  const FileKey& first() const { return keys_.at(first_); }
  size_t size() const { return keys_.size(); }

 private:
  std::map<std::string, FileKey, std::less<>> keys_;
  std::string first_;
};

// A line with a new random key, and its newline.
std::string generate_key_line(std::string_view key_id, std::string_view role = "rw",
                              std::string_view prefix = "-", std::string_view not_after = "-");
// Makes a new key file, 0600, whole at once. An existing file is left alone: ALREADY_EXISTS.
absl::Status generate_key_file(const std::string& path, std::string_view key_id);
// The same with a line that is there already, its newline included.
absl::Status write_key_file(const std::string& path, std::string_view line);

// Where a manager without flags listens and keeps its key: $XDG_RUNTIME_DIR/syncmanager, else
// /tmp/syncmanager-<uid>. default_directory() makes it, 0700, and refuses one that isn't this
// user's alone. The socket is syncmanager.sock in it.
std::string default_directory_path();
absl::StatusOr<std::string> default_directory();
std::string default_socket_path();
std::string default_key_path(std::string_view server_id);

// A manager's keys, from the first source that is there: the descriptor, the file, systemd's
// $CREDENTIALS_DIRECTORY/authkey, $SYNCMANAGER_AUTHKEY (a key line, overwritten after reading),
// else a new key in default_key_path(). `where` is told which.
struct KeySources {
  int descriptor = -1;
  std::string file;
  std::string server_id;
};
absl::StatusOr<KeyRing> load_manager_keys(const KeySources& sources, std::string& where);

// A client's: the file, $SYNCMANAGER_AUTHKEY_FILE, $SYNCMANAGER_AUTHKEY, else default_key_path() in
// a directory that is this user's alone. The first call takes $SYNCMANAGER_AUTHKEY out of the
// environment and keeps it for the next ones. Not to be called beside other users of the
// environment.
absl::StatusOr<KeyRing> load_client_keys(const std::string& file, std::string_view server_id);

}  // namespace syncmanager
