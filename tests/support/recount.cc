#include "tests/support/recount.h"

#include <gtest/gtest.h>

#include <map>

namespace syncmanager {
namespace {

// What the Engine charges for a parked call beside its encoded request.
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

}  // namespace

void expect_recount(Engine& engine, const std::vector<SessionNumber>& sessions) {
  const Limits& limits = engine.limits();
  std::map<ObjectId, uint64_t> users;
  for (const SessionNumber number : sessions) {
    const Session& session = *engine.session(number);
    EXPECT_LE(session.anonymous_objects, limits.anonymous_per_session);
    for (const auto& [id, handle] : session.handles()) {
      ++users[id];
      EXPECT_EQ(engine.registry().find(id), handle.object);
    }
  }
  uint64_t bytes = 0;
  uint64_t parked = 0;
  for (const auto& [id, object] : engine.registry().objects()) {
    bytes += object->bytes() + parked_bytes(*object);
    parked += object->parked();
    EXPECT_GE(object->references(), users[id] + object->parked());
    EXPECT_LE(object->bytes(), limits.object_bytes);
  }
  EXPECT_EQ(engine.statistics().bytes(), bytes);
  EXPECT_EQ(engine.parked(), parked);
  EXPECT_LE(engine.parked(), limits.parked_total);
  EXPECT_LE(engine.registry().objects().size(), limits.objects);
}

}  // namespace syncmanager
