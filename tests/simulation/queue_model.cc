// The model of queues: every item is in one place, in line, in a hand, done or among the dead
// letters, and comes out in its turn.
#include <algorithm>
#include <deque>
#include <map>
#include <tuple>
#include <utility>

#include "tests/simulation/model.h"
#include "tests/simulation/violation.h"

namespace syncmanager::manager::simulation {
namespace {

const wire::QueueOptions& options_of(const OpenOptions& options) {
  return options.has_queue()        ? options.queue()
         : options.has_lifo_queue() ? options.lifo_queue()
                                    : options.priority_queue();
}

class QueueModel final : public Model {
 public:
  QueueModel(const Kind& kind, const std::shared_ptr<Model>& dead_letters)
      : in_order_(kind.options.has_queue()),
        options_(options_of(kind.options)),
        dead_letters_(std::static_pointer_cast<QueueModel>(dead_letters)) {}

  void ended(SessionNumber session, bool goodbye) override;

 private:
  struct Item {
    uint64_t number;
    uint64_t bytes;  // Encoded.
    uint64_t deliveries = 0;
  };
  struct InHand {
    Caller caller;
    Item item;
  };
  struct Put {
    uint64_t place;
    Item item;
  };
  struct Got {
    Caller caller;
    Answer answer;
  };

  void performed(const OpenCall& call, const Answer& answer) override;
  void settle(const Object& object, const wire::ObjectState& state) override;
  Item take_from_hand(SessionNumber session, uint64_t delivery);
  uint64_t oldest_of(Caller caller) const;
  void done() { unfinished_ -= std::min<uint64_t>(unfinished_, 1); }
  bool retires(const Item& item);
  uint64_t bytes() const;
  bool has_room(const Waiter& putter) const;
  void check_waiters(const Object& object) const;
  void line_up();
  void hand_out();
  void give(const Got& got, Item item);
  std::deque<Item>::iterator next_item(const Got& got, size_t gets);

