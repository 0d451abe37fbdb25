#include "protos/auth/key_file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "protos/auth/handshake.h"
#include "protos/support/str_cat.h"

namespace syncmanager {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr size_t kFirstBlockBytes = 4096;
constexpr size_t kFileBytes = 1 << 20;
constexpr std::array<std::string_view, 5> kRoles = {"ro", "rw", "admin", "produce", "consume"};

absl::Status failed(std::string_view path, std::string_view what) {
  return absl::FailedPreconditionError(str_cat(path, ": ", what));
}

absl::Status failed_call(std::string_view path, std::string_view what) {
  return failed(path, str_cat(what, ": ", std::strerror(errno)));
}

// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  const int number_;
};

// Read straight into memory that is cleansed, so that no second copy of a key is left behind.
absl::StatusOr<SecretBytes> read_all(int descriptor, std::string_view path) {
  SecretBytes text(kFirstBlockBytes);
  size_t size = 0;
  for (;;) {
    if (size == text.size()) {
      if (size >= kFileBytes) return failed(path, "a key file has less than 1 MiB");
      SecretBytes larger(2 * size);
      std::memcpy(larger.data(), text.data(), size);
      text = std::move(larger);
    }
    const ssize_t count = ::read(descriptor, text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed_call(path, "can't read it");
    if (count == 0) return SecretBytes(text.view().substr(0, size));
    size += static_cast<size_t>(count);
  }
}

absl::StatusOr<uint8_t> parse_role(absl::string_view word) {
  for (size_t i = 0; i < kRoles.size(); ++i) {
    if (to_std(word) == kRoles[i]) return static_cast<uint8_t>(i + 1);
  }
  return absl::InvalidArgumentError("the role is ro, rw, admin, produce or consume");
}

// The last second of that day, UTC.
absl::StatusOr<int64_t> parse_not_after(absl::string_view word) {
  if (word == "-") return 0;
  absl::CivilDay day;
  if (!absl::ParseCivilTime(word, &day)) {
    return absl::InvalidArgumentError("not_after is a day like 2027-01-31, or -");
  }
  return absl::ToUnixSeconds(absl::FromCivil(day + 1, absl::UTCTimeZone())) - 1;
}

absl::StatusOr<FileKey> parse_line(absl::string_view line) {
  const std::vector<absl::string_view> words =
      absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
  if (words.size() != 5) {
    return absl::InvalidArgumentError(
        "a key is five words: key_id role prefix not_after key (- for none)");
  }
  FileKey key{.id = std::string(words[0])};
  ClientHello probe{
      .key_id = key.id, .nonce = std::string(kNonceBytes, '\0'), .offered = std::string(1, '\0')};
  if (!ClientHello::parse(probe.encode()).ok()) {
    return absl::InvalidArgumentError("a key id is 1 to 64 of A-Z a-z 0-9 . _ -");
  }
  const absl::StatusOr<uint8_t> role = parse_role(words[1]);
  if (!role.ok()) return role.status();
  key.role = *role;
  if (words[2] != "-") key.prefix = std::string(words[2]);
  if (key.prefix.size() > 255) {
    return absl::InvalidArgumentError("a prefix has at most 255 bytes");
  }
  const absl::StatusOr<int64_t> not_after = parse_not_after(words[3]);
  if (!not_after.ok()) return not_after.status();
  key.not_after = *not_after;
  std::string secret;
  const bool decoded = absl::WebSafeBase64Unescape(words[4], &secret);
  if (decoded && secret.size() == kKeyBytes) key.keys = std::make_shared<const AuthKeys>(secret);
  cleanse(secret);
  if (key.keys == nullptr) {
    return absl::InvalidArgumentError(
        "the key is base64url of exactly 32 bytes; `syncctl keygen` makes one");
  }
  return key;
}

absl::Status check_private(int descriptor, std::string_view path, mode_t kind) {
  struct stat status;
  if (::fstat(descriptor, &status) != 0) return failed_call(path, "can't look at it");
  if ((status.st_mode & S_IFMT) != kind) {
    return failed(path, kind == S_IFDIR ? "it is no directory" : "it is no regular file");
  }
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return failed(
        path, str_cat("it belongs to user ", status.st_uid, ", not to ", ::geteuid(), " or root"));
  }
  if ((status.st_mode & 077) != 0) {
    return failed(path,
                  str_cat("others may use it (mode 0", (status.st_mode & 0700) >> 6,
                          (status.st_mode & 070) >> 3, status.st_mode & 07, "); chmod go= ", path));
  }
  return absl::OkStatus();
}

