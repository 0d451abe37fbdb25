#include <syncmanager/error.h>

#include <algorithm>
#include <utility>

#include "client/python/native/make.h"
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

Object bytes_of(std::string_view content) {
  Object bytes = steal(PyBytes_FromStringAndSize(nullptr, size_of(content)));
  fill(PyBytes_AsString(bytes.get()), content);
  return bytes;
}

Object bytearray_of(std::string_view content) {
  Object bytes = steal(PyByteArray_FromStringAndSize(nullptr, size_of(content)));
  fill(PyByteArray_AsString(bytes.get()), content);
  return bytes;
}

// A memoryview of a part of an answer. It is released as this ends, before the answer's memory is.
class Lent {
 public:
  explicit Lent(std::string_view content)
      : view_(steal(PyMemoryView_FromMemory(const_cast<char*>(content.data()), size_of(content),
                                            kReadOnlyMemory))) {}
  ~Lent() {
    const Object released = Object::take(PyObject_CallMethod(view_.get(), "release", nullptr));
    if (!released) PyErr_Clear();
  }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;
  Handle view() const { return view_; }

 private:
  const Object view_;
};

Object decode_opaque(const ValueHead& head, const std::shared_ptr<Session>& session) {
  const auto& load = session->translation().load;
  if (head.name != "pickle") return load(head.name, bytearray_of(head.content));
  const Lent content(head.content);  // Unpickling copies what it makes.
  return load(head.name, content.view());
}

// Two's complement, the lowest byte first.
Object big_integer_of(std::string_view content) {
  const Object from_bytes = Handle(reinterpret_cast<PyObject*>(&PyLong_Type)).attr("from_bytes");
  const Object keywords = steal(PyDict_New());
  check(PyDict_SetItemString(keywords.get(), "signed", Py_True));
  const Object arguments = tuple_of(bytes_of(content), "little");
  return steal(PyObject_Call(from_bytes.get(), arguments.get(), keywords.get()));
}

Object decode_set(Decoder& decoder, const ValueHead& head,
                  const std::shared_ptr<Session>& session) {
  Object set = steal(head.kind == Kind::kSet ? PySet_New(nullptr) : PyFrozenSet_New(nullptr));
  for (uint64_t i = 0; i < head.number; ++i) {
    check(PySet_Add(set.get(), decode(decoder, session).get()));
  }
  return set;
}

Object decode_dict(Decoder& decoder, uint64_t entries, const std::shared_ptr<Session>& session) {
  Object dict = steal(PyDict_New());
  for (uint64_t i = 0; i < entries; ++i) {
    const Object key = decode(decoder, session);
    check(PyDict_SetItem(dict.get(), key.get(), decode(decoder, session).get()));
  }
  return dict;
}

// Puts the elements into a sequence that was made by `make`, with `put`.
template <auto make, auto put>
Object decode_sequence(Decoder& decoder, uint64_t elements,
                       const std::shared_ptr<Session>& session) {
  Object sequence = steal(make(static_cast<Py_ssize_t>(elements)));
  Py_ssize_t place = 0;
  decode_each(decoder, elements, session,
              [&](Object element) { check(put(sequence.get(), place++, element.release())); });
  return sequence;
}

bool may_name_codec(PyObject* first) {
  return PyUnicode_CheckExact(first) && PyUnicode_GetLength(first) > 0 &&
         PyUnicode_ReadChar(first, 0) == static_cast<Py_UCS4>(kCodec.front());
}

Object decode_tuple(Decoder& decoder, uint64_t elements, const std::shared_ptr<Session>& session) {
  Object tuple = decode_sequence<PyTuple_New, PyTuple_SetItem>(decoder, elements, session);
  PyObject* const named = elements == 0 ? nullptr : PyTuple_GetItem(tuple.get(), 0);
  if (named == nullptr || !may_name_codec(named)) return tuple;
  const std::string_view first = text_of(named);
  if (!first.starts_with(kCodec)) return tuple;
  const Object others = steal(PyTuple_GetSlice(tuple.get(), 1, PY_SSIZE_T_MAX));
  return session->translation().load(first.substr(kCodec.size()), others);
}

}  // namespace

Object decode(Decoder& decoder, const std::shared_ptr<Session>& session) {
  ValueReader& reader = decoder.reader();
  if (reader.kind() == Kind::kReference) {
    const auto reference = make<SharedReference>(session, decoder.reference(""));
    return session->translation().proxy(reference);
  }
  const std::optional<ValueHead> head = reader.head();
  if (!head) throw Error("the manager sent a value that can't be read");
  switch (head->kind) {
    case Kind::kNone:
    case Kind::kReference:
      return Object(Py_None);
    case Kind::kFalse:
    case Kind::kTrue:
      return to_python(head->kind == Kind::kTrue);
    case Kind::kInteger:
      return steal(PyLong_FromLongLong(head->integer));
    case Kind::kBigInteger:
      return big_integer_of(head->content);
    case Kind::kReal:
      return to_python(head->real);
    case Kind::kText:
      return steal(PyUnicode_DecodeUTF8(head->content.data(), size_of(head->content), nullptr));
    case Kind::kBytes:
      return bytes_of(head->content);
    case Kind::kList:
      return decode_sequence<PyList_New, PyList_SetItem>(decoder, head->number, session);
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
