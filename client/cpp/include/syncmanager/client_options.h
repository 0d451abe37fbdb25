#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace syncmanager {

struct ClientOptions {
  // A file of keys, as `syncctl keygen` writes it. Empty: $SYNCMANAGER_AUTHKEY_FILE, else
  // $SYNCMANAGER_AUTHKEY (a line of such a file), else the file of a manager of this user.
  std::string key_file;
  // A line of such a file, instead of one.
  std::string key;
  // Shown in the manager's log and by `syncctl show`; at most 128 bytes.
  std::string name;
  // Over TCP: how long the manager waits for a sign of life before it ends the session; the library
  // gives one every third of it. A connection that is lost for less is brought back by itself:
  // calls go on, locks stay held, nothing is done twice. At least a second.
  std::chrono::milliseconds session_timeout{10'000};
  // Called once when the session is lost, so that a program can begin anew: by the library's own
  // thread, after the calls that were under way have thrown SessionLost. It may make new Clients,
  // and must not destroy the last copy of this one or of its proxies.
  std::function<void()> on_session_lost;
  // How long the constructor tries, again and again, also while no manager listens at the address
  // yet. Without it the constructor throws at once if nobody listens there, and gives a manager
  // that listens 5 s to answer.
  std::optional<std::chrono::milliseconds> connect_timeout;
  // How long a waiting thread looks for its answer before it sleeps, while that pays; 0: not at
  // all.
  std::chrono::microseconds spin{50};
};

}  // namespace syncmanager
