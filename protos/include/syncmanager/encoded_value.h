#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace syncmanager {

// A value as it travels and rests: one tag byte, then what the tag says. Values inside a value are
// written the same way, one after the other.
//
//   tag  value        what follows
//   00   none
//   01   false
//   02   true
//   03   integer      varint of the zigzag number: -2^63 ... 2^63 - 1
//   04   big integer  varint length, two's complement, least byte first; no other integers
//   05   real         8 bytes, IEEE 754 binary64, least byte first
//   06   text         varint length, UTF-8 (RFC 3629); any code point, U+0000 too
//   07   bytes        varint length, the bytes
//   08   list         varint count, that many values
//   09   tuple        varint count, that many values
//   0a   set          varint count, that many values, hashable and all different
//   0b   frozenset    as a set
//   0c   dict         varint count, that many times a key and a value; keys as in a set
//   0d   reference    varint id of the object, varint length, its type: 1-64 of [A-Za-z0-9_]
//   0e   opaque       varint length, codec: 1-64 of [a-z0-9._-]; varint length, its bytes
//   0f   keyed        varint rule, varint length, type: UTF-8; two values: its key, and itself
//
// Keyed is a value that is compared by another one, its key, such as an opaque date by a tuple of
// numbers. A key has no references. KeyRule says what it means.
//
// A varint is a number below 2^64 in groups of 7 bits, least first, each byte but the last with
// its high bit set; zigzag maps 0, -1, 1, -2 to 0, 1, 2, 3. Every number has one encoding: varints
// and big integers are as short as can be, and longer ones are refused. "Hashable" and "different"
// are Python's: lists, dicts and sets are not hashable, nor is a tuple with one inside; 1, 1.0 and
// True are the same; NaN is no key. Sets and dicts keep the order they were written in.
enum class Kind : uint8_t {
  kNone = 0,
  kFalse = 1,
  kTrue = 2,
  kInteger = 3,
  kBigInteger = 4,
  kReal = 5,
  kText = 6,
  kBytes = 7,
  kList = 8,
  kTuple = 9,
  kSet = 10,
  kFrozenSet = 11,
  kDict = 12,
  kReference = 13,
  kOpaque = 14,
  kKeyed = 15,
};

// How a keyed value is compared; several may be set. Without kOwnType it equals all that its key
// equals.
enum KeyRule : uint8_t {
  kOwnType = 1,     // Equals only keyed values of the same type that have equal keys.
  kOrdered = 2,     // Is less where its key is less, within its type if that is its own.
  kUnhashable = 4,  // Is no key of a dict and no element of a set.
};

// Encodes one value, or one after the other: each call appends. After begin_...(n) the caller owes
// the n elements (a dict: n times key and value), and nobody counts them here. Neither UTF-8, names
// nor keys are looked at: the manager refuses a value that breaks the table above. Not thread-safe.
// One that was moved from can be assigned to or destroyed, no more.
class ValueWriter {
 public:
  ValueWriter& none();
  ValueWriter& boolean(bool value);
  ValueWriter& integer(int64_t value);
  // One after the other.
  ValueWriter& integers(std::span<const int64_t> values);
  // Two's complement, least byte first, of any length: written as an integer if it is one, and
  // without the bytes that it doesn't need. Empty is 0.
  ValueWriter& big_integer(std::string_view twos_complement);
  ValueWriter& real(double value);
  ValueWriter& text(std::string_view utf8);
  ValueWriter& bytes(std::string_view value);
  ValueWriter& begin_list(uint64_t elements);
  ValueWriter& begin_tuple(uint64_t elements);
  ValueWriter& begin_set(uint64_t elements);
  ValueWriter& begin_frozenset(uint64_t elements);
  ValueWriter& begin_dict(uint64_t entries);
  ValueWriter& reference(uint64_t object, std::string_view type);
  ValueWriter& opaque(std::string_view codec, std::string_view content);
  // The caller appends that number of bytes of content, by encoded().
  ValueWriter& begin_bytes(uint64_t bytes);
  ValueWriter& begin_opaque(std::string_view codec, uint64_t bytes);
  // The caller owes the key, and then the value itself.
  ValueWriter& begin_keyed(uint8_t rule, std::string_view type);
  // Appends what is encoded already.
  ValueWriter& encoded(std::string_view value);

  void reserve(size_t bytes);
  size_t size() const { return size_; }
  std::string_view view() const { return {out_.data(), size_}; }
  // Returns the encoded bytes. The writer is empty afterwards.
  std::string take();

 private:
  // Returns room for that number of bytes; wrote_to() says where the written bytes end.
  char* room(size_t bytes);
  void wrote_to(const char* end);
  ValueWriter& tag(Kind kind);
  ValueWriter& begin(Kind kind, uint64_t count);
  ValueWriter& block(Kind kind, std::string_view content);
  ValueWriter& varint(uint64_t value);

  std::string out_;  // What was written, and some room after it.
  size_t size_ = 0;
};

// The beginning of a value: all of it, or of a container how many elements come next.
struct ValueHead {
  Kind kind = Kind::kNone;
  int64_t integer = 0;       // Of an integer; 0 or 1 of false and true.
  double real = 0;           // Of a real.
  uint64_t number = 0;       // A container's elements, a dict's entries, a reference's object,
                             // a keyed value's rule.
  std::string_view name;     // A reference's or a keyed value's type, an opaque's codec.
  std::string_view content;  // Of text, bytes, opaque; a big integer's two's complement.

  // How many values belong to this one and come right after its head; 0 if it has no such.
  uint64_t elements() const;
};

// Reads encoded values one after the other, as views into the bytes it was given, which must
// outlive it. It refuses what isn't in the form of the table above (a count of more elements than
// bytes are left, too), but doesn't check UTF-8, names or keys. No function recurses or allocates.
// A function that fails leaves the reader where it was. A copy keeps its position. Not thread-safe.
class ValueReader {
 public:
  explicit ValueReader(std::string_view encoded) : rest_(encoded) {}

  // Returns the kind of the next value; nothing at the end, and for a tag that isn't in the table.
  std::optional<Kind> kind() const;
  bool at_end() const { return rest_.empty(); }
  std::string_view remaining() const { return rest_; }

  // Takes the head of the next value. After a container's the next values are its elements.
  std::optional<ValueHead> head();
  // Passes over the next value with all that is in it.
  bool skip();
  // The same, and returns its bytes.
  std::optional<std::string_view> encoded();

  // Each takes the next value if it is of that kind.
  bool none();
  std::optional<bool> boolean();
  std::optional<int64_t> integer();
  // Takes those that come next until there is no room for more; returns how many they were.
  size_t integers(std::span<int64_t> numbers);
  // Passes over up to `most` integers, and returns their number.
  uint64_t skip_integers(uint64_t most);
  std::optional<std::string_view> big_integer();
  std::optional<double> real();
  std::optional<std::string_view> text();
  std::optional<std::string_view> bytes();
  std::optional<ValueHead> reference();
  std::optional<ValueHead> opaque();
  // How many elements (a dict: entries) come next if it is a container of that kind.
  std::optional<uint64_t> begin(Kind container);

 private:
  std::optional<ValueHead> head_of(Kind kind);

  std::string_view rest_;
};

}  // namespace syncmanager
