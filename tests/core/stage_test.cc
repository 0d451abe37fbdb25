// The stage itself: that it notices what it promises to notice.

#include "tests/support/stage.h"

#include <gtest/gtest-spi.h>

#include <utility>

namespace syncmanager::manager {
namespace {

// How often a request was made in this process, over all Engines: nothing an object may know.
int64_t requests_ever = 0;

// Stands in for an Event, and breaks the rules: its answers differ from run to run.
class Fickle final : public Object {
 public:
  void perform(Call call) override { call.reply_integer(++requests_ever); }
  void save(Snapshot&) const override {}
};

// Its state differs, and its answers don't.
class Moody final : public Object {
 public:
  void perform(Call call) override {
    mood_ = static_cast<uint64_t>(++requests_ever);
    call.reply();
  }
  void save(Snapshot& snapshot) const override { snapshot.number(mood_); }

 private:
  uint64_t mood_ = 0;
};

// Forgets to answer.
class Careless final : public Object {
 public:
  void perform(Call) override {}
  void save(Snapshot&) const override {}
};

template <typename T>
constexpr TypeRow kRow{Options::kEvent, wire::Request::kEvent, "Event",
                       [](const Options&) -> absl::StatusOr<std::unique_ptr<Object>> {
                         return std::make_unique<T>();
                       }};

template <typename T>
void play() {
  static constexpr TypeRow kTypes[] = {kRow<T>};
  Stage stage({}, kTypes);
  const ObjectId object = stage.create(an_event());
  stage.actor().is_set(object);
}

TEST(Stage, NoticesAnswersThatDifferFromRunToRun) {
  EXPECT_NONFATAL_FAILURE(play<Fickle>(), "the same inputs led elsewhere");
}

TEST(Stage, NoticesStateThatDiffersFromRunToRun) {
  EXPECT_NONFATAL_FAILURE(play<Moody>(), "the same inputs led elsewhere");
}

TEST(Stage, SeesACallThatItsObjectDropsAnsweredAsABug) {
  static constexpr TypeRow kTypes[] = {kRow<Careless>};
  Stage stage({}, kTypes);
  EXPECT_THAT(stage.actor().is_set(stage.create(an_event())),
              Refused(wire::REFUSED, "the manager dropped this call: please report it"));
}

}  // namespace
}  // namespace syncmanager::manager