absl::Status check_directory(const std::string& path) {
  const Descriptor directory(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC));
  if (directory.number() < 0) return failed_call(path, "can't open the directory");
  return check_private(directory.number(), path, S_IFDIR);
}

// It becomes a part of a path.
absl::Status check_server_id(std::string_view server_id) {
  if (!server_id.empty() && server_id.find('/') == std::string_view::npos) return absl::OkStatus();
  return absl::InvalidArgumentError("a server id has at least one byte and no slash");
}

// $SYNCMANAGER_AUTHKEY, gone from the environment afterwards. (The kernel's copy of what the
// process was started with is out of reach: files are the better way.)
std::optional<SecretBytes> take_key_from_environment() {
  char* value = std::getenv("SYNCMANAGER_AUTHKEY");
  if (value == nullptr) return std::nullopt;
  SecretBytes line{std::string_view(value)};
  OPENSSL_cleanse(value, line.size());
  ::unsetenv("SYNCMANAGER_AUTHKEY");
  return line;
}

}  // namespace

absl::StatusOr<KeyRing> KeyRing::parse(std::string_view text, std::string_view source) {
  KeyRing ring;
  size_t number = 0;
  for (const absl::string_view line : absl::StrSplit(to_absl(text), '\n')) {
    ++number;
    const absl::string_view trimmed = absl::StripAsciiWhitespace(line);
    if (trimmed.empty() || trimmed[0] == '#') continue;
    absl::StatusOr<FileKey> key = parse_line(trimmed);
    if (!key.ok()) return failed(source, str_cat("line ", number, ": ", key.status().message()));
    if (ring.first_.empty()) ring.first_ = key->id;
    const std::string id = key->id;
    if (!ring.keys_.emplace(id, *std::move(key)).second) {
      return failed(source, str_cat("line ", number, ": there is a key ", id, " already"));
    }
  }
  if (ring.keys_.empty())
    return failed(source, "there is no key in it; `syncctl keygen` makes one");
  return ring;
}

absl::StatusOr<KeyRing> KeyRing::load(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) {
    if (errno == ELOOP) return failed(path, "it is a symbolic link; name the key file itself");
    return failed_call(path, "can't open the key file");
  }
  if (absl::Status status = check_private(file.number(), path, S_IFREG); !status.ok()) {
    return status;
  }
  const absl::StatusOr<SecretBytes> text = read_all(file.number(), path);
  if (!text.ok()) return text.status();
  return parse(text->view(), path);
}

const FileKey* KeyRing::find(std::string_view id, int64_t now) const {
  const auto found = keys_.find(id);
  if (found == keys_.end()) return nullptr;
  const FileKey& key = found->second;
  return key.not_after != 0 && now > key.not_after ? nullptr : &key;
}

std::string generate_key_line(std::string_view key_id, std::string_view role,
                              std::string_view prefix, std::string_view not_after) {
  std::string secret = random_bytes(kKeyBytes);
  std::string text = absl::WebSafeBase64Escape(secret);
  std::string line = str_cat(key_id, " ", role, " ", prefix, " ", not_after, " ", text, "\n");
  cleanse(secret);
  cleanse(text);
  return line;
}

// The file gets its name when it is whole, by a link, which leaves a file of that name alone: the
// second writer, be it at the same moment, finds no file or a key.
absl::Status generate_key_file(const std::string& path, std::string_view key_id) {
  std::string line = generate_key_line(key_id);
  absl::Status status = write_key_file(path, line);
  cleanse(line);
  return status;
}

