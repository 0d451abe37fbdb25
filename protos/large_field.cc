#include "protos/large_field.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "google/protobuf/io/coded_stream.h"
#include "protos/fields.h"
#include "protos/support/huge_pages.h"

namespace syncmanager {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A smaller field is copied, which costs less than to look for it.
constexpr size_t kLarge = size_t{64} << 10;

// A field of an encoded message, as views into it.
struct Place {
  std::string_view before, bytes, after;
  const FieldDescriptor* field = nullptr;  // Null: there is none.
};

bool is_movable(const FieldDescriptor* field) {
  return field != nullptr && !field->is_repeated() &&
         (field->type() == FieldDescriptor::TYPE_BYTES ||
          field->type() == FieldDescriptor::TYPE_MESSAGE);
}

// The field that is more than half of a message.
Place largest_field(std::string_view encoded, const Message& message) {
  FieldReader fields(encoded);
  Field field;
  const char* begin = encoded.data();
  while (fields.next(field)) {
    const char* const end = encoded.data() + encoded.size() - fields.remaining();
    if (field.bytes.size() > std::max(encoded.size(), kLarge) / 2) {
      const auto* descriptor =
          message.GetDescriptor()->FindFieldByNumber(static_cast<int>(field.number));
      if (!is_movable(descriptor)) return {};
      return {.before = {encoded.data(), static_cast<size_t>(begin - encoded.data())},
              .bytes = field.bytes,
              .after = {end, fields.remaining()},
              .field = descriptor};
    }
    begin = end;
  }
  return {};
}

bool merge(std::string_view encoded, Message& message) {
  google::protobuf::io::CodedInputStream input(reinterpret_cast<const uint8_t*>(encoded.data()),
                                               static_cast<int>(encoded.size()));
  return message.MergeFromCodedStream(&input) && input.ConsumedEntireMessage();
}

// `part` of a text, which is a view into it, in the text's own memory.
std::string cut_out(std::string whole, std::string_view part) {
  const auto begin = static_cast<size_t>(part.data() - whole.data());
  whole.resize(begin + part.size());
  whole.erase(0, begin);
  return whole;
}

// Merges a part of `memory` into the message.
bool merge_moving(std::string_view encoded, std::string& memory, Message& message) {
  const Place large = largest_field(encoded, message);
  if (large.field == nullptr) return merge(encoded, message);
  if (!merge(large.before, message) || !merge(large.after, message)) return false;
  const auto& reflection = *message.GetReflection();
  if (large.field->type() == FieldDescriptor::TYPE_MESSAGE) {
    return merge_moving(large.bytes, memory, *reflection.MutableMessage(&message, large.field));
  }
  reflection.SetString(&message, large.field, cut_out(std::move(memory), large.bytes));
  return true;
}

// Moves the field that has more than `least` bytes out of the message. `way` gets the fields that
// lead to it, itself the last.
std::string take_largest(Message& message, size_t least, std::vector<const FieldDescriptor*>& way) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (!is_movable(field)) continue;
    if (field->type() == FieldDescriptor::TYPE_MESSAGE) {
      Message& part = *reflection.MutableMessage(&message, field);
      if (part.ByteSizeLong() <= least) continue;
      way.push_back(field);
      return take_largest(part, least, way);
    }
    std::string unused;
    const std::string& bytes = reflection.GetStringReference(message, field, &unused);
    if (bytes.size() <= least) continue;
    way.push_back(field);
    // Reflection has no way to move a string out. The message is ours to change.
    return std::exchange(const_cast<std::string&>(bytes), {});
  }
  return {};
}

// Returns the bytes in front of a value of `length` bytes: the heads of the fields of `way`, each
// of which contains the next one, and the last one the value.
std::string heads_of(const std::vector<const FieldDescriptor*>& way, size_t length) {
  std::string heads;
  for (auto field = way.rbegin(); field != way.rend(); ++field) {
    std::string head;
    append_head(head, (*field)->number(), heads.size() + length);
    heads.insert(0, head);
  }
  return heads;
}

}  // namespace

size_t EncodedMessage::size() const {
  size_t size = front.size() + large.size();
  for (const LentBytes& piece : lent) size += piece.bytes.size();
  return size;
}

std::string_view EncodedMessage::piece_at(size_t place) const {
  size_t begin = 0;  // Of what comes next in `front`.
  for (const LentBytes& piece : lent) {
    const auto own = std::string_view(front).substr(begin, piece.after - begin);
    if (place < own.size()) return own.substr(place);
    place -= own.size();
    if (place < piece.bytes.size()) return piece.bytes.substr(place);
    place -= piece.bytes.size();
    begin = piece.after;
  }
  const auto rest = std::string_view(front).substr(begin);
  if (place < rest.size()) return rest.substr(place);
  return std::string_view(large).substr(place - rest.size());
}

void EncodedMessage::own() {
  if (lent.empty()) return;
  std::string whole;
  const size_t bytes = size();
  reserve_large(whole, bytes);
  while (whole.size() < bytes) whole += piece_at(whole.size());
  *this = {.front = std::move(whole)};
}

EncodedMessage encode_lent(const Message& message, const std::vector<const FieldDescriptor*>& way,
                           std::string value, std::vector<LentBytes> lent) {
  size_t bytes = value.size();
  for (const LentBytes& piece : lent) bytes += piece.bytes.size();
  EncodedMessage encoded;
  if (bytes > std::numeric_limits<int>::max() - message.ByteSizeLong() - kLarge) return encoded;
  message.SerializeToString(&encoded.front);
  encoded.front += heads_of(way, bytes);
  for (LentBytes& piece : lent) piece.after += encoded.front.size();
  encoded.front += value;
  encoded.lent = std::move(lent);
  return encoded;
}

EncodedMessage encode_moving(Message& message) {
  EncodedMessage encoded;
  const size_t size = message.ByteSizeLong();
  if (size > std::numeric_limits<int>::max()) return encoded;
  std::vector<const FieldDescriptor*> way;
  if (size > kLarge) {
    encoded.large = take_largest(message, size / 2, way);
    reserve_large(encoded.front, size - encoded.large.size());
  }
  message.SerializeToString(&encoded.front);
  // If a field of bytes occurs twice, the last one counts. Messages are merged.
  if (!encoded.large.empty()) encoded.front += heads_of(way, encoded.large.size());
  return encoded;
}

bool parse_moving(std::string encoded, Message& message) {
  message.Clear();
  if (encoded.size() > std::numeric_limits<int>::max()) return false;
  if (encoded.size() <= kLarge) return message.ParseFromString(encoded);
  return merge_moving(encoded, encoded, message);
}

}  // namespace syncmanager
