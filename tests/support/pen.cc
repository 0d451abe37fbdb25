#include "tests/support/pen.h"

#include <gtest/gtest.h>

namespace syncmanager::manager {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

ObjectId Pen::last_id() const {
  const auto& objects = engine_.registry().objects();
  return objects.empty() ? 0 : objects.rbegin()->first;
}

void Pen::fill(Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.real_oneof_decl_count(); ++i) {
    const auto& oneof = *type.oneof_decl(i);
    const auto choice = static_cast<int>(dice_.below(static_cast<uint64_t>(oneof.field_count())));
    fill(message, *oneof.field(choice));
  }
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.real_containing_oneof() != nullptr) continue;
    // Most queues with dead letters would be refused for their other options, so few have them.
    const uint64_t chance = field.name() == "dead_letters" ? 15 : 60;
    const uint64_t times = field.is_repeated() ? dice_.below(4) : dice_.percent(chance) ? 1 : 0;
    for (uint64_t n = 0; n < times; ++n) fill(message, field);
  }
}

void Pen::fill(Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return fill(field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                      : *reflection.MutableMessage(&message, &field));
    case FieldDescriptor::CPPTYPE_STRING:
      return field.is_repeated() ? reflection.AddString(&message, &field, bytes(field))
                                 : reflection.SetString(&message, &field, bytes(field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return field.is_repeated() ? reflection.AddUInt64(&message, &field, number(field))
                                 : reflection.SetUInt64(&message, &field, number(field));
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.SetInt64(&message, &field, dice_.number<int64_t>());
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(&message, &field, dice_.percent(30));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.SetEnumValue(&message, &field, static_cast<int>(dice_.below(5)));
    default:
      FAIL() << "no number of this type was in a request before: " << field.full_name();
  }
}

// A number for the field, as a rule one that the pool may have.
uint64_t Pen::number(const FieldDescriptor& field) {
  const std::string& name = field.name();
  if (name == "object" || name == "lock" || name == "dead_letters") return object();
  if (field.file()->name() != "protos/pool.proto" || dice_.percent(5)) {
    return dice_.number<uint64_t>();
  }
  return dice_.below(name.ends_with("_us") ? 60'000 : name.starts_with("most") ? 4 : 20);
}

std::string Pen::bytes(const FieldDescriptor& field) {
  if (field.name() == "name" || field.name() == "prefix") {
    return dice_.percent(40) ? "" : "name" + std::to_string(dice_.below(8));
  }
  if (field.name() == "function") return "f" + std::to_string(dice_.below(3));
  if (field.name() == "offers") {
    return dice_.percent(50) ? "f*" : "f" + std::to_string(dice_.below(3));
  }
  if (field.name() == "typecode") return dice_.percent(90) ? "i" : "ii";
  if (dice_.percent(2)) return std::string(dice_.below(40), static_cast<char>(dice_.below(256)));
  ValueWriter writer;
  write_value(writer, 0);
  return writer.take();
}

void Pen::write_value(ValueWriter& writer, int depth) {
  const uint64_t elements = dice_.below(3);
  switch (dice_.below(depth < 5 ? 11 : 7)) {
    case 0:
      return void(writer.none());
    case 1:
      return void(writer.boolean(dice_.percent(50)));
    case 2:
      return void(writer.real(static_cast<double>(dice_.below(8)) / 2));
    case 3:
      return void(writer.text(std::string(dice_.below(dice_.percent(5) ? 2'000 : 8), 'x')));
    case 4:
      return void(writer.reference(object(), "list"));
    case 5:
    case 6:
      return void(writer.integer(dice_.number<int64_t>()));
    case 7:
      writer.begin_list(elements);
      break;
    case 8:
      writer.begin_tuple(elements);
      break;
    case 9:
      writer.begin_frozenset(elements);
      break;
    default:
      writer.begin_dict(1);
      write_value(writer, depth + 1);
      return write_value(writer, depth + 1);
  }
  for (uint64_t i = 0; i < elements; ++i) write_value(writer, depth + 1);
}

}  // namespace syncmanager::manager
