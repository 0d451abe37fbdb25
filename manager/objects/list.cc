// list, after Python's, slices included: its errors, its messages, its clamping. A change goes in
// whole or not at all: what comes in is checked and charged before anything moves.

#include <algorithm>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "manager/core/services.h"
#include "manager/objects/catalog.h"
#include "manager/objects/page.h"
#include "manager/objects/shown.h"
#include "manager/objects/slice.h"
#include "manager/objects/sum.h"
#include "protos/value/rules.h"

namespace syncmanager::manager {
namespace {

constexpr const char* kNoSuchIndex = "list index out of range";
constexpr const char* kNoSuchTarget = "list assignment index out of range";

class List final : public Object {
 public:
  void perform(Call call) override;
  bool fill(Call& call, Options& options) override;
  uint64_t size() const override { return values_.size(); }
  uint64_t version() const override { return version_; }
  void save(Snapshot& snapshot) const override;

 private:
  using Encoded = google::protobuf::RepeatedPtrField<std::string>;
  using Values = std::deque<Stored>;

  void read(Call call, const wire::ListOp& op) const;
  void change_one(Call call, wire::ListOp& op);
  void change_many(Call call, wire::ListOp& op);

  void get(Call call, int64_t index) const;
  void index_of(Call call, const wire::ListOp::Index& op) const;
  void read_slice(Call call, const wire::ListOp::ReadSlice& op) const;

  void set(Call call, wire::ListOp::Set& op);
  void remove_at(Call call, int64_t index);
  void insert(Call call, uint64_t place, std::string&& value);
  void pop(Call call, const wire::ListOp::Pop& op);
  void remove(Call call, const std::string& value);
  void add(Call call, const wire::ListOp::Add& op);
  void compare_and_set(Call call, wire::ListOp::CompareAndSet& op);

  void extend(Call call, Encoded& values);
  void sort(Call call, bool reverse);
  void repeat(Call call, int64_t times);
  void set_slice(Call call, wire::ListOp::SetSlice& op);
  void set_range(const Places& places, std::vector<Stored> values);
  void delete_slice(Call call, const wire::Slice& slice);
  void replace(Call call, wire::ListOp::Replace& op);

  // Checks and charges them all. Nothing if the call was refused.
  std::optional<std::vector<Stored>> keep_all(Call& call, Encoded& values);
  // The place of an index. Nothing if the call was refused with `message`.
  std::optional<uint64_t> place(Call& call, int64_t index, const char* message) const;
  uint64_t find(const std::string& value, uint64_t start, uint64_t stop) const;
  Values::iterator position(uint64_t place) {
    return values_.begin() + static_cast<Values::difference_type>(place);
  }

