#include <syncmanager/encoded_value.h>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "client/python/native/values.h"

namespace syncmanager::python {
namespace {

// The depth that the manager takes. A list inside itself has no end.
constexpr int kDeepest = 32;

// Bytes of an element, as a rule: so that long lists aren't copied as they grow.
constexpr size_t kUsual = 6;

// The largest key.
constexpr uint64_t kMaxInKey = 100'000;
constexpr size_t kLongestKey = size_t{1} << 20;

// A buffer of this size is sent from where it lies.
constexpr size_t kLent = size_t{1} << 20;

// The largest head of an opaque value, without its codec and its content.
constexpr size_t kFraming = 1 + 2 * 10;

// A value that isn't of Python's own types, or holds one at too great a depth.
class NeedsTranslation {};

// A value that no key can have in it; and one that only Python compares: by code of its class, or
// because its key would be too long or too deep.
class NoKey {};
class PythonAlone {};

class Encoder {
 public:
  // Counts in `about`.
  Encoder(ValueWriter& writer, const Session& session, Purpose purpose, AboutEncoded& about,
          Lending* lending)
      : writer_(writer), session_(session), purpose_(purpose), about_(about), lending_(lending) {}

  void write(PyObject* value, int depth) {
    if (value == Py_None) {
      writer_.none();
    } else if (PyUnicode_CheckExact(value)) {
      text(value);
    } else if (PyLong_CheckExact(value)) {
      integer(value);
    } else if (PyBool_Check(value)) {
      writer_.boolean(value == Py_True);
    } else if (PyFloat_CheckExact(value)) {
      writer_.real(PyFloat_AsDouble(value));
    } else if (PyBytes_CheckExact(value)) {
      bytes(value);
    } else if (!container(value, depth)) {
      translate(value, depth);
    }
  }

  // The whole value, by its codec.
  void translate(PyObject* value, int depth) {
    if (purpose_ == Purpose::kKey) return translate_in_key(value, depth);
    Object made = session_.translation().dump(Handle(value), false);
    if (is_foreign(made)) made = session_.translation().dump(Handle(value), true);
    if (auto* const shared = value_if<SharedReference>(made)) {
      const ReferencePtr& reference = shared->get();
      KeptReferences::add(reference);
      writer_.reference(reference->object(), reference->type());
      return;
    }
    const auto [codec, content] = elements_of<2>(made);
    if (purpose_ != Purpose::kMoved && begin_keyed(value, depth)) ++depth;
    if (PyTuple_Check(content.get())) return parts(text_of(codec), content, depth);
    opaque(text_of(codec), content);
  }

 private:
  // Writes the key of a value that comes next; false if it has none.
  bool begin_keyed(PyObject* value, int depth) {
    AboutEncoded about;
    const std::optional<std::string> key = key_of(value, depth, about);
    about_.ordered = about_.ordered && key && about.ordered;
    if (!key) return false;
    if (depth >= kDeepest) throw NeedsTranslation();
    about_.elements += about.elements;
    writer_.encoded(*key);
    return true;
  }

  std::optional<std::string> key_of(PyObject* value, int depth, AboutEncoded& about) {
    const Object key = session_.translation().key(Handle(value));
    if (key.is_none()) return std::nullopt;
    ValueWriter writer;
    try {
      if (key.get() == Py_NotImplemented) throw PythonAlone();
      Encoder(writer, session_, Purpose::kKey, about, nullptr).keyed(key, depth);
      if (writer.size() > kLongestKey) throw PythonAlone();
    } catch (const PythonAlone&) {
      if (purpose_ == Purpose::kAsked) session_.translation().refuse(Handle(value));
      return std::nullopt;
    } catch (const NoKey&) {
      return std::nullopt;
    }
    return writer.take();
  }

  // The rule, the type and the key that Translation made.
  void keyed(const Object& key, int depth) {
    if (depth >= kDeepest) throw PythonAlone();
    const auto [named, type, plain] = elements_of<3>(key);
    const auto rule = from_python<uint8_t>(named);
    about_.elements += 2;
    about_.ordered = about_.ordered && (rule & kOrdered) != 0;
    writer_.begin_keyed(rule, text_of(type));
    write(plain.get(), depth + 1);
  }

