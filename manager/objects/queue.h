#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "manager/core/object.h"
#include "manager/objects/catalog.h"
#include "manager/objects/queue_items.h"
#include "manager/objects/unacknowledged.h"

namespace syncmanager::manager {

// The options that two opens of a name must agree on.
struct QueueShape {
  explicit QueueShape(const wire::QueueOptions& options)
      : maxsize(static_cast<uint64_t>(std::max<int64_t>(options.maxsize(), 0))),
        max_bytes(options.max_bytes()),
        reliable(options.reliable()),
        max_deliveries(options.max_deliveries()),
        dead_letters(options.dead_letters()) {}
  friend bool operator==(const QueueShape&, const QueueShape&) = default;

  uint64_t maxsize, max_bytes;  // 0: no bound.
  bool reliable;
  uint64_t max_deliveries;  // 0: no limit.
  ObjectId dead_letters;    // 0: none.
};

// Queue, LifoQueue and PriorityQueue, after Python's queue module with 3.13's shutdown.
//
// Between calls:
//   - somebody waits in getters_ only while nobody is in line;
//   - somebody waits in putters_ only while there is no room for the first of them;
//   - somebody waits in joiners_ only while unfinished_ isn't 0;
//   - after a shutdown nobody waits to put, and to get only while items are delayed.
// So each item changes hands once, and the longest waiter is served first.
//
// The way of an item: delayed, in line, then its caller's for good. If the queue is reliable, or if
// the get asks for it, the item is in its caller's hand; from there it is acked, or comes back to
// the head of the line, or goes to the dead letters (queue_returns.cc). What comes back has its
// place whatever the bounds say.
class Queue final : public Object {
 public:
  Queue(Order order, const QueueShape& shape) : order_(order), shape_(shape), items_(order) {}

  void perform(Call call) override;
  bool fill(Call& call, Options& options) override;
  bool same_shape(const Options& options) const override;
  void session_ended(SessionNumber session, bool goodbye) override;
  void gave_up(WaitList& list, Call call, GiveUp reason) override;
  void on_time() override;
  void deleted() override;
  uint64_t size() const override { return items_.size(); }
  uint64_t version() const override { return items_.version(); }
  void describe(wire::ObjectState& state) const override;
  void save(Snapshot& snapshot) const override;
  void check_invariants() const override;

 private:
  // By reference, as it is these two that must be fast.
  void put(Call&& call);
  void get(Call&& call);
  void task_done(Call call);
  void ack(Call call, uint64_t delivery);
  void nack(Call call);
  void put_back(Call call);
  void join(Call call);
  void waiting(Call call) const;
  void shut_down(Call call);

  bool has_room(uint64_t bytes) const;
  // Whether a put would have to wait: every item has a byte at least.
  bool full() const { return !putters_.empty() || !has_room(1); }
  bool repeats(const wire::QueueOp::Put& put) const {
    return put.has_key() && keys_.contains(put.key());
  }
  bool check_delay(Call& call, uint64_t delay_us) const;
  // Whether the item can stand where it is to; refuses the call if not.
  bool check_place(Call& call, const Stored& value) const;
  // Performs a put for which there is room.
  void perform_put(Call&& call);
  void delay(QueueItem&& item, uint64_t delay_us);
  // Answers a get with the next item in line.
  void hand_out(Call&& getter);
  void serve();
  void finish(uint64_t tasks);
  void end_getters();

  // Takes the item of a delivery out of the hand of the call's session; refuses the call if it
  // isn't there.
  std::optional<QueueItem> take_from_hand(Call& call, uint64_t delivery);
  // Whether an item that came back doesn't go in line again, and is finished here.
  bool retires(QueueItem& item);
  // Takes an item that another queue has given up. False: it can't.
  bool take_dead_letter(Stored& value);
  void forget_key(const QueueItem& item) {
    if (item.key) keys_.erase(item.key->bytes());
  }

  const Order order_;
  QueueShape shape_;
  QueueItems items_;
  Unacknowledged unacknowledged_;
  absl::flat_hash_set<std::string_view> keys_;  // Of the items that are anywhere here.
  uint64_t unfinished_ = 0;                     // Put, and not yet told done.
  bool shut_down_ = false;
  bool emptied_ = false;  // By an immediate shutdown: what comes back is dropped.
  WaitList getters_{this, "get"};
  WaitList putters_{this, "put"};
  WaitList joiners_{this, "join"};
};

}  // namespace syncmanager::manager
