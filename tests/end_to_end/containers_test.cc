#include <map>
#include <string>
#include <vector>

#include "tests/support/client_fixture.h"

namespace syncmanager {
namespace {

using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;
using testing::Optional;
using testing::Pair;
using testing::SizeIs;

class ContainersTest : public ClientTest {};

TEST_F(ContainersTest, AQueueGivesItemsInTheirOrder) {
  const auto jobs = client.queue<std::string>("jobs");
  jobs.put("a");
  jobs.put("b");
  EXPECT_EQ(jobs.size(), 2);
  EXPECT_EQ(jobs.get(), "a");
  EXPECT_THAT(jobs.try_get(), Optional(Eq("b")));
  EXPECT_EQ(jobs.try_get(), std::nullopt);
  EXPECT_EQ(jobs.try_get_for(std::chrono::milliseconds(1)), std::nullopt);
}

TEST_F(ContainersTest, AFullQueueTakesNothingMore) {
  const auto jobs = client.queue<int>("", {.capacity = 1});
  EXPECT_TRUE(jobs.try_put(1));
  EXPECT_FALSE(jobs.try_put(2));
  EXPECT_TRUE(jobs.full());
}

TEST_F(ContainersTest, AQueueCountsItsTasks) {
  const auto jobs = client.queue<int>();
  jobs.put(1);
  EXPECT_FALSE(jobs.join_for(std::chrono::milliseconds(1)));
  jobs.get();
  jobs.task_done();
  jobs.join();
  EXPECT_THROW(jobs.task_done(), Refused);
}

TEST_F(ContainersTest, AQueueThatWasShutDownSaysSo) {
  const auto jobs = client.queue<int>();
  jobs.put(1);
  jobs.shut_down();
  EXPECT_THROW(jobs.put(2), ShutDown);
  EXPECT_EQ(jobs.get(), 1);
  EXPECT_THROW(jobs.get(), ShutDown);
}

TEST_F(ContainersTest, WhatWaitsInAQueueIsSeenInItsOrderAndStays) {
  const auto numbers = client.priority_queue<int>();
  for (const int number : {3, 1, 2}) numbers.put(number);
  std::vector<int> seen;
  for (const int number : numbers.waiting()) seen.push_back(number);
  EXPECT_THAT(seen, ElementsAre(1, 2, 3));
  EXPECT_EQ(numbers.size(), 3);
}

TEST_F(ContainersTest, LifoAndPriorityQueuesHaveTheirOrder) {
  const auto newest = client.lifo_queue<int>();
  const auto smallest = client.priority_queue<std::pair<int, std::string>>();
  for (const int number : {2, 1, 3}) {
    newest.put(number);
    smallest.put({number, "x"});
  }
  EXPECT_EQ(newest.get(), 3);
  EXPECT_THAT(smallest.get(), Pair(1, "x"));
}

TEST_F(ContainersTest, ADictHasItsEntries) {
  const auto sums = client.dict<std::string, int64_t>("sums");
  sums["a"] = 1;
  sums.set("b", 2);
  const int64_t a = sums["a"];
  EXPECT_EQ(a, 1);
  EXPECT_EQ(sums.find("c"), std::nullopt);
  EXPECT_THROW(sums.at("c"), std::out_of_range);
  EXPECT_TRUE(sums.contains("b"));
  EXPECT_EQ(sums.set_default("b", 9), 2);
  EXPECT_THAT(sums.pop("b"), Optional(2));
  EXPECT_FALSE(sums.erase("b"));
  sums.update(std::map<std::string, int64_t>{{"x", 7}, {"y", 8}});
  EXPECT_THAT(sums.pop_item(), Optional(Pair("y", 8)));
  EXPECT_THAT(sums.to_vector(), ElementsAre(Pair("a", 1), Pair("x", 7)));
  sums.clear();
  EXPECT_TRUE(sums.empty());
}

TEST_F(ContainersTest, ADictAddsAndComparesInOneStep) {
  const auto sums = client.dict<std::string, int64_t>();
  EXPECT_THROW(sums.add("a", 5), std::out_of_range);
  EXPECT_EQ(sums.add("a", 5, 0), 5);
  EXPECT_EQ(sums.add("a", 5), 10);
  EXPECT_FALSE(sums.compare_and_set("a", 9, 1));
  EXPECT_TRUE(sums.compare_and_set("a", 10, 1));
  EXPECT_TRUE(sums.compare_and_set("b", std::nullopt, 2));
  EXPECT_TRUE(sums.compare_and_set("b", 2, std::nullopt));
  EXPECT_THAT(sums.to_map(), ElementsAre(Pair("a", 1)));
}

TEST_F(ContainersTest, ALargeDictIsReadPageByPage) {
  const auto texts = client.dict<int, std::string>();
  const std::string text(10'000, 'x');
  for (int key = 0; key < 500; ++key) texts.set(key, text);
  int next = 0;
  for (const auto& [key, value] : texts) {
    EXPECT_EQ(key, next++);
    EXPECT_EQ(value, text);
  }
  EXPECT_EQ(next, 500);
  EXPECT_THAT(texts.to_map(), SizeIs(500));
}

TEST_F(ContainersTest, AListHasPythonsOperations) {
  const auto log = client.list<std::string>("log");
  log.append("b");
  log.extend(std::vector<std::string>{"c", "a"});
  log.insert(0, "z");
  EXPECT_EQ(log.at(-1), "a");
  EXPECT_THROW(log.at(4), std::out_of_range);
  log.sort();
  EXPECT_THAT(log.to_vector(), ElementsAre("a", "b", "c", "z"));
  EXPECT_THAT(log.to_vector({.step = -2}), ElementsAre("z", "b"));
  EXPECT_EQ(log.index("c"), 2);
  log.remove("c");
  EXPECT_THROW(log.remove("c"), Refused);
  EXPECT_THAT(log.pop(), Optional(Eq("z")));
  log.set(0, "first");
  log.assign({.start = 1}, std::vector<std::string>{"x", "y"});
  std::vector<std::string> lines;
  for (const std::string& line : log) lines.push_back(line);
  EXPECT_THAT(lines, ElementsAre("first", "x", "y"));
}

TEST_F(ContainersTest, ASetHasEachValueOnce) {
  const auto seen = client.set<int>();
  EXPECT_TRUE(seen.insert(1));
  EXPECT_FALSE(seen.insert(1));
  seen.unite(std::vector<int>{2, 3});
  seen.subtract(std::vector<int>{1});
  EXPECT_TRUE(seen.contains(3));
  EXPECT_TRUE(seen.erase(3));
  EXPECT_THAT(seen.to_vector(), ElementsAre(2));
  EXPECT_THAT(seen.pop(), Optional(2));
  EXPECT_EQ(seen.pop(), std::nullopt);
}

TEST_F(ContainersTest, ANamespaceHasAttributesOfAnyType) {
  const auto status = client.name_space("status");
  status.set("phase", "counting");
  status.set("progress", 0.5);
  status.set("rounds", 3);
  EXPECT_EQ(status.get<std::string>("phase"), "counting");
  EXPECT_EQ(status.add("rounds", 2), 5);
  EXPECT_EQ(status.find<int>("nothing"), std::nullopt);
  EXPECT_THROW(status.get<int>("nothing"), std::out_of_range);
  EXPECT_THAT(status.to_map(),
              ElementsAre(Pair("phase", AnyValue(std::string("counting"))),
                          Pair("progress", AnyValue(0.5)), Pair("rounds", AnyValue(int64_t{5}))));
  EXPECT_TRUE(status.erase("phase"));
  EXPECT_FALSE(status.contains("phase"));
}

TEST_F(ContainersTest, AValueIsOneCell) {
  const auto total = client.value<int>("total", 4);
  EXPECT_EQ(total.add(2), 6);
  EXPECT_TRUE(total.compare_and_set(6, 1));
  total.set(7);
  EXPECT_EQ(connect().value<int>("total", 4).get(), 7);
}

TEST_F(ContainersTest, AnArrayHasItsNumbers) {
  const auto counts = client.array<int16_t>("counts", {5, -1}, 2);
  EXPECT_EQ(counts.size(), 4);
  EXPECT_EQ(counts.add(0, 2), 7);
  counts.set(-1, 9);
  EXPECT_TRUE(counts.compare_and_set(1, -1, 3));
  EXPECT_THAT(counts.to_vector(), ElementsAre(7, 3, 0, 9));
  counts.assign({.start = 0, .stop = 2}, std::vector<int16_t>{1, 2});
  EXPECT_THAT(counts.to_vector({.stop = 3}), ElementsAre(1, 2, 0));
  EXPECT_THROW(counts.at(4), std::out_of_range);
  EXPECT_THROW((client.array<int32_t>("counts", {5, -1}, 2)), WrongType);
}

TEST_F(ContainersTest, AWrongTypeNamesTheObjectTheOperationAndBothTypes) {
  client.queue<std::string>("jobs").put("text");
  try {
    client.queue<int>("jobs").get();
    FAIL() << "a text was read as an integer";
  } catch (const WrongType& error) {
    EXPECT_THAT(error.what(), HasSubstr("queue \"jobs\": get: the value is text, not an integer"));
  }
  EXPECT_THROW(client.lock("jobs"), WrongType);
}

TEST_F(ContainersTest, ContainersNest) {
  const auto locks = client.dict<std::string, Lock>("locks");
  {
    const Lock door = client.lock();
    door.lock();
    locks.set("door", door);
  }
  // The proxy is gone, but the entry keeps the lock: it is still held, and readers can use it.
  Lock door = connect().dict<std::string, Lock>("locks").at("door");
  EXPECT_TRUE(door.locked());
  EXPECT_THROW((client.dict<std::string, Event>("locks").at("door")), WrongType);
}

TEST_F(ContainersTest, AnAnonymousObjectEndsWithItsLastProxy) {
  const uint64_t before = client.statistics().objects;
  {
    const auto jobs = client.queue<int>();
    const auto copy = jobs;
    EXPECT_EQ(client.statistics().objects, before + 1);
  }
  client.ping();  // The forgotten reference rides along with it, or with the frame after it.
  EXPECT_EQ(client.statistics().objects, before);
}

TEST_F(ContainersTest, ANameCanBeRemoved) {
  const auto jobs = client.queue<int>("jobs");
  EXPECT_TRUE(client.remove("jobs"));
  EXPECT_FALSE(client.remove("jobs"));
  EXPECT_THROW(jobs.put(1), NoSuchObject);
}

}  // namespace
}  // namespace syncmanager
