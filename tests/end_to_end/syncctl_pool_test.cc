// `syncctl pool` shows a pool and retries its dead tasks.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "protos/support/str_cat.h"
#include "tests/support/await.h"
#include "tests/support/pool_session.h"
#include "tests/support/run.h"
#include "tests/support/test_server.h"

namespace syncmanager {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class SyncctlPoolTest : public testing::Test {
 protected:
  Ended syncctl(const std::string& words) const {
    return run(str_cat(SYNCCTL_PATH " --url ", server_.unix_address(), " --key-file ",
                       server_.key_file(), " ", words));
  }
  json state() const { return json::parse(syncctl("pool renders --json").output); }
  // Each of the clients takes a task and dies with it.
  void lose_tasks(const std::vector<std::string>& clients) {
    const auto dead = static_cast<size_t>(boss_.state().dead_size());
    for (size_t i = 0; i < clients.size(); ++i) {
      EXPECT_EQ(PoolSession(server_, clients[i], "renders").take({"*"}), wire::OK);
      const auto died = [&] { return boss_.state().dead_size() == int(dead + i + 1); };
      ASSERT_TRUE(await(died, std::chrono::seconds(10)));
    }
  }

  TestServer server_;
  PoolSession boss_{server_, "boss", "renders"};
};

TEST_F(SyncctlPoolTest, ShowsWhoWorksAndWhatWaits) {
  PoolSession alice(server_, "alice", "renders"), bob(server_, "bob", "renders");
  boss_.submit({"square", "shrink", "square", "square", "rotate"});
  alice.take({"square", "blur"});
  bob.take({"shrink", "square"});
  bob.finish(2);
  const Ended shown = syncctl("pool renders");
  EXPECT_EQ(shown.code, 0);
  EXPECT_THAT(
      shown.output,
      AllOf(HasSubstr("Pool \"renders\", workers: 2; tasks: 3 waiting, 1 in hand, 0 delayed, "
                      "1 done, 0 dead\n"),
            ContainsRegex("WORKER +OFFERS +DOES +FOR +IN HAND +DONE\n"),
            ContainsRegex("\nalice +square, blur +square +[0-9.]+ (us|ms|s) +1 +0\n"),
            ContainsRegex("\nbob +shrink, square +- +- +0 +1\n"), ContainsRegex("\n +2  square\n"),
            ContainsRegex("\n +1  rotate +no worker offers it\n"), Not(HasSubstr("DEAD"))));
}

TEST_F(SyncctlPoolTest, TellsProgramsTheSame) {
  PoolSession alice(server_, "alice", "renders");
  boss_.submit({"square", "rotate"});
  alice.take({"square", "blur"});
  const json shown = state();
  EXPECT_EQ(shown["in_hand"], 1);
  EXPECT_EQ(shown["delayed"], 0);
  EXPECT_EQ(shown["done"], 0);
  ASSERT_EQ(shown["workers"].size(), 1u);
  const json& worker = shown["workers"][0];
  EXPECT_EQ(worker["client"], "alice");
  EXPECT_EQ(worker["offers"], json({"square", "blur"}));
  EXPECT_EQ(worker["function"], "square");
  EXPECT_LE(worker["function_us"], worker["since_us"]);
  EXPECT_EQ(shown["lines"], json::parse(R"([{"function": "rotate", "tasks": 1,
                                             "offered": false}])"));
  EXPECT_EQ(shown["dead"], json::array());
}

TEST_F(SyncctlPoolTest, ShowsFewOfManyOffers) {
  PoolSession alice(server_, "alice", "renders");
  boss_.submit({"f0"});
  std::vector<std::string> offers;
  for (int i = 0; i < 30; ++i) offers.push_back(str_cat("f", i));
  alice.take(offers);
  EXPECT_THAT(syncctl("pool renders").output,
              HasSubstr("f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, 20 more "));
}

TEST_F(SyncctlPoolTest, ShowsDeadTasksAndTriesThemAgain) {
  boss_.submit({"square", "square", "rotate"});
  lose_tasks({"alice", "bob", "carol"});
  EXPECT_THAT(
      syncctl("pool renders").output,
      AllOf(HasSubstr("workers: 0; tasks: 0 waiting, 0 in hand, 0 delayed, 0 done, 3 dead\n"),
            ContainsRegex("DEAD TASK +FUNCTION +FOR +WORKERS THAT DIED WITH IT\n"),
            ContainsRegex("\n +2  square +[0-9.]+ (us|ms|s)  bob\n"),
            HasSubstr("`syncctl pool renders --retry`")));
  EXPECT_EQ(state()["dead"][2]["workers"], json({"carol"}));

  const Ended one = syncctl("pool renders --retry 2");
  EXPECT_EQ(one.code, 0);
  EXPECT_EQ(one.output, "1 task is in line again\n");
  EXPECT_EQ(boss_.state().lines(0).tasks(), 1u);

  EXPECT_EQ(syncctl("pool renders --retry").output, "2 tasks are in line again\n");
  EXPECT_EQ(boss_.state().dead_size(), 0);
  EXPECT_EQ(syncctl("pool renders --retry --json").output, "{\"retried\":0}\n");
}

TEST_F(SyncctlPoolTest, SaysThatATaskIsntDead) {
  boss_.submit({"square", "square"});
  lose_tasks({"alice"});
  const Ended ended = syncctl("pool renders --retry 1 2");
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.output, AllOf(HasSubstr("1 task is in line again\n"),
                                  HasSubstr("1 of these 2 tasks: not dead")));
}

TEST_F(SyncctlPoolTest, TakesNumbersOnlyToRetry) {
  const Ended ended = syncctl("pool renders 1");
  EXPECT_NE(ended.code, 0);
  EXPECT_THAT(ended.output, HasSubstr("--retry"));
}

TEST_F(SyncctlPoolTest, SaysWhatIsntAPool) {
  const Ended none = syncctl("pool nobodys");
  EXPECT_EQ(none.code, 1);
  EXPECT_EQ(none.output, "syncctl: there is no pool named \"nobodys\"; see `syncctl ls`\n");
  EXPECT_EQ(syncctl("pool nobodys --retry").code, 1);

  syncctl("put jobs a.png");
  const Ended queue = syncctl("pool jobs");
  EXPECT_EQ(queue.code, 2);
  EXPECT_EQ(queue.output,
            "syncctl: \"jobs\" is a Queue and no pool; `syncctl show jobs` is for every type\n");
}

TEST_F(SyncctlPoolTest, ShowsNoNameThatATerminalWouldObey) {
  const std::string evil = "evil\x1b[2J";
  boss_.submit({"\x1b[2Jwiped", "\xff", "square"});
  lose_tasks({evil});
  const std::string shown = syncctl("pool renders").output;
  EXPECT_THAT(shown, AllOf(HasSubstr("\\x1b[2Jwiped"), HasSubstr("evil\\x1b[2J"),
                           HasSubstr("b'\\xff'"), Not(HasSubstr("\x1b"))));
  EXPECT_EQ(state()["dead"][0]["function"], "\x1b[2Jwiped");
  EXPECT_EQ(state()["lines"][1]["function"], "\xef\xbf\xbd") << "U+FFFD";

  PoolSession worker(server_, evil, "renders");
  EXPECT_EQ(worker.take({"square"}), wire::OK);
  EXPECT_THAT(syncctl("show renders").output,
              AllOf(HasSubstr("evil\\x1b[2J"), Not(HasSubstr("\x1b"))));
}

}  // namespace
}  // namespace syncmanager
