#include "manager/objects/ordered_table.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "manager/core/check.h"
#include "manager/core/services.h"
#include "manager/objects/page.h"
#include "protos/support/keyed_hash.h"
#include "protos/value/rules.h"

namespace syncmanager::manager {
namespace {

constexpr size_t kSmallestIndex = 8;
// So many removed entries may stay whatever the table's size.
constexpr size_t kRemovedAtLeast = 16;

// Says what is wrong with a key that has no canonical form: no value at all, or one that Python
// can't hash either.
void refuse_key(Call& call, std::string_view key, const absl::Status& why) {
  const absl::StatusOr<Census> census = check_value(key, {});
  if (!census.ok()) return call.refuse(wire::INVALID_ARGUMENT, census.status());
  call.refuse(wire::BAD_TYPE, why);
}

// The canonical form of a key that has been accepted once.
std::string_view canonical_form(std::string_view key, std::string& scratch) {
  const absl::StatusOr<std::string_view> canonical = key_of(key, scratch);
  CHECK(canonical.ok());
  return *canonical;
}

}  // namespace

// ---- The index.

uint64_t OrderedTable::hash_of(std::string_view canonical) const {
  KeyedHash::Key key{};
  const std::string& secret = owner_.services().hash_key();
  std::memcpy(key.data(), secret.data(), std::min(key.size(), secret.size()));
  return KeyedHash(key)(canonical);
}

std::optional<OrderedTable::Spot> OrderedTable::seek(Call& call, std::string_view key) {
  std::string scratch;
  const absl::StatusOr<std::string_view> canonical = key_of(key, scratch);
  if (canonical.ok()) return probe(*canonical);
  refuse_key(call, key, canonical.status());
  return std::nullopt;
}

OrderedTable::Spot OrderedTable::spot_of(std::string_view key) {
  std::string scratch;
  return probe(canonical_form(key, scratch));
}

OrderedTable::Spot OrderedTable::probe(std::string_view canonical) {
  const uint64_t hash = hash_of(canonical);
  if (slots_.empty()) return {.hash = hash, .slot = 0, .entry = nullptr};
  std::string scratch;
  size_t slot = hash & (slots_.size() - 1);
  for (; slots_[slot].place != 0; slot = next(slot)) {
    if (slots_[slot].hash != hash) continue;
    Entry& entry = at(slots_[slot]);
    if (canonical_form(entry.key->bytes(), scratch) == canonical) return {hash, slot, &entry};
  }
  return {.hash = hash, .slot = slot, .entry = nullptr};
}

void OrderedTable::occupy(Slot slot) {
  size_t free = slot.hash & (slots_.size() - 1);
  while (slots_[free].place != 0) free = next(free);
  slots_[free] = slot;
}

// Moves back the entries behind the gap, but none before its own first choice, so that no probe
// ends early and no marks of removed keys are needed.
void OrderedTable::vacate(size_t gap) {
  const size_t mask = slots_.size() - 1;
  for (size_t slot = next(gap); slots_[slot].place != 0; slot = next(slot)) {
    const size_t wanted = slots_[slot].hash & mask;
    if (((slot - wanted) & mask) < ((slot - gap) & mask)) continue;
    slots_[gap] = slots_[slot];
    gap = slot;
  }
  slots_[gap] = {};
}

void OrderedTable::grow() {
  if ((size_ + 1) * 3 <= slots_.size() * 2) return;
  std::vector<Slot> old(std::max(kSmallestIndex, slots_.size() * 2));
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.place != 0) occupy(slot);
  }
}

// ---- Changes.

void OrderedTable::insert(const Spot& spot, Stored key, std::optional<Stored> value) {
  CHECK(spot.entry == nullptr);
  grow();
  entries_.push_back({++serials_, std::move(key), std::move(value)});
  occupy({.hash = spot.hash, .place = first_ + entries_.size()});
  ++size_;
  ++version_;
}

void OrderedTable::assign(Entry& entry, Stored value) {
  entry.value = std::move(value);
  ++version_;
}

void OrderedTable::remove(const Spot& spot) {
  CHECK(spot.entry != nullptr);
  vacate(spot.slot);
  spot.entry->key.reset();
  spot.entry->value.reset();
  --size_;
  ++version_;
  trim();
  if (entries_.size() - size_ > size_ + kRemovedAtLeast) compact();
}

void OrderedTable::clear() {
  if (size_ == 0) return;
  first_ += entries_.size();
  entries_.clear();
  slots_ = {};
  size_ = 0;
  ++version_;
}

void OrderedTable::trim() {
  while (!entries_.empty() && !entries_.front().key) {
    entries_.pop_front();
    ++first_;
  }
  while (!entries_.empty() && !entries_.back().key) entries_.pop_back();
}

// Costs as much as the removals since the last time, and leaves room in the index for what is left.
void OrderedTable::compact() {
  std::vector<uint64_t> places(entries_.size());
  std::deque<Entry> live;
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (!entries_[i].key) continue;
    live.push_back(std::move(entries_[i]));
    places[i] = live.size();
  }
  std::vector<Slot> old;
  old.swap(slots_);
  size_t slots = kSmallestIndex;
  while (size_ * 3 > slots) slots *= 2;
  slots_.resize(slots);
  for (const Slot& slot : old) {
    if (slot.place != 0) occupy({.hash = slot.hash, .place = places[slot.place - 1 - first_]});
  }
  entries_ = std::move(live);
  first_ = 0;
}

// ---- Reading.

OrderedTable::Entry& OrderedTable::oldest() {
  CHECK(size_ > 0);
  return entries_.front();
}

OrderedTable::Entry& OrderedTable::newest() {
  CHECK(size_ > 0);
  return entries_.back();
}

// How many entries stand before the first one whose serial is at least `serial`.
size_t OrderedTable::entries_before(uint64_t serial) const {
  const auto found =
      std::partition_point(entries_.begin(), entries_.end(),
                           [serial](const Entry& entry) { return entry.serial < serial; });
  return static_cast<size_t>(found - entries_.begin());
}

void OrderedTable::read_page(Call call, const PageQuery& query) const {
  if (!same_version(call, query.version, version_, owner_.row().name)) return;
  const bool keys = query.kind != wire::VALUES;
  const bool values = query.kind != wire::KEYS;
  // A reader from the end starts behind the cursor's own entry.
  const bool from_end = query.reversed && query.cursor == 0;
  size_t at = from_end ? entries_.size() : entries_before(query.cursor + (query.reversed ? 1 : 0));
  PageBuilder page(call, version_);
  for (size_t left = query.reversed ? at : entries_.size() - at; left > 0; --left) {
    const Entry& entry = entries_[query.reversed ? --at : at++];
    if (!entry.key) continue;
    const size_t bytes =
        (keys ? entry.key->bytes().size() : 0) + (values ? entry.value->bytes().size() : 0);
    if (!page.has_room(bytes)) return page.reply(entry.serial);
    if (keys) page.add(*entry.key);
    if (values) page.add(*entry.value);
  }
  page.reply(0);
}

void OrderedTable::save(Snapshot& snapshot) const {
  snapshot.number(version_);
  snapshot.number(serials_);
  snapshot.number(size_);
  for (const Entry& entry : entries_) {
    if (!entry.key) continue;
    snapshot.number(entry.serial);
    snapshot.text(entry.key->bytes());
    if (entry.value) snapshot.text(entry.value->bytes());
  }
}

}  // namespace syncmanager::manager
