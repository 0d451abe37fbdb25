#pragma once

#include <syncmanager/answer.h>
#include <syncmanager/conversions.h>
#include <syncmanager/reference.h>
#include <syncmanager/timeout.h>

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace syncmanager {

// The client's stand-in for an object of the manager. Copies stand for the same object and share
// one reference to it, which the last copy gives back without waiting. A proxy keeps its connection
// alive. Any number of threads may use a proxy at the same time. Each thread is a separate caller,
// so an RLock or a Condition is owned by a thread. A proxy can be stored in containers, where it
// travels as a reference. In a forked child every call throws Disconnected (see Client).
class Proxy {
 public:
  // Empty for an anonymous object, and for one that was read out of a value.
  const std::string& name() const { return reference_->name(); }
  // The manager's number for the object.
  uint64_t id() const { return reference_->object(); }
  const ReferencePtr& reference() const { return reference_; }

  // Whether both are the same object of the same connection.
  friend bool operator==(const Proxy& a, const Proxy& b) {
    return a.id() == b.id() && &a.reference_->session() == &b.reference_->session();
  }

 protected:
  explicit Proxy(ReferencePtr reference) : reference_(std::move(reference)) {}

  ReferencePtr reference_;
};

void to_value(ValueWriter& writer, const Proxy& proxy);

// The same object for a holder of a lock: each of its calls is performed only while that grant is
// current, and throws LockLost otherwise. So a holder that was thought dead and comes back can't
// spoil what the next one does. No such call waits: what would have to is not in time.
//
//   lock.lock();
//   with_fence(accounts, lock.fence()).set("alice", 10);
template <std::derived_from<Proxy> P>
P with_fence(const P& proxy, const Fence& fence) {
  return P(std::make_shared<const Reference>(proxy.reference(), fence));
}

// Throws WrongType if the value isn't a reference to such an object.
template <std::derived_from<Proxy> P>
P from_value(Decoder& decoder, std::type_identity<P>) {
  return P(decoder.reference(P::kType));
}

}  // namespace syncmanager
