// Array: numbers or characters of one typecode, in number fixed; after CPython's array.array, with
// its errors and messages. It keeps them as an array does, `width` bytes each.

#include <syncmanager/encoded_value.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "manager/core/services.h"
#include "manager/objects/catalog.h"
#include "manager/objects/page.h"
#include "manager/objects/slice.h"
#include "manager/objects/sum.h"
#include "manager/objects/typecode.h"
#include "protos/value/rules.h"

namespace syncmanager::manager {
namespace {

constexpr const char* kNoSuchIndex = "array index out of range";
constexpr const char* kNoSuchTarget = "array assignment index out of range";

class Array final : public Object {
 public:
  void perform(Call call) override;
  bool fill(Call& call, Options& options) override;
  bool same_shape(const Options& options) const override;
  uint64_t size() const override { return cells_->bytes().size() / type_->width; }
  uint64_t version() const override { return version_; }
  void describe(wire::ObjectState& state) const override;
  void save(Snapshot& snapshot) const override;

 private:
  void get(Call call, int64_t index) const;
  void set(Call call, const wire::ArrayOp::Set& op);
  void read_slice(Call call, const wire::ArrayOp::ReadSlice& op) const;
  void set_slice(Call call, const wire::ArrayOp::SetSlice& op);
  void add(Call call, const wire::ArrayOp::Add& op);
  void compare_and_set(Call call, const wire::ArrayOp::CompareAndSet& op);

  // The place of an index. Nothing if the call was refused with `message`.
  std::optional<uint64_t> place(Call& call, int64_t index, const char* message) const;
  // The element at a place, encoded.
  std::string element(uint64_t place) const;
  void set_cell(uint64_t place, uint64_t cell);

