// set, after Python's: of equal values the first one stays. Iteration and pop() go in the order of
// insertion, where Python promises none.

#include <syncmanager/encoded_value.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "manager/objects/catalog.h"
#include "manager/objects/ordered_table.h"
#include "manager/objects/shown.h"

namespace syncmanager::manager {
namespace {

class Set final : public Object {
 public:
  void perform(Call call) override;
  bool fill(Call& call, Options& options) override;
  uint64_t size() const override { return table_.size(); }
  uint64_t version() const override { return table_.version(); }
  void save(Snapshot& snapshot) const override { table_.save(snapshot); }

 private:
  using Encoded = google::protobuf::RepeatedPtrField<std::string>;

  void insert(Call call, std::string&& value);
  // Replies whether it was there; with `missing_is_error` refuses the call if it wasn't.
  void remove(Call call, const std::string& value, bool missing_is_error);
  void contains(Call call, const std::string& value);
  void pop(Call call);

  void combine(Call call, wire::SetOp::Combine& op);
  bool unite(Call& call, Encoded& values);
  bool subtract(Call& call, const Encoded& values);
  bool intersect(Call& call, const Encoded& values);
  bool differ(Call& call, Encoded& values);

  // The serials of the elements that equal one of `values`. Nothing if the call was refused.
  std::optional<std::set<uint64_t>> found(Call& call, const Encoded& values);
  void remove_where(const std::set<uint64_t>& serials, bool among);
  // Puts in what seek() and store() accepted, unless its equal is there.
  void put(Stored value);

