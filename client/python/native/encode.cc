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
      writer_.real(PyFloat_AS_DOUBLE(value));
    } else if (PyBytes_CheckExact(value)) {
      bytes(value);
    } else if (!container(value, depth)) {
      translate(value, depth);
    }
  }

  // The whole value, by its codec.
  void translate(PyObject* value, int depth) {
    if (purpose_ == Purpose::kKey) return translate_in_key(value, depth);
    py::object made = session_.translation().dump(py::handle(value), false);
    if (is_foreign(made)) made = session_.translation().dump(py::handle(value), true);
    if (py::isinstance<SharedReference>(made)) {
      const ReferencePtr& reference = made.cast<SharedReference&>().get();
      KeptReferences::add(reference);
      writer_.reference(reference->object(), reference->type());
      return;
    }
    const auto [codec, content] = made.cast<std::pair<std::string, py::object>>();
    if (purpose_ != Purpose::kMoved && begin_keyed(value, depth)) ++depth;
    if (py::isinstance<py::tuple>(content)) return parts(codec, content.cast<py::tuple>(), depth);
    opaque(codec, content);
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
    const py::object key = session_.translation().key(py::handle(value));
    if (key.is_none()) return std::nullopt;
    ValueWriter writer;
    try {
      if (key.ptr() == Py_NotImplemented) throw PythonAlone();
      Encoder(writer, session_, Purpose::kKey, about, nullptr).keyed(key, depth);
      if (writer.size() > kLongestKey) throw PythonAlone();
    } catch (const PythonAlone&) {
      if (purpose_ == Purpose::kAsked) session_.translation().refuse(py::handle(value));
      return std::nullopt;
    } catch (const NoKey&) {
      return std::nullopt;
    }
    return writer.take();
  }

  // The rule, the type and the key that Translation made.
  void keyed(const py::object& key, int depth) {
    if (depth >= kDeepest) throw PythonAlone();
    const auto [rule, type, plain] = key.cast<std::tuple<uint8_t, std::string, py::object>>();
    about_.elements += 2;
    about_.ordered = about_.ordered && (rule & kOrdered) != 0;
    writer_.begin_keyed(rule, type);
    write(plain.ptr(), depth + 1);
  }

  // By its key alone; what has none by its bytes.
  void translate_in_key(PyObject* value, int depth) {
    const py::object key = session_.translation().key(py::handle(value));
    if (key.ptr() == Py_NotImplemented) throw PythonAlone();
    if (!key.is_none()) {
      keyed(key, depth);
      writer_.none();
      return;
    }
    const py::object made = session_.translation().dump(py::handle(value), false);
    if (py::isinstance<SharedReference>(made)) throw NoKey();
    const auto [codec, content] = made.cast<std::pair<std::string, py::object>>();
    if (py::isinstance<py::tuple>(content)) throw NoKey();
    about_.ordered = false;
    opaque(codec, content);
  }

  // Whether it is a Reference of another session, or has one.
  bool is_foreign(const py::handle& made) const {
    if (py::isinstance<SharedReference>(made)) {
      return made.cast<SharedReference&>().session().get() != &session_;
    }
    if (!py::isinstance<py::tuple>(made)) return false;
    for (const py::handle part : made.cast<py::tuple>()) {
      if (is_foreign(part)) return true;
    }
    return false;
  }

  // Without a copy in between.
  void opaque(const std::string& codec, const py::object& content) {
    const bool several = py::isinstance<py::list>(content);
    py::list pieces = several ? py::list(content) : py::list();
    if (!several) pieces.append(content);
    std::list<Buffer> own;
    std::list<Buffer>& buffers = lending_ == nullptr ? own : lending_->buffers;
    std::vector<std::string_view> views;
    uint64_t size = 0, copied = 0;
    for (const py::handle piece : pieces) {
      const std::string_view view = views.emplace_back(
          buffers.emplace_back(py::reinterpret_borrow<py::object>(piece)).view());
      size += view.size();
      if (!is_lent(view.size())) copied += view.size();
    }
    writer_.reserve(writer_.size() + codec.size() + copied + kFraming);
    writer_.begin_opaque(codec, size);
    for (const std::string_view view : views) append(view);
  }

  void bytes(PyObject* value) {
    const std::string_view content(PyBytes_AS_STRING(value),
                                   static_cast<size_t>(PyBytes_GET_SIZE(value)));
    if (is_lent(content.size())) {
      lending_->buffers.emplace_back(py::reinterpret_borrow<py::object>(value));
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

  void parts(const std::string& codec, const py::tuple& content, int depth) {
    if (depth >= kDeepest) throw NeedsTranslation();
    about_.elements += content.size() + 1;
    writer_.begin_tuple(content.size() + 1);
    writer_.text(std::string(kCodec) + codec);
    for (const py::handle part : content) write(part.ptr(), depth + 1);
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
    std::string bytes(_PyLong_NumBits(value) / 8 + 1, '\0');
    if (_PyLong_AsByteArray(reinterpret_cast<PyLongObject*>(value),
                            reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), 1,
                            1) != 0) {
      throw py::error_already_set();
    }
    writer_.big_integer(bytes);
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
    } else {
      sequence(value, depth);
    }
    return true;
  }

  void sequence(PyObject* value, int depth) {
    const auto size = static_cast<uint64_t>(PySequence_Fast_GET_SIZE(value));
    about_.elements += size;
    writer_.reserve(writer_.size() + kUsual * size);
    PyList_CheckExact(value) ? writer_.begin_list(size) : writer_.begin_tuple(size);
    std::span<PyObject* const> items(PySequence_Fast_ITEMS(value), size);
    while (!items.empty()) {
      const size_t written = integers(items);
      if (written == 0) write(items.front(), depth + 1);
      items = items.subspan(std::max<size_t>(written, 1));
    }
  }

  // As many as come first; long lists of them are common. Returns how many they were.
  size_t integers(std::span<PyObject* const> items) {
    std::array<int64_t, kSeveral> numbers;
    size_t count = 0;
    for (; count < std::min(items.size(), numbers.size()); ++count) {
      if (!PyLong_CheckExact(items[count])) break;
      int overflow = 0;
      numbers[count] = PyLong_AsLongLongAndOverflow(items[count], &overflow);
      if (overflow != 0) break;
    }
    writer_.integers(std::span(numbers).first(count));
    return count;
  }

  void set(PyObject* value, int depth) {
    const auto size = static_cast<uint64_t>(PySet_GET_SIZE(value));
    about_.elements += size;
    PyFrozenSet_CheckExact(value) ? writer_.begin_frozenset(size) : writer_.begin_set(size);
    for (const py::handle element : py::reinterpret_borrow<py::object>(value)) {
      write(element.ptr(), depth + 1);
    }
  }

  void entries(PyObject* value, int depth) {
    const auto size = static_cast<uint64_t>(PyDict_GET_SIZE(value));
    about_.elements += 2 * size;
    writer_.begin_dict(size);
    PyObject *key = nullptr, *content = nullptr;
    for (Py_ssize_t position = 0; PyDict_Next(value, &position, &key, &content) != 0;) {
      write(key, depth + 1);
      write(content, depth + 1);
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

std::string encode(py::handle value, const Session& session, Purpose purpose, AboutEncoded* about,
                   Lending* lending) {
  ValueWriter writer;
  AboutEncoded found;
  try {
    Encoder(writer, session, purpose, found, lending).write(value.ptr(), 0);
  } catch (const NeedsTranslation&) {
    writer = ValueWriter();
    found = {};
    if (lending != nullptr) lending->lent.clear();
    Encoder(writer, session, purpose, found, lending).translate(value.ptr(), 0);
  }
  if (about != nullptr) *about = found;
  return writer.take();
}

}  // namespace syncmanager::python
