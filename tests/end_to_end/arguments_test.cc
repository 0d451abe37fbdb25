// Arguments that make no sense, from the public calls to the manager and back: Python's answer
// where Python has one, a clear refusal elsewhere, and never a number that wraps.

#include <algorithm>
#include <filesystem>
#include <future>
#include <limits>
#include <string>

#include "tests/support/client_fixture.h"

namespace syncmanager {
namespace {

using testing::HasSubstr;

constexpr int64_t kLargest = std::numeric_limits<int64_t>::max();
using Seconds = std::chrono::duration<double>;

class ArgumentsTest : public ClientTest {};

template <class Expected, class Call>
void expect_thrown(Call call, const std::string& message) {
  try {
    call();
    ADD_FAILURE() << "it was taken, not refused: " << message;
  } catch (const Expected& error) {
    EXPECT_THAT(error.what(), HasSubstr(message));
  }
}

TEST_F(ArgumentsTest, ASemaphoreHasNoFewerThanNoPermitsAndNoMoreThanItCanCount) {
  expect_thrown<Refused>([&] { client.semaphore("s", -1); },
                         "semaphore initial value must be >= 0");
  EXPECT_THROW(client.semaphore("s", kLargest), InvalidArgument);
  const Semaphore two = client.semaphore("s", 2);
  expect_thrown<Refused>([&] { two.release(kLargest); }, "at most 2147483647 permits");
  expect_thrown<Refused>([&] { two.release(0); }, "permits must be one or more");
  expect_thrown<Refused>([&] { two.release(-1); }, "n must be one or more");
  EXPECT_THROW(two.acquire(kLargest), Refused);
  EXPECT_EQ(two.value(), 2);
}

TEST_F(ArgumentsTest, ATimeoutThatIsNegativeOrNoNumberNeverWaits) {
  const Semaphore none = client.semaphore("s", 0);
  EXPECT_FALSE(none.try_acquire_for(Seconds(-1)));
  EXPECT_FALSE(none.try_acquire_for(Seconds(std::numeric_limits<double>::quiet_NaN())));
  EXPECT_FALSE(none.try_acquire_until(std::chrono::steady_clock::time_point::min()));
}

TEST_F(ArgumentsTest, ATimeoutLongerThanTheWorldWaits) {
  const Semaphore none = client.semaphore("s", 0);
  const auto waiter = [&](auto timeout) {
    return std::async(std::launch::async,
                      [&none, timeout] { return none.try_acquire_for(timeout); });
  };
  std::future<bool> waiting[] = {waiter(Seconds(1e308)), waiter(std::chrono::hours::max()),
                                 waiter(std::chrono::days::max())};
  await_parked(client, none, std::size(waiting));
  none.release(std::size(waiting));
  for (std::future<bool>& each : waiting) EXPECT_TRUE(each.get());
}

TEST_F(ArgumentsTest, AConditionWaitsAsLongWithAPredicate) {
  const Condition turn = client.condition("turn");
  const Event mine = client.event("mine");
  auto waiting = std::async(std::launch::async, [&] {
    const std::lock_guard hold(turn);
    return turn.wait_for(std::chrono::hours::max(), [&] { return mine.is_set(); });
  });
  await_parked(client, turn, 1);
  mine.set();
  const std::lock_guard hold(turn);
  turn.notify_one();
}

TEST_F(ArgumentsTest, AQueueOfANegativeSizeIsUnbounded) {
  const auto queue = client.queue<int>("q", {.capacity = -5});
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(queue.try_put(i));
  EXPECT_FALSE(queue.full());
}

TEST_F(ArgumentsTest, ABarrierHasOnePartyAtLeast) {
  expect_thrown<Refused>([&] { client.barrier("b", 0); }, "parties must be >= 1");
  EXPECT_THROW(client.barrier("b", -7), Refused);
  EXPECT_THROW(client.barrier("b", kLargest), InvalidArgument);
  EXPECT_EQ(client.inspect("b"), std::nullopt);
}

// ---- Names.

TEST_F(ArgumentsTest, AnImpossibleNameIsRefusedByItsRuleAndLeavesNoTrace) {
  const auto files = [&] {
    const std::filesystem::directory_iterator all(server.directory());
    return std::distance(begin(all), end(all));
  };
  const std::string log = server.log();
  const auto before = files();
  const std::pair<std::string, std::string> names[] = {
      {std::string(256, 'x'), "1 to 255 bytes"},
      {"../../etc/passwd", "no empty segment"},
      {"a//b", "no empty segment"},
      {"\x1b[2J", "no control characters"},
      {"\xc0\xaf", "valid UTF-8"},
      {"x\n{\"level\":\"fatal\"}", "no control characters"},
      {"\u202eabc", "no control characters"}};
  for (const auto& [name, rule] : names) {
    expect_thrown<InvalidArgument>([&, &name = name] { client.event(name); }, rule);
  }
  EXPECT_EQ(client.statistics().objects, 0u);
  EXPECT_EQ(server.log(), log);
  EXPECT_EQ(files(), before);
}

}  // namespace
}  // namespace syncmanager