  // By its key alone; what has none by its bytes.
  void translate_in_key(PyObject* value, int depth) {
    const Object key = session_.translation().key(Handle(value));
    if (key.get() == Py_NotImplemented) throw PythonAlone();
    if (!key.is_none()) {
      keyed(key, depth);
      writer_.none();
      return;
    }
    const Object made = session_.translation().dump(Handle(value), false);
    if (value_if<SharedReference>(made) != nullptr) throw NoKey();
    const auto [codec, content] = elements_of<2>(made);
    if (PyTuple_Check(content.get())) throw NoKey();
    about_.ordered = false;
    opaque(text_of(codec), content);
  }

  // Whether it is a Reference of another session, or has one.
  bool is_foreign(Handle made) const {
    if (const auto* const shared = value_if<SharedReference>(made)) {
      return shared->session().get() != &session_;
    }
    if (!PyTuple_Check(made.get())) return false;
    bool foreign = false;
    for_each(made, [&](Handle part) { foreign = foreign || is_foreign(part); });
    return foreign;
  }

  // Without a copy in between.
  void opaque(std::string_view codec, Handle content) {
    const Object pieces = PyList_Check(content.get()) ? Object(content) : tuple_of(content);
    std::list<Buffer> own;
    std::list<Buffer>& buffers = lending_ == nullptr ? own : lending_->buffers;
    std::vector<std::string_view> views;
    uint64_t size = 0, copied = 0;
    for_each(pieces, [&](Handle piece) {
      const std::string_view view = views.emplace_back(buffers.emplace_back(piece).view());
      size += view.size();
      if (!is_lent(view.size())) copied += view.size();
    });
    writer_.reserve(writer_.size() + codec.size() + copied + kFraming);
    writer_.begin_opaque(codec, size);
    for (const std::string_view view : views) append(view);
  }

  void bytes(PyObject* value) {
    const std::string_view content(PyBytes_AsString(value),
                                   static_cast<size_t>(PyBytes_Size(value)));
    if (is_lent(content.size())) {
      lending_->buffers.emplace_back(value);
      writer_.begin_bytes(content.size());
      append(content);
    } else {
      writer_.bytes(content);
    }
  }

  bool is_lent(size_t bytes) const { return lending_ != nullptr && bytes >= kLent; }

  void append(std::string_view content) {
    if (is_lent(content.size())) {
      lending_->lent.push_back({writer_.size(), content});
    } else {
      writer_.encoded(content);
    }
  }

  void parts(std::string_view codec, Handle content, int depth) {
    if (depth >= kDeepest) throw NeedsTranslation();
    const auto size = static_cast<uint64_t>(PyTuple_Size(content.get())) + 1;
    about_.elements += size;
    writer_.begin_tuple(size);
    writer_.text(std::string(kCodec).append(codec));
    for_each(content, [&](Handle part) { write(part.get(), depth + 1); });
  }

  void text(PyObject* value) {
    Py_ssize_t size = 0;
    const char* utf8 = PyUnicode_AsUTF8AndSize(value, &size);
    if (utf8 != nullptr) {
      writer_.text({utf8, static_cast<size_t>(size)});
      return;
    }
    PyErr_Clear();  // A lone surrogate, which UTF-8 has no word for.
    translate(value, 0);
  }

  void integer(PyObject* value) {
    int overflow = 0;
    const long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow == 0) {
      writer_.integer(number);
      return;
    }
    big_integer(value);
  }

  // Two's complement, the lowest byte first.
  void big_integer(Handle value) {
    const uint64_t size = unsigned_of(value.attr("bit_length")()) / 8 + 1;
    const Object keywords = steal(PyDict_New());
    check(PyDict_SetItemString(keywords.get(), "signed", Py_True));
    const Object arguments = tuple_of(size, "little");
    const Object bytes =
        steal(PyObject_Call(value.attr("to_bytes").get(), arguments.get(), keywords.get()));
    writer_.big_integer(Buffer(bytes).view());
  }

