#pragma once

#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "manager/core/caller.h"
#include "manager/core/time.h"
#include "protos/session.pb.h"
#include "tests/support/matchers.h"
#include "tests/support/options.h"
#include "tests/support/pending.h"
#include "tests/support/values.h"

namespace syncmanager::manager {

using namespace std::chrono_literals;  // A test says 500ms.

class Stage;

// Nothing: waits for ever; zero: never waits.
using Timeout = std::optional<Duration>;

// A caller of a session on a stage. A name for it that can be copied.
//
// Every verb is ask() with one operation. A verb that several types have (acquire, wait) asks for
// that of the object's type.
class Actor {
 public:
  Actor(Stage& stage, SessionNumber session, uint64_t thread)
      : stage_(&stage), session_(session), thread_(thread) {}

  SessionNumber session() const { return session_; }
  // Another caller of the same session.
  Actor thread(uint64_t number) const { return Actor(*stage_, session_, number); }

  // Makes one request in a batch of its own; `fill` sets its operation.
  using Fill = absl::FunctionRef<void(wire::Request&)>;
  Pending ask(ObjectId object, Fill fill, Timeout timeout = std::nullopt) const;
  // As a frame brings it, ids and all.
  void send(const wire::ClientBatch& batch) const;

  // Says goodbye; and: is killed.
  void leave() const;
  void die() const;
  // Loses its stream. The second function resumes with `received` replies and notices.
  void lose_stream(Duration patience) const;
  bool resume(uint64_t received) const;

  // The registry.
  Pending open(const OpenOptions& options) const;
  Pending find(const std::string& name) const;  // Opens what must exist.
  Pending adopt(ObjectId object) const;
  // Sends a reference past the manager; and: takes such a one.
  Pending send_reference(ObjectId object) const;
  Pending take_reference(ObjectId object) const;
  Pending forget(ObjectId object, uint64_t count = 1) const;
  Pending remove(ObjectId object) const;
  Pending remove(const std::string& name) const;
  Pending list(const std::string& prefix = "", uint64_t after = 0, bool anonymous = false) const;
  Pending inspect(const std::string& name) const;
  Pending ping() const;

  // Queues.
  template <typename T>
  Pending put(ObjectId object, const T& item, Timeout timeout = std::nullopt) const {
    return put_encoded(object, encoded(item), timeout);
  }
  Pending put_encoded(ObjectId object, const std::string& item, Timeout timeout) const;
  template <typename T>
  Pending put_after(ObjectId object, const T& item, Duration delay) const {
    return put_as(object, encoded(item), {.delay = delay, .key = {}}, std::nullopt);
  }
  template <typename T>
  Pending put_once(ObjectId object, const std::string& key, const T& item,
                   Timeout timeout = std::nullopt) const {
    return put_as(object, encoded(item), {.delay = {}, .key = key}, timeout);
  }
  Pending put_back(ObjectId object, const std::string& encoded) const;
  Pending ack(ObjectId object, uint64_t delivery) const;
  Pending nack(ObjectId object, uint64_t delivery, Duration delay = {}) const;
  Pending get(ObjectId object, Timeout timeout = std::nullopt) const;
  Pending size(ObjectId object) const;
  Pending full(ObjectId object) const;
  Pending task_done(ObjectId object) const;
  Pending join(ObjectId object, Timeout timeout = std::nullopt) const;
  Pending shut_down(ObjectId object, bool immediate = false) const;

  // Lock, RLock, Semaphore (one permit), Condition.
  Pending acquire(ObjectId object, Timeout timeout = std::nullopt) const;
  Pending release(ObjectId object) const;
  Pending locked(ObjectId object) const;  // RWLock too.
  Pending release_grant(ObjectId lock, uint64_t fencing) const;
  Pending acquire_permits(ObjectId object, int64_t count, Timeout timeout = std::nullopt) const;
  Pending release_permits(ObjectId object, int64_t count) const;
  Pending permits(ObjectId object) const;

  // Condition, Event, Barrier, Latch.
  Pending wait(ObjectId object, Timeout timeout = std::nullopt) const;
  Pending notify(ObjectId object, uint64_t count = 1) const;
  Pending notify_all(ObjectId object) const;
  Pending set(ObjectId object) const;
  Pending clear(ObjectId object) const;
  Pending is_set(ObjectId object) const;
  Pending abort(ObjectId object) const;
  Pending reset(ObjectId object) const;
  wire::BarrierState barrier(ObjectId object) const;
  Pending count_down(ObjectId object, int64_t count = 1) const;
  Pending count(ObjectId object) const;

  // RWLock.
  Pending acquire_read(ObjectId object, Timeout timeout = std::nullopt) const;
  Pending acquire_write(ObjectId object, Timeout timeout = std::nullopt) const;

 private:
  struct How {
    Duration delay;
    std::optional<std::string> key;
  };
  Pending put_as(ObjectId object, const std::string& item, const How& how, Timeout timeout) const;
  wire::Request::OpCase type(ObjectId object) const;

  Stage* stage_;
  SessionNumber session_;
  uint64_t thread_;
};

}  // namespace syncmanager::manager
