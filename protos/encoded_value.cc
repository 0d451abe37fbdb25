#include <syncmanager/encoded_value.h>

#include <bit>
#include <cstring>
#include <utility>

namespace syncmanager {
namespace {

static_assert(std::endian::native == std::endian::little,
              "reals and numbers are copied as they are");

// 64 bits in groups of 7.
constexpr size_t kLongestVarint = 10;

constexpr uint64_t zigzag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}

constexpr int64_t unzigzag(uint64_t value) {
  return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

bool negative(std::string_view twos_complement) {
  return !twos_complement.empty() && (static_cast<uint8_t>(twos_complement.back()) & 0x80) != 0;
}

// Without the bytes at its end that only repeat the sign.
std::string_view shortest(std::string_view twos_complement) {
  const char sign = negative(twos_complement) ? '\xff' : '\0';
  while (twos_complement.size() > 1 && twos_complement.back() == sign) {
    const std::string_view shorter = twos_complement.substr(0, twos_complement.size() - 1);
    if (negative(shorter) != negative(twos_complement)) break;
    twos_complement = shorter;
  }
  return twos_complement;
}

std::optional<uint64_t> take_varint(std::string_view& rest) {
  // Nearly all lengths, counts and integers are one group.
  if (!rest.empty() && static_cast<uint8_t>(rest[0]) < 0x80) {
    const auto value = static_cast<uint8_t>(rest[0]);
    rest.remove_prefix(1);
    return value;
  }
  uint64_t value = 0;
  for (size_t i = 0; i < rest.size() && i < kLongestVarint; ++i) {
    const auto byte = static_cast<uint8_t>(rest[i]);
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) != 0) continue;
    const bool needless = byte == 0;
    const bool too_large = i == kLongestVarint - 1 && byte > 1;
    if (needless || too_large) return std::nullopt;
    rest.remove_prefix(i + 1);
    return value;
  }
  return std::nullopt;
}

bool take_block(std::string_view& rest, std::string_view& block) {
  const std::optional<uint64_t> length = take_varint(rest);
  if (!length || *length > rest.size()) return false;
  block = rest.substr(0, *length);
  rest.remove_prefix(*length);
  return true;
}

bool take_integer(std::string_view& rest, ValueHead& head) {
  const std::optional<uint64_t> value = take_varint(rest);
  if (!value) return false;
  head.integer = unzigzag(*value);
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
  const std::optional<uint64_t> count = take_varint(rest);
  if (!count) return false;
  head.number = *count;
  return *count <= (head.kind == Kind::kDict ? rest.size() / 2 : rest.size());
}

bool take_reference(std::string_view& rest, ValueHead& head) {
  const std::optional<uint64_t> object = take_varint(rest);
  if (!object) return false;
  head.number = *object;
  return take_block(rest, head.name);
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
  }
  return false;
}

}  // namespace

ValueWriter& ValueWriter::none() {
  out_.push_back(static_cast<char>(Kind::kNone));
  return *this;
}

ValueWriter& ValueWriter::boolean(bool value) {
  out_.push_back(static_cast<char>(value ? Kind::kTrue : Kind::kFalse));
  return *this;
}

ValueWriter& ValueWriter::integer(int64_t value) { return begin(Kind::kInteger, zigzag(value)); }

ValueWriter& ValueWriter::big_integer(std::string_view twos_complement) {
  const std::string_view number = shortest(twos_complement);
  if (number.size() > sizeof(int64_t)) return block(Kind::kBigInteger, number);
  int64_t value = negative(number) ? -1 : 0;
  // An empty number has no bytes to copy, and perhaps no address.
  if (!number.empty()) std::memcpy(&value, number.data(), number.size());
  return integer(value);
}

ValueWriter& ValueWriter::real(double value) {
  char encoded[1 + sizeof(value)] = {static_cast<char>(Kind::kReal)};
  std::memcpy(encoded + 1, &value, sizeof(value));
  out_.append(encoded, sizeof(encoded));
  return *this;
}

ValueWriter& ValueWriter::text(std::string_view utf8) { return block(Kind::kText, utf8); }
ValueWriter& ValueWriter::bytes(std::string_view value) { return block(Kind::kBytes, value); }

ValueWriter& ValueWriter::begin_list(uint64_t elements) { return begin(Kind::kList, elements); }
ValueWriter& ValueWriter::begin_tuple(uint64_t elements) { return begin(Kind::kTuple, elements); }
ValueWriter& ValueWriter::begin_set(uint64_t elements) { return begin(Kind::kSet, elements); }
ValueWriter& ValueWriter::begin_frozenset(uint64_t elements) {
  return begin(Kind::kFrozenSet, elements);
}
ValueWriter& ValueWriter::begin_dict(uint64_t entries) { return begin(Kind::kDict, entries); }

ValueWriter& ValueWriter::reference(uint64_t object, std::string_view type) {
  begin(Kind::kReference, object);
  varint(type.size());
  out_.append(type);
  return *this;
}

ValueWriter& ValueWriter::opaque(std::string_view codec, std::string_view content) {
  return begin_opaque(codec, content.size()).encoded(content);
}

ValueWriter& ValueWriter::begin_opaque(std::string_view codec, uint64_t bytes) {
  block(Kind::kOpaque, codec);
  varint(bytes);
  return *this;
}

ValueWriter& ValueWriter::encoded(std::string_view value) {
  out_.append(value);
  return *this;
}

std::string ValueWriter::take() { return std::exchange(out_, std::string()); }

ValueWriter& ValueWriter::begin(Kind kind, uint64_t count) {
  out_.push_back(static_cast<char>(kind));
  varint(count);
  return *this;
}

ValueWriter& ValueWriter::block(Kind kind, std::string_view content) {
  // For one block alone this is the only allocation; a growing string doubles all the same.
  if (out_.empty()) out_.reserve(1 + kLongestVarint + content.size());
  begin(kind, content.size());
  out_.append(content);
  return *this;
}

void ValueWriter::varint(uint64_t value) {
  char groups[kLongestVarint];
  size_t length = 0;
  for (; value >= 0x80; value >>= 7) groups[length++] = static_cast<char>(value | 0x80);
  groups[length++] = static_cast<char>(value);
  out_.append(groups, length);
}

uint64_t ValueHead::elements() const {
  switch (kind) {
    case Kind::kList:
    case Kind::kTuple:
    case Kind::kSet:
    case Kind::kFrozenSet:
      return number;
    case Kind::kDict:
      return 2 * number;
    default:
      return 0;
  }
}

std::optional<Kind> ValueReader::kind() const {
  if (rest_.empty()) return std::nullopt;
  const auto tag = static_cast<uint8_t>(rest_[0]);
  if (tag > static_cast<uint8_t>(Kind::kOpaque)) return std::nullopt;
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
