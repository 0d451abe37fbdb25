#include <string>

#include "tests/support/containers.h"
#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class NamespaceTest : public StageTest {
 protected:
  template <typename Fill>
  Pending ask(Fill fill) {
    return alice.ask(space, [&](wire::Request& request) { fill(*request.mutable_namespace_()); });
  }
  Pending get(const std::string& name) {
    return ask([&](wire::NamespaceOp& op) { op.mutable_get()->set_name(name); });
  }
  template <typename T>
  Pending set(const std::string& name, const T& value) {
    return ask([&](wire::NamespaceOp& op) {
      op.mutable_set()->set_name(name);
      op.mutable_set()->set_value(encoded(value));
    });
  }
  Pending remove(const std::string& name) {
    return ask([&](wire::NamespaceOp& op) { op.mutable_delete_()->set_name(name); });
  }
  Pending contains(const std::string& name) {
    return ask([&](wire::NamespaceOp& op) { op.mutable_contains()->set_name(name); });
  }
  std::vector<std::string> read() {
    return all_pages([&](uint64_t cursor) {
      return ask([&](wire::NamespaceOp& op) { op.mutable_read_page()->set_cursor(cursor); });
    });
  }

  Actor alice = stage.actor();
  ObjectId space = stage.create(a_namespace());
};

TEST_F(NamespaceTest, AnAttributeIsWhatWasLastSet) {
  EXPECT_THAT(set("x", 1), Done());
  EXPECT_THAT(set("x", "two"), Done());

  EXPECT_THAT(get("x"), Answered("two"));
  EXPECT_THAT(contains("x"), Answered(true));
}

TEST_F(NamespaceTest, AMissingAttributeIsAnAttributeError) {
  constexpr const char* kMissing = "'Namespace' object has no attribute 'x'";

  EXPECT_THAT(get("x"), Refused(wire::NO_SUCH_ATTRIBUTE, kMissing));
  EXPECT_THAT(remove("x"), Refused(wire::NO_SUCH_ATTRIBUTE, kMissing));
  EXPECT_THAT(contains("x"), Answered(false));
  set("x", 1);
  EXPECT_THAT(remove("x"), Done());
  EXPECT_THAT(get("x"), Refused(wire::NO_SUCH_ATTRIBUTE, kMissing));
}

TEST_F(NamespaceTest, ANameIsTextAndNotEmpty) {
  EXPECT_THAT(get(""), Refused(wire::INVALID_ARGUMENT, HasSubstr("not empty")));
  EXPECT_THAT(set("", 1), Refused(wire::INVALID_ARGUMENT, HasSubstr("not empty")));
  EXPECT_THAT(set("\xc0\x80", 1), Refused(wire::INVALID_ARGUMENT, HasSubstr("UTF-8")));
  EXPECT_THAT(set("größe", 1), Done());
  EXPECT_THAT(get("größe"), Answered(1));
}

TEST_F(NamespaceTest, ItIsReadInTheOrderOfInsertion) {
  set("b", 1);
  set("a", 2);
  set("b", 3);

  EXPECT_THAT(read(), ElementsAre(encoded("b"), encoded(3), encoded("a"), encoded(2)));
}

TEST_F(NamespaceTest, AddAndCompareAndSetAreOneStep) {
  const auto add = [&](std::optional<int> initial) {
    return ask([&](wire::NamespaceOp& op) {
      op.mutable_add()->set_name("n");
      op.mutable_add()->set_amount(encoded(2));
      if (initial) op.mutable_add()->set_initial(encoded(*initial));
    });
  };
  const auto swap = [&](int expected, int desired) {
    return ask([&](wire::NamespaceOp& op) {
      op.mutable_compare_and_set()->set_name("n");
      op.mutable_compare_and_set()->set_expected(encoded(expected));
      op.mutable_compare_and_set()->set_desired(encoded(desired));
    });
  };
  EXPECT_THAT(add(std::nullopt), Refused(wire::NO_SUCH_ATTRIBUTE));
  EXPECT_THAT(add(40), Answered(42));
  EXPECT_THAT(swap(41, 0), Answered(false));
  EXPECT_THAT(swap(42, 0), Answered(true));
  EXPECT_THAT(get("n"), Answered(0));
}

TEST_F(NamespaceTest, ItBeginsWithTheAttributesItWasMadeWith) {
  OpenOptions options = a_namespace();
  wire::Attribute& attribute = *options.mutable_namespace_()->add_attributes();
  attribute.set_name("x");
  attribute.set_value(encoded(1));

  space = stage.create(options);
  EXPECT_THAT(get("x"), Answered(1));

  attribute.clear_name();
  EXPECT_THAT(alice.open(options), Refused(wire::INVALID_ARGUMENT, HasSubstr("not empty")));
}

}  // namespace
}  // namespace syncmanager::manager