  // False: it isn't one of Python's own.
  bool container(PyObject* value, int depth) {
    const bool dict = PyDict_CheckExact(value);
    if (!dict && !PyList_CheckExact(value) && !PyTuple_CheckExact(value) &&
        !PyAnySet_CheckExact(value)) {
      return false;
    }
    const bool too_deep = depth >= kDeepest;
    if (purpose_ == Purpose::kKey && (too_deep || about_.elements > kMaxInKey)) {
      throw PythonAlone();
    }
    if (too_deep) throw NeedsTranslation();
    if (dict) {
      entries(value, depth);
    } else if (PyAnySet_CheckExact(value)) {
      set(value, depth);
    } else if (PyList_CheckExact(value)) {
      elements<PyList_GetItem>(value, static_cast<uint64_t>(PyList_Size(value)), depth);
    } else {
      elements<PyTuple_GetItem>(value, static_cast<uint64_t>(PyTuple_Size(value)), depth);
    }
    return true;
  }

  // `item` is the one of PyList_GetItem and PyTuple_GetItem that belongs to it.
  template <auto item>
  void elements(PyObject* sequence, uint64_t size, int depth) {
    about_.elements += size;
    writer_.reserve(writer_.size() + kUsual * size);
    item == PyList_GetItem ? writer_.begin_list(size) : writer_.begin_tuple(size);
    for (uint64_t place = 0; place < size;) {
      const uint64_t written = integers<item>(sequence, place, size);
      // The Python code that translates an element may take it from the list.
      if (written == 0) write(Object(element_of<item>(sequence, place)).get(), depth + 1);
      place += std::max<uint64_t>(written, 1);
    }
  }

  // As many as come first from that place on; long lists of them are common. Returns how many they
  // were.
  template <auto item>
  uint64_t integers(PyObject* sequence, uint64_t place, uint64_t size) {
    std::array<int64_t, kSeveral> numbers;
    const size_t most = std::min<uint64_t>(size - place, kSeveral);
    size_t count = 0;
    for (; count < most; ++count) {
      PyObject* const number = element_of<item>(sequence, place + count);
      if (!PyLong_CheckExact(number)) break;
      int overflow = 0;
      numbers[count] = PyLong_AsLongLongAndOverflow(number, &overflow);
      if (overflow != 0) break;
    }
    writer_.integers(std::span(numbers).first(count));
    return count;
  }

  // Throws if the element isn't there any more.
  template <auto item>
  static PyObject* element_of(PyObject* sequence, uint64_t place) {
    PyObject* const element = item(sequence, static_cast<Py_ssize_t>(place));
    if (element == nullptr) throw PythonError();
    return element;
  }

  void set(PyObject* value, int depth) {
    const auto size = static_cast<uint64_t>(PySet_Size(value));
    about_.elements += size;
    PyFrozenSet_CheckExact(value) ? writer_.begin_frozenset(size) : writer_.begin_set(size);
    for_each(value, [&](Handle element) { write(element.get(), depth + 1); });
  }

  void entries(PyObject* value, int depth) {
    const auto size = static_cast<uint64_t>(PyDict_Size(value));
    about_.elements += 2 * size;
    writer_.begin_dict(size);
    PyObject *key = nullptr, *content = nullptr;
    for (Py_ssize_t position = 0; PyDict_Next(value, &position, &key, &content) != 0;) {
      const Object kept(content);  // The Python code that translates the key may take it.
      write(Object(key).get(), depth + 1);
      write(kept.get(), depth + 1);
    }
  }

  ValueWriter& writer_;
  const Session& session_;
  const Purpose purpose_;
  AboutEncoded& about_;
  Lending* const lending_;  // Null: everything is copied.
};

}  // namespace

thread_local KeptReferences* KeptReferences::newest_ = nullptr;

std::string encode(Handle value, const Session& session, Purpose purpose, AboutEncoded* about,
                   Lending* lending) {
  ValueWriter writer;
  AboutEncoded found;
  try {
    Encoder(writer, session, purpose, found, lending).write(value.get(), 0);
  } catch (const NeedsTranslation&) {
    writer = ValueWriter();
    found = {};
    if (lending != nullptr) lending->lent.clear();
    Encoder(writer, session, purpose, found, lending).translate(value.get(), 0);
  }
  if (about != nullptr) *about = found;
  return writer.take();
}

}  // namespace syncmanager::python
