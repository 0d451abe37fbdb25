// The common state of containers: references to other objects, pages, limits, and the index.

#include <algorithm>
#include <ctime>
#include <limits>
#include <string>
#include <vector>

#include "protos/support/keyed_hash.h"
#include "tests/support/dict_of.h"
#include "tests/support/list_of.h"
#include "tests/support/stage.h"
#include "tests/support/started.h"

namespace syncmanager::manager {
namespace {

using ::testing::ElementsAre;
using ::testing::Lt;
using ::testing::SizeIs;

class ContainerStateTest : public StageTest {
 protected:
  Actor alice = stage.actor(), bob = stage.actor();
};

TEST_F(ContainerStateTest, AnObjectWithoutANameLivesWhileAContainerRefersToIt) {
  const DictOf dict{alice, stage.create(a_dict())};
  const ObjectId inner = alice.open(a_list(1)).object();
  dict.set("inner", Reference{inner, "list"});
  alice.forget(inner);

  // A session that reads the reference has one of its own.
  EXPECT_THAT((ListOf{bob, inner}.get(0)), Refused(wire::NO_SUCH_OBJECT));
  EXPECT_THAT((DictOf{bob, dict.id}.get("inner")), Answered(Reference{inner, "list"}));
  EXPECT_THAT((ListOf{bob, inner}.get(0)), Answered(1));
  bob.forget(inner);

  dict.remove("inner");
  EXPECT_EQ(stage.engine().registry().find(inner), nullptr);
}

TEST_F(ContainerStateTest, EveryWayOfReadingAReferenceGivesOne) {
  const ObjectId list = stage.create(a_list());
  const ObjectId dict = stage.create(a_dict());
  const auto fresh = [&] {
    const ObjectId inner = alice.open(a_list(1)).object();
    EXPECT_THAT((ListOf{alice, list}.append(Reference{inner, "list"})), Done());
    EXPECT_THAT((DictOf{alice, dict}.set("k", Reference{inner, "list"})), Done());
    alice.forget(inner);
    return inner;
  };
  const auto usable = [&](const Pending& reading, ObjectId inner) {
    return reading.reply().outcome() == wire::OK &&
           ListOf{bob, inner}.get(0).reply().outcome() == wire::OK;
  };
  wire::DictOp::ReadPage items;
  const ListOf bobs_list{bob, list};
  const DictOf bobs_dict{bob, dict};
  ObjectId inner = fresh();
  EXPECT_TRUE(usable(bobs_list.page({}, 0), inner));
  inner = fresh();
  EXPECT_TRUE(usable(bobs_list.pop(), inner));
  inner = fresh();
  EXPECT_TRUE(usable(bobs_dict.page(items), inner));
  inner = fresh();
  EXPECT_TRUE(usable(bobs_dict.pop_item(), inner));
  inner = fresh();
  EXPECT_TRUE(usable(bobs_dict.pop("k"), inner));
}

TEST_F(ContainerStateTest, AReferenceThatASessionHasNotGotCannotBeStored) {
  const ListOf list{alice, stage.create(a_list())};
  const ObjectId secret = bob.open(a_list()).object();

  EXPECT_THAT(list.append(Reference{secret, "list"}), Refused(wire::NO_SUCH_OBJECT));
  EXPECT_THAT(list.length(), Answered(0));
}

TEST_F(ContainerStateTest, AListCanBeInItselfAndEndsAllTheSame) {
  const ListOf list{alice, alice.open(a_list()).object()};

  EXPECT_THAT(list.append(Reference{list.id, "list"}), Done());
  EXPECT_THAT(list.get(0), Answered(Reference{list.id, "list"}));
  alice.forget(list.id, 2);

  EXPECT_EQ(stage.engine().registry().find(list.id), nullptr);
}

TEST(NestedContainersTest, AChainOfManyEndsWithoutRecursion) {
  constexpr int kChain = 100'000;
  Limits limits;
  limits.objects = limits.anonymous_per_session = 2 * kChain;
  Engine engine(catalog(), limits, {});
  wire::SessionOpened opened;
  opened.set_role(static_cast<uint32_t>(Role::kReadWrite));
  const SessionNumber session = *engine.open_session(opened, Time());
  for (int i = 1; i <= kChain; ++i) {
    wire::ClientBatch batch;
    batch.set_acknowledged(static_cast<uint64_t>(2 * (i - 1)));
    wire::Request& open = *batch.add_requests();
    open.set_id(static_cast<uint64_t>(2 * i));
    wire::RegistryOp::Open& options = *open.mutable_registry()->mutable_open();
    options.mutable_list();
    const uint64_t last = engine.registry().last_id();
    if (last != 0) options.mutable_list()->add_values(encoded(Reference{last, "list"}));
    if (last != 0) {
      wire::Request& forget = *batch.add_requests();
      forget.set_id(static_cast<uint64_t>(2 * i + 1));
      forget.mutable_registry()->mutable_forget()->set_object(last);
      forget.mutable_registry()->mutable_forget()->set_count(1);
    }
    engine.receive(session, batch, Time());
  }
  ASSERT_EQ(engine.registry().objects().size(), size_t{kChain});

  engine.end_session(session, true, Time());

  EXPECT_THAT(engine.registry().objects(), SizeIs(0));
  EXPECT_EQ(engine.statistics().bytes(), 0u);
}

TEST(ContainerLimitsTest, AtItsLimitAContainerIsUnchangedAndCanStillBeReadAndEmptied) {
  Limits limits;
  limits.object_bytes = 10'000;
  Stage stage(limits);
  const Actor alice = stage.actor();
  const ListOf list{alice, stage.create(a_list(1, 2, 3))};
  const DictOf dict{alice, stage.create(a_dict({{encoded("a"), encoded(1)}}))};
  const std::vector<std::string> many(100, std::string(100, 'x'));

  EXPECT_THAT(list.extend(many), Refused(wire::RESOURCE_EXHAUSTED));
  EXPECT_THAT(list.set_slice({0, 1, {}}, many), Refused(wire::RESOURCE_EXHAUSTED));
  EXPECT_THAT(list.repeat(1000), Refused(wire::RESOURCE_EXHAUSTED));
  EXPECT_THAT(list.read(), ElementsAre(encoded(1), encoded(2), encoded(3)));
  std::vector<std::pair<int, std::string>> entries;
  for (int i = 0; i < 100; ++i) entries.emplace_back(i, many[0]);
  EXPECT_THAT(dict.update(entries), Refused(wire::RESOURCE_EXHAUSTED));
  EXPECT_THAT(dict.length(), Answered(1));

  EXPECT_THAT(dict.pop("a"), Answered(1));
  EXPECT_THAT(list.delete_slice({}), Done());
  EXPECT_THAT(list.length(), Answered(0));
}

TEST(ContainerPagesTest, PagesEndAtTheirLimitAndGoOnWhereTheyWere) {
  Limits limits;
  limits.page_bytes = 100;
  Stage stage(limits);
  const Actor alice = stage.actor();
  const DictOf dict{alice, stage.create(a_dict())};
  for (int i = 0; i < 100; ++i) dict.set(i, std::string(50, 'x'));
  wire::DictOp::ReadPage query;
  query.set_kind(wire::KEYS);
  std::vector<std::string> keys;
  do {
    const wire::Page page = dict.page(query).reply().page();
    EXPECT_THAT(page.ByteSizeLong(), Lt(100u));
    keys.insert(keys.end(), page.values().begin(), page.values().end());
    query.set_cursor(page.cursor());
    // Removals before and behind the reader, and additions, move nothing else.
    dict.remove(0);
    dict.remove(99);
    dict.set("late", 1);
  } while (query.cursor() != 0);

  ASSERT_THAT(keys, SizeIs(100));
  for (int i = 0; i < 99; ++i) EXPECT_EQ(keys[static_cast<size_t>(i)], encoded(i));
  EXPECT_EQ(keys.back(), encoded("late"));
}

TEST(ContainerPagesTest, APageHasOneValueHoweverLarge) {
  Limits limits;
  limits.page_bytes = 10;
  Stage stage(limits);
  const ListOf list{stage.actor(), stage.create(a_list(std::string(50, 'a'), "b"))};

  const wire::Page first = list.page({}, 0).reply().page();
  EXPECT_THAT(first.values(), SizeIs(1));
  EXPECT_EQ(first.cursor(), 1u);
  EXPECT_THAT(list.read(), SizeIs(2));
}

TEST_F(ContainerStateTest, ATableThatIsFilledAndEmptiedInTurnsStaysInOrder) {
  const DictOf dict{alice, stage.create(a_dict())};
  std::vector<int> expected;
  uint32_t random = 1;
  for (int i = 0; i < 5000; ++i) {
    random = random * 1664525 + 1013904223;
    const bool remove = random >> 31 != 0 && !expected.empty();
    const size_t place = remove ? (random >> 8) % expected.size() : 0;
    if (remove) {
      ASSERT_THAT(dict.remove(expected[place]), Done());
      expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(place));
    } else {
      ASSERT_THAT(dict.set(i, i), Done());
      expected.push_back(i);
    }
  }
  wire::DictOp::ReadPage query;
  query.set_kind(wire::KEYS);
  std::vector<std::string> keys;
  for (const int key : expected) keys.push_back(encoded(key));
  const auto read = dict.page(query).reply().page().values();
  EXPECT_EQ(std::vector<std::string>(read.begin(), read.end()), keys);
}

// The processor's time that a fresh dict takes for these keys, at best.
std::clock_t time_of(const std::vector<std::string>& keys) {
  std::clock_t best = std::numeric_limits<std::clock_t>::max();
  for (int run = 0; run < 3; ++run) {
    Engine engine(catalog(), {}, started());
    wire::SessionOpened opened;
    opened.set_role(static_cast<uint32_t>(Role::kReadWrite));
    const SessionNumber session = *engine.open_session(opened, Time());
    wire::ClientBatch batch;
    wire::Request& open = *batch.add_requests();
    open.set_id(1);
    for (const std::string& key : keys) {
      wire::DictEntry& entry =
          *open.mutable_registry()->mutable_open()->mutable_dict()->add_entries();
      entry.set_key(key);
      entry.set_value(encoded(1));
    }
    const std::clock_t begun = std::clock();
    engine.receive(session, batch, Time());
    best = std::min(best, std::clock() - begun);
    EXPECT_EQ(engine.registry().find(engine.registry().last_id())->size(), keys.size());
  }
  return best;
}

TEST(CollidingKeysTest, KeysThatCollideUnderAnotherSecretCostWhatRandomOnesDo) {
  constexpr size_t kKeys = 100'000;
  constexpr uint64_t kSameBits = 0xff;
  const KeyedHash guessed(KeyedHash::Key{});
  std::vector<std::string> random, colliding;
  for (int64_t i = 0; colliding.size() < kKeys; ++i) {
    const std::string key = encoded(i);
    if (random.size() < kKeys) random.push_back(key);
    if ((guessed(key) & kSameBits) == 0) colliding.push_back(key);
  }
  const std::clock_t slack = CLOCKS_PER_SEC / 100;

  EXPECT_THAT(time_of(colliding), Lt(2 * time_of(random) + slack));
}

}  // namespace
}  // namespace syncmanager::manager
