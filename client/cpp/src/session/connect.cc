#include "client/cpp/src/session/connect.h"

#include <syncmanager/error.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include "client/cpp/src/session/back_off.h"
#include "client/cpp/src/session/url.h"
#include "client/cpp/src/stream/dial.h"
#include "client/cpp/src/stream/patience.h"
#include "protos/auth/key_file.h"
#include "protos/support/str_cat.h"

namespace syncmanager {
namespace {

// The server id of a manager without flags, and the name of its key file.
constexpr std::string_view kDefaultServerId = "default";
// How long a manager may take to let a client in, where connect_timeout doesn't say.
constexpr std::chrono::seconds kPatience{5};

using Clock = Patience::Clock;

// Whether the next attempt may succeed: the program waits for its manager, or the manager ends
// connections because a whole fleet connects at once. A reason that the manager gave (a wrong key,
// a limit, its end) stays the same.
bool may_pass(const ConnectFailed& failure, const ClientOptions& options) {
  return options.connect_timeout || failure.code() == std::errc::connection_reset;
}

// Returns what `attempt` returns, which is called again and again while its failure may pass.
template <class Attempt>
auto persistently(const ClientOptions& options, const Patience& patience, Attempt attempt) {
  BackOff back_off;
  while (true) {
    const Clock::time_point next = Clock::now() + back_off.next();
    try {
      return attempt();
    } catch (const ConnectFailed& failure) {
      if (!may_pass(failure, options) || next >= patience.deadline) throw;
    }
    while (Clock::now() < next) std::this_thread::sleep_until(std::min(next, patience.next()));
  }
}

absl::StatusOr<KeyRing> load_keys(const ClientOptions& options, const Url& url) {
  if (!options.key.empty()) return KeyRing::parse(options.key, "the key in the options");
  return load_client_keys(
      options.key_file, url.server_id.empty() ? kDefaultServerId : std::string_view(url.server_id));
}

// Throws ConnectFailed rather than InvalidArgument if there is no key because there is no manager:
// a manager of this user makes its key before it listens.
KeyRing keys_of(const ClientOptions& options, const Url& url, const std::string& where,
                const Patience& patience) {
  if (absl::StatusOr<KeyRing> keys = load_keys(options, url); keys.ok()) return *std::move(keys);
  dial(url.target, where, patience);
  absl::StatusOr<KeyRing> keys = load_keys(options, url);
  if (keys.ok()) return *std::move(keys);
  const bool looked_for = options.key.empty() && options.key_file.empty();
  throw InvalidArgument(str_cat(
      where, ": there is no key for this manager: ", keys.status().message(),
      looked_for ? "; name the manager's key file by key_file or $SYNCMANAGER_AUTHKEY_FILE" : ""));
}

const FileKey& choose_key(const KeyRing& ring, const std::string& id) {
  if (id.empty()) return ring.first();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const FileKey* key = ring.find(id, std::chrono::duration_cast<std::chrono::seconds>(now).count());
  if (key == nullptr) throw InvalidArgument("there is no key \"" + id + "\", or it has expired");
  return *key;
}

// Returns the credentials for TLS; null for a URL without TLS.
std::shared_ptr<const TlsCredentials> tls_of(const Url& url, const FileKey& key,
                                             const std::string& where) {
  if (!url.is_tls) return nullptr;
  if (url.certificates.certificate.empty()) {
    return TlsCredentials::for_client(key.id, key.keys->tls.clone());
  }
  absl::StatusOr<std::shared_ptr<const TlsCredentials>> credentials =
      TlsCredentials::for_client(url.certificates);
  if (!credentials.ok()) {
    throw InvalidArgument(str_cat(where, ": ", std::string(credentials.status().message())));
  }
  return *std::move(credentials);
}

}  // namespace

std::string default_url() {
  if (const char* url = std::getenv("SYNCMANAGER_URL")) return url;
  return "unix:";
}

std::shared_ptr<Session> connect(std::string_view text, const ClientOptions& options,
                                 const std::function<void()>& meanwhile) {
  const Url url = parse_url(text);
  const bool local = url.target.is_local();
  const std::string where = local ? "unix:" + url.target.path : std::string(text);
  const Patience patience{Clock::now() + options.connect_timeout.value_or(kPatience), meanwhile};
  const KeyRing keys =
      persistently(options, patience, [&] { return keys_of(options, url, where, patience); });
  const FileKey& key = choose_key(keys, url.key_id);
  const SessionOptions session{.target = url.target,
                               .identity = {.key_id = key.id,
                                            .keys = key.keys,
                                            .name = options.name,
                                            .server_id = url.server_id,
                                            .must_protect = !local,
                                            .tls = tls_of(url, key, where),
                                            .session_timeout = options.session_timeout},
                               .where = where,
                               .spin = options.spin,
                               .on_session_lost = options.on_session_lost};
  return persistently(options, patience, [&] { return Session::make(session, patience); });
}

}  // namespace syncmanager
