#include <syncmanager/encoded_value.h>

#include <cstring>

#include "protos/value/encoded_numbers.h"

namespace syncmanager {
namespace {

bool take_varint(std::string_view& rest, uint64_t& value) {
  const size_t length = read_varint(rest, value);
  rest.remove_prefix(length);
  return length > 0;
}

bool begins_integer(std::string_view rest) {
  return !rest.empty() && rest[0] == static_cast<char>(Kind::kInteger);
}

// Calls take(zigzag number) for each that comes next, `most` at most. How many they were.
template <typename Take>
uint64_t take_integers(std::string_view& bytes, uint64_t most, Take&& take) {
  std::string_view rest = bytes;
  uint64_t taken = 0, value = 0;
  while (taken < most && begins_integer(rest)) {
    const size_t length = read_varint(rest.substr(1), value);
    if (length == 0) break;
    // Many in a row are as long as the first. To guess that is faster than to wait until one's
    // length is known before the next can be looked at.
    do {
      take(value);
      ++taken;
      rest.remove_prefix(1 + length);
    } while (taken < most && begins_integer(rest) && read_varint_of(length, rest.substr(1), value));
  }
  bytes = rest;
  return taken;
}

bool take_block(std::string_view& rest, std::string_view& block) {
  uint64_t length = 0;
  if (!take_varint(rest, length) || length > rest.size()) return false;
  block = rest.substr(0, length);
  rest.remove_prefix(length);
  return true;
}

bool take_integer(std::string_view& rest, ValueHead& head) {
  uint64_t value = 0;
  if (!take_varint(rest, value)) return false;
  head.integer = unzigzag(value);
  return true;
}

bool take_big_integer(std::string_view& rest, ValueHead& head) {
  return take_block(rest, head.content) && head.content.size() > sizeof(int64_t) &&
         shortest(head.content).size() == head.content.size();
}

bool take_real(std::string_view& rest, ValueHead& head) {
  if (rest.size() < sizeof(head.real)) return false;
  std::memcpy(&head.real, rest.data(), sizeof(head.real));
  rest.remove_prefix(sizeof(head.real));
  return true;
}

// An element takes a byte at least, so a count above the bytes left is refused before anybody
// reserves room for it.
bool take_count(std::string_view& rest, ValueHead& head) {
  if (!take_varint(rest, head.number)) return false;
  return head.number <= (head.kind == Kind::kDict ? rest.size() / 2 : rest.size());
}

bool take_reference(std::string_view& rest, ValueHead& head) {
  return take_varint(rest, head.number) && take_block(rest, head.name);
}

// Both its key and itself take a byte at least.
bool take_keyed(std::string_view& rest, ValueHead& head) {
  constexpr uint64_t kAllRules = kOwnType | kOrdered | kUnhashable;
  return take_varint(rest, head.number) && head.number <= kAllRules &&
         take_block(rest, head.name) && rest.size() >= 2;
}

bool take_payload(std::string_view& rest, ValueHead& head) {
  switch (head.kind) {
    case Kind::kNone:
    case Kind::kFalse:
      return true;
    case Kind::kTrue:
      head.integer = 1;
      return true;
    case Kind::kInteger:
      return take_integer(rest, head);
    case Kind::kBigInteger:
      return take_big_integer(rest, head);
    case Kind::kReal:
      return take_real(rest, head);
    case Kind::kText:
    case Kind::kBytes:
      return take_block(rest, head.content);
    case Kind::kList:
    case Kind::kTuple:
    case Kind::kSet:
    case Kind::kFrozenSet:
    case Kind::kDict:
      return take_count(rest, head);
    case Kind::kReference:
      return take_reference(rest, head);
    case Kind::kOpaque:
      return take_block(rest, head.name) && take_block(rest, head.content);
    case Kind::kKeyed:
      return take_keyed(rest, head);
  }
  return false;
}

}  // namespace

uint64_t ValueHead::elements() const {
  switch (kind) {
    case Kind::kList:
    case Kind::kTuple:
    case Kind::kSet:
    case Kind::kFrozenSet:
      return number;
    case Kind::kDict:
      return 2 * number;
    case Kind::kKeyed:
      return 2;
    default:
      return 0;
  }
}

std::optional<Kind> ValueReader::kind() const {
  if (rest_.empty()) return std::nullopt;
  const auto tag = static_cast<uint8_t>(rest_[0]);
  if (tag > static_cast<uint8_t>(Kind::kKeyed)) return std::nullopt;
  return static_cast<Kind>(tag);
}

std::optional<ValueHead> ValueReader::head() {
  // Both the head and rest_ are written where they stay: copying them here, in larger words than
  // they were just written in, would cost more than all the rest.
  std::optional<ValueHead> head;
  const std::optional<Kind> next = kind();
  if (!next) return head;
  const std::string_view before = rest_;
  head.emplace();
  head->kind = *next;
  rest_.remove_prefix(1);
  if (!take_payload(rest_, *head)) {
    rest_ = before;
    head.reset();
  }
  return head;
}

bool ValueReader::skip() {
  ValueReader ahead = *this;
  for (uint64_t owed = 1; owed > 0; --owed) {
    const std::optional<ValueHead> head = ahead.head();
    if (!head) return false;
    owed += head->elements();
    // Each value owed takes a byte at least, so this also keeps the sum from overflowing.
    if (owed - 1 > ahead.rest_.size()) return false;
  }
  *this = ahead;
  return true;
}

std::optional<std::string_view> ValueReader::encoded() {
  const std::string_view before = rest_;
  if (!skip()) return std::nullopt;
  return before.substr(0, before.size() - rest_.size());
}

std::optional<ValueHead> ValueReader::head_of(Kind kind) {
  if (this->kind() != kind) return std::nullopt;
  return head();
}

bool ValueReader::none() { return head_of(Kind::kNone).has_value(); }

std::optional<bool> ValueReader::boolean() {
  const std::optional<Kind> next = kind();
  if (next != Kind::kFalse && next != Kind::kTrue) return std::nullopt;
  rest_.remove_prefix(1);
  return next == Kind::kTrue;
}

std::optional<int64_t> ValueReader::integer() {
  const std::optional<ValueHead> head = head_of(Kind::kInteger);
  if (!head) return std::nullopt;
  return head->integer;
}

size_t ValueReader::integers(std::span<int64_t> numbers) {
  auto to = numbers.begin();
  return take_integers(rest_, numbers.size(), [&to](uint64_t value) { *to++ = unzigzag(value); });
}

uint64_t ValueReader::skip_integers(uint64_t most) {
  return take_integers(rest_, most, [](uint64_t) {});
}

std::optional<std::string_view> ValueReader::big_integer() {
  const std::optional<ValueHead> head = head_of(Kind::kBigInteger);
  if (!head) return std::nullopt;
  return head->content;
}

std::optional<double> ValueReader::real() {
  const std::optional<ValueHead> head = head_of(Kind::kReal);
  if (!head) return std::nullopt;
  return head->real;
}

std::optional<std::string_view> ValueReader::text() {
  const std::optional<ValueHead> head = head_of(Kind::kText);
  if (!head) return std::nullopt;
  return head->content;
}

std::optional<std::string_view> ValueReader::bytes() {
  const std::optional<ValueHead> head = head_of(Kind::kBytes);
  if (!head) return std::nullopt;
  return head->content;
}

std::optional<ValueHead> ValueReader::reference() { return head_of(Kind::kReference); }
std::optional<ValueHead> ValueReader::opaque() { return head_of(Kind::kOpaque); }

std::optional<uint64_t> ValueReader::begin(Kind container) {
  const std::optional<ValueHead> head = head_of(container);
  if (!head) return std::nullopt;
  return head->number;
}

}  // namespace syncmanager
