#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace syncmanager {

class Session;

// A grant of a lock: what is done under it is done only while it is current.
struct Fence {
  uint64_t lock = 0;    // The manager's number for the lock; 0: no fence.
  uint64_t number = 0;  // The grant's fencing number.
};

// One reference of this session to one object: an anonymous object lives while somebody has one.
// Given back when it is destroyed, without waiting: that rides along with the next frame. Shared by
// the copies of a proxy. Thread-safe, as nothing of it changes.
class Reference {
 public:
  // Takes over a reference that the manager has already counted for this session.
  Reference(std::shared_ptr<Session> session, uint64_t object, std::string_view type,
            std::string_view name);
  // The same reference, for calls under a fence.
  Reference(const std::shared_ptr<const Reference>& base, const Fence& fence);
  // The same reference, for calls that are refused unless the container is of that version.
  static std::shared_ptr<const Reference> at_version(const std::shared_ptr<const Reference>& base,
                                                     uint64_t version);
  // The same object without keeping it alive, for calls that wait for the object's end and are
  // answered NO_SUCH_OBJECT then. REQUIRES: the session has `other` when such a call is sent.
  static std::shared_ptr<const Reference> uncounted(const Reference& other);
  ~Reference();
  Reference(const Reference&) = delete;
  Reference& operator=(const Reference&) = delete;

  Session& session() const { return *session_; }
  const std::shared_ptr<Session>& shared_session() const { return session_; }
  uint64_t object() const { return object_; }        // 0: the registry, which needs no reference.
  const std::string& type() const { return type_; }  // As the manager calls it: "Queue".
  const std::string& name() const { return name_; }  // Empty: anonymous, or met inside a value.
  const Fence& fence() const { return fence_; }
  uint64_t version() const { return version_; }  // 0: any will do.
  // How messages name it: queue "jobs", or queue 12.
  std::string description() const;

 private:
  const std::shared_ptr<Session> session_;
  const uint64_t object_;
  const std::string type_;
  const std::string name_;
  const Fence fence_;
  uint64_t version_ = 0;
  const std::shared_ptr<const Reference> base_;  // Gives the reference back in place of this one.
  bool counted_ = true;
};

using ReferencePtr = std::shared_ptr<const Reference>;

}  // namespace syncmanager