  // Both are there from fill() on.
  const Typecode* type_ = nullptr;
  std::optional<Stored> cells_;  // The elements' bytes, least byte first.
  uint64_t version_ = 1;         // Changes with each change.
};

void Array::perform(Call call) {
  const wire::ArrayOp& op = call.request().array();
  switch (op.method_case()) {
    case wire::ArrayOp::kGet:
      return get(std::move(call), op.get().index());
    case wire::ArrayOp::kSet:
      return set(std::move(call), op.set());
    case wire::ArrayOp::kLength:
      return call.reply_integer(static_cast<int64_t>(size()));
    case wire::ArrayOp::kReadSlice:
      return read_slice(std::move(call), op.read_slice());
    case wire::ArrayOp::kSetSlice:
      return set_slice(std::move(call), op.set_slice());
    case wire::ArrayOp::kAdd:
      return add(std::move(call), op.add());
    case wire::ArrayOp::kCompareAndSet:
      return compare_and_set(std::move(call), op.compare_and_set());
    case wire::ArrayOp::kTypecode: {
      ValueWriter writer;
      writer.text(std::string_view(&type_->code, 1));
      return call.reply_encoded(writer.view());
    }
    case wire::ArrayOp::METHOD_NOT_SET:
      break;
  }
  call.refuse(wire::INVALID_ARGUMENT, "no operation of an Array");
}

// ---- How it begins.

bool Array::fill(Call& call, Options& options) {
  const wire::ArrayOptions& array = options.array();
  type_ = find_typecode(array.typecode());
  if (type_ == nullptr) {
    call.refuse(wire::BAD_VALUE, "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)");
    return false;
  }
  const auto given = static_cast<uint64_t>(array.values_size());
  const uint64_t max = services().limits().object_bytes / type_->width;
  if (given > max || array.zeros() > max - given) {
    call.refuse(wire::RESOURCE_EXHAUSTED,
                absl::StrCat("an Array of this typecode has at most ", max, " elements"));
    return false;
  }
  cells_ = store_own(call, std::string((given + array.zeros()) * type_->width, '\0'));
  if (!cells_) return false;
  for (uint64_t i = 0; i < given; ++i) {
    const std::optional<uint64_t> cell = cell_of(call, *type_, array.values(static_cast<int>(i)));
    if (!cell) return false;
    set_cell(i, *cell);
  }
  return true;
}

bool Array::same_shape(const Options& options) const {
  const wire::ArrayOptions& wanted = options.array();
  return wanted.typecode() == std::string(1, type_->code) &&
         static_cast<uint64_t>(wanted.values_size()) + wanted.zeros() == size();
}

// ---- Cells.

std::optional<uint64_t> Array::place(Call& call, int64_t index, const char* message) const {
  const std::optional<uint64_t> place = place_of(index, size());
  if (!place) call.refuse(wire::INDEX_OUT_OF_RANGE, message);
  return place;
}

std::string Array::element(uint64_t place) const {
  const std::string_view bytes = cells_->bytes().substr(place * type_->width, type_->width);
  uint64_t cell = 0;
  for (size_t i = bytes.size(); i-- > 0;) cell = cell << 8 | static_cast<uint8_t>(bytes[i]);
  ValueWriter writer;
  write_cell(*type_, cell, writer);
  return writer.take();
}

void Array::set_cell(uint64_t place, uint64_t cell) {
  for (char& byte : cells_->cells().subspan(place * type_->width, type_->width)) {
    byte = static_cast<char>(cell);
    cell >>= 8;
  }
}

// ---- Operations.

void Array::get(Call call, int64_t index) const {
  if (const auto place = this->place(call, index, kNoSuchIndex))
    call.reply_encoded(element(*place));
}

void Array::set(Call call, const wire::ArrayOp::Set& op) {
  const auto place = this->place(call, op.index(), kNoSuchTarget);
  if (!place) return;
  const std::optional<uint64_t> cell = cell_of(call, *type_, op.value());
  if (!cell) return;
  set_cell(*place, *cell);
  ++version_;
  call.reply();
}

void Array::read_slice(Call call, const wire::ArrayOp::ReadSlice& op) const {
  if (!same_version(call, op.version(), version_, row().name)) return;
  const std::optional<Places> places = places_of(call, op.slice(), size());
  if (!places) return;
  PageBuilder page(call, version_);
  for (uint64_t i = op.cursor(); i < places->count; ++i) {
    const std::string value = element(places->at(i));
    if (!page.has_room(value.size())) return page.reply(i);
    page.add_encoded(value);
  }
  page.reply(0);
}

// array.array would change its length for a slice without a step; ours has one for ever, as the
// arrays of multiprocessing.sharedctypes, whose message this is.
void Array::set_slice(Call call, const wire::ArrayOp::SetSlice& op) {
  const std::optional<Places> places = places_of(call, op.slice(), size());
  if (!places) return;
  const auto given = static_cast<uint64_t>(op.values_size());
  if (given != places->count) {
    return call.refuse(wire::BAD_VALUE,
                       places->step == 1
                           ? "Can only assign sequence of same size"
                           : absl::StrCat("attempt to assign array of size ", given,
                                          " to extended slice of size ", places->count));
  }
  std::vector<uint64_t> cells;
  for (const std::string& value : op.values()) {
    const std::optional<uint64_t> cell = cell_of(call, *type_, value);
    if (!cell) return;
    cells.push_back(*cell);
  }
  for (uint64_t i = 0; i < given; ++i) set_cell(places->at(i), cells[i]);
  ++version_;
  call.reply();
}

// Replies what the cell holds afterwards, which for f is the sum rounded.
void Array::add(Call call, const wire::ArrayOp::Add& op) {
  const auto place = this->place(call, op.index(), kNoSuchIndex);
  if (!place) return;
  const std::optional<std::string> sum = sum_of(call, element(*place), op.amount());
  if (!sum) return;
  const std::optional<uint64_t> cell = cell_of(call, *type_, *sum);
  if (!cell) return;
  set_cell(*place, *cell);
  ++version_;
  call.reply_encoded(element(*place));
}

void Array::compare_and_set(Call call, const wire::ArrayOp::CompareAndSet& op) {
  const auto place = this->place(call, op.index(), kNoSuchIndex);
  if (!place) return;
  const bool same = equal_values(element(*place), op.expected());
  if (same) {
    const std::optional<uint64_t> cell = cell_of(call, *type_, op.desired());
    if (!cell) return;
    set_cell(*place, *cell);
    ++version_;
  }
  call.reply_boolean(same);
}

// ---- For people and snapshots.

void Array::describe(wire::ObjectState& state) const {
  state.set_detail(
      absl::StrCat("typecode '", std::string(1, type_->code), "', ", size(), " elements"));
}

void Array::save(Snapshot& snapshot) const {
  snapshot.text(std::string_view(&type_->code, 1));
  snapshot.number(version_);
  snapshot.text(cells_->bytes());
}

}  // namespace

Access access_to_array(const wire::Request& request) {
  using Op = wire::ArrayOp;
  switch (request.array().method_case()) {
    case Op::kGet:
    case Op::kLength:
    case Op::kReadSlice:
    case Op::kTypecode:
      return Access::kRead;
    case Op::kSet:
    case Op::kSetSlice:
    case Op::kAdd:
    case Op::kCompareAndSet:
    case Op::METHOD_NOT_SET:
      break;
  }
  return Access::kWrite;
}

absl::StatusOr<std::unique_ptr<Object>> make_array(const Options&) {
  return std::make_unique<Array>();
}

}  // namespace syncmanager::manager
