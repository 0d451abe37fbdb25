#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <syncmanager/client.h>

#include <limits>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace shop {

// A user's type, with the two functions that make it a value.
struct Order {
  std::string item;
  int count = 0;
  bool operator==(const Order&) const = default;
};

void to_value(syncmanager::ValueWriter& writer, const Order& order) {
  to_value(writer, std::pair(order.item, order.count));
}
Order from_value(syncmanager::Decoder& decoder, std::type_identity<Order>) {
  auto [item, count] = from_value(decoder, std::type_identity<std::pair<std::string, int>>{});
  return {std::move(item), count};
}

// Its encoded value is compared by the number alone.
struct Version {
  int number = 0;
  std::string label;
  bool operator==(const Version&) const = default;
};

void to_value(syncmanager::ValueWriter& writer, const Version& version) {
  writer.begin_keyed(syncmanager::kOwnType | syncmanager::kOrdered, "shop:Version");
  writer.integer(version.number);
  to_value(writer, std::pair(version.number, version.label));
}
Version from_value(syncmanager::Decoder& decoder, std::type_identity<Version>) {
  decoder.skip_key();
  auto [number, label] = from_value(decoder, std::type_identity<std::pair<int, std::string>>{});
  return {number, std::move(label)};
}

}  // namespace shop

