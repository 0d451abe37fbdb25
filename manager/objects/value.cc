// Value: one cell. Its typecode can be read and is not enforced, as in CPython's manager.

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "manager/objects/catalog.h"
#include "manager/objects/sum.h"
#include "protos/value/rules.h"

namespace syncmanager::manager {
namespace {

class Value final : public Object {
 public:
  explicit Value(std::string typecode) : typecode_(std::move(typecode)) {}

  void perform(Call call) override;
  bool fill(Call& call, Options& options) override;
  bool same_shape(const Options& options) const override {
    return options.value().typecode() == typecode_;
  }
  uint64_t size() const override { return 1; }
  void describe(wire::ObjectState& state) const override {
    state.set_detail(absl::StrCat("typecode '", typecode_, "'"));
  }
  void save(Snapshot& snapshot) const override {
    snapshot.text(typecode_);
    snapshot.text(value_->bytes());
  }

 private:
  void set(Call call, std::string&& value);
  void add(Call call, const std::string& amount);
  void compare_and_set(Call call, wire::ValueOp::CompareAndSet& op);

  const std::string typecode_;
  std::optional<Stored> value_;  // There from fill() on.
};

void Value::perform(Call call) {
  wire::ValueOp& op = *call.request().mutable_value();
  switch (op.method_case()) {
    case wire::ValueOp::kGet:
      return call.reply(*value_);
    case wire::ValueOp::kSet:
      return set(std::move(call), std::move(*op.mutable_set()->mutable_value()));
    case wire::ValueOp::kAdd:
      return add(std::move(call), op.add().amount());
    case wire::ValueOp::kCompareAndSet:
      return compare_and_set(std::move(call), *op.mutable_compare_and_set());
    case wire::ValueOp::METHOD_NOT_SET:
      break;
  }
  call.refuse(wire::INVALID_ARGUMENT, "no operation of a Value");
}

bool Value::fill(Call& call, Options& options) {
  value_ = store(call, std::move(*options.mutable_value()->mutable_initial()));
  return value_.has_value();
}

void Value::set(Call call, std::string&& value) {
  std::optional<Stored> kept = store(call, std::move(value));
  if (!kept) return;
  value_ = std::move(kept);
  call.reply();
}

void Value::add(Call call, const std::string& amount) {
  std::optional<std::string> sum = sum_of(call, value_->bytes(), amount);
  if (!sum) return;
  std::optional<Stored> kept = store_own(call, *std::move(sum));
  if (!kept) return;
  value_ = std::move(kept);
  call.reply(*value_);
}

void Value::compare_and_set(Call call, wire::ValueOp::CompareAndSet& op) {
  const bool same = equal_values(value_->bytes(), op.expected());
  if (same) {
    std::optional<Stored> kept = store(call, std::move(*op.mutable_desired()));
    if (!kept) return;
    value_ = std::move(kept);
  }
  call.reply_boolean(same);
}

}  // namespace

Access access_to_value(const wire::Request& request) {
  switch (request.value().method_case()) {
    case wire::ValueOp::kGet:
      return Access::kRead;
    case wire::ValueOp::kSet:
    case wire::ValueOp::kAdd:
    case wire::ValueOp::kCompareAndSet:
    case wire::ValueOp::METHOD_NOT_SET:
      break;
  }
  return Access::kWrite;
}

absl::StatusOr<std::unique_ptr<Object>> make_value(const Options& options) {
  const std::string& typecode = options.value().typecode();
  if (typecode.size() > 1 ||
      (!typecode.empty() && !absl::ascii_isalpha(static_cast<unsigned char>(typecode[0])))) {
    return absl::InvalidArgumentError("a typecode is a letter, or nothing");
  }
  return std::make_unique<Value>(typecode);
}

}  // namespace syncmanager::manager
