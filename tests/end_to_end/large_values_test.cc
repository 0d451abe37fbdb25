// Values that are larger than a frame, between real processes.

#include <csignal>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/client_fixture.h"

namespace syncmanager {
namespace {

using namespace std::chrono_literals;

constexpr size_t kLarge = size_t{24} << 20;  // Six frames.

class LargeValuesTest : public ClientTest {
 protected:
  // One that shows where bytes are missing or in another order.
  static std::string value(size_t size) {
    std::string bytes(size, '\0');
    for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>('a' + i * i % 26);
    return bytes;
  }
  Client over_tcp() const {
    return Client(server.tcp_address(), {.key_file = server.key_file(), .name = "tcp"});
  }
};

TEST_F(LargeValuesTest, GoThroughEachKindOfObject) {
  const std::string large = value(kLarge);
  const auto jobs = client.queue<std::string>("jobs");
  const auto table = client.dict<std::string, std::string>("table");
  const auto rows = client.list<std::string>("rows");
  const auto cell = client.value<std::string>("cell", "");
  jobs.put(large);
  table.set("a", large);
  rows.append(large);
  cell.set(large);
  const Client other = connect();
  EXPECT_EQ(other.queue<std::string>("jobs").get(), large);
  const auto same_table = other.dict<std::string, std::string>("table");
  EXPECT_EQ(same_table.at("a"), large);
  EXPECT_EQ(other.list<std::string>("rows").at(0), large);
  EXPECT_EQ(cell.get(), large);
}

TEST_F(LargeValuesTest, OfAnySizeAroundAPartAndAFrame) {
  const auto jobs = client.queue<std::string>();
  for (const size_t around : {size_t{256} << 10, size_t{512} << 10, size_t{4} << 20}) {
    for (size_t size = around - 40; size <= around + 40; size += 4) {
      jobs.put(value(size));
      ASSERT_EQ(jobs.get(), value(size)) << size;
    }
  }
}

TEST_F(LargeValuesTest, GoOverTcpWithEachFrameTagged) {
  const Client remote = over_tcp();
  const auto jobs = remote.queue<std::string>();
  jobs.put(value(kLarge));
  EXPECT_EQ(jobs.get(), value(kLarge));
}

TEST_F(LargeValuesTest, OfFuturesKeepTheOrderOfTheirCalls) {
  const auto jobs = client.queue<std::string>();
  std::vector<Future<void>> put;
  std::vector<std::string> items;
  for (int i = 0; i < 4; ++i) {
    items.push_back(value(size_t{1} << 20) + std::to_string(i));
    items.push_back("small " + std::to_string(i));
  }
  for (const std::string& item : items) put.push_back(jobs.async_put(item));
  for (Future<void>& done : put) done.get();
  for (const std::string& item : items) EXPECT_EQ(jobs.get(), item);
}

TEST_F(LargeValuesTest, OfOneThreadLetThoseOfOthersPass) {
  const auto jobs = client.queue<std::string>();
  const auto counter = client.value<int>("counter", 0);
  const std::string large = value(2 * kLarge);
  std::jthread sender([&] { jobs.put(large); });
  while (jobs.size() == 0) counter.add(1);
  sender.join();
  EXPECT_GT(counter.get(), 3);
  EXPECT_EQ(jobs.get(), large);
}

TEST_F(LargeValuesTest, ListsOfAMillionAreFilledInOneStepAndReadWhole) {
  std::vector<int> numbers(1'000'000);
  std::iota(numbers.begin(), numbers.end(), 0);
  const auto rows = client.list<int>();
  rows.extend(numbers);
  rows.extend(numbers);
  EXPECT_EQ(rows.size(), 2'000'000);
  EXPECT_EQ(rows.to_vector({.start = 1'000'000}), numbers);
}

TEST_F(LargeValuesTest, OneThatIsTooLargeIsRefusedByNameAndTheSessionGoesOn) {
  const TestServer small({"--max-value-bytes=1000000"});
  const Client ours(small.unix_address(), {.key_file = small.key_file()});
  const auto jobs = ours.queue<std::string>();
  for (const size_t size : {size_t{1'000'100}, size_t{50'000'000}}) {
    try {
      jobs.put(std::string(size, 'a'));
      ADD_FAILURE() << "a value of " << size << " bytes was taken";
    } catch (const InvalidArgument& refused) {
      EXPECT_THAT(refused.what(), testing::HasSubstr("--max-value-bytes"));
      EXPECT_THAT(refused.what(), testing::HasSubstr(std::to_string(size / 1000)));
    }
  }
  jobs.put("small");
  EXPECT_EQ(jobs.get(), "small");
}

TEST_F(LargeValuesTest, OneThatNoRequestCanHaveIsRefusedBeforeItIsSent) {
  const TestServer small({"--max-value-bytes=1000000", "--max-object-bytes=1000000"});
  const Client ours(small.unix_address(), {.key_file = small.key_file()});
  const auto jobs = ours.queue<std::string>();
  small.send_signal(SIGSTOP);  // It can't answer.
  EXPECT_THROW(jobs.put(std::string(1'500'000, 'a')), InvalidArgument);
  EXPECT_THROW(jobs.async_put(std::string(1'500'000, 'a')).get(), InvalidArgument);
  small.send_signal(SIGCONT);
  jobs.put("small");
  EXPECT_EQ(jobs.get(), "small");
}

// An item that is put back travels in parts again.
TEST_F(LargeValuesTest, GoBackToTheirQueueIfTheirGetIsDropped) {
  const auto jobs = client.queue<std::string>();
  {
    const Future<std::string> dropped = jobs.async_get();
    jobs.put(value(kLarge));
  }
  EXPECT_EQ(jobs.get(), value(kLarge));
}

TEST_F(LargeValuesTest, AreFreedEverywhereWhenTheirClientDiesInTheMiddle) {
  const auto before = client.statistics().bytes;
  {
    const Client dying = connect("dying");
    const auto jobs = dying.queue<std::string>("jobs");
    std::vector<Future<void>> put;
    for (int i = 0; i < 4; ++i) put.push_back(jobs.async_put(value(kLarge)));
    ASSERT_TRUE(await([&] { return client.statistics().bytes > before + 1'000'000; }, 10s));
  }
  const auto jobs = client.queue<std::string>("jobs");
  while (jobs.size() > 0) EXPECT_EQ(jobs.get().size(), kLarge);
  EXPECT_TRUE(await([&] { return client.statistics().bytes < before + 10'000; }, 10s));
}

}  // namespace
}  // namespace syncmanager
