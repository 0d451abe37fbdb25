// Operations on one version of a container or a line: clients compare the values themselves.

#include <string>
#include <vector>

#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

using ::testing::ElementsAre;

class VersionsTest : public StageTest {
 protected:
  static std::string opaque(const std::string& content) {
    return ValueWriter().opaque("pickle", content).take();
  }
  wire::Page line() const {
    return alice.ask(jobs, [](wire::Request& r) { r.mutable_queue()->mutable_waiting(); })
        .reply()
        .page();
  }
  Pending put_at(uint64_t index, const std::string& content, uint64_t version) const {
    return bob.ask(jobs, [&](wire::Request& r) {
      wire::QueueOp::Put& put = *r.mutable_queue()->mutable_put();
      put.set_item(opaque(content));
      put.mutable_place()->set_index(index);
      put.mutable_place()->set_version(version);
    });
  }
  Pending put_at(uint64_t index, const std::string& content) const {
    return put_at(index, content, line().version());
  }
  std::vector<std::string> all() const {
    const wire::Page page = line();
    return {page.values().begin(), page.values().end()};
  }

  Actor alice = stage.actor(), bob = stage.actor();
  ObjectId jobs = stage.create(a_priority_queue());
};

TEST_F(VersionsTest, AnItemIsPutWhereItsClientSays) {
  EXPECT_THAT(put_at(0, "b"), Done());
  EXPECT_THAT(put_at(1, "d"), Done());
  EXPECT_THAT(put_at(1, "c"), Done());
  EXPECT_THAT(put_at(0, "a"), Done());
  EXPECT_THAT(all(), ElementsAre(opaque("a"), opaque("b"), opaque("c"), opaque("d")));
  EXPECT_EQ(alice.get(jobs).value(), opaque("a"));
}

TEST_F(VersionsTest, AnItemIsNotPutIntoALineThatHasChanged) {
  const uint64_t before = line().version();
  EXPECT_THAT(put_at(0, "a", before), Done());
  EXPECT_THAT(put_at(0, "b", before), Refused(wire::CHANGED));
  const uint64_t between = line().version();
  alice.get(jobs);
  EXPECT_THAT(put_at(0, "b", between), Refused(wire::CHANGED));
}

TEST_F(VersionsTest, ThoseThatTheManagerComparesFindTheirPlaceAmongThem) {
  for (const int item : {3, 1}) alice.put(jobs, item);
  const std::string unknown = opaque("2");
  EXPECT_THAT(put_at(1, "2"), Done());
  EXPECT_THAT(all(), ElementsAre(encoded(1), unknown, encoded(3)));
  EXPECT_THAT(alice.put(jobs, 4), Done());
  EXPECT_THAT(alice.put(jobs, 0), Refused(wire::BAD_TYPE));
  EXPECT_THAT(all(), ElementsAre(encoded(1), unknown, encoded(3), encoded(4)));
  for (int i = 0; i < 4; ++i) alice.get(jobs);
  for (const int item : {3, 1}) alice.put(jobs, item);
  EXPECT_THAT(alice.get(jobs), Answered(1));
}

TEST_F(VersionsTest, OnlyAPriorityQueueHasPlacesAndOnlyWithinItsLine) {
  EXPECT_THAT(put_at(1, "a"), Refused(wire::INVALID_ARGUMENT));
  jobs = stage.create(a_queue());
  EXPECT_THAT(put_at(0, "a"), Refused(wire::INVALID_ARGUMENT));
}

TEST_F(VersionsTest, ACallIsDoneOnTheVersionThatItNames) {
  OpenOptions options;
  options.mutable_dict();
  const ObjectId dict = stage.create(options);
  const auto set = [&](uint64_t version, int key) {
    return bob.ask(dict, [&](wire::Request& r) {
      r.set_version(version);
      r.mutable_dict()->mutable_set()->set_key(encoded(key));
      r.mutable_dict()->mutable_set()->set_value(encoded("value"));
    });
  };
  const auto version = [&] {
    return alice.ask(dict, [](wire::Request& r) { r.mutable_dict()->mutable_read_page(); })
        .reply()
        .page()
        .version();
  };
  const uint64_t before = version();
  EXPECT_THAT(set(before, 1), Done());
  EXPECT_THAT(set(before, 2), Refused(wire::CHANGED, "the dict has changed"));
  EXPECT_THAT(set(version(), 2), Done());
}

TEST_F(VersionsTest, AnArrayHasAVersionToo) {
  OpenOptions options;
  options.mutable_array()->set_typecode("i");
  options.mutable_array()->set_zeros(3);
  const ObjectId array = stage.create(options);
  const auto set = [&](uint64_t version) {
    return bob.ask(array, [&](wire::Request& r) {
      r.set_version(version);
      r.mutable_array()->mutable_set()->set_value(encoded(7));
    });
  };
  const uint64_t before =
      alice.ask(array, [](wire::Request& r) { r.mutable_array()->mutable_read_slice(); })
          .reply()
          .page()
          .version();
  EXPECT_THAT(set(before), Done());
  EXPECT_THAT(set(before), Refused(wire::CHANGED, "the Array has changed"));
}

}  // namespace
}  // namespace syncmanager::manager
