// Tasks go to workers that can do them, and their results to who asked.

#include "tests/objects/pool_stage.h"

namespace syncmanager::manager {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST_F(PoolTest, AWorkersResultComesToWhoSubmittedTheTask) {
  const Pending results = collect(boss);
  EXPECT_THAT(submit(boss, {a_task(7)}), Done());
  const Pending took = take(alice);
  ASSERT_THAT(taken(took), SizeIs(1));
  const wire::TaskList::Taken& task = took.reply().tasks().tasks(0);
  EXPECT_EQ(task.function(), "square");
  EXPECT_EQ(task.arguments(), encoded(7));
  EXPECT_EQ(task.attempt(), 1u);

  EXPECT_THAT(finish(alice, {task.task()}), Answered(1));
  EXPECT_THAT(collected(results), ElementsAre(7));
  EXPECT_EQ(results.reply().results().results(0).value(), encoded("done"));
  EXPECT_EQ(stage.inspect(pool).summary().bytes(), 0u);
}

TEST_F(PoolTest, WhoHasWaitedLongestGetsTheFirstTaskHeCanDo) {
  const Pending cubes = take(alice, 1, {"cube"});
  const Pending any = take(bob, 1, {"*"});
  submit(boss, {a_task(1, "square"), a_task(2, "cube")});
  EXPECT_THAT(taken(any), ElementsAre(1));
  EXPECT_THAT(taken(cubes), ElementsAre(2));
}

TEST_F(PoolTest, AnOfferWithAStarIsOfAllThatBeginSo) {
  submit(boss, {a_task(1, "c:cube"), a_task(2, "python:a"), a_task(3, "python:b")});
  EXPECT_THAT(taken(take(alice, 9, {"python:*", "python:a"})), ElementsAre(2));
  EXPECT_THAT(taken(take(alice, 9, {"python:b"})), ElementsAre(3));
  EXPECT_THAT(take(alice, 1, {"python:c", "c:"}), Parked());
}

TEST_F(PoolTest, ManyTasksAreTakenTogetherAndTheLastOnesSingly) {
  std::vector<wire::Task> tasks;
  for (uint64_t ticket = 1; ticket <= 12; ++ticket) tasks.push_back(a_tough_task(ticket, 2));
  submit(boss, tasks);
  EXPECT_THAT(taken(take(alice, 100)), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(taken(take(bob, 100)), ElementsAre(7));
  EXPECT_THAT(taken(take(bob, 100)), ElementsAre(8));
}

TEST_F(PoolTest, TasksAreSubmittedAllOrNone) {
  EXPECT_THAT(submit(boss, {a_task(1), a_task(2, "")}),
              Refused(wire::INVALID_ARGUMENT, "a function's name of 0 bytes; 1 to 255"));
  EXPECT_THAT(take(alice), Parked());
  EXPECT_EQ(stage.inspect(pool).summary().bytes(), 0u);
}

TEST_F(PoolTest, ATicketThatIsRepeatedIsOneTask) {
  submit(boss, {a_task(1), a_task(1)});
  submit(boss, {a_task(1)});
  EXPECT_THAT(taken(take(alice, 9)), ElementsAre(1));
  EXPECT_THAT(take(alice), Parked());
}

TEST_F(PoolTest, WhatNobodyHasInHandCanBeCancelled) {
  submit(boss, {a_task(1), a_task(2), a_task(3)});
  EXPECT_THAT(taken(take(alice)), ElementsAre(1));
  EXPECT_THAT(cancel(boss, {1, 2, 99}), Answered(1));
  EXPECT_THAT(taken(take(bob)), ElementsAre(3));
  EXPECT_THAT(finish(alice, {1}), Answered(1));
  EXPECT_THAT(collected(collect(boss)), ElementsAre(1));
}

TEST_F(PoolTest, ATaskIsBegunWhileSomebodyHasItInHand) {
  submit(boss, {a_task(7), a_task(8)});
  EXPECT_THAT(begun(boss, {7, 8}), Answered(0));
  EXPECT_EQ(taken(take(alice)), std::vector<uint64_t>{1});
  EXPECT_THAT(begun(boss, {7, 8, 9}), Answered(1));
  EXPECT_THAT(begun(boss, {8}), Answered(0));
  EXPECT_THAT(begun(bob, {7}), Answered(0));  // Of an inbox of his own.
  finish(alice, {1});
  EXPECT_THAT(begun(boss, {7}), Answered(0));
}

TEST_F(PoolTest, AllOfAnInboxIsCancelledWhatIsInHandToo) {
  submit(boss, {a_task(1), a_task(2), a_task(3)});
  take(alice);
  finish(alice, {1});
  take(alice);
  EXPECT_THAT(cancel(boss, {}), Answered(1));
  EXPECT_THAT(finish(alice, {2}), Answered(0));
  EXPECT_THAT(collect(boss), Parked());
  EXPECT_EQ(stage.inspect(pool).summary().size(), 0u);
}

TEST_F(PoolTest, ProgressComesBeforeTheResult) {
  submit(boss, {a_task(1)});
  take(alice);
  const auto half = [&](Actor actor) {
    return actor.ask(pool, [](wire::Request& request) {
      request.mutable_pool()->mutable_progress()->set_task(1);
      request.mutable_pool()->mutable_progress()->set_value(encoded("half"));
    });
  };
  EXPECT_THAT(half(alice), Done());
  EXPECT_THAT(half(bob), Refused(wire::BAD_VALUE, "task 1 isn't in hand"));
  finish(alice, {1});
  const Pending results = collect(boss);
  EXPECT_THAT(collected(results, wire::TaskResults::PROGRESS), ElementsAre(1));
  EXPECT_THAT(collected(results), ElementsAre(1));
}

TEST_F(PoolTest, TheInboxesOfASessionAreApart) {
  wire::Inbox other;
  other.set_name("other");
  submit(boss, {a_task(1)}, other);
  submit(boss, {a_task(1)});
  take(alice, 9);
  finish(alice, {1});
  EXPECT_THAT(collect(boss), Parked());
  EXPECT_THAT(collected(collect(boss, other)), ElementsAre(1));
}

TEST_F(PoolTest, AWorkerSaysWhatItOffersAndTakes) {
  EXPECT_THAT(take(alice, 0), Refused(wire::INVALID_ARGUMENT, HasSubstr("one task or more")));
  EXPECT_THAT(take(alice, 1, {}), Refused(wire::INVALID_ARGUMENT, HasSubstr("1 to 100 functions")));
  EXPECT_THAT(take(alice, 1, std::vector<std::string>(101, "f")),
              Refused(wire::INVALID_ARGUMENT, HasSubstr("not 101")));
}

TEST_F(PoolTest, ShowsItsWorkersAndWhatNobodyCanDo) {
  submit(boss, {a_task(1), a_task(2), a_task(3, "cube")});
  take(alice, 1, {"square"});
  stage.advance(2s);
  const wire::PoolState shown = state(boss);
  ASSERT_EQ(shown.workers_size(), 1);
  EXPECT_EQ(shown.workers(0).client(), "alice");
  EXPECT_EQ(shown.workers(0).function(), "square");
  EXPECT_EQ(shown.workers(0).function_us(), 2'000'000u);
  ASSERT_EQ(shown.lines_size(), 2);
  EXPECT_EQ(shown.lines(0).function(), "cube");
  EXPECT_FALSE(shown.lines(0).offered());
  EXPECT_TRUE(shown.lines(1).offered());
  EXPECT_EQ(shown.in_hand(), 1u);
}

TEST(PoolLimitsTest, ATaskMoreThanThereMayBeIsRefused) {
  Stage stage({.pool_tasks = 2, .pool_functions = 1});
  const ObjectId pool = stage.create(a_pool());
  const Actor boss = stage.actor();
  const auto submit = [&](const std::vector<wire::Task>& tasks) {
    return boss.ask(pool, [&](wire::Request& request) {
      for (const wire::Task& task : tasks) {
        *request.mutable_pool()->mutable_submit()->add_tasks() = task;
      }
    });
  };
  const auto too_many_functions =
      Refused(wire::RESOURCE_EXHAUSTED, HasSubstr("of more than 1 functions"));
  EXPECT_THAT(submit({a_task(1), a_task(2, "cube")}), too_many_functions);
  EXPECT_THAT(submit({a_task(1)}), Done());
  EXPECT_THAT(submit({a_task(2, "cube")}), too_many_functions);
  EXPECT_THAT(submit({a_task(2)}), Done());
  EXPECT_THAT(submit({a_task(3)}),
              Refused(wire::RESOURCE_EXHAUSTED, HasSubstr("more than 2 tasks")));
}

}  // namespace
}  // namespace syncmanager::manager
