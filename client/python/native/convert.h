#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "client/python/native/object.h"

namespace syncmanager::python {

// ---- C++ values as Python objects. Texts are UTF-8; they throw UnicodeDecodeError if they aren't.

inline Object to_python(Handle object) { return Object(object); }
inline Object to_python(double number) { return steal(PyFloat_FromDouble(number)); }
inline Object to_python(std::string_view text) {
  return steal(PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), nullptr));
}
template <std::integral Number>
Object to_python(Number number) {
  if constexpr (std::same_as<Number, bool>) {
    return Object(number ? Py_True : Py_False);
  } else if constexpr (std::unsigned_integral<Number>) {
    return steal(PyLong_FromUnsignedLongLong(number));
  } else {
    return steal(PyLong_FromLongLong(number));
  }
}

inline void append(Handle list, Handle element) { check(PyList_Append(list.get(), element.get())); }

template <class Element>
Object to_python(const std::vector<Element>& elements) {
  Object list = steal(PyList_New(0));
  for (const Element& element : elements) append(list, to_python(element));
  return list;
}

// A tuple of any number of values.
template <class... Values>
Object tuple_of(const Values&... values) {
  return steal(PyTuple_Pack(sizeof...(values), to_python(values).get()...));
}

template <class... Arguments>
Object Handle::operator()(const Arguments&... arguments) const {
  const std::array<Object, sizeof...(arguments)> converted{to_python(arguments)...};
  // The first place is for the callee's use.
  std::array<PyObject*, sizeof...(arguments) + 1> given{};
  for (size_t i = 0; i < converted.size(); ++i) given[i + 1] = converted[i].get();
  return steal(PyObject_VectorcallDict(object_, given.data() + 1,
                                       converted.size() | kArgumentsOffset, nullptr));
}

// ---- Python objects as C++ values.

// The text of a str, as long as that lives. Throws TypeError for anything else, and
// UnicodeEncodeError for a str with a lone surrogate.
std::string_view text_of(Handle value);
// Throws TypeError for what isn't an integer, and OverflowError for one that is too large.
int64_t integer_of(Handle value);
uint64_t unsigned_of(Handle value);
// Throws what `bool(value)` raises.
inline bool truth_of(Handle value) { return check(PyObject_IsTrue(value.get())) != 0; }
// Throws TypeError for what isn't a number.
double real_of(Handle value);

// How a Python object is converted to a parameter of type T of a C++ function (function.h). The
// general one, in class.h, is that for T& of a class that Python has.
template <class T>
struct Conversion;
template <>
struct Conversion<Handle> {
  static Handle of(Handle value) { return value; }
};
template <>
struct Conversion<Object> {
  static Object of(Handle value) { return Object(value); }
};
template <>
struct Conversion<bool> {
  // An optional argument that is left out is false.
  static bool of(Handle value) { return value && truth_of(value); }
};
template <>
struct Conversion<double> {
  static double of(Handle value) { return real_of(value); }
};
template <>
struct Conversion<std::string> {
  static std::string of(Handle value) { return std::string(text_of(value)); }
};
template <std::integral Number>
struct Conversion<Number> {
  static Number of(Handle value) {
    if constexpr (std::same_as<Number, uint64_t>) return unsigned_of(value);
    const int64_t number = integer_of(value);
    if (!std::in_range<Number>(number)) raise(PyExc_OverflowError, "the integer is too large");
    return static_cast<Number>(number);
  }
};
template <class Value>
struct Conversion<std::optional<Value>> {
  static std::optional<Value> of(Handle value) {
    if (value.is_none()) return std::nullopt;
    return Conversion<Value>::of(value);
  }
};
template <class Element>
struct Conversion<std::vector<Element>> {
  static std::vector<Element> of(Handle value) {
    std::vector<Element> elements;
    for_each(value, [&](Handle element) { elements.push_back(Conversion<Element>::of(element)); });
    return elements;
  }
};

// Throws what the conversion raises.
template <class T>
decltype(auto) from_python(Handle value) {
  return Conversion<std::remove_cvref_t<T>>::of(value);
}

// The elements of a tuple of that size, which keeps them. Throws TypeError for anything else.
template <size_t size>
std::array<Handle, size> elements_of(Handle tuple) {
  if (PyTuple_Check(tuple.get()) == 0 || PyTuple_Size(tuple.get()) != Py_ssize_t{size}) {
    raise(PyExc_TypeError, "a tuple of " + std::to_string(size) + " is required");
  }
  std::array<Handle, size> elements;
  for (size_t i = 0; i < size; ++i) {
    elements[i] = PyTuple_GetItem(tuple.get(), static_cast<Py_ssize_t>(i));
  }
  return elements;
}

}  // namespace syncmanager::python
