#include <string>
#include <vector>

#include "tests/support/containers.h"
#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SetTest : public StageTest {
 protected:
  template <typename Fill>
  Pending ask(Fill fill) {
    return alice.ask(set, [&](wire::Request& request) { fill(*request.mutable_set()); });
  }
  template <typename T>
  Pending insert(const T& value) {
    return ask([&](wire::SetOp& op) { op.mutable_insert()->set_value(encoded(value)); });
  }
  template <typename T>
  Pending discard(const T& value) {
    return ask([&](wire::SetOp& op) { op.mutable_discard()->set_value(encoded(value)); });
  }
  template <typename T>
  Pending remove(const T& value) {
    return ask([&](wire::SetOp& op) { op.mutable_remove()->set_value(encoded(value)); });
  }
  template <typename T>
  Pending contains(const T& value) {
    return ask([&](wire::SetOp& op) { op.mutable_contains()->set_value(encoded(value)); });
  }
  Pending pop() {
    return ask([](wire::SetOp& op) { op.mutable_pop(); });
  }
  template <typename T>
  Pending combine(wire::SetOp::Operator how, const std::vector<T>& values) {
    return ask([&](wire::SetOp& op) {
      op.mutable_combine()->set_operator_(how);
      add_values(*op.mutable_combine(), values);
    });
  }
  std::vector<std::string> read() {
    return all_pages([&](uint64_t cursor) {
      return ask([&](wire::SetOp& op) { op.mutable_read_page()->set_cursor(cursor); });
    });
  }
  static OpenOptions a_set(const std::vector<int>& values = {}) {
    OpenOptions options;
    add_values(*options.mutable_set(), values);
    return options;
  }
  // A set, or a frozenset, of one number.
  static Raw set_of(int value) {
    ValueWriter writer;
    writer.begin_set(1).integer(value);
    return {writer.take()};
  }
  static Raw frozenset_of(int value) {
    ValueWriter writer;
    writer.begin_frozenset(1).integer(value);
    return {writer.take()};
  }

  Actor alice = stage.actor();
  ObjectId set = stage.create(a_set({1, 2, 3}));
};

TEST_F(SetTest, OfEqualValuesTheFirstStays) {
  EXPECT_THAT(insert(1.0), Answered(false));
  EXPECT_THAT(insert(true), Answered(false));
  EXPECT_THAT(insert(4), Answered(true));

  EXPECT_THAT(read(), ElementsAre(encoded(1), encoded(2), encoded(3), encoded(4)));
}

TEST_F(SetTest, DiscardSaysWhetherItWasThereAndRemoveMinds) {
  EXPECT_THAT(discard(2.0), Answered(true));
  EXPECT_THAT(discard(2), Answered(false));
  EXPECT_THAT(remove(3), Done());
  EXPECT_THAT(remove(3), Refused(wire::NO_SUCH_KEY, "3"));
  EXPECT_THAT(read(), ElementsAre(encoded(1)));
}

TEST_F(SetTest, PopTakesTheOldestUntilThereIsNone) {
  EXPECT_THAT(pop(), Answered(1));
  EXPECT_THAT(pop(), Answered(2));
  EXPECT_THAT(pop(), Answered(3));
  EXPECT_THAT(pop(), Refused(wire::NO_SUCH_KEY, "'pop from an empty set'"));
}

TEST_F(SetTest, WhatPythonCannotHashIsATypeErrorAndASetIsLookedUpAsAFrozenSet) {
  EXPECT_THAT(insert(std::vector<int>{1}), Refused(wire::BAD_TYPE, "unhashable type: 'list'"));
  EXPECT_THAT(insert(set_of(1)), Refused(wire::BAD_TYPE, "unhashable type: 'set'"));
  EXPECT_THAT(contains(set_of(1)), Answered(false));
  EXPECT_THAT(insert(frozenset_of(1)), Answered(true));
  EXPECT_THAT(contains(set_of(1)), Answered(true));
  EXPECT_THAT(remove(set_of(1)), Done());
  EXPECT_THAT(contains(frozenset_of(1)), Answered(false));
}

TEST_F(SetTest, OperatorsCombineItWithWhatComes) {
  EXPECT_THAT(combine(wire::SetOp::UNION, std::vector<int>{3, 4, 4, 5}), Done());
  EXPECT_THAT(read(), ElementsAre(encoded(1), encoded(2), encoded(3), encoded(4), encoded(5)));
  EXPECT_THAT(combine(wire::SetOp::DIFFERENCE, std::vector<double>{1.0, 9.0}), Done());
  EXPECT_THAT(read(), ElementsAre(encoded(2), encoded(3), encoded(4), encoded(5)));
  EXPECT_THAT(combine(wire::SetOp::SYMMETRIC_DIFFERENCE, std::vector<int>{2, 2, 6, 6}), Done());
  EXPECT_THAT(read(), ElementsAre(encoded(3), encoded(4), encoded(5), encoded(6)));
  EXPECT_THAT(combine(wire::SetOp::INTERSECTION, std::vector<int>{6, 3, 7}), Done());
  EXPECT_THAT(read(), ElementsAre(encoded(3), encoded(6)));
  EXPECT_THAT(combine(wire::SetOp::INTERSECTION, std::vector<int>{}), Done());
  EXPECT_THAT(read(), IsEmpty());
}

TEST_F(SetTest, AnOperatorWithOneBadValueChangesNothing) {
  const std::vector<Raw> values = {{encoded(2)}, {encoded(9)}, {nested_list(1)}};
  for (const auto how : {wire::SetOp::UNION, wire::SetOp::INTERSECTION, wire::SetOp::DIFFERENCE,
                         wire::SetOp::SYMMETRIC_DIFFERENCE}) {
    EXPECT_THAT(combine(how, values), Refused(wire::BAD_TYPE, "unhashable type: 'list'"));
  }
  EXPECT_THAT(read(), ElementsAre(encoded(1), encoded(2), encoded(3)));
}

}  // namespace
}  // namespace syncmanager::manager
