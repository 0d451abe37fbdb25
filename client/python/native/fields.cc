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

std::string text_of(py::handle value) {
  if (!PyUnicode_Check(value.ptr())) {
    throw py::type_error("a str is required, not " + std::string(Py_TYPE(value.ptr())->tp_name));
  }
  return py::cast<std::string>(value);
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

std::string bytes_of(const FieldDescriptor& field, py::handle value, const Session& session,
                     Lending* lending = nullptr) {
  if (is_text(field)) return text_of(value);
  if (is_plain(value.ptr())) return encode(value, session, Purpose::kMoved, nullptr, lending);
  if (py::isinstance<EncodedValue>(value)) return py::cast<const EncodedValue&>(value).bytes();
  if (py::isinstance<LazyValue>(value)) return py::cast<const LazyValue&>(value).bytes();
  return encode(value, session, purpose_of(field), nullptr, lending);
}

// A number's integer; whatever else raises TypeError, and what is too large OverflowError.
py::object index_of(py::handle value) {
  PyObject* const index = PyNumber_Index(value.ptr());
  if (index == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(index);
}

int64_t integer_of(py::handle value) {
  const Py_ssize_t number = PyLong_AsSsize_t(index_of(value).ptr());
  if (number == -1 && PyErr_Occurred() != nullptr) throw py::error_already_set();
  return number;
}

uint64_t unsigned_of(py::handle value) {
  const size_t number = PyLong_AsSize_t(index_of(value).ptr());
  if (number == static_cast<size_t>(-1) && PyErr_Occurred() != nullptr) {
    throw py::error_already_set();
  }
  return number;
}

bool truth_of(py::handle value) {
  const int truth = PyObject_IsTrue(value.ptr());
  if (truth < 0) throw py::error_already_set();
  return truth != 0;
}

// `...`, where it isn't a value as others are.
bool is_left_out(const FieldDescriptor& field, py::handle value) {
  const bool is_value = field.type() == FieldDescriptor::TYPE_BYTES && !is_text(field);
  return value.ptr() == Py_Ellipsis && (!is_value || field.has_presence());
}

// Adds entries: keys and values, names and values, or tuples of a message's first fields.
void add_entries(Message& message, const FieldDescriptor& field, py::handle value,
                 const Session& session) {
  const auto& type = *field.message_type();
  const py::object entries = py::hasattr(value, "items")
                                 ? value.attr("items")()
                                 : py::reinterpret_borrow<py::object>(value);
  for (const py::handle entry : entries) {
    const auto tuple = py::cast<py::tuple>(entry);
    if (tuple.size() > static_cast<size_t>(type.field_count())) {
      throw py::value_error("too many fields: " + type.full_name());
    }
    Message& added = *message.GetReflection()->AddMessage(&message, &field);
    for (size_t i = 0; i < tuple.size(); ++i) {
      set_field(added, *type.field(static_cast<int>(i)), tuple[i], session);
    }
  }
}

void add_all(Message& message, const FieldDescriptor& field, py::handle value,
             const Session& session) {
  if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
    return add_entries(message, field, value, session);
  }
  const Reflection& reflection = *message.GetReflection();
  const bool numbers = field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64;
  for (const py::handle element : py::reinterpret_borrow<py::object>(value)) {
    if (numbers) {
      reflection.AddUInt64(&message, &field, unsigned_of(element));
    } else {
      reflection.AddString(&message, &field, bytes_of(field, element, session));
    }
  }
}

py::object to_python(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  const bool repeated = index >= 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return py::str(repeated ? reflection.GetRepeatedString(message, &field, index)
                              : reflection.GetString(message, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return py::bool_(reflection.GetBool(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return py::int_(reflection.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return py::int_(reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return to_dict(repeated ? reflection.GetRepeatedMessage(message, &field, index)
                              : reflection.GetMessage(message, &field));
    default:
      return py::none();
  }
}

}  // namespace

const FieldDescriptor* field_of(const google::protobuf::Descriptor& message,
                                const std::string& name) {
  const FieldDescriptor* const field = message.FindFieldByName(name);
  if (field == nullptr) throw py::attribute_error(message.full_name() + " has no " + name);
  return field;
}

void set_field(Message& message, const FieldDescriptor& field, py::handle value,
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
      return reflection.SetEnumValue(&message, &field, py::cast<int>(value));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return set_fields(*reflection.MutableMessage(&message, &field), py::cast<py::dict>(value),
                        session);
    default:
      throw py::type_error("there is no way to set " + field.full_name());
  }
}

bool lend_field(Message& message, const FieldDescriptor& field, py::handle value,
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

void set_fields(Message& message, const py::dict& fields, const Session& session) {
  for (const auto& [name, value] : fields) {
    set_field(message, *field_of(*message.GetDescriptor(), py::cast<std::string>(name)), value,
              session);
  }
}

py::dict to_dict(const Message& message) {
  py::dict dict;
  const auto& descriptor = *message.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    if (!field.is_repeated()) {
      dict[field.name().c_str()] = to_python(message, field, -1);
      continue;
    }
    py::list all;
    const int size = message.GetReflection()->FieldSize(message, &field);
    for (int index = 0; index < size; ++index) all.append(to_python(message, field, index));
    dict[field.name().c_str()] = all;
  }
  return dict;
}

}  // namespace syncmanager::python
