#include "client/cpp/src/connect.h"

#include <syncmanager/error.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include "client/cpp/src/back_off.h"
#include "client/cpp/src/connection_forks.h"
#include "client/cpp/src/url.h"
#include "protos/key_file.h"

namespace syncmanager {
namespace {

// Of a manager without flags: its key file has its name.
constexpr std::string_view kDefaultServerId = "default";

std::atomic<bool> connected{false};

KeyRing keys_of(const ClientOptions& options, const Url& url) {
  absl::StatusOr<KeyRing> keys =
      options.key.empty()
          ? load_client_keys(options.key_file, url.server_id.empty()
                                                   ? kDefaultServerId
                                                   : std::string_view(url.server_id))
          : KeyRing::parse(options.key, "the key in the options");
  if (!keys.ok()) throw InvalidArgument(std::string(keys.status().message()));
  return *std::move(keys);
}

const FileKey& choose_key(const KeyRing& ring, const std::string& id) {
  if (id.empty()) return ring.first();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const FileKey* key = ring.find(id, std::chrono::duration_cast<std::chrono::seconds>(now).count());
  if (key == nullptr) throw InvalidArgument("there is no key \"" + id + "\", or it has expired");
  return *key;
}

// Tries until the timeout is over: a manager that is just starting, or that lets a whole fleet in a
// few at a time, is there for the next try. Whoever is told why (a wrong key, a limit, an end) is
// not let in by asking again.
std::shared_ptr<Connection> persistently(const ConnectionOptions& options) {
  const auto end = std::chrono::steady_clock::now() + options.connect_timeout;
  BackOff back_off;
  while (true) {
    const auto pause = back_off.next();
    try {
      const auto no_forks = keep_forks_out();
      auto connection = std::make_shared<Connection>(options);
      watch_for_forks(connection);
      return connection;
    } catch (const Draining&) {
      throw;
    } catch (const Disconnected&) {
      if (std::chrono::steady_clock::now() + pause >= end) throw;
    }
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace

std::string default_url() {
  if (const char* url = std::getenv("SYNCMANAGER_URL")) return url;
  return "unix:";
}

bool has_connected() { return connected; }

std::shared_ptr<Connection> connect(std::string_view text, const ClientOptions& options) {
  connected = true;
  const Url url = parse_url(text);
  const KeyRing keys = keys_of(options, url);
  const FileKey& key = choose_key(keys, url.key_id);
  const ConnectionOptions connection{.target = {.address = url.address, .local = url.local},
                                     .identity = {.key_id = key.id,
                                                  .keys = key.keys,
                                                  .name = options.name,
                                                  .server_id = url.server_id,
                                                  .must_protect = !url.local,
                                                  .session_timeout = options.session_timeout},
                                     .where = std::string(text),
                                     .connect_timeout = options.connect_timeout,
                                     .spin = options.spin,
                                     .on_session_lost = options.on_session_lost};
  return persistently(connection);
}

}  // namespace syncmanager
