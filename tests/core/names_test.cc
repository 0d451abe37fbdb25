// Names of objects, and the prefixes that keys are granted.

#include "manager/core/names.h"

#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

using ::testing::HasSubstr;

class NameTest : public StageTest {
 protected:
  Pending open(const std::string& name) { return alice.open(named(name, an_event())); }

  Actor alice = stage.actor();
};

TEST_F(NameTest, AreWhatPeopleCallThings) {
  for (const std::string& name :
       {std::string("jobs"), std::string("/jobs/eu-1/high priority"), std::string("käse"),
        std::string("\U0001f600"), std::string(".hidden"), std::string("..."),
        std::string(255, 'x')}) {
    EXPECT_THAT(open(name), Opened(true)) << name;
  }
}

TEST_F(NameTest, HaveOneTo255Bytes) {
  EXPECT_EQ(check_name("", {}).message(), "an object's name has 1 to 255 bytes, not 0");
  EXPECT_THAT(open(std::string(256, 'x')),
              Refused(wire::INVALID_ARGUMENT, "an object's name has 1 to 255 bytes, not 256"));
}

TEST_F(NameTest, HaveNoEmptySegmentsAndNoDots) {
  for (const char* name : {"../../etc/passwd", "a//b", "a/", "//a", "/", "a/./b", ".", ".."}) {
    EXPECT_THAT(open(name), Refused(wire::INVALID_ARGUMENT, HasSubstr("no empty segment"))) << name;
  }
}

TEST_F(NameTest, HaveAtMost16Segments) {
  EXPECT_THAT(open("a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p"), Opened(true));
  EXPECT_THAT(open("a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q"),
              Refused(wire::INVALID_ARGUMENT, "an object's name has at most 16 segments"));
}

TEST_F(NameTest, AreValidUtf8) {
  for (const char* name : {"\xc0\xaf", "\xed\xa0\x80", "\xff", "a\xe2\x82"}) {
    EXPECT_THAT(open(name), Refused(wire::INVALID_ARGUMENT, "an object's name is valid UTF-8"));
  }
}

TEST_F(NameTest, KeepALogLineOneLine) {
  const std::string names[] = {std::string("a\0b", 3),
                               "x\n{\"level\":\"fatal\"}",
                               "\x1b[2J",
                               "a\x7f",
                               "\u0085",
                               "\u2028",
                               "\u202eabc",
                               "\u2066abc"};
  for (const std::string& name : names) {
    EXPECT_THAT(open(name), Refused(wire::INVALID_ARGUMENT, HasSubstr("no control characters")));
  }
}

// ---- Prefixes.

class PrefixTest : public StageTest {
 protected:
  Actor anybody = stage.actor();
  Actor worker = stage.actor({.prefix = "/jobs/"});
};

TEST_F(PrefixTest, KeepAKeyToTheNamesBelowIt) {
  EXPECT_THAT(worker.open(named("/jobs/eu", a_queue())), Opened(true));
  EXPECT_THAT(worker.open(named("/jobs", a_queue())), Opened(true));
  const char* reason = "this key is for names below \"/jobs/\" only";
  for (const char* name : {"/jobsX", "/other", "jobs/eu"}) {
    EXPECT_THAT(worker.open(named(name, a_queue())), Refused(wire::PERMISSION_DENIED, reason));
  }
}

TEST_F(PrefixTest, HoldForEveryWayToReachAnObject) {
  const ObjectId foreign = anybody.open(named("/other", a_queue())).object();
  EXPECT_THAT(worker.find("/other"), Refused(wire::PERMISSION_DENIED));
  EXPECT_THAT(worker.adopt(foreign), Refused(wire::PERMISSION_DENIED));
  EXPECT_THAT(worker.remove("/other"), Refused(wire::PERMISSION_DENIED));
  EXPECT_THAT(worker.remove("/nobody"), Refused(wire::PERMISSION_DENIED))
      << "nor that it isn't there";
  EXPECT_THAT(worker.remove(foreign), Refused(wire::PERMISSION_DENIED));
  EXPECT_THAT(worker.inspect("/other"), Refused(wire::PERMISSION_DENIED));
  EXPECT_THAT(anybody.size(foreign), Answered(0));
}

TEST_F(PrefixTest, HideWhatIsElsewhereFromLists) {
  anybody.open(named("/other", a_queue()));
  anybody.open(named("/jobs/eu", a_queue()));
  const Pending list = worker.list();
  ASSERT_EQ(list.reply().objects().objects_size(), 1);
  EXPECT_EQ(list.reply().objects().objects(0).name(), "/jobs/eu");
}

TEST_F(PrefixTest, HoldForObjectsWithoutANameByWhoMadeThem) {
  const ObjectId queue = anybody.open(a_queue()).object();
  EXPECT_THAT(worker.adopt(queue), Refused(wire::PERMISSION_DENIED));
  EXPECT_THAT(worker.remove(queue), Refused(wire::PERMISSION_DENIED));
  EXPECT_EQ(worker.list("", 0, true).reply().objects().objects_size(), 0);

  const Actor colleague = stage.actor({.prefix = "/jobs/"});
  const ObjectId shared = worker.open(a_queue()).object();
  EXPECT_THAT(colleague.adopt(shared), Opened(false));
  EXPECT_THAT(colleague.put(shared, "a"), Done());
}

TEST_F(PrefixTest, LeaveAnObjectWithoutANameToWhomAReferenceWasGiven) {
  const ObjectId inner = anybody.open(a_queue()).object();
  const ObjectId outer = anybody.open(named("/jobs/outer", a_queue())).object();
  EXPECT_THAT(anybody.put(outer, Reference{inner, "Queue"}), Done());
  EXPECT_THAT(worker.get(worker.find("/jobs/outer").object()), Served());
  EXPECT_THAT(worker.adopt(inner), Opened(false));
}

TEST(Prefix, CountsWholeSegments) {
  EXPECT_TRUE(check_prefix("jobs/eu", "jobs").ok());
  EXPECT_TRUE(check_prefix("jobs", "jobs/").ok());
  EXPECT_TRUE(check_prefix("anything", "").ok());
  EXPECT_FALSE(check_prefix("jobsX", "jobs").ok());
  EXPECT_FALSE(check_prefix("job", "jobs").ok());
  EXPECT_EQ(check_prefix("x", "jobs").code(), absl::StatusCode::kPermissionDenied);
}

}  // namespace
}  // namespace syncmanager::manager
