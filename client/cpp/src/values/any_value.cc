#include "syncmanager/any_value.h"

namespace syncmanager {
namespace {

// Writes the content of an AnyValue.
struct Writing {
  ValueWriter& writer;

  void operator()(std::monostate) const { writer.none(); }
  void operator()(bool value) const { writer.boolean(value); }
  void operator()(int64_t value) const { writer.integer(value); }
  void operator()(double value) const { writer.real(value); }
  void operator()(const std::string& text) const { writer.text(text); }
  void operator()(const Bytes& bytes) const { to_value(writer, bytes); }
  void operator()(const ReferencePtr& reference) const {
    writer.reference(reference->object(), reference->type());
  }
  void operator()(const AnyValue::Sequence& sequence) const {
    begin(sequence.kind, sequence.elements.size());
    for (const AnyValue& element : sequence.elements) to_value(writer, element);
  }
  void operator()(const AnyValue::Entries& entries) const {
    writer.begin_dict(entries.entries.size());
    for (const auto& [key, value] : entries.entries) {
      to_value(writer, key);
      to_value(writer, value);
    }
  }
  void operator()(const AnyValue::Opaque& opaque) const {
    if (opaque.kind == Kind::kBigInteger) {
      writer.big_integer(opaque.content);
    } else {
      writer.opaque(opaque.codec, opaque.content);
    }
  }
  void operator()(const AnyValue::Keyed& keyed) const {
    writer.begin_keyed(keyed.rule, keyed.type);
    for (const AnyValue& part : keyed.key_and_value) to_value(writer, part);
  }

  void begin(Kind kind, size_t elements) const {
    if (kind == Kind::kTuple) {
      writer.begin_tuple(elements);
    } else if (kind == Kind::kSet) {
      writer.begin_set(elements);
    } else if (kind == Kind::kFrozenSet) {
      writer.begin_frozenset(elements);
    } else {
      writer.begin_list(elements);
    }
  }
};

AnyValue read_sequence(Decoder& decoder, Kind kind, uint64_t elements) {
  AnyValue::Sequence sequence{.kind = kind, .elements = {}};
  for (; elements > 0; --elements) {
    sequence.elements.push_back(from_value(decoder, std::type_identity<AnyValue>{}));
  }
  return AnyValue(std::move(sequence));
}

AnyValue read_entries(Decoder& decoder, uint64_t count) {
  AnyValue::Entries entries;
  for (; count > 0; --count) {
    AnyValue key = from_value(decoder, std::type_identity<AnyValue>{});
    AnyValue value = from_value(decoder, std::type_identity<AnyValue>{});
    entries.entries.emplace_back(std::move(key), std::move(value));
  }
  return AnyValue(std::move(entries));
}

AnyValue read_keyed(Decoder& decoder, const ValueHead& head) {
  AnyValue::Keyed keyed{.rule = static_cast<uint8_t>(head.number),
                        .type = std::string(head.name),
                        .key_and_value = {}};
  for (int i = 0; i < 2; ++i) {
    keyed.key_and_value.push_back(from_value(decoder, std::type_identity<AnyValue>{}));
  }
  return AnyValue(std::move(keyed));
}

Bytes bytes_of(std::string_view content) {
  const auto* begin = reinterpret_cast<const std::byte*>(content.data());
  return Bytes(begin, begin + content.size());
}

}  // namespace

bool AnyValue::Entries::operator==(const Entries& other) const { return entries == other.entries; }

void to_value(ValueWriter& writer, const AnyValue& value) {
  std::visit(Writing{writer}, value.content());
}

// Recursion is as deep as the value, which the manager limits to 32 levels.
AnyValue from_value(Decoder& decoder, std::type_identity<AnyValue>) {
  if (decoder.reader().kind() == Kind::kReference) return AnyValue(decoder.reference({}));
  const std::optional<ValueHead> head = decoder.reader().head();
  if (!head) decoder.fail("a value");
  switch (head->kind) {
    case Kind::kNone:
      return AnyValue();
    case Kind::kFalse:
    case Kind::kTrue:
      return AnyValue(head->kind == Kind::kTrue);
    case Kind::kInteger:
      return AnyValue(head->integer);
    case Kind::kReal:
      return AnyValue(head->real);
    case Kind::kText:
      return AnyValue(std::string(head->content));
    case Kind::kBytes:
      return AnyValue(bytes_of(head->content));
    case Kind::kList:
    case Kind::kTuple:
    case Kind::kSet:
    case Kind::kFrozenSet:
      return read_sequence(decoder, head->kind, head->number);
    case Kind::kDict:
      return read_entries(decoder, head->number);
    case Kind::kBigInteger:
    case Kind::kOpaque:
      return AnyValue(AnyValue::Opaque{.kind = head->kind,
                                       .codec = std::string(head->name),
                                       .content = std::string(head->content)});
    case Kind::kKeyed:
      return read_keyed(decoder, *head);
    case Kind::kReference:
      break;
  }
  decoder.fail("a value of a known kind");
}

}  // namespace syncmanager
