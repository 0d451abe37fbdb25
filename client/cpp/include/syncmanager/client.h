#pragma once

#include <syncmanager/dict.h>
#include <syncmanager/error.h>
#include <syncmanager/lock.h>
#include <syncmanager/proxy.h>
#include <syncmanager/queue.h>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncmanager {

struct ClientOptions {
  // A file of keys, as `syncctl keygen` writes it. Empty: $SYNCMANAGER_AUTHKEY_FILE, else
  // $SYNCMANAGER_AUTHKEY (a line of such a file), else the file of a manager of this user.
  std::string key_file;
  // A line of such a file, instead of one.
  std::string key;
  // For the manager's logs and for whoever looks who holds what; up to 128 bytes.
  std::string name;
  // How long the manager waits for a sign of life before it ends the session; the library gives
  // one every third of it. At least a second.
  std::chrono::milliseconds session_timeout{10'000};
  // How long the constructor tries.
  std::chrono::milliseconds connect_timeout{5'000};
  // How long a waiting thread looks for its answer before it sleeps, while that pays; 0: not at
  // all.
  std::chrono::microseconds spin{50};
};

// What the manager says of one object, for people and for tests.
struct ObjectSummary {
  uint64_t id = 0;
  std::string type;
  std::string name;
  uint64_t size = 0;    // Items, entries, permits: what its type counts.
  uint64_t bytes = 0;   // Charged to it.
  uint64_t parked = 0;  // Calls that wait on it.
};
struct CallerState {
  uint64_t session = 0;
  uint64_t caller = 0;
  std::string client;                 // The name the client gave itself.
  std::chrono::microseconds since{};  // How long it has held or waited.
  uint64_t fencing = 0;               // A holder's fencing number, if there is one.
  uint64_t count = 0;                 // Depth or permits.
  bool left_behind = false;           // Its session said goodbye and left this held.
  std::string what;                   // A waiter's operation.
};
struct ObjectState {
  ObjectSummary summary;
  uint64_t references = 0;
  std::vector<CallerState> holders;
  std::vector<CallerState> waiters;
  std::string detail;
};
struct Statistics {
  uint64_t objects = 0, sessions = 0, parked = 0, bytes = 0, bytes_limit = 0;
  uint64_t operations = 0;  // Performed since the manager's start.
  std::chrono::microseconds uptime{};
  std::string server_id, version;
};

// A session with a manager, and the way to its objects: opening a name finds the object or makes
// it, an empty name makes one that lives while anybody refers to it.
//
// Any number of threads share a Client. Copies are the same session. It ends, saying goodbye, with
// the last copy and the last proxy, or at close(). A session doesn't survive fork(): only the
// process that made it may use it.
class Client {
 public:
  // The manager at $SYNCMANAGER_URL, else this user's own on this machine, over its unix socket.
  explicit Client(const ClientOptions& options = {});
  // `unix:/path` or `syncmanager://[key_id@]host:port[/server_id]`. Throws InvalidArgument (URL or
  // key), Disconnected (nobody there), AuthenticationFailed, LimitExceeded, Draining.
  explicit Client(std::string_view url, const ClientOptions& options = {});

  template <class T>
  Queue<T> queue(std::string_view name = {}, const QueueOptions& options = {}) const {
    return Queue<T>(registry_, name, options);
  }
  template <class T>
  LifoQueue<T> lifo_queue(std::string_view name = {}, const QueueOptions& options = {}) const {
    return LifoQueue<T>(registry_, name, options);
  }
  template <class T>
  PriorityQueue<T> priority_queue(std::string_view name = {},
                                  const QueueOptions& options = {}) const {
    return PriorityQueue<T>(registry_, name, options);
  }
  template <class K, class V>
  Dict<K, V> dict(std::string_view name = {}) const {
    return Dict<K, V>(registry_, name);
  }
  Lock lock(std::string_view name = {}, const LockOptions& options = {}) const {
    return Lock(registry_, name, options);
  }
  RLock rlock(std::string_view name = {}, const LockOptions& options = {}) const {
    return RLock(registry_, name, options);
  }

  // The object of that name, whatever its options; nothing if there is none. Throws WrongType if it
  // isn't a P.
  template <std::derived_from<Proxy> P>
  std::optional<P> find(std::string_view name) const {
    ReferencePtr object = find_object(name, P::kType);
    return object ? std::optional<P>(P(std::move(object))) : std::nullopt;
  }
  // Ends an object by its name; whoever waits on it gets NoSuchObject. False: there was none.
  bool remove(std::string_view name) const;
  // The objects whose names begin with `prefix`, those without a name too if `anonymous`.
  std::vector<ObjectSummary> list(std::string_view prefix = {}, bool anonymous = false) const;
  // Who holds an object and who waits for it; nothing if there is no such object.
  std::optional<ObjectState> inspect(std::string_view name) const;
  std::optional<ObjectState> inspect(const Proxy& proxy) const;
  Statistics statistics() const;
  // Returns when the manager has answered.
  void ping() const;

  // Ends the session now: what it holds is given back, and every further call of it, of whatever
  // copy or proxy, throws Disconnected.
  void close() const;

 private:
  std::optional<ObjectState> inspect(std::string_view name, uint64_t object) const;
  ReferencePtr find_object(std::string_view name, const char* type) const;

  ReferencePtr registry_;
};

}  // namespace syncmanager
