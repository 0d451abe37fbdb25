#include <syncmanager/error.h>

#include <algorithm>
#include <utility>

#include "client/python/native/values.h"
#include "protos/support/huge_pages.h"

namespace syncmanager::python {
namespace {

Py_ssize_t size_of(std::string_view text) { return static_cast<Py_ssize_t>(text.size()); }

// Copies `content` into memory that nothing was written to yet.
void fill(char* memory, std::string_view content) {
  prefer_huge_pages(memory, content.size());
  std::copy(content.begin(), content.end(), memory);
}

py::object bytes_of(std::string_view content) {
  py::object bytes = steal(PyBytes_FromStringAndSize(nullptr, size_of(content)));
  fill(PyBytes_AS_STRING(bytes.ptr()), content);
  return bytes;
}

py::object bytearray_of(std::string_view content) {
  py::object bytes = steal(PyByteArray_FromStringAndSize(nullptr, size_of(content)));
  fill(PyByteArray_AS_STRING(bytes.ptr()), content);
  return bytes;
}

// A memoryview of a part of an answer. It is released as this ends, before the answer's memory is.
class Lent {
 public:
  explicit Lent(std::string_view content)
      : view_(py::memoryview::from_memory(content.data(), size_of(content))) {}
  ~Lent() {
    PyObject* const released = PyObject_CallMethod(view_.ptr(), "release", nullptr);
    if (released == nullptr) PyErr_Clear();
    Py_XDECREF(released);
  }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;
  const py::memoryview& view() const { return view_; }

 private:
  py::memoryview view_;
};

py::object decode_opaque(const ValueHead& head, const std::shared_ptr<Session>& session) {
  const py::str codec(head.name.data(), head.name.size());
  if (head.name != "pickle") return session->translation().load(codec, bytearray_of(head.content));
  const Lent content(head.content);  // Unpickling copies what it makes.
  return session->translation().load(codec, content.view());
}

py::object decode_set(Decoder& decoder, const ValueHead& head,
                      const std::shared_ptr<Session>& session) {
  py::object set = steal(head.kind == Kind::kSet ? PySet_New(nullptr) : PyFrozenSet_New(nullptr));
  for (uint64_t i = 0; i < head.number; ++i) {
    if (PySet_Add(set.ptr(), decode(decoder, session).ptr()) != 0) throw py::error_already_set();
  }
  return set;
}

py::object decode_dict(Decoder& decoder, uint64_t entries,
                       const std::shared_ptr<Session>& session) {
  py::dict dict;
  for (uint64_t i = 0; i < entries; ++i) {
    const py::object key = decode(decoder, session);
    dict[key] = decode(decoder, session);
  }
  return dict;
}

// Into one that is new, and nobody else's.
void put(const py::list& list, size_t i, py::object element) {
  PyList_SET_ITEM(list.ptr(), static_cast<Py_ssize_t>(i), element.release().ptr());
}
void put(const py::tuple& tuple, size_t i, py::object element) {
  PyTuple_SET_ITEM(tuple.ptr(), static_cast<Py_ssize_t>(i), element.release().ptr());
}

template <class Sequence>
py::object decode_sequence(Decoder& decoder, uint64_t elements,
                           const std::shared_ptr<Session>& session) {
  Sequence sequence(elements);
  size_t place = 0;
  decode_each(decoder, elements, session,
              [&](py::object element) { put(sequence, place++, std::move(element)); });
  return sequence;
}

bool may_name_codec(PyObject* first) {
  return PyUnicode_CheckExact(first) && PyUnicode_GET_LENGTH(first) > 0 &&
         PyUnicode_READ_CHAR(first, 0) == static_cast<Py_UCS4>(kCodec.front()) &&
         PyUnicode_IS_ASCII(first);
}

py::object decode_tuple(Decoder& decoder, uint64_t elements,
                        const std::shared_ptr<Session>& session) {
  const py::tuple tuple = decode_sequence<py::tuple>(decoder, elements, session);
  if (elements == 0 || !may_name_codec(tuple[0].ptr())) return tuple;
  const auto first = tuple[0].cast<std::string_view>();
  if (!first.starts_with(kCodec)) return tuple;
  const py::str codec(first.data() + kCodec.size(), first.size() - kCodec.size());
  return session->translation().load(codec, tuple[py::slice(1, elements, 1)]);
}

}  // namespace

py::object decode(Decoder& decoder, const std::shared_ptr<Session>& session) {
  ValueReader& reader = decoder.reader();
  if (reader.kind() == Kind::kReference) {
    const auto reference = std::make_shared<SharedReference>(session, decoder.reference(""));
    return session->translation().proxy(reference);
  }
  const std::optional<ValueHead> head = reader.head();
  if (!head) throw Error("the manager sent a value that can't be read");
  switch (head->kind) {
    case Kind::kNone:
    case Kind::kReference:
      return py::none();
    case Kind::kFalse:
    case Kind::kTrue:
      return py::bool_(head->kind == Kind::kTrue);
    case Kind::kInteger:
      return steal(PyLong_FromLongLong(head->integer));
    case Kind::kBigInteger:
      return steal(
          _PyLong_FromByteArray(reinterpret_cast<const unsigned char*>(head->content.data()),
                                head->content.size(), 1, 1));
    case Kind::kReal:
      return py::float_(head->real);
    case Kind::kText:
      return steal(PyUnicode_DecodeUTF8(head->content.data(), size_of(head->content), nullptr));
    case Kind::kBytes:
      return bytes_of(head->content);
    case Kind::kList:
      return decode_sequence<py::list>(decoder, head->number, session);
    case Kind::kTuple:
      return decode_tuple(decoder, head->number, session);
    case Kind::kSet:
    case Kind::kFrozenSet:
      return decode_set(decoder, *head, session);
    case Kind::kDict:
      return decode_dict(decoder, head->number, session);
    case Kind::kKeyed:  // Its key is for the manager.
      reader.skip();
      return decode(decoder, session);
    case Kind::kOpaque:
      return decode_opaque(*head, session);
  }
  throw Error("the manager sent a value of no known kind");
}

}  // namespace syncmanager::python
