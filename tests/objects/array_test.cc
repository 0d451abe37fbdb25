#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/containers.h"
#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct ClosePipe {
  void operator()(FILE* pipe) const { pclose(pipe); }
};

OpenOptions an_array(const std::string& typecode, const std::vector<int>& values,
                     uint64_t zeros = 0) {
  OpenOptions options;
  options.mutable_array()->set_typecode(typecode);
  options.mutable_array()->set_zeros(zeros);
  add_values(*options.mutable_array(), values);
  return options;
}

class ArrayTest : public StageTest {
 protected:
  template <typename Fill>
  Pending ask(Fill fill) {
    return alice.ask(array, [&](wire::Request& request) { fill(*request.mutable_array()); });
  }
  Pending get(int64_t index) {
    return ask([&](wire::ArrayOp& op) { op.mutable_get()->set_index(index); });
  }
  template <typename T>
  Pending set(int64_t index, const T& value) {
    return ask([&](wire::ArrayOp& op) {
      op.mutable_set()->set_index(index);
      op.mutable_set()->set_value(encoded(value));
    });
  }
  template <typename T>
  Pending add(int64_t index, const T& amount) {
    return ask([&](wire::ArrayOp& op) {
      op.mutable_add()->set_index(index);
      op.mutable_add()->set_amount(encoded(amount));
    });
  }
  Pending set_slice(const SliceOf& slice, const std::vector<int>& values) {
    return ask([&](wire::ArrayOp& op) {
      slice.write(*op.mutable_set_slice()->mutable_slice());
      add_values(*op.mutable_set_slice(), values);
    });
  }
  Pending page(const SliceOf& slice, uint64_t cursor) {
    return ask([&](wire::ArrayOp& op) {
      slice.write(*op.mutable_read_slice()->mutable_slice());
      op.mutable_read_slice()->set_cursor(cursor);
    });
  }
  std::vector<std::string> read(const SliceOf& slice = {}) {
    return all_pages([&](uint64_t cursor) { return page(slice, cursor); });
  }

  Actor alice = stage.actor();
  ObjectId array = stage.create(an_array("i", {1, 2}, 2));
};

TEST_F(ArrayTest, ItBeginsWithItsNumbersAndThenZeros) {
  EXPECT_THAT(read(), ElementsAre(encoded(1), encoded(2), encoded(0), encoded(0)));
  EXPECT_THAT(ask([](wire::ArrayOp& op) { op.mutable_length(); }), Answered(4));
  EXPECT_THAT(ask([](wire::ArrayOp& op) { op.mutable_typecode(); }), Answered("i"));
}

TEST_F(ArrayTest, ErrorsArePythonsToTheLetter) {
  EXPECT_THAT(get(4), Refused(wire::INDEX_OUT_OF_RANGE, "array index out of range"));
  EXPECT_THAT(set(-5, 1), Refused(wire::INDEX_OUT_OF_RANGE, "array assignment index out of range"));
  EXPECT_THAT(
      set_slice({{}, {}, 2}, {1}),
      Refused(wire::BAD_VALUE, "attempt to assign array of size 1 to extended slice of size 2"));
  EXPECT_THAT(set_slice({0, 2, {}}, {1}),
              Refused(wire::BAD_VALUE, "Can only assign sequence of same size"));
  EXPECT_THAT(page({{}, {}, 0}, 0), Refused(wire::BAD_VALUE, "slice step cannot be zero"));
  EXPECT_THAT(alice.open(an_array("x", {})), Refused(wire::BAD_VALUE, HasSubstr("bad typecode")));
  EXPECT_THAT(alice.open(an_array("b", {1, 200})),
              Refused(wire::OVERFLOW_ERROR, "signed char is greater than maximum"));
}

TEST_F(ArrayTest, CellsHoldAndRefuseWhatPythonsDo) {
  const std::unique_ptr<FILE, ClosePipe> pipe(
      popen(absl::StrCat(SYNCMANAGER_PYTHON, " ", SYNCMANAGER_ARRAY_ORACLE).c_str(), "r"));
  std::string all;
  char part[65536];
  while (const size_t size = std::fread(part, 1, sizeof(part), pipe.get())) all.append(part, size);
  std::string typecode;
  int cases = 0;
  for (const auto& line : absl::StrSplit(all, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> fields = absl::StrSplit(line, '\t');
    ASSERT_EQ(fields.size(), 3u);
    if (fields[0] != typecode) array = stage.create(an_array(typecode = fields[0], {}, 1));

    const wire::Reply stored = set(0, Raw{absl::HexStringToBytes(fields[1])}).reply();

    const char* error = stored.outcome() == wire::BAD_TYPE ? "TypeError" : "OverflowError";
    EXPECT_EQ(stored.outcome() == wire::OK ? "V " + absl::BytesToHexString(get(0).value())
                                           : absl::StrCat("E ", error, " ", stored.message()),
              fields[2])
        << line;
    ++cases;
  }
  EXPECT_GT(cases, 900);
}

TEST_F(ArrayTest, SlicesAreReadAndReplacedWhole) {
  EXPECT_THAT(set_slice({{}, {}, -2}, {7, 8}), Done());
  EXPECT_THAT(read(), ElementsAre(encoded(1), encoded(8), encoded(0), encoded(7)));
  EXPECT_THAT(read({{}, {}, -1}), ElementsAre(encoded(7), encoded(0), encoded(8), encoded(1)));

  // The second one doesn't fit, so the first isn't stored.
  array = stage.create(an_array("b", {1, 2}));
  EXPECT_THAT(set_slice({}, {5, 500}), Refused(wire::OVERFLOW_ERROR));
  EXPECT_THAT(read(), ElementsAre(encoded(1), encoded(2)));
}

TEST_F(ArrayTest, AddAndCompareAndSetAreOneStepWithinTheTypecode) {
  const auto swap = [&](int expected, int desired) {
    return ask([&](wire::ArrayOp& op) {
      op.mutable_compare_and_set()->set_expected(encoded(expected));
      op.mutable_compare_and_set()->set_desired(encoded(desired));
    });
  };
  EXPECT_THAT(add(0, 41), Answered(42));
  EXPECT_THAT(add(0, std::numeric_limits<int32_t>::max()),
              Refused(wire::OVERFLOW_ERROR, "signed integer is greater than maximum"));
  EXPECT_THAT(add(0, 0.5),
              Refused(wire::BAD_TYPE, "'float' object cannot be interpreted as an integer"));
  EXPECT_THAT(swap(41, 0), Answered(false));
  EXPECT_THAT(swap(42, 0), Answered(true));
  EXPECT_THAT(get(0), Answered(0));
}

TEST_F(ArrayTest, CharactersAreNoNumbers) {
  array = stage.create(an_array("u", {}, 1));
  EXPECT_THAT(set(0, "é"), Done());
  EXPECT_THAT(add(0, 1), Refused(wire::BAD_TYPE));
  EXPECT_THAT(get(0), Answered("é"));
}

TEST_F(ArrayTest, ItIsChargedWhatItTakesAndNoMoreThanAllowed) {
  const uint64_t before = stage.engine().statistics().bytes();
  stage.create(an_array("d", {}, 1'000'000));
  EXPECT_EQ(stage.engine().statistics().bytes() - before, 8'000'000 + Stored::kOverhead);

  for (const uint64_t zeros : {uint64_t{1} << 26, std::numeric_limits<uint64_t>::max()}) {
    EXPECT_THAT(alice.open(an_array("d", {1}, zeros)), Refused(wire::RESOURCE_EXHAUSTED));
  }
}

}  // namespace
}  // namespace syncmanager::manager
