#include "tests/support/list_of.h"

#include <limits>

#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();

// Operations that a random Python program rarely does; the rest is in container_oracle_test.cc.
class ListTest : public StageTest {
 protected:
  uint64_t bytes() { return stage.engine().statistics().bytes(); }

  Actor alice = stage.actor();
  ListOf list{alice, stage.create(a_list(1, 2, 3))};
};

TEST_F(ListTest, ErrorsArePythonsToTheLetter) {
  EXPECT_THAT(list.get(3), Refused(wire::INDEX_OUT_OF_RANGE, "list index out of range"));
  EXPECT_THAT(list.set(-4, 0),
              Refused(wire::INDEX_OUT_OF_RANGE, "list assignment index out of range"));
  EXPECT_THAT(list.remove_at(3),
              Refused(wire::INDEX_OUT_OF_RANGE, "list assignment index out of range"));
  EXPECT_THAT(list.pop(3), Refused(wire::INDEX_OUT_OF_RANGE, "pop index out of range"));
  EXPECT_THAT(list.remove(4), Refused(wire::BAD_VALUE, "list.remove(x): x not in list"));
  EXPECT_THAT(list.index("x"), Refused(wire::BAD_VALUE, "'x' is not in list"));
  EXPECT_THAT(
      list.set_slice({{}, {}, 2}, std::vector<int>{1, 2, 3}),
      Refused(wire::BAD_VALUE, "attempt to assign sequence of size 3 to extended slice of size 2"));
  EXPECT_THAT(list.page({{}, {}, 0}, 0), Refused(wire::BAD_VALUE, "slice step cannot be zero"));
  list.clear();
  EXPECT_THAT(list.pop(), Refused(wire::INDEX_OUT_OF_RANGE, "pop from empty list"));
}

TEST_F(ListTest, IndexesAtTheEdgeOfTheirRangeAreOutOfThatOfTheList) {
  for (const int64_t index : {kLowest, kLowest + 1, kHighest - 1, kHighest}) {
    EXPECT_THAT(list.get(index), Refused(wire::INDEX_OUT_OF_RANGE));
    EXPECT_THAT(list.pop(index), Refused(wire::INDEX_OUT_OF_RANGE));
  }
  EXPECT_THAT(list.insert(kLowest, 0), Done());
  EXPECT_THAT(list.insert(kHighest, 4), Done());
  EXPECT_THAT(list.read({kHighest, kLowest, kLowest}), ElementsAre(encoded(4)));
  EXPECT_THAT(list.read({kLowest, kHighest, kHighest}), ElementsAre(encoded(0)));
}

TEST_F(ListTest, AnExtensionWithOneBadValueChangesNothing) {
  const uint64_t before = bytes();

  EXPECT_THAT(list.extend(std::vector<Raw>{{encoded(4)}, {"\x63"}}),
              Refused(wire::INVALID_ARGUMENT));
  EXPECT_THAT(list.set_slice({0, 1, {}}, std::vector<Raw>{{encoded(4)}, {nested_list(34)}}),
              Refused(wire::INVALID_ARGUMENT));

  EXPECT_THAT(list.read(), ElementsAre(encoded(1), encoded(2), encoded(3)));
  EXPECT_EQ(bytes(), before);
}

TEST_F(ListTest, ASortWithoutAnAnswerChangesNothing) {
  list.append("x");
  list.insert(0, 9);

  EXPECT_THAT(list.sort(), Refused(wire::BAD_TYPE, HasSubstr("'<' not supported between")));

  EXPECT_THAT(list.read(),
              ElementsAre(encoded(9), encoded(1), encoded(2), encoded(3), encoded("x")));
}

TEST_F(ListTest, ASortKeepsTheOrderOfEquals) {
  list.clear();
  list.extend(std::vector<Raw>{{encoded(2)}, {encoded(1)}, {encoded(1.0)}, {encoded(true)}});

  list.sort();
  EXPECT_THAT(list.read(), ElementsAre(encoded(1), encoded(1.0), encoded(true), encoded(2)));
  list.sort(true);
  EXPECT_THAT(list.read(), ElementsAre(encoded(2), encoded(1), encoded(1.0), encoded(true)));
}

TEST_F(ListTest, AddAndCompareAndSetAreOneStep) {
  const auto add = [&](int64_t index, const std::string& amount) {
    return list.ask([&](wire::ListOp& op) {
      op.mutable_add()->set_index(index);
      op.mutable_add()->set_amount(amount);
    });
  };
  const auto swap = [&](int64_t index, int expected, int desired) {
    return list.ask([&](wire::ListOp& op) {
      op.mutable_compare_and_set()->set_index(index);
      op.mutable_compare_and_set()->set_expected(encoded(expected));
      op.mutable_compare_and_set()->set_desired(encoded(desired));
    });
  };
  EXPECT_THAT(add(-1, encoded(4)), Answered(7));
  EXPECT_THAT(add(0, encoded("x")), Refused(wire::BAD_TYPE));
  EXPECT_THAT(add(3, encoded(4)), Refused(wire::INDEX_OUT_OF_RANGE, "list index out of range"));
  EXPECT_THAT(swap(2, 3, 9), Answered(false));
  EXPECT_THAT(swap(2, 7, 9), Answered(true));
  EXPECT_THAT(list.read(), ElementsAre(encoded(1), encoded(2), encoded(9)));
}

TEST_F(ListTest, AReplacementNeedsTheVersionThatWasRead) {
  const auto replace = [&](uint64_t version) {
    return list.ask([&](wire::ListOp& op) {
      op.mutable_replace()->set_version(version);
      op.mutable_replace()->add_values(encoded("sorted"));
    });
  };
  const uint64_t version = list.page({}, 0).reply().page().version();

  list.append(4);
  EXPECT_THAT(replace(version), Refused(wire::CHANGED, "list changed during iteration"));
  EXPECT_THAT(replace(version + 1), Done());
  EXPECT_THAT(list.read(), ElementsAre(encoded("sorted")));
}

TEST_F(ListTest, RepeatingBeyondTheLimitIsRefusedBeforeItIsTried) {
  EXPECT_THAT(list.repeat(kHighest), Refused(wire::RESOURCE_EXHAUSTED));
  EXPECT_THAT(list.length(), Answered(3));
  EXPECT_THAT(list.repeat(kLowest), Done());
  EXPECT_THAT(list.repeat(kHighest), Done());
  EXPECT_THAT(list.read(), IsEmpty());
}

TEST_F(ListTest, TheListItBeginsWithIsCheckedAsAnyOther) {
  EXPECT_THAT(alice.open(a_list(Raw{"\x63"})), Refused(wire::INVALID_ARGUMENT));
}

}  // namespace
}  // namespace syncmanager::manager
