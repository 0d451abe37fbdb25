#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "manager/core/object.h"
#include "protos/dict.pb.h"

namespace syncmanager::manager {

// Entries in the order of their insertion, found by key: what a dict, a set and a Namespace are.
//
// Keys are encoded values, equal as Python's dicts see it; of equal keys the first one stays. They
// are indexed by SipHash under the Engine's secret key, so that no client can choose keys that
// collide, and the index is never walked: its order shows nowhere.
//
// Each entry has a serial number above those of all entries before it, for ever. Pages name their
// place by it, so a reader goes on where it was whatever is inserted or removed in between.
class OrderedTable {
 public:
  struct Entry {
    uint64_t serial;
    std::optional<Stored> key;    // Nothing once the entry is removed.
    std::optional<Stored> value;  // A set's entries have none.
  };
  // Where a key is, or would be. Valid until the next change of the table.
  struct Spot {
    uint64_t hash;
    size_t slot;   // The index's.
    Entry* entry;  // Null: there is none.
  };
  // A reader's request for a page, as in wire::DictOp::ReadPage.
  struct PageQuery {
    wire::PageKind kind = wire::KEYS;
    uint64_t cursor = 0;
    uint64_t version = 0;
    bool reversed = false;
  };

  // REQUIRES: `owner`, whose contents this is, has its identity before anything else is called.
  explicit OrderedTable(const Object& owner) : owner_(owner) {}

  // Looks up a key. Nothing if the call was refused: BAD_TYPE "unhashable type: 'list'" as in
  // Python, also for NaN; INVALID_ARGUMENT for what isn't a value.
  std::optional<Spot> seek(Call& call, std::string_view key);
  // Where a key stands that has been looked up before, as an entry's own.
  Spot spot_of(std::string_view key);

  // Adds an entry at the end. REQUIRES: `spot` is the key's, and has no entry.
  void insert(const Spot& spot, Stored key, std::optional<Stored> value);
  // Gives an entry another value; it keeps its place and its key.
  void assign(Entry& entry, Stored value);
  // REQUIRES: `spot` has an entry.
  void remove(const Spot& spot);
  void clear();

  // REQUIRES: the table isn't empty.
  Entry& oldest();
  Entry& newest();
  // Calls visit(Entry&) for each in the order of insertion. `visit` doesn't change the table.
  template <typename Visit>
  void for_each(Visit&& visit) {
    for (Entry& entry : entries_) {
      if (entry.key) visit(entry);
    }
  }

  uint64_t size() const { return size_; }
  // Changes with each change; never 0.
  uint64_t version() const { return version_; }

  // Answers with the page that begins at the query's cursor, in either direction.
  void read_page(Call call, const PageQuery& query) const;
  void save(Snapshot& snapshot) const;

 private:
  struct Slot {
    uint64_t hash = 0;
    uint64_t place = 0;  // Of the entry, counted from 1 and from before first_; 0: free.
  };

  uint64_t hash_of(std::string_view canonical) const;
  Entry& at(const Slot& slot) { return entries_[slot.place - 1 - first_]; }
  size_t next(size_t slot) const { return (slot + 1) & (slots_.size() - 1); }
  Spot probe(std::string_view canonical);
  void occupy(Slot slot);
  void vacate(size_t slot);
  void grow();
  void trim();
  void compact();
  size_t entries_before(uint64_t serial) const;

  const Object& owner_;
  // In the order of serials; removed ones stay until there are too many, but never at either end.
  std::deque<Entry> entries_;
  uint64_t first_ = 0;       // How many entries have left at the front.
  std::vector<Slot> slots_;  // A power of two, at most two thirds taken; linear probing.
  uint64_t size_ = 0;
  uint64_t serials_ = 0;  // The last one given.
  uint64_t version_ = 1;
};

}  // namespace syncmanager::manager
