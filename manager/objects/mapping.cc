#include "manager/objects/mapping.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "manager/core/services.h"
#include "manager/objects/sum.h"
#include "protos/value/rules.h"

namespace syncmanager::manager {

void Mapping::get(Call call, std::string_view key) {
  const auto spot = table_.seek(call, key);
  if (!spot) return;
  if (spot->entry == nullptr) return refuse_missing(call, key);
  call.reply(*spot->entry->value);
}

void Mapping::contains(Call call, std::string_view key) {
  const auto spot = table_.seek(call, key);
  if (spot) call.reply_boolean(spot->entry != nullptr);
}

void Mapping::set(Call call, std::string&& key, std::string&& value) {
  std::optional<Pair> pair = keep_pair(call, std::move(key), std::move(value));
  if (!pair) return;
  put(*std::move(pair));
  call.reply();
}

void Mapping::remove(Call call, std::string_view key) {
  const auto spot = table_.seek(call, key);
  if (!spot) return;
  if (spot->entry == nullptr) return refuse_missing(call, key);
  table_.remove(*spot);
  call.reply();
}

void Mapping::pop(Call call, std::string_view key) {
  const auto spot = table_.seek(call, key);
  if (!spot) return;
  if (spot->entry == nullptr) return refuse_missing(call, key);
  call.reply(*spot->entry->value);
  table_.remove(*spot);
}

void Mapping::set_default(Call call, std::string&& key, std::string&& value) {
  const auto spot = table_.seek(call, key);
  if (!spot) return;
  if (spot->entry != nullptr) return call.reply(*spot->entry->value);
  std::optional<Pair> pair = keep_pair(call, std::move(key), std::move(value));
  if (!pair) return;
  table_.insert(*spot, std::move(pair->key), std::move(pair->value));
  call.reply(*table_.newest().value);
}

void Mapping::add(Call call, std::string&& key, std::string_view amount,
                  const std::string* initial) {
  const auto spot = table_.seek(call, key);
  if (!spot) return;
  if (spot->entry == nullptr && initial == nullptr) return refuse_missing(call, key);
  std::optional<std::string> sum =
      sum_of(call, spot->entry != nullptr ? spot->entry->value->bytes() : *initial, amount);
  if (!sum) return;
  if (spot->entry != nullptr) {
    std::optional<Stored> value = store_own(call, *std::move(sum));
    if (!value) return;
    call.reply(*value);
    return table_.assign(*spot->entry, *std::move(value));
  }
  std::optional<Pair> pair = keep_pair(call, std::move(key), *std::move(sum));
  if (!pair) return;
  call.reply(pair->value);
  table_.insert(*spot, std::move(pair->key), std::move(pair->value));
}

void Mapping::compare_and_set(Call call, std::string&& key, const std::string* expected,
                              std::string* desired) {
  const auto spot = table_.seek(call, key);
  if (!spot) return;
  const bool same = expected == nullptr ? spot->entry == nullptr
                                        : spot->entry != nullptr &&
                                              equal_values(spot->entry->value->bytes(), *expected);
  if (same && desired != nullptr) {
    std::optional<Pair> pair = keep_pair(call, std::move(key), std::move(*desired));
    if (!pair) return;
    put(*std::move(pair));
  } else if (same && spot->entry != nullptr) {
    table_.remove(*spot);
  }
  call.reply_boolean(same);
}

// An entry travels in one request, key and value, so the two together are bounded as one value is.
std::optional<Mapping::Pair> Mapping::keep_pair(Call& call, std::string&& key,
                                                std::string&& value) {
  if (!table_.seek(call, key)) return std::nullopt;
  const size_t bytes = key.size() + value.size();
  if (bytes > services().limits().value_bytes) {
    call.refuse(wire::INVALID_ARGUMENT,
                absl::StrCat("a key and its value of ", bytes, " bytes together; at most ",
                             services().limits().value_bytes, " are allowed (--max-value-bytes)"));
    return std::nullopt;
  }
  std::optional<Stored> kept_key = store(call, std::move(key));
  if (!kept_key) return std::nullopt;
  std::optional<Stored> kept_value = store(call, std::move(value));
  if (!kept_value) return std::nullopt;
  return Pair{.key = *std::move(kept_key), .value = *std::move(kept_value)};
}

void Mapping::put(Pair pair) {
  const OrderedTable::Spot spot = table_.spot_of(pair.key.bytes());
  if (spot.entry != nullptr) return table_.assign(*spot.entry, std::move(pair.value));
  table_.insert(spot, std::move(pair.key), std::move(pair.value));
}

}  // namespace syncmanager::manager