namespace syncmanager {
namespace {

template <class T>
concept BasicLockable = requires(T& lock) {
  lock.lock();
  lock.unlock();
};
template <class T>
concept TimedLockable = BasicLockable<T> && requires(T& lock) {
  { lock.try_lock() } -> std::same_as<bool>;
  { lock.try_lock_for(std::chrono::seconds(1)) } -> std::same_as<bool>;
  { lock.try_lock_until(std::chrono::steady_clock::now()) } -> std::same_as<bool>;
};
template <class T>
concept SharedTimedLockable = TimedLockable<T> && requires(T& lock) {
  lock.lock_shared();
  lock.unlock_shared();
  { lock.try_lock_shared() } -> std::same_as<bool>;
  { lock.try_lock_shared_for(std::chrono::seconds(1)) } -> std::same_as<bool>;
};

static_assert(TimedLockable<Lock>);
static_assert(TimedLockable<RLock>);
static_assert(TimedLockable<Condition>);
static_assert(SharedTimedLockable<RWLock>);
static_assert(std::is_copy_constructible_v<Queue<int>>);
static_assert(!std::is_copy_constructible_v<Future<int>>);
static_assert(std::is_nothrow_move_constructible_v<Future<int>>);
static_assert(std::is_same_v<decltype(std::declval<Queue<int>>().try_get()), std::optional<int>>);
static_assert(typecode<int8_t>() == 'b' && typecode<uint64_t>() == 'Q' && typecode<float>() == 'f');

// The origin that a decoder names in messages. It has no connection and no references.
const Reference& origin() {
  static const Reference kOrigin(nullptr, 0, "Queue", "jobs");
  return kOrigin;
}

template <class T>
T decode(const std::string& encoded) {
  Decoder decoder(encoded, origin(), "get");
  return from_value(decoder, std::type_identity<T>{});
}
template <class T>
T round_trip(const T& value) {
  return decode<T>(encode(value));
}

template <class T>
void expect_round_trip(const T& value) {
  EXPECT_EQ(round_trip(value), value);
}

TEST(ValuesTest, NumbersComeBackAsTheyWere) {
  expect_round_trip(true);
  expect_round_trip(std::numeric_limits<int64_t>::min());
  expect_round_trip(std::numeric_limits<int64_t>::max());
  expect_round_trip(std::numeric_limits<uint64_t>::max());
  expect_round_trip(uint64_t{1} << 63);
  expect_round_trip(int8_t{-128});
  expect_round_trip(0.1);
  expect_round_trip(1.5F);
}

TEST(ValuesTest, ContainersComeBackAsTheyWere) {
  expect_round_trip(std::string("text with \0 in it", 17));
  expect_round_trip(Bytes{std::byte{0}, std::byte{255}});
  expect_round_trip(std::vector<std::vector<int>>{{1, 2}, {}});
  expect_round_trip(std::vector<bool>{true, false});
  expect_round_trip(std::map<std::string, std::vector<double>>{{"a", {0.5}}, {"b", {}}});
  expect_round_trip(std::unordered_map<int, std::string>{{1, "one"}});
  expect_round_trip(std::tuple(1, std::string("two"), 3.0));
  expect_round_trip(std::optional<int>());
  expect_round_trip(std::vector<std::optional<int>>{1, std::nullopt});
  expect_round_trip(shop::Order{"tea", 3});
  expect_round_trip(std::vector<shop::Order>{{"tea", 3}, {"milk", 1}});
}

TEST(ValuesTest, AnyValueCarriesEverything) {
  const std::string encoded = encode(std::tuple(1, std::string("x"), true, std::optional<int>(),
                                                std::map<int, Bytes>{{2, Bytes(3)}}));
  EXPECT_EQ(encode(decode<AnyValue>(encoded)), encoded);
  const std::string big = encode(std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(encode(decode<AnyValue>(big)), big);
}

TEST(ValuesTest, AnyValueCarriesAKeyBesideItsValue) {
  const std::string encoded =
      ValueWriter().begin_keyed(kOwnType, "shop:Job").text("ann").opaque("pickle", "x").take();
  const auto value = decode<AnyValue>(encoded);
  EXPECT_EQ(value.get<AnyValue::Keyed>().key_and_value.at(0), AnyValue(std::string("ann")));
  EXPECT_EQ(encode(value), encoded);
}

TEST(ValuesTest, ATypeOfOnesOwnMayHaveAKey) {
  expect_round_trip(std::vector<shop::Version>{{1, "beta"}, {2, ""}});
}

TEST(ValuesTest, AnIntegerIsARealButNotTheOtherWayRound) {
  EXPECT_EQ(decode<double>(encode(3)), 3.0);
  EXPECT_THROW(decode<int>(encode(3.0)), WrongType);
}

TEST(ValuesTest, AnIntegerThatDoesNotFitIsRefused) {
  EXPECT_EQ(decode<uint8_t>(encode(255)), 255);
  EXPECT_THROW(decode<uint8_t>(encode(256)), WrongType);
  EXPECT_THROW(decode<uint64_t>(encode(-1)), WrongType);
  EXPECT_THROW(decode<int64_t>(encode(uint64_t{1} << 63)), WrongType);
}

TEST(ValuesTest, AMismatchNamesBothTypes) {
  try {
    decode<std::vector<int>>(encode(std::string("x")));
    FAIL() << "a text was read as a list";
  } catch (const WrongType& error) {
    EXPECT_STREQ(error.what(), "queue \"jobs\": get: the value is text, not a list");
  }
  EXPECT_THROW((decode<std::pair<int, int>>(encode(std::vector<int>{1, 2, 3}))), WrongType);
}

TEST(TimeoutTest, DurationsAreRoundedUpAndBounded) {
  using namespace std::chrono_literals;
  EXPECT_EQ(Timeout::after(1ns).microseconds(), 1U);
  EXPECT_EQ(Timeout::after(-1s).microseconds(), 0U);
  EXPECT_EQ(Timeout::after(std::chrono::hours::max()).microseconds(),
            Timeout::after(std::chrono::hours(24 * 365)).microseconds());
  EXPECT_EQ(Timeout::after(std::chrono::days::max()).microseconds(),
            Timeout::after(std::chrono::hours(24 * 365)).microseconds());
  EXPECT_EQ(Timeout::never().microseconds(), std::nullopt);
  EXPECT_EQ(Timeout::until(std::chrono::steady_clock::time_point::min()).microseconds(), 0U);
  EXPECT_EQ(Timeout::until(std::chrono::steady_clock::now() - 1s).microseconds(), 0U);
}

}  // namespace
}  // namespace syncmanager
