#include <string>
#include <utility>
#include <vector>

#include "tests/support/dict_of.h"
#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Entries = std::vector<std::pair<const char*, int>>;

class DictTest : public StageTest {
 protected:
  // The keys, values, or both in turn, of all pages of the dict.
  std::vector<std::string> read(wire::PageKind kind, bool reversed = false) {
    return all_pages([&](uint64_t cursor) {
      wire::DictOp::ReadPage query;
      query.set_kind(kind);
      query.set_cursor(cursor);
      query.set_reversed(reversed);
      return dict.page(query);
    });
  }

  Actor alice = stage.actor(), bob = stage.actor();
  DictOf dict{alice, stage.create(a_dict())};
};

TEST_F(DictTest, WhatIsSetIsWhatIsGot) {
  EXPECT_THAT(dict.set("a", 1), Done());

  EXPECT_THAT((DictOf{bob, dict.id}.get("a")), Answered(1));
  EXPECT_THAT(dict.contains("a"), Answered(true));
  EXPECT_THAT(dict.contains("b"), Answered(false));
  EXPECT_THAT(dict.length(), Answered(1));
}

TEST_F(DictTest, AMissingKeyIsAKeyErrorThatShowsIt) {
  EXPECT_THAT(dict.get("a"), Refused(wire::NO_SUCH_KEY, "'a'"));
  EXPECT_THAT(dict.remove(7), Refused(wire::NO_SUCH_KEY, "7"));
  EXPECT_THAT(dict.pop(tuple_of(1, "x")), Refused(wire::NO_SUCH_KEY, "(1, 'x')"));
}

TEST_F(DictTest, AKeyThatPythonCannotHashIsATypeError) {
  const std::vector<int> list = {1};
  constexpr const char* kUnhashable = "unhashable type: 'list'";

  EXPECT_THAT(dict.set(list, 1), Refused(wire::BAD_TYPE, kUnhashable));
  EXPECT_THAT(dict.get(list), Refused(wire::BAD_TYPE, kUnhashable));
  EXPECT_THAT(dict.contains(list), Refused(wire::BAD_TYPE, kUnhashable));
  EXPECT_THAT(dict.set(Raw{"\x63"}, 1), Refused(wire::INVALID_ARGUMENT));
  EXPECT_THAT(dict.length(), Answered(0));
}

TEST_F(DictTest, EqualKeysAreOneAndTheFirstOfThemStays) {
  dict.set(1, "one");
  dict.set(true, "true");
  dict.set(1.0, "real");

  EXPECT_THAT(read(wire::ITEMS), ElementsAre(encoded(1), encoded("real")));
}

TEST_F(DictTest, TheOrderIsThatOfInsertionAndAnAssignmentKeepsThePlace) {
  dict.update(Entries{{"a", 1}, {"b", 2}, {"c", 3}});
  dict.set("b", 20);
  dict.remove("a");
  dict.set("a", 10);

  EXPECT_THAT(read(wire::KEYS), ElementsAre(encoded("b"), encoded("c"), encoded("a")));
  EXPECT_THAT(read(wire::VALUES), ElementsAre(encoded(20), encoded(3), encoded(10)));
  EXPECT_THAT(read(wire::KEYS, true), ElementsAre(encoded("a"), encoded("c"), encoded("b")));
}

TEST_F(DictTest, PopTakesAnEntryOnce) {
  dict.set("a", 1);

  EXPECT_THAT(dict.pop("a"), Answered(1));
  EXPECT_THAT(dict.pop("a"), Refused(wire::NO_SUCH_KEY, "'a'"));
}

TEST_F(DictTest, PopItemTakesTheNewestEntry) {
  dict.update(Entries{{"a", 1}, {"b", 2}, {"c", 3}});
  dict.remove("c");

  EXPECT_THAT(dict.pop_item(), Answered(tuple_of("b", 2)));
  EXPECT_THAT(dict.pop_item(), Answered(tuple_of("a", 1)));
  EXPECT_THAT(dict.pop_item(), Refused(wire::NO_SUCH_KEY, "'popitem(): dictionary is empty'"));
}

TEST_F(DictTest, SetDefaultKeepsWhatIsThere) {
  EXPECT_THAT(dict.set_default("a", 1), Answered(1));
  EXPECT_THAT(dict.set_default("a", 2), Answered(1));
}