  const bool in_order_;
  const wire::QueueOptions options_;
  const std::weak_ptr<QueueModel> dead_letters_;
  std::deque<Item> line_;
  std::map<uint64_t, InHand> in_hand_;  // By delivery.
  uint64_t unfinished_ = 0, last_delivery_ = 0;
  bool shut_down_ = false, emptied_ = false;
  // The puts of this input.
  std::vector<Put> puts_;
  std::vector<Got> gets_;
  bool joined_ = false;
};

void QueueModel::performed(const OpenCall& call, const Answer& answer) {
  const Asked& asked = call.asked;
  switch (asked.verb) {
    case Verb::kPut:
      return puts_.push_back({call.place, {asked.number, item_of(asked).size()}});
    case Verb::kGet:
    case Verb::kTake:
      return gets_.push_back({asked.caller, answer});
    case Verb::kTaskDone:
      if (const uint64_t oldest = oldest_of(asked.caller); options_.reliable() || oldest != 0) {
        take_from_hand(asked.caller.session, oldest);
      }
      return done();
    case Verb::kAck:
      take_from_hand(asked.caller.session, asked.number);
      return done();
    case Verb::kNack: {
      const Item item = take_from_hand(asked.caller.session, asked.number);
      if (!retires(item)) line_.push_front(item);
      return;
    }
    case Verb::kJoin:
      joined_ = true;
      return;
    case Verb::kEmpty:
      emptied_ = true;
      unfinished_ -= std::min<uint64_t>(unfinished_, line_.size());
      line_.clear();
      [[fallthrough]];
    default:
      shut_down_ = true;
  }
}

// Its unacknowledged items are first in line again, in the order in which it was delivered.
void QueueModel::ended(SessionNumber session, bool) {
  std::vector<Item> returned;
  for (auto next = in_hand_.begin(); next != in_hand_.end();) {
    const auto [caller, item] = next->second;
    next = caller.session == session ? in_hand_.erase(next) : std::next(next);
    if (caller.session == session && !retires(item)) returned.push_back(item);
  }
  line_.insert(line_.begin(), returned.begin(), returned.end());
}

QueueModel::Item QueueModel::take_from_hand(SessionNumber session, uint64_t delivery) {
  const auto found = in_hand_.find(delivery);
  require(found != in_hand_.end() && found->second.caller.session == session, "session ", session,
          " was done with delivery ", delivery, ", which it hasn't in hand");
  const Item item = found->second.item;
  in_hand_.erase(found);
  return item;
}

uint64_t QueueModel::oldest_of(Caller caller) const {
  const auto found = std::find_if(in_hand_.begin(), in_hand_.end(), [caller](const auto& delivery) {
    return delivery.second.caller == caller;
  });
  return found == in_hand_.end() ? 0 : found->first;
}

bool QueueModel::retires(const Item& item) {
  const uint64_t most = options_.max_deliveries();
  const bool worn = most != 0 && item.deliveries >= most;
  if (!worn && !emptied_) return false;
  done();
  if (const std::shared_ptr<QueueModel> dead = dead_letters_.lock(); worn && dead) {
    dead->line_.push_back({item.number, item.bytes});
    ++dead->unfinished_;
  }
  return true;
}

// Those who waited first were let in first; who didn't wait came last.
void QueueModel::line_up() {
  std::sort(puts_.begin(), puts_.end(),
            [](const Put& a, const Put& b) { return a.place - 1 < b.place - 1; });
  for (const Put& put : puts_) line_.push_back(put.item);
  unfinished_ += puts_.size();
  puts_.clear();
}

// A plain queue doesn't show which call came first of those that were served in one input.
std::deque<QueueModel::Item>::iterator QueueModel::next_item(const Got& got, size_t gets) {
  const size_t among = !in_order_ ? line_.size() : options_.reliable() ? 1 : gets;
  const auto end = line_.begin() + static_cast<std::ptrdiff_t>(std::min(among, line_.size()));
  const auto found = std::find_if(
      line_.begin(), end, [&](const Item& item) { return item.number == got.answer.number; });
  require(found != end, "session ", got.caller.session, " got item ", got.answer.number.value_or(0),
          ", and it wasn't that one's turn");
  return found;
}

void QueueModel::hand_out() {
  std::sort(gets_.begin(), gets_.end(),
            [](const Got& a, const Got& b) { return a.answer.delivery < b.answer.delivery; });
  for (size_t i = 0; i < gets_.size(); ++i) {
    const auto found = next_item(gets_[i], gets_.size() - i);
    const Item item = *found;
    line_.erase(found);
    require(!options_.reliable() || gets_[i].answer.delivery != 0, "a reliable queue let go of ",
            item.number);
    if (gets_[i].answer.delivery != 0) give(gets_[i], item);
  }
  gets_.clear();
}

void QueueModel::give(const Got& got, Item item) {
  ++item.deliveries;
  require(got.answer.count == item.deliveries, "delivery ", got.answer.delivery,
          " is said to be number ", got.answer.count, " of its item, and not ", item.deliveries);
  require(got.answer.delivery > last_delivery_, "the numbers of deliveries went back");
  last_delivery_ = got.answer.delivery;
  in_hand_.emplace(got.answer.delivery, InHand{got.caller, item});
}

uint64_t QueueModel::bytes() const {
  uint64_t sum = 0;
  for (const Item& item : line_) sum += item.bytes;
  return sum;
}

bool QueueModel::has_room(const Waiter& putter) const {
  const uint64_t item = putter.call.request().queue().put().item().size();
  const auto maxsize = static_cast<uint64_t>(options_.maxsize());
  return (maxsize == 0 || line_.size() < maxsize) &&
         (options_.max_bytes() == 0 || line_.empty() || bytes() + item <= options_.max_bytes());
}

void QueueModel::check_waiters(const Object& object) const {
  const Waiter* putter = first_waiter(object, "put");
  require(putter == nullptr || (!has_room(*putter) && !shut_down_), "a put could be served");
  const Waiter* getter = first_waiter(object, "get");
  require(getter == nullptr || (line_.empty() && !shut_down_), "a get could be served");
  const Waiter* joiner = first_waiter(object, "join");
  require(joiner == nullptr || unfinished_ > 0, "a join could be served");
  if (last_delivery_ != 0)
    return;  // An item that comes back has its place whatever the bounds say.
  require(options_.maxsize() == 0 || line_.size() <= static_cast<uint64_t>(options_.maxsize()),
          "more than maxsize");
  require(options_.max_bytes() == 0 || line_.size() <= 1 || bytes() <= options_.max_bytes(),
          "more than max_bytes");
}

void QueueModel::settle(const Object& object, const wire::ObjectState& state) {
  line_up();
  hand_out();
  require(object.size() == line_.size(), object.size(), " items are in line in place of ",
          line_.size());
  require(static_cast<size_t>(state.holders_size()) == in_hand_.size(), state.holders_size(),
          " items are in hand in place of ", in_hand_.size());
  auto delivery = in_hand_.begin();
  for (const wire::CallerState& holder : state.holders()) {
    require(holder.session() == delivery->second.caller.session &&
                holder.count() == delivery->second.item.deliveries,
            "delivery ", delivery->first, " is in another hand");
    ++delivery;
  }
  check_waiters(object);
  require(!joined_ || unfinished_ == 0, "a join didn't wait for ", unfinished_, " tasks");
  joined_ = false;
}

}  // namespace

std::shared_ptr<Model> make_queue_model(const Kind& kind,
                                        const std::shared_ptr<Model>& dead_letters) {
  return std::make_shared<QueueModel>(kind, dead_letters);
}

}  // namespace syncmanager::manager::simulation
