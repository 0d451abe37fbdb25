// What a client with a valid key may try against the manager and against the others: references to
// what it hasn't got, requests that cost more than they say, and deletions at the worst moment.

#include <string>

#include "tests/support/containers.h"
#include "tests/support/stage.h"

namespace syncmanager {
namespace {

using ::testing::HasSubstr;

class HostileTest : public StageTest {
 protected:
  Actor alice = stage.actor(), mallory = stage.actor();
};

TEST_F(HostileTest, AReferenceToNothingIsRefused) {
  const ObjectId queue = stage.create(a_queue());
  EXPECT_THAT(mallory.put(queue, Reference{0, "Queue"}),
              Refused(wire::NO_SUCH_OBJECT, HasSubstr("object 0")));
}

// Were it kept, the object of that number would lose a reference that it never had, and end in the
// hands of those who use it.
TEST_F(HostileTest, AReferenceToAnObjectToComeCantHideBehindAnother) {
  const ObjectId queue = stage.create(a_queue());
  const ObjectId next = queue + 1;
  EXPECT_THAT(mallory.put(queue, tuple_of(Reference{next, "list"}, Reference{0, "list"})),
              Refused(wire::NO_SUCH_OBJECT, HasSubstr("object " + std::to_string(next))));
  const ObjectId events = alice.open(an_event()).object();
  ASSERT_EQ(events, next);
  mallory.get(queue, 0ms);
  EXPECT_THAT(alice.is_set(events), Answered(false));
}

}  // namespace
}  // namespace syncmanager
