#pragma once

#include <syncmanager/array.h>
#include <syncmanager/barrier.h>
#include <syncmanager/client_options.h>
#include <syncmanager/condition.h>
#include <syncmanager/counter.h>
#include <syncmanager/dict.h>
#include <syncmanager/event.h>
#include <syncmanager/latch.h>
#include <syncmanager/list.h>
#include <syncmanager/lock.h>
#include <syncmanager/namespace.h>
#include <syncmanager/observations.h>
#include <syncmanager/own_manager.h>
#include <syncmanager/pool.h>
#include <syncmanager/queue.h>
#include <syncmanager/rwlock.h>
#include <syncmanager/semaphore.h>
#include <syncmanager/set.h>
#include <syncmanager/value.h>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace syncmanager {

// A session with a manager, and the way to its objects: opening a name finds the object or makes
// it, an empty name makes one that lives while anybody refers to it.
//
// Any number of threads share a Client. Copies are the same session. It ends, saying goodbye, with
// the last copy and the last proxy, or at close().
//
// A session belongs to the process that made it. A forked child has dead copies of its parent's
// Clients, proxies and futures: their calls throw Disconnected, their destructors do nothing, and
// the parent's session goes on whatever the child does. The child makes new Clients.
class Client {
 public:
  // The manager at $SYNCMANAGER_URL, else this user's own on this machine, over its unix socket.
  explicit Client(const ClientOptions& options = {});
  // `unix:/path` or `/path` (`unix:` alone: this user's own), or
  // `syncmanager://[key_id@]host:port[/server_id]`, for which `tcp://` is another word; with TLS
  // `syncmanager+tls://...`, or `tls://...`, and for a manager with certificates (--tls=mutual)
  // `?cert=FILE&key=FILE&ca=FILE` at the end: this client's certificate, its private key, and the
  // authorities that sign the manager's, in PEM format. Throws InvalidArgument (URL, key or file),
  // ConnectFailed (no manager answers there), AuthenticationFailed, LimitExceeded, Draining.
  explicit Client(std::string_view url, const ClientOptions& options = {});
  // `manager`, over its unix socket and with its key, unless the options name another key.
  explicit Client(const OwnManager& manager, const ClientOptions& options = {});

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

  template <class T>
  List<T> list(std::string_view name = {}) const {
    return List<T>(registry_, name);
  }
  template <class T>
  Set<T> set(std::string_view name = {}) const {
    return Set<T>(registry_, name);
  }
  template <class T>
  Value<T> value(std::string_view name, const T& initial) const {
    return Value<T>(registry_, name, initial);
  }
  template <class T>
  Array<T> array(std::string_view name, const std::vector<T>& values, uint64_t zeros = 0) const {
    return Array<T>(registry_, name, values, zeros);
  }
  Namespace name_space(std::string_view name = {}) const { return Namespace(registry_, name); }
  RWLock rwlock(std::string_view name = {}, const LockOptions& options = {}) const {
    return RWLock(registry_, name, options);
  }
  Semaphore semaphore(std::string_view name, int64_t value,
                      const SemaphoreOptions& options = {}) const {
    return Semaphore(registry_, name, value, options);
  }
  BoundedSemaphore bounded_semaphore(std::string_view name, int64_t value,
                                     const SemaphoreOptions& options = {}) const {
    return BoundedSemaphore(registry_, name, value, options);
  }
  // Works on a new RLock, or on `lock`.
  Condition condition(std::string_view name = {}, const LockOptions& options = {}) const {
    return Condition(registry_, name, nullptr, options);
  }
  Condition condition(std::string_view name, const LockCalls& lock) const {
    return Condition(registry_, name, &lock, {});
  }
  Event event(std::string_view name = {}) const { return Event(registry_, name); }
  Barrier barrier(std::string_view name, int64_t parties,
                  const BarrierOptions& options = {}) const {
    return Barrier(registry_, name, parties, options);
  }
  CountDownLatch latch(std::string_view name, int64_t count) const {
    return CountDownLatch(registry_, name, count);
  }
  Counter counter(std::string_view name = {}, int64_t initial = 0) const {
    return Counter(registry_, name, initial);
  }
  Pool pool(std::string_view name = {}, const PoolOptions& options = {}) const {
    return Pool(registry_, name, options);
  }

  // The object of that name, whatever its options; nothing if there is none. Throws WrongType if it
  // isn't a P.
  template <std::derived_from<Proxy> P>
  std::optional<P> find(std::string_view name) const {
    ReferencePtr object = find_object(name, P::kType);
    return object ? std::optional<P>(P(std::move(object))) : std::nullopt;
  }
  // Deletes an object by its name. Calls that wait on it throw NoSuchObject. Returns false if there
  // was none.
  bool remove(std::string_view name) const;
  // The objects whose names begin with `prefix`, those without a name too if `anonymous`.
  std::vector<ObjectSummary> objects(std::string_view prefix = {}, bool anonymous = false) const;
  // Who holds an object and who waits for it; nothing if there is no such object.
  std::optional<ObjectState> inspect(std::string_view name) const;
  std::optional<ObjectState> inspect(const Proxy& proxy) const;
  Statistics statistics() const;
  // One round trip.
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
