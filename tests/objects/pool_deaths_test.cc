// A death loses nothing else: a worker's task is tried again, and a submitter's are dropped.

#include "tests/objects/pool_stage.h"

namespace syncmanager::manager {
namespace {

using ::testing::ElementsAre;

constexpr auto kLost = wire::TaskResults::LOST;

TEST_F(PoolTest, OnlyTheTaskThatADeadWorkerDidHasLostIt) {
  submit(boss, {a_tough_task(1, 2), a_tough_task(2, 2), a_task(3), a_task(4)});
  EXPECT_THAT(taken(take(alice, 2)), ElementsAre(1, 2));
  const Pending waits = take(bob, 1, {"cube", "square"});
  EXPECT_THAT(taken(waits), ElementsAre(3));

  alice.die();

  const Pending again = take(bob);
  EXPECT_THAT(taken(again), ElementsAre(1));
  EXPECT_EQ(again.reply().tasks().tasks(0).attempt(), 2u);
  const Pending next = take(bob);
  EXPECT_THAT(taken(next), ElementsAre(2));
  EXPECT_EQ(next.reply().tasks().tasks(0).attempt(), 1u);
}

TEST_F(PoolTest, AnIdleWorkerHasItAtOnce) {
  submit(boss, {a_tough_task(1, 2)});
  take(alice);
  const Pending idle = take(bob);
  alice.die();
  EXPECT_THAT(taken(idle), ElementsAre(1));
}

TEST_F(PoolTest, ATaskThatIsToBeTriedOnceIsLostWithItsWorker) {
  submit(boss, {a_task(1), a_task(2)});
  take(alice);
  const Pending results = collect(boss);

  alice.die();

  EXPECT_THAT(collected(results, kLost), ElementsAre(1));
  EXPECT_THAT(results.reply().results().results(0).workers(), ElementsAre("alice"));
  EXPECT_THAT(taken(take(bob)), ElementsAre(2));
  const wire::PoolState shown = state(boss);
  ASSERT_EQ(shown.dead_size(), 1);
  EXPECT_EQ(shown.dead(0).task(), 1u);
  EXPECT_THAT(shown.dead(0).workers(), ElementsAre("alice"));
}

// A worker may have begun more of its hand than the manager has heard of when it dies.
TEST_F(PoolTest, ATaskThatCantBeBegunAgainIsTakenAlone) {
  std::vector<wire::Task> tasks = {a_tough_task(1, 2), a_tough_task(2, 2), a_task(3), a_task(4)};
  for (uint64_t ticket = 5; ticket <= 12; ++ticket) tasks.push_back(a_tough_task(ticket, 2));
  submit(boss, tasks);
  EXPECT_THAT(taken(take(alice, 9)), ElementsAre(1, 2));
  EXPECT_THAT(taken(take(bob, 9)), ElementsAre(3));
  EXPECT_THAT(taken(take(bob, 9)), ElementsAre(4));

  alice.die();

  EXPECT_THAT(taken(take(bob, 9)), ElementsAre(1)) << "it has lost a worker, and can lose no other";
  EXPECT_THAT(taken(take(bob, 9)), ElementsAre(2, 5, 6, 7));
}

TEST_F(PoolTest, ADeadTaskIsDoneIfItIsRetried) {
  submit(boss, {a_task(1)});
  take(alice);
  alice.die();
  EXPECT_THAT(collected(collect(boss), kLost), ElementsAre(1));

  EXPECT_THAT(retry(boss), Answered(1));
  EXPECT_THAT(retry(boss), Answered(0));
  EXPECT_THAT(taken(take(bob)), ElementsAre(1));
  finish(bob, {1});
  EXPECT_THAT(collected(collect(boss)), ElementsAre(1));
}

TEST_F(PoolTest, EachTimeItIsTriedAgainTwiceAsLate) {
  submit(boss, {a_tough_task(1, 9, 1s)});
  const Actor workers[] = {stage.actor(), stage.actor()};
  take(workers[0]);
  workers[0].die();
  const Pending second = take(workers[1]);
  stage.advance(999ms);
  EXPECT_THAT(second, Parked());
  stage.advance(1ms);
  EXPECT_THAT(taken(second), ElementsAre(1));

  workers[1].die();
  const Pending third = take(alice);
  stage.advance(1999ms);
  EXPECT_THAT(third, Parked());
  stage.advance(1ms);
  EXPECT_THAT(taken(third), ElementsAre(1));
}

TEST_F(PoolTest, WhoSaysGoodbyeLosesNothing) {
  submit(boss, {a_task(1), a_task(2), a_task(3), a_task(4)});
  take(alice, 2);
  alice.leave();
  const Pending again = take(bob);
  EXPECT_THAT(taken(again), ElementsAre(1));
  EXPECT_EQ(again.reply().tasks().tasks(0).attempt(), 1u);
}

TEST_F(PoolTest, WhoLeavesOrGivesBackLosesNothing) {
  submit(boss, {a_tough_task(1, 2), a_tough_task(2, 2), a_task(3), a_task(4)});
  take(alice, 2);
  const Pending waits = take(bob, 1, {"cube", "square"});
  give_back(alice, 2);
  EXPECT_THAT(taken(waits), ElementsAre(3));
  EXPECT_THAT(taken(take(bob)), ElementsAre(2));
  leave(alice);
  EXPECT_THAT(taken(take(bob)), ElementsAre(1));
  EXPECT_THAT(finish(alice, {1}), Answered(0));
  EXPECT_EQ(state(boss).workers_size(), 1);
}

TEST_F(PoolTest, WhoLeavesWhileItWaitsWaitsNoMore) {
  const Pending waits = take(alice);
  leave(alice);
  EXPECT_THAT(waits, Refused(wire::CANCELLED, "the worker has left"));
  submit(boss, {a_task(1)});
  EXPECT_THAT(taken(take(alice)), ElementsAre(1));
}

TEST_F(PoolTest, ADeadSubmittersTasksAreDropped) {
  submit(boss, {a_task(1), a_task(2)});
  take(alice);
  boss.die();
  EXPECT_THAT(take(bob), Parked());
  EXPECT_THAT(finish(alice, {1}), Answered(0));
  EXPECT_EQ(stage.inspect(pool).summary().size(), 0u);
}

TEST_F(PoolTest, ATaskThatNobodyWantsIsntTriedAgain) {
  submit(boss, {a_tough_task(1, 5)});
  take(alice);
  boss.die();
  alice.die();
  EXPECT_THAT(take(bob), Parked());
  EXPECT_EQ(stage.inspect(pool).summary().size(), 0u);
}

TEST_F(PoolTest, AKeptInboxOutlivesItsSubmitter) {
  submit(boss, {a_task(1)}, kept("report"));
  boss.die();
  EXPECT_THAT(taken(take(alice)), ElementsAre(1));
  finish(alice, {1});
  EXPECT_THAT(collected(collect(bob, kept("report"))), ElementsAre(1));
}

TEST_F(PoolTest, WhatSomebodyDiesWithComesBackToAKeptInbox) {
  submit(boss, {a_task(1), a_task(2)}, kept("report"));
  take(alice);
  finish(alice, {1});
  EXPECT_THAT(collected(collect(boss, kept("report"))), ElementsAre(1));
  const Pending waits = collect(bob, kept("report"));

  boss.die();

  EXPECT_THAT(collected(waits), ElementsAre(1));
  collect(bob, kept("report"));  // It has what it had.
  bob.die();
  take(alice);
  finish(alice, {2});
  EXPECT_THAT(collected(collect(stage.actor(), kept("report"))), ElementsAre(2));
}

TEST_F(PoolTest, AnIdleWorkerRerunsWhatTakesLongAndTheFirstResultCounts) {
  wire::Task slow = a_task(1);
  slow.set_rerun_after_us(1'000'000);
  submit(boss, {slow});
  take(alice);
  const Pending idle = take(bob);
  stage.advance(999ms);
  EXPECT_THAT(idle, Parked());
  stage.advance(1ms);
  EXPECT_THAT(taken(idle), ElementsAre(1));

  EXPECT_THAT(finish(bob, {1}), Answered(1));
  EXPECT_THAT(finish(alice, {1}), Answered(0));
  EXPECT_THAT(collected(collect(boss)), ElementsAre(1));
}

TEST_F(PoolTest, ARerunsDeathLeavesTheTaskToItsFirstWorker) {
  wire::Task slow = a_task(1);
  slow.set_rerun_after_us(1'000'000);
  submit(boss, {slow});
  take(alice);
  stage.advance(2s);
  EXPECT_THAT(taken(take(bob)), ElementsAre(1));
  bob.die();
  EXPECT_THAT(finish(alice, {1}), Answered(1));
}

TEST(DeadTasksTest, TheOldestIsForgottenWhenThereAreTooMany) {
  Stage stage({.dead_tasks = 1});
  const ObjectId pool = stage.create(a_pool());
  const Actor boss = stage.actor();
  for (const uint64_t ticket : {uint64_t{1}, uint64_t{2}}) {
    boss.ask(pool, [&](wire::Request& request) {
      *request.mutable_pool()->mutable_submit()->add_tasks() = a_task(ticket);
    });
    const Actor worker = stage.actor();
    worker.ask(pool, [](wire::Request& request) {
      request.mutable_pool()->mutable_take()->set_max(1);
      request.mutable_pool()->mutable_take()->add_offers("*");
    });
    worker.die();
  }
  const Pending state =
      boss.ask(pool, [](wire::Request& request) { request.mutable_pool()->mutable_state(); });
  ASSERT_EQ(state.reply().pool().dead_size(), 1);
  EXPECT_EQ(state.reply().pool().dead(0).task(), 2u);
}

}  // namespace
}  // namespace syncmanager::manager
