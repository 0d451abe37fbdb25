#pragma once

#include <syncmanager/client_options.h>
#include <syncmanager/reference.h>

#include <cstdint>
#include <memory>
#include <string>

#include "client/python/native/instance.h"

namespace syncmanager::python {

// One session of this process with a manager, and what turns its values into Python's.
//
// After a fork the child's copy is stale: the first call of the child makes a session of its own,
// and adopts each object when it is used there. Methods need the GIL; those that wait let go of it.
class Session : public Shared {
 public:
  // `dump(object, pickled)` makes a value that isn't one of Python's own types travel: a Reference,
  // or a codec's name and a buffer, or and a list of buffers that are one, or and a tuple of other
  // values, References included. `load(codec, content)`, of a bytearray or a tuple, and
  // `proxy(reference)` are the way back. `pickled`: it holds a Reference of another session, and
  // travels by its codec's bytes. `key(object)` is a KeyRule, a type and a value, by which it is
  // compared; None: by the codec's bytes; NotImplemented: by Python alone, and `refuse(object)`
  // raises. `session_name()` is what this process is called.
  struct Translation {
    explicit Translation(Handle all)
        : self(all),
          dump(all.attr("dump")),
          load(all.attr("load")),
          proxy(all.attr("proxy")),
          key(all.attr("key")),
          refuse(all.attr("refuse")),
          session_name(all.attr("session_name")) {}
    Object self, dump, load, proxy, key, refuse, session_name;
  };

  // Connects. Throws the Errors of Client's constructor.
  Session(std::string url, ClientOptions options, Translation translation);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // The session of this process: connects anew in a child.
  const std::shared_ptr<syncmanager::Session>& current();
  // Says goodbye; every call throws Disconnected from then on. Idempotent.
  void close();
  // Which session it is: changes in a forked child.
  uint64_t generation() const { return generation_; }
  const Translation& translation() const { return translation_; }
  const std::string& url() const { return url_; }

 private:
  void connect();

  const std::string url_;
  const ClientOptions options_;  // Without a name, which is that of the process.
  Translation translation_;
  std::shared_ptr<syncmanager::Session> current_;
  uint64_t generation_ = 0;
};

// The latest grant of a lock that a reference, or one made of it, was given.
struct LatestGrant {
  uint64_t fencing = 0;    // 0: none.
  bool abandoned = false;  // The holder before died holding the lock.
};

// One reference of a session to an object; the registry is object 0. A child of a fork takes one of
// its own at the first use.
class SharedReference {
 public:
  SharedReference(std::shared_ptr<Session> session, ReferencePtr reference);
  ~SharedReference();
  SharedReference(const SharedReference&) = delete;
  SharedReference& operator=(const SharedReference&) = delete;

  // Throws NoSuchObject if this is a forked child, and the object ended before it came to this.
  const ReferencePtr& get();
  const std::shared_ptr<Session>& session() const { return session_; }
  // The reference that `subject` is, or that a proxy has as its `_syncmanager_reference`. Raises
  // AttributeError for anything else.
  static ObjectOf<SharedReference> of(Handle subject);
  // The object's number, in every process.
  uint64_t object() const { return reference_->object(); }
  // Empty if it was met inside a value, or adopted.
  const std::string& name() const { return reference_->name(); }

  // The reference that stands for the registry in calls of the session.
  static ObjectOf<SharedReference> registry(const std::shared_ptr<Session>& session);
  // The session's reference to the object of that number. `sent`: it is the arrival of a reference
  // that another session has announced by registry.send. Throws NoSuchObject.
  static ObjectOf<SharedReference> adopt(const std::shared_ptr<Session>& session, uint64_t object,
                                         bool sent);
  // The same object for calls under a grant.
  ObjectOf<SharedReference> fenced(uint64_t lock, uint64_t number);
  // The same object for calls that are refused unless the container is of that version.
  ObjectOf<SharedReference> at_version(uint64_t version);
  // The same object for calls that are not waited for where they are made: the result of each is
  // what `perform(operation, subject, timeout, *arguments)` returns.
  ObjectOf<SharedReference> via(Object perform);
  LatestGrant& latest_grant() const { return *latest_grant_; }
  // Null unless it is such a one.
  const Object& perform() const { return perform_; }
  // The same object for a call that waits for its end, and doesn't keep it alive.
  ObjectOf<SharedReference> uncounted();

 private:
  const std::shared_ptr<Session> session_;
  uint64_t generation_;
  ReferencePtr reference_;
  Object perform_;
  std::shared_ptr<LatestGrant> latest_grant_ = std::make_shared<LatestGrant>();
};

}  // namespace syncmanager::python