  Values values_;
  uint64_t version_ = 1;  // Changes with each change.
};

void List::perform(Call call) {
  wire::ListOp& op = *call.request().mutable_list();
  switch (op.method_case()) {
    case wire::ListOp::kGet:
    case wire::ListOp::kIndex:
    case wire::ListOp::kCount:
    case wire::ListOp::kContains:
    case wire::ListOp::kLength:
    case wire::ListOp::kReadSlice:
      return read(std::move(call), op);
    case wire::ListOp::kSet:
    case wire::ListOp::kDelete:
    case wire::ListOp::kAppend:
    case wire::ListOp::kInsert:
    case wire::ListOp::kPop:
    case wire::ListOp::kRemove:
    case wire::ListOp::kAdd:
    case wire::ListOp::kCompareAndSet:
      return change_one(std::move(call), op);
    case wire::ListOp::kExtend:
    case wire::ListOp::kReverse:
    case wire::ListOp::kSort:
    case wire::ListOp::kClear:
    case wire::ListOp::kRepeat:
    case wire::ListOp::kSetSlice:
    case wire::ListOp::kDeleteSlice:
    case wire::ListOp::kReplace:
      return change_many(std::move(call), op);
    case wire::ListOp::METHOD_NOT_SET:
      break;
  }
  call.refuse(wire::INVALID_ARGUMENT, "no operation of a list");
}

void List::read(Call call, const wire::ListOp& op) const {
  switch (op.method_case()) {
    case wire::ListOp::kGet:
      return get(std::move(call), op.get().index());
    case wire::ListOp::kIndex:
      return index_of(std::move(call), op.index());
    case wire::ListOp::kCount: {
      const auto same = [&](const Stored& value) {
        return equal_values(value.bytes(), op.count().value());
      };
      return call.reply_integer(std::count_if(values_.begin(), values_.end(), same));
    }
    case wire::ListOp::kContains:
      return call.reply_boolean(find(op.contains().value(), 0, values_.size()) < values_.size());
    case wire::ListOp::kLength:
      return call.reply_integer(static_cast<int64_t>(values_.size()));
    default:
      return read_slice(std::move(call), op.read_slice());
  }
}

void List::change_one(Call call, wire::ListOp& op) {
  switch (op.method_case()) {
    case wire::ListOp::kSet:
      return set(std::move(call), *op.mutable_set());
    case wire::ListOp::kDelete:
      return remove_at(std::move(call), op.delete_().index());
    case wire::ListOp::kAppend:
      return insert(std::move(call), values_.size(),
                    std::move(*op.mutable_append()->mutable_value()));
    case wire::ListOp::kInsert:
      return insert(std::move(call), clamped(op.insert().index(), values_.size()),
                    std::move(*op.mutable_insert()->mutable_value()));
    case wire::ListOp::kPop:
      return pop(std::move(call), op.pop());
    case wire::ListOp::kRemove:
      return remove(std::move(call), op.remove().value());
    case wire::ListOp::kAdd:
      return add(std::move(call), op.add());
    default:
      return compare_and_set(std::move(call), *op.mutable_compare_and_set());
  }
}

void List::change_many(Call call, wire::ListOp& op) {
  switch (op.method_case()) {
    case wire::ListOp::kExtend:
      return extend(std::move(call), *op.mutable_extend()->mutable_values());
    case wire::ListOp::kReverse:
      std::reverse(values_.begin(), values_.end());
      break;
    case wire::ListOp::kSort:
      return sort(std::move(call), op.sort().reverse());
    case wire::ListOp::kClear:
      values_.clear();
      break;
    case wire::ListOp::kRepeat:
      return repeat(std::move(call), op.repeat().times());
    case wire::ListOp::kSetSlice:
      return set_slice(std::move(call), *op.mutable_set_slice());
    case wire::ListOp::kDeleteSlice:
      return delete_slice(std::move(call), op.delete_slice().slice());
    default:
      return replace(std::move(call), *op.mutable_replace());
  }
  ++version_;
  call.reply();
}

// ---- Reading.

std::optional<uint64_t> List::place(Call& call, int64_t index, const char* message) const {
  const std::optional<uint64_t> place = place_of(index, values_.size());
  if (!place) call.refuse(wire::INDEX_OUT_OF_RANGE, message);
  return place;
}

// The first place of a value; `stop` if it isn't there.
uint64_t List::find(const std::string& value, uint64_t start, uint64_t stop) const {
  while (start < stop && !equal_values(values_[start].bytes(), value)) ++start;
  return start;
}

void List::get(Call call, int64_t index) const {
  if (const auto place = this->place(call, index, kNoSuchIndex)) call.reply(values_[*place]);
}

void List::index_of(Call call, const wire::ListOp::Index& op) const {
  const uint64_t start = op.has_start() ? clamped(op.start(), values_.size()) : 0;
  const uint64_t stop = op.has_stop() ? clamped(op.stop(), values_.size()) : values_.size();
  const uint64_t place = find(op.value(), start, stop);
  if (place < stop) return call.reply_integer(static_cast<int64_t>(place));
  call.refuse(wire::BAD_VALUE, absl::StrCat(shown(op.value()), " is not in list"));
}

void List::read_slice(Call call, const wire::ListOp::ReadSlice& op) const {
  if (!same_version(call, op.version(), version_, row().name)) return;
  const std::optional<Places> places = places_of(call, op.slice(), values_.size());
  if (!places) return;
  PageBuilder page(call, version_);
  for (uint64_t i = op.cursor(); i < places->count; ++i) {
    const Stored& value = values_[places->at(i)];
    if (!page.has_room(value.bytes().size())) return page.reply(i);
    page.add(value);
  }
  page.reply(0);
}

// ---- One value.

void List::set(Call call, wire::ListOp::Set& op) {
  const auto place = this->place(call, op.index(), kNoSuchTarget);
  if (!place) return;
  std::optional<Stored> value = store(call, std::move(*op.mutable_value()));
  if (!value) return;
  values_[*place] = *std::move(value);
  ++version_;
  call.reply();
}

void List::remove_at(Call call, int64_t index) {
  const auto place = this->place(call, index, kNoSuchTarget);
  if (!place) return;
  values_.erase(position(*place));
  ++version_;
  call.reply();
}

void List::insert(Call call, uint64_t place, std::string&& value) {
  std::optional<Stored> kept = store(call, std::move(value));
  if (!kept) return;
  values_.insert(position(place), *std::move(kept));
  ++version_;
  call.reply();
}

void List::pop(Call call, const wire::ListOp::Pop& op) {
  const int64_t index = op.has_index() ? op.index() : -1;
  const auto place =
      this->place(call, index, values_.empty() ? "pop from empty list" : "pop index out of range");
  if (!place) return;
  call.reply(values_[*place]);
  values_.erase(position(*place));
  ++version_;
}

void List::remove(Call call, const std::string& value) {
  const uint64_t place = find(value, 0, values_.size());
  if (place == values_.size()) {
    return call.refuse(wire::BAD_VALUE, "list.remove(x): x not in list");
  }
  values_.erase(position(place));
  ++version_;
  call.reply();
}

void List::add(Call call, const wire::ListOp::Add& op) {
  const auto place = this->place(call, op.index(), kNoSuchIndex);
  if (!place) return;
  std::optional<std::string> sum = sum_of(call, values_[*place].bytes(), op.amount());
  if (!sum) return;
  std::optional<Stored> value = store_own(call, *std::move(sum));
  if (!value) return;
  values_[*place] = *std::move(value);
  ++version_;
  call.reply(values_[*place]);
}

void List::compare_and_set(Call call, wire::ListOp::CompareAndSet& op) {
  const auto place = this->place(call, op.index(), kNoSuchIndex);
  if (!place) return;
  const bool same = equal_values(values_[*place].bytes(), op.expected());
  if (same) {
    std::optional<Stored> value = store(call, std::move(*op.mutable_desired()));
    if (!value) return;
    values_[*place] = *std::move(value);
    ++version_;
  }
  call.reply_boolean(same);
}

// ---- Many.

std::optional<std::vector<Stored>> List::keep_all(Call& call, Encoded& values) {
  std::vector<Stored> kept;
  kept.reserve(static_cast<size_t>(values.size()));
  for (std::string& value : values) {
    std::optional<Stored> one = store(call, std::move(value));
    if (!one) return std::nullopt;
    kept.push_back(*std::move(one));
  }
  return kept;
}

bool List::fill(Call& call, Options& options) {
  std::optional<std::vector<Stored>> values =
      keep_all(call, *options.mutable_list()->mutable_values());
  if (!values) return false;
  std::move(values->begin(), values->end(), std::back_inserter(values_));
  return true;
}

void List::extend(Call call, Encoded& values) {
  std::optional<std::vector<Stored>> kept = keep_all(call, values);
  if (!kept) return;
  std::move(kept->begin(), kept->end(), std::back_inserter(values_));
  ++version_;
  call.reply();
}

// Stable in both directions, as Python's. Places are sorted, not values: if two values have no
// order, nothing has moved.
void List::sort(Call call, bool reverse) {
  absl::Status failed;
  const auto before = [&](size_t a, size_t b) {
    if (!failed.ok()) return false;
    const auto order = reverse ? order_values(values_[b].bytes(), values_[a].bytes())
                               : order_values(values_[a].bytes(), values_[b].bytes());
    if (!order.ok()) failed = order.status();
    return order.ok() && *order < 0;
  };
  std::vector<size_t> places(values_.size());
  for (size_t i = 0; i < places.size(); ++i) places[i] = i;
  std::stable_sort(places.begin(), places.end(), before);
  if (!failed.ok()) return call.refuse(wire::BAD_TYPE, failed);
  Values sorted;
  for (const size_t place : places) sorted.push_back(std::move(values_[place]));
  values_ = std::move(sorted);
  ++version_;
  call.reply();
}

void List::repeat(Call call, int64_t times) {
  if (times <= 0) values_.clear();
  uint64_t bytes = 0;
  if (times > 1 && (__builtin_mul_overflow(this->bytes(), static_cast<uint64_t>(times), &bytes) ||
                    bytes > services().limits().object_bytes)) {
    return call.refuse(wire::RESOURCE_EXHAUSTED,
                       absl::StrCat("the object would hold more than ",
                                    services().limits().object_bytes, " bytes"));
  }
  std::vector<Stored> copies;
  for (int64_t i = 1; i < times && !values_.empty(); ++i) {
    for (const Stored& value : values_) {
      std::optional<Stored> copy = store_copy(call, value);
      if (!copy) return;
      copies.push_back(*std::move(copy));
    }
  }
  std::move(copies.begin(), copies.end(), std::back_inserter(values_));
  ++version_;
  call.reply();
}

void List::set_slice(Call call, wire::ListOp::SetSlice& op) {
  const std::optional<Places> places = places_of(call, op.slice(), values_.size());
  if (!places) return;
  const auto given = static_cast<uint64_t>(op.values_size());
  if (places->step != 1 && given != places->count) {
    return call.refuse(wire::BAD_VALUE, absl::StrCat("attempt to assign sequence of size ", given,
                                                     " to extended slice of size ", places->count));
  }
  std::optional<std::vector<Stored>> values = keep_all(call, *op.mutable_values());
  if (!values) return;
  if (places->step == 1) {
    set_range(*places, *std::move(values));
  } else {
    for (uint64_t i = 0; i < given; ++i) values_[places->at(i)] = std::move((*values)[i]);
  }
  ++version_;
  call.reply();
}

// Overwrites the values that have a counterpart, so that only the difference moves the rest.
void List::set_range(const Places& places, std::vector<Stored> values) {
  const auto start = static_cast<uint64_t>(places.start);
  const uint64_t common = std::min<uint64_t>(places.count, values.size());
  for (uint64_t i = 0; i < common; ++i) values_[start + i] = std::move(values[i]);
  values_.erase(position(start + common), position(start + places.count));
  const auto rest = values.begin() + static_cast<std::ptrdiff_t>(common);
  values_.insert(position(start + common), std::make_move_iterator(rest),
                 std::make_move_iterator(values.end()));
}

void List::delete_slice(Call call, const wire::Slice& slice) {
  const std::optional<Places> named = places_of(call, slice, values_.size());
  if (!named) return;
  const Places places = named->ascending();
  if (places.count > 0 && places.step == 1) {
    values_.erase(position(places.at(0)), position(places.at(0) + places.count));
  } else if (places.count > 0) {
    // Those that stay close the gaps, each moved once.
    uint64_t target = places.at(0);
    uint64_t gone = 0;
    for (uint64_t i = target; i < values_.size(); ++i) {
      if (gone < places.count && i == places.at(gone)) {
        ++gone;
      } else {
        values_[target++] = std::move(values_[i]);
      }
    }
    values_.erase(position(target), values_.end());
  }
  ++version_;
  call.reply();
}

void List::replace(Call call, wire::ListOp::Replace& op) {
  if (!same_version(call, op.version(), version_, row().name)) return;
  std::optional<std::vector<Stored>> values = keep_all(call, *op.mutable_values());
  if (!values) return;
  values_.assign(std::make_move_iterator(values->begin()), std::make_move_iterator(values->end()));
  ++version_;
  call.reply();
}

void List::save(Snapshot& snapshot) const {
  snapshot.number(version_);
  snapshot.number(values_.size());
  for (const Stored& value : values_) snapshot.text(value.bytes());
}

}  // namespace

Access access_to_list(const wire::Request& request) {
  switch (request.list().method_case()) {
    case wire::ListOp::kGet:
    case wire::ListOp::kIndex:
    case wire::ListOp::kCount:
    case wire::ListOp::kContains:
    case wire::ListOp::kLength:
    case wire::ListOp::kReadSlice:
      return Access::kRead;
    case wire::ListOp::kSet:
    case wire::ListOp::kDelete:
    case wire::ListOp::kAppend:
    case wire::ListOp::kExtend:
    case wire::ListOp::kInsert:
    case wire::ListOp::kPop:
    case wire::ListOp::kRemove:
    case wire::ListOp::kReverse:
    case wire::ListOp::kSort:
    case wire::ListOp::kClear:
    case wire::ListOp::kRepeat:
    case wire::ListOp::kSetSlice:
    case wire::ListOp::kDeleteSlice:
    case wire::ListOp::kAdd:
    case wire::ListOp::kCompareAndSet:
    case wire::ListOp::kReplace:
    case wire::ListOp::METHOD_NOT_SET:
      break;
  }
  return Access::kWrite;
}

absl::StatusOr<std::unique_ptr<Object>> make_list(const Options&) {
  return std::make_unique<List>();
}

}  // namespace syncmanager::manager
