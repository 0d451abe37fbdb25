#include "client/python/native/fields.h"

#include <string>
#include <string_view>
#include <utility>

#include "client/python/native/tasks.h"
#include "client/python/native/values.h"

namespace syncmanager::python {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Bytes that are text of the protocol's own, and no encoded value.
bool is_text(const FieldDescriptor& field) {
  const std::string& name = field.name();
  return name == "name" || name == "typecode" || name == "prefix" || name == "function" ||
         name == "offers" || field.full_name() == "syncmanager.wire.QueueOp.Put.key";
}

// Whether its key is the value itself.
bool is_plain(PyObject* value) {
  return PyUnicode_CheckExact(value) || PyLong_CheckExact(value) || PyBytes_CheckExact(value) ||
         PyFloat_CheckExact(value);
}

Purpose purpose_of(const FieldDescriptor& field) {
  const std::string_view message = field.containing_type()->full_name();
  const std::string_view method = message.substr(message.rfind('.') + 1);
  if (message.find(".QueueOp.") != message.npos || message.find(".PoolOp.") != message.npos) {
    return Purpose::kMoved;
  }
  const std::string& name = field.name();
  const bool of_list =
      method == "Remove" || method == "Index" || method == "Count" || method == "Contains";
  const bool of_set = message.find(".SetOp.") != message.npos;
  const bool asked = name == "key" || name == "expected" || of_list || of_set;
  return asked ? Purpose::kAsked : Purpose::kStored;
}

std::string bytes_of(const FieldDescriptor& field, Handle value, const Session& session,
                     Lending* lending = nullptr) {
  if (is_text(field)) return std::string(text_of(value));
  if (is_plain(value.get())) return encode(value, session, Purpose::kMoved, nullptr, lending);
  if (const auto* const encoded = value_if<EncodedValue>(value)) return encoded->bytes();
  if (const auto* const lazy = value_if<LazyValue>(value)) return lazy->bytes();
  return encode(value, session, purpose_of(field), nullptr, lending);
}

// `...`, where it isn't a value as others are.
bool is_left_out(const FieldDescriptor& field, Handle value) {
  const bool is_value = field.type() == FieldDescriptor::TYPE_BYTES && !is_text(field);
  return value.get() == Py_Ellipsis && (!is_value || field.has_presence());
}

// Adds entries: keys and values, names and values, or tuples of a message's first fields.
void add_entries(Message& message, const FieldDescriptor& field, Handle value,
                 const Session& session) {
  const auto& type = *field.message_type();
  const bool mapping = PyObject_HasAttrString(value.get(), "items") != 0;
  for_each(mapping ? value.attr("items")() : Object(value), [&](Handle entry) {
    if (!PyTuple_Check(entry.get())) {
      raise(PyExc_TypeError, "a tuple is required, not " + type_name(entry));
    }
    if (PyTuple_Size(entry.get()) > type.field_count()) {
      raise(PyExc_ValueError, "too many fields: " + type.full_name());
    }
    Message& added = *message.GetReflection()->AddMessage(&message, &field);
    int i = 0;
    for_each(entry, [&](Handle part) { set_field(added, *type.field(i++), part, session); });
  });
}

void add_all(Message& message, const FieldDescriptor& field, Handle value, const Session& session) {
  if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
    return add_entries(message, field, value, session);
  }
  const Reflection& reflection = *message.GetReflection();
  const bool numbers = field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64;
  for_each(value, [&](Handle element) {
    if (numbers) {
      reflection.AddUInt64(&message, &field, unsigned_of(element));
    } else {
      reflection.AddString(&message, &field, bytes_of(field, element, session));
    }
  });
}

Object value_of(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  const bool repeated = index >= 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return to_python(repeated ? reflection.GetRepeatedString(message, &field, index)
                                : reflection.GetString(message, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return to_python(reflection.GetBool(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return to_python(reflection.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return to_python(reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return to_dict(repeated ? reflection.GetRepeatedMessage(message, &field, index)
                              : reflection.GetMessage(message, &field));
    default:
      return Object(Py_None);
  }
}

}  // namespace

const FieldDescriptor* field_of(const google::protobuf::Descriptor& message,
                                const std::string& name) {
  const FieldDescriptor* const field = message.FindFieldByName(name);
  if (field == nullptr) raise(PyExc_AttributeError, message.full_name() + " has no " + name);
  return field;
}

void set_field(Message& message, const FieldDescriptor& field, Handle value,
               const Session& session) {
  if (is_left_out(field, value)) return;
  if (field.is_repeated()) return add_all(message, field, value, session);
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection.SetString(&message, &field, bytes_of(field, value, session));
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(&message, &field, truth_of(value));
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.SetUInt64(&message, &field, unsigned_of(value));
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.SetInt64(&message, &field, integer_of(value));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.SetEnumValue(&message, &field, from_python<int>(value));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return set_fields(*reflection.MutableMessage(&message, &field), value, session);
    default:
      raise(PyExc_TypeError, "there is no way to set " + field.full_name());
  }
}

bool lend_field(Message& message, const FieldDescriptor& field, Handle value,
                const Session& session, Lending& lending, std::string& encoded) {
  const bool is_bytes = field.type() == FieldDescriptor::TYPE_BYTES && !field.is_repeated();
  if (!is_bytes || is_left_out(field, value)) {
    set_field(message, field, value, session);
    return false;
  }
  encoded = bytes_of(field, value, session, &lending);
  if (!lending.lent.empty()) return true;
  message.GetReflection()->SetString(&message, &field, std::move(encoded));
  return false;
}

void set_fields(Message& message, Handle fields, const Session& session) {
  for_each(fields.attr("items")(), [&](Handle item) {
    const auto [name, value] = elements_of<2>(item);
    set_field(message, *field_of(*message.GetDescriptor(), std::string(text_of(name))), value,
              session);
  });
}

Object to_dict(const Message& message) {
  Object dict = steal(PyDict_New());
  const auto set = [&](const FieldDescriptor& field, Handle value) {
    check(PyDict_SetItemString(dict.get(), field.name().c_str(), value.get()));
  };
  const auto& descriptor = *message.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    if (!field.is_repeated()) {
      set(field, value_of(message, field, -1));
      continue;
    }
    const Object all = steal(PyList_New(0));
    const int size = message.GetReflection()->FieldSize(message, &field);
    for (int index = 0; index < size; ++index) append(all, value_of(message, field, index));
    set(field, all);
  }
  return dict;
}

}  // namespace syncmanager::python