absl::Status write_key_file(const std::string& path, std::string_view line) {
  const absl::Status taken = absl::AlreadyExistsError(str_cat(path, ": it exists already"));
  struct stat there;
  if (::lstat(path.c_str(), &there) == 0) return taken;
  std::string draft = path + ".XXXXXX";
  const Descriptor file(::mkostemp(draft.data(), O_CLOEXEC));
  if (file.number() < 0) return failed_call(path, "can't make the key file");
  const ssize_t written = ::write(file.number(), line.data(), line.size());
  absl::Status status;
  if (written != static_cast<ssize_t>(line.size())) {
    status = failed_call(path, "can't write the key");
  } else if (::link(draft.c_str(), path.c_str()) != 0) {
    status = errno == EEXIST ? taken : failed_call(path, "can't make the key file");
  }
  ::unlink(draft.c_str());
  return status;
}

std::string default_directory_path() {
  if (const char* runtime = std::getenv("XDG_RUNTIME_DIR"); runtime != nullptr && *runtime == '/') {
    return str_cat(runtime, "/syncmanager");
  }
  return str_cat("/tmp/syncmanager-", ::geteuid());
}

absl::StatusOr<std::string> default_directory() {
  const std::string path = default_directory_path();
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return failed_call(path, "can't make the directory");
  }
  if (absl::Status status = check_directory(path); !status.ok()) return status;
  return path;
}

std::string default_socket_path() { return default_directory_path() + "/syncmanager.sock"; }

std::string default_key_path(std::string_view server_id) {
  return str_cat(default_directory_path(), "/", server_id, ".key");
}

absl::StatusOr<KeyRing> load_manager_keys(const KeySources& sources, std::string& where) {
  if (sources.descriptor >= 0) {
    where = str_cat("descriptor ", sources.descriptor);
    const Descriptor pipe(sources.descriptor);
    const absl::StatusOr<SecretBytes> text = read_all(pipe.number(), where);
    if (!text.ok()) return text.status();
    return KeyRing::parse(text->view(), where);
  }
  if (!sources.file.empty()) return KeyRing::load(where = sources.file);
  if (const char* credentials = std::getenv("CREDENTIALS_DIRECTORY")) {
    const std::string path = str_cat(credentials, "/authkey");
    // One that is there and can't be used is an error: not a reason to make up another key.
    if (::access(path.c_str(), F_OK) == 0 || errno != ENOENT) return KeyRing::load(where = path);
  }
  if (const std::optional<SecretBytes> line = take_key_from_environment()) {
    return KeyRing::parse(line->view(), where = "$SYNCMANAGER_AUTHKEY");
  }
  if (absl::Status status = check_server_id(sources.server_id); !status.ok()) return status;
  if (absl::StatusOr<std::string> made = default_directory(); !made.ok()) return made.status();
  where = default_key_path(sources.server_id);
  const absl::Status generated = generate_key_file(where, "default");
  if (!generated.ok() && !absl::IsAlreadyExists(generated)) return generated;
  return KeyRing::load(where);
}

absl::StatusOr<KeyRing> load_client_keys(const std::string& file, std::string_view server_id) {
  if (!file.empty()) return KeyRing::load(file);
  if (const char* named = std::getenv("SYNCMANAGER_AUTHKEY_FILE")) return KeyRing::load(named);
  static std::mutex mutex;
  static std::optional<SecretBytes> kept;  // For the next sessions of this process.
  {
    const std::lock_guard lock(mutex);
    if (std::optional<SecretBytes> line = take_key_from_environment()) kept = std::move(line);
    if (kept) return KeyRing::parse(kept->view(), "$SYNCMANAGER_AUTHKEY");
  }
  if (absl::Status status = check_server_id(server_id); !status.ok()) return status;
  // Another owner of the directory could put a key of theirs there, or a manager behind it.
  if (absl::Status status = check_directory(default_directory_path()); !status.ok()) return status;
  return KeyRing::load(default_key_path(server_id));
}

}  // namespace syncmanager