  OrderedTable table_{*this};
};

// A set is no element of a set, but as in Python it is looked up as the frozenset it equals.
std::string as_element(const std::string& value) {
  std::string element = value;
  if (!element.empty() && element[0] == static_cast<char>(Kind::kSet)) {
    element[0] = static_cast<char>(Kind::kFrozenSet);
  }
  return element;
}

void Set::perform(Call call) {
  wire::SetOp& op = *call.request().mutable_set();
  switch (op.method_case()) {
    case wire::SetOp::kInsert:
      return insert(std::move(call), std::move(*op.mutable_insert()->mutable_value()));
    case wire::SetOp::kDiscard:
      return remove(std::move(call), op.discard().value(), false);
    case wire::SetOp::kRemove:
      return remove(std::move(call), op.remove().value(), true);
    case wire::SetOp::kContains:
      return contains(std::move(call), op.contains().value());
    case wire::SetOp::kPop:
      return pop(std::move(call));
    case wire::SetOp::kLength:
      return call.reply_integer(static_cast<int64_t>(table_.size()));
    case wire::SetOp::kClear:
      table_.clear();
      return call.reply();
    case wire::SetOp::kCombine:
      return combine(std::move(call), *op.mutable_combine());
    case wire::SetOp::kReadPage:
      return table_.read_page(std::move(call), {.kind = wire::KEYS,
                                                .cursor = op.read_page().cursor(),
                                                .version = op.read_page().version()});
    case wire::SetOp::METHOD_NOT_SET:
      break;
  }
  call.refuse(wire::INVALID_ARGUMENT, "no operation of a set");
}

bool Set::fill(Call& call, Options& options) {
  return unite(call, *options.mutable_set()->mutable_values());
}

// ---- One value.

void Set::insert(Call call, std::string&& value) {
  const auto spot = table_.seek(call, value);
  if (!spot) return;
  if (spot->entry == nullptr) {
    std::optional<Stored> kept = store(call, std::move(value));
    if (!kept) return;
    table_.insert(*spot, *std::move(kept), std::nullopt);
  }
  call.reply_boolean(spot->entry == nullptr);
}

void Set::remove(Call call, const std::string& value, bool missing_is_error) {
  const auto spot = table_.seek(call, as_element(value));
  if (!spot) return;
  const bool there = spot->entry != nullptr;
  if (!there && missing_is_error) {
    return call.refuse(wire::NO_SUCH_KEY, shown(value));
  }
  if (there) table_.remove(*spot);
  if (missing_is_error) return call.reply();
  call.reply_boolean(there);
}

void Set::contains(Call call, const std::string& value) {
  const auto spot = table_.seek(call, as_element(value));
  if (spot) call.reply_boolean(spot->entry != nullptr);
}

void Set::pop(Call call) {
  if (table_.size() == 0) return call.refuse(wire::NO_SUCH_KEY, "'pop from an empty set'");
  OrderedTable::Entry& oldest = table_.oldest();
  call.reply(*oldest.key);
  table_.remove(table_.spot_of(oldest.key->bytes()));
}

// ---- Many.

void Set::combine(Call call, wire::SetOp::Combine& op) {
  const auto apply = [&] {
    switch (op.operator_()) {
      case wire::SetOp::UNION:
        return unite(call, *op.mutable_values());
      case wire::SetOp::INTERSECTION:
        return intersect(call, op.values());
      case wire::SetOp::DIFFERENCE:
        return subtract(call, op.values());
      case wire::SetOp::SYMMETRIC_DIFFERENCE:
        return differ(call, *op.mutable_values());
      default:
        call.refuse(wire::INVALID_ARGUMENT, "no operator of a set");
        return false;
    }
  };
  if (apply()) call.reply();
}

void Set::put(Stored value) {
  const OrderedTable::Spot spot = table_.spot_of(value.bytes());
  if (spot.entry == nullptr) table_.insert(spot, std::move(value), std::nullopt);
}

std::optional<std::set<uint64_t>> Set::found(Call& call, const Encoded& values) {
  std::set<uint64_t> serials;
  for (const std::string& value : values) {
    const auto spot = table_.seek(call, value);
    if (!spot) return std::nullopt;
    if (spot->entry != nullptr) serials.insert(spot->entry->serial);
  }
  return serials;
}

// Removes the elements whose serials are among `serials`, or are not.
void Set::remove_where(const std::set<uint64_t>& serials, bool among) {
  std::vector<std::string> leaving;
  table_.for_each([&](OrderedTable::Entry& entry) {
    if (serials.contains(entry.serial) == among) leaving.emplace_back(entry.key->bytes());
  });
  for (const std::string& value : leaving) table_.remove(table_.spot_of(value));
}

bool Set::unite(Call& call, Encoded& values) {
  std::vector<Stored> arriving;
  for (std::string& value : values) {
    const auto spot = table_.seek(call, value);
    if (!spot) return false;
    if (spot->entry != nullptr) continue;
    std::optional<Stored> kept = store(call, std::move(value));
    if (!kept) return false;
    arriving.push_back(*std::move(kept));
  }
  for (Stored& value : arriving) put(std::move(value));
  return true;
}

bool Set::subtract(Call& call, const Encoded& values) {
  const auto serials = found(call, values);
  if (serials) remove_where(*serials, true);
  return serials.has_value();
}

bool Set::intersect(Call& call, const Encoded& values) {
  const auto serials = found(call, values);
  if (serials) remove_where(*serials, false);
  return serials.has_value();
}

// The symmetric difference. Adds the new values before it removes the common ones, so that a
// refusal comes before any change; equals among `values` count once.
bool Set::differ(Call& call, Encoded& values) {
  const auto leaving = found(call, values);
  if (!leaving) return false;
  if (!unite(call, values)) return false;
  remove_where(*leaving, true);
  return true;
}

}  // namespace

Access access_to_set(const wire::Request& request) {
  switch (request.set().method_case()) {
    case wire::SetOp::kContains:
    case wire::SetOp::kLength:
    case wire::SetOp::kReadPage:
      return Access::kRead;
    case wire::SetOp::kInsert:
    case wire::SetOp::kDiscard:
    case wire::SetOp::kRemove:
    case wire::SetOp::kPop:
    case wire::SetOp::kClear:
    case wire::SetOp::kCombine:
    case wire::SetOp::METHOD_NOT_SET:
      break;
  }
  return Access::kWrite;
}

absl::StatusOr<std::unique_ptr<Object>> make_set(const Options&) { return std::make_unique<Set>(); }

}  // namespace syncmanager::manager
