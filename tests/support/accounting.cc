#include "tests/support/accounting.h"

#include <map>

#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

// The calls that keep the object while they wait.
uint64_t keeping(const Object& object) {
  uint64_t calls = 0;
  for (const WaitList* list : object.wait_lists()) {
    for (const Waiter* waiter = list->first(); waiter != nullptr; waiter = waiter->next) {
      if (list->retains_object()) ++calls;
    }
  }
  return calls;
}

// The bytes that the Engine charges for a parked call beside its encoded request.
constexpr uint64_t kParkedBytes = sizeof(Waiter) + 256;

uint64_t parked_bytes(const Object& object) {
  uint64_t bytes = 0;
  for (const WaitList* list : object.wait_lists()) {
    for (const Waiter* waiter = list->first(); waiter != nullptr; waiter = waiter->next) {
      bytes += waiter->call.request().ByteSizeLong() + kParkedBytes;
    }
  }
  return bytes;
}

// Collects the differences.
class Complaints {
 public:
  template <typename... Parts>
  void unless(bool right, const Parts&... wrong) {
    if (!right) text_ += str_cat(wrong..., "; ");
  }
  std::string text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

std::string accounting_errors(Engine& engine, const std::vector<SessionNumber>& sessions) {
  const Limits& limits = engine.limits();
  Complaints complaints;
  uint64_t bytes = 0;
  std::map<ObjectId, uint64_t> users;
  std::map<ObjectId, absl::btree_set<SessionNumber>> holders_without_reference;
  for (const SessionNumber number : sessions) {
    Session& session = *engine.session(number);
    bytes += session.large_bytes() + session.partial().size();
    complaints.unless(session.anonymous_objects <= limits.anonymous_per_session, "session ", number,
                      " has ", session.anonymous_objects, " objects without a name");
    for (const auto& [id, handle] : session.handles()) {
      if (handle.references > 0) {
        ++users[id];
      } else {
        holders_without_reference[id].insert(number);
      }
      complaints.unless(engine.registry().find(id) == handle.object, "session ", number,
                        " has a handle of object ", id, " to something else");
    }
  }
  uint64_t parked = 0;
  for (const auto& [id, object] : engine.registry().objects()) {
    bytes += object->bytes() + parked_bytes(*object);
    parked += object->parked();
    complaints.unless(object->references() >= users[id] + keeping(*object), "object ", id, " has ",
                      object->references(), " references, and ", users[id], " users");
    complaints.unless(object->holders_without_reference() == holders_without_reference[id],
                      "object ", id, " has ", object->holders_without_reference().size(),
                      " holders without a reference, counted ",
                      holders_without_reference[id].size());
    complaints.unless(object->references() > 0 || !object->name().empty(), "object ", id,
                      " has no name and no references");
    complaints.unless(object->bytes() <= limits.object_bytes, "object ", id, " has ",
                      object->bytes(), " bytes");
  }
  const uint64_t all_bytes = engine.statistics().bytes();
  complaints.unless(all_bytes == bytes, all_bytes, " bytes, counted ", bytes);
  complaints.unless(engine.parked() == parked, engine.parked(), " parked calls, counted ", parked);
  complaints.unless(parked <= limits.parked_total, parked, " parked calls");
  complaints.unless(engine.registry().objects().size() <= limits.objects,
                    engine.registry().objects().size(), " objects");
  return complaints.text();
}

}  // namespace syncmanager::manager
