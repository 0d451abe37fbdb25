#include <string>

#include "tests/support/containers.h"
#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

class ValueTest : public StageTest {
 protected:
  template <typename Fill>
  Pending ask(Fill fill) {
    return alice.ask(value, [&](wire::Request& request) { fill(*request.mutable_value()); });
  }
  Pending get() {
    return ask([](wire::ValueOp& op) { op.mutable_get(); });
  }
  template <typename T>
  Pending set(const T& to) {
    return ask([&](wire::ValueOp& op) { op.mutable_set()->set_value(encoded(to)); });
  }
  template <typename T>
  Pending add(const T& amount) {
    return ask([&](wire::ValueOp& op) { op.mutable_add()->set_amount(encoded(amount)); });
  }
  static OpenOptions a_value(const std::string& typecode, int initial) {
    OpenOptions options;
    options.mutable_value()->set_typecode(typecode);
    options.mutable_value()->set_initial(encoded(initial));
    return options;
  }

  Actor alice = stage.actor();
  ObjectId value = stage.create(a_value("i", 1));
};

TEST_F(ValueTest, ItHoldsWhateverIsSetAndEnforcesNoTypecode) {
  EXPECT_THAT(get(), Answered(1));
  EXPECT_THAT(set("text"), Done());
  EXPECT_THAT(get(), Answered("text"));
}

TEST_F(ValueTest, AddRepliesTheSumAndGrowsBeyond64Bits) {
  EXPECT_THAT(add(41), Answered(42));
  EXPECT_THAT(add(0.5), Answered(42.5));
  set(std::numeric_limits<int64_t>::max());
  ValueWriter sum;
  sum.big_integer(std::string("\0\0\0\0\0\0\0\x80\0", 9));
  EXPECT_THAT(add(1), Answered(Raw{sum.take()}));
  set("text");
  EXPECT_THAT(add(1),
              Refused(wire::BAD_TYPE, "unsupported operand type(s) for +: 'str' and 'int'"));
  EXPECT_THAT(get(), Answered("text"));
}

TEST_F(ValueTest, CompareAndSetActsOnWhatIsExpectedOnly) {
  const auto swap = [&](double expected, int desired) {
    return ask([&](wire::ValueOp& op) {
      op.mutable_compare_and_set()->set_expected(encoded(expected));
      op.mutable_compare_and_set()->set_desired(encoded(desired));
    });
  };
  EXPECT_THAT(swap(2.0, 3), Answered(false));
  EXPECT_THAT(swap(1.0, 3), Answered(true));
  EXPECT_THAT(get(), Answered(3));
}

TEST_F(ValueTest, ABadValueIsRefusedAndNothingChanges) {
  EXPECT_THAT(set(Raw{"\x63"}), Refused(wire::INVALID_ARGUMENT));
  EXPECT_THAT(get(), Answered(1));
  EXPECT_THAT(alice.open(a_value("int", 1)), Refused(wire::INVALID_ARGUMENT));
  EXPECT_THAT(alice.open(a_value("\x1b", 1)), Refused(wire::INVALID_ARGUMENT));
}

TEST_F(ValueTest, AnotherTypecodeIsAnotherObject) {
  alice.open(named("v", a_value("i", 1)));

  EXPECT_THAT(alice.open(named("v", a_value("i", 9))), Opened(false));
  EXPECT_THAT(alice.open(named("v", a_value("d", 1))), Refused(wire::WRONG_TYPE));
}

}  // namespace
}  // namespace syncmanager::manager