TEST_F(DictTest, AddIsOneStepWithPythonsArithmetic) {
  const auto add = [&](const char* key, const std::string& amount, const std::string& initial) {
    return dict.ask([&](wire::DictOp& op) {
      op.mutable_add()->set_key(encoded(key));
      op.mutable_add()->set_amount(amount);
      if (!initial.empty()) op.mutable_add()->set_initial(initial);
    });
  };
  EXPECT_THAT(add("n", encoded(1), ""), Refused(wire::NO_SUCH_KEY, "'n'"));
  EXPECT_THAT(add("n", encoded(1), encoded(10)), Answered(11));
  EXPECT_THAT(add("n", encoded(0.5), encoded(10)), Answered(11.5));
  EXPECT_THAT(add("n", encoded("x"), ""),
              Refused(wire::BAD_TYPE, "unsupported operand type(s) for +: 'float' and 'str'"));
  EXPECT_THAT(dict.get("n"), Answered(11.5));
}

TEST_F(DictTest, CompareAndSetActsOnWhatIsExpectedOnly) {
  const auto swap = [&](std::optional<int> expected, std::optional<int> desired) {
    return dict.ask([&](wire::DictOp& op) {
      op.mutable_compare_and_set()->set_key(encoded("k"));
      if (expected) op.mutable_compare_and_set()->set_expected(encoded(*expected));
      if (desired) op.mutable_compare_and_set()->set_desired(encoded(*desired));
    });
  };
  EXPECT_THAT(swap(1, 2), Answered(false));
  EXPECT_THAT(swap(std::nullopt, 1), Answered(true));
  EXPECT_THAT(swap(std::nullopt, 9), Answered(false));
  EXPECT_THAT(swap(1, 2), Answered(true));
  EXPECT_THAT(dict.get("k"), Answered(2));
  EXPECT_THAT(swap(1, std::nullopt), Answered(false));
  EXPECT_THAT(swap(2, std::nullopt), Answered(true));
  EXPECT_THAT(dict.contains("k"), Answered(false));
  EXPECT_THAT(swap(std::nullopt, std::nullopt), Answered(true));
}

TEST_F(DictTest, AnUpdateWithOneBadKeyChangesNothing) {
  dict.set("a", 1);
  const uint64_t bytes = stage.engine().statistics().bytes();

  EXPECT_THAT(dict.update(std::vector<std::pair<Raw, int>>{
                  {Raw{encoded("a")}, 2}, {Raw{encoded("b")}, 3}, {Raw{nested_list(1)}, 4}}),
              Refused(wire::BAD_TYPE, "unhashable type: 'list'"));

  EXPECT_THAT(read(wire::ITEMS), ElementsAre(encoded("a"), encoded(1)));
  EXPECT_EQ(stage.engine().statistics().bytes(), bytes);
}

TEST_F(DictTest, ItBeginsWithTheEntriesItWasMadeWith) {
  dict.id = stage.create(a_dict({{encoded("a"), encoded(1)}, {encoded("b"), encoded(2)}}));

  EXPECT_THAT(read(wire::ITEMS), ElementsAre(encoded("a"), encoded(1), encoded("b"), encoded(2)));
  EXPECT_THAT(alice.open(a_dict({{nested_list(1), encoded(1)}})),
              Refused(wire::BAD_TYPE, "unhashable type: 'list'"));
}

TEST_F(DictTest, AReaderOfAVersionIsToldThatItIsOver) {
  dict.update(Entries{{"a", 1}, {"b", 2}});
  wire::DictOp::ReadPage query;
  query.set_version(dict.page(query).reply().page().version());

  EXPECT_THAT(dict.page(query), Served());
  dict.set("a", 9);
  EXPECT_THAT(dict.page(query), Refused(wire::CHANGED, "dict changed during iteration"));
}

TEST_F(DictTest, AKeyAndItsValueTogetherAreBoundedAsOneValueIs) {
  const std::string half(stage.engine().limits().value_bytes / 2, 'x');

  EXPECT_THAT(dict.set(half, half), Refused(wire::INVALID_ARGUMENT, HasSubstr("together")));
  EXPECT_THAT(dict.set("a", half), Done());
}

TEST_F(DictTest, ClearingGivesEverythingBack) {
  const uint64_t bytes = stage.engine().statistics().bytes();
  for (int i = 0; i < 100; ++i) dict.set(i, "value");

  EXPECT_THAT(dict.clear(), Done());

  EXPECT_THAT(dict.length(), Answered(0));
  EXPECT_EQ(stage.engine().statistics().bytes(), bytes);
}

}  // namespace
}  // namespace syncmanager::manager
