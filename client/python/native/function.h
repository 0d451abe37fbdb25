#pragma once

#include <array>
#include <functional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "client/python/native/convert.h"
#include "client/python/native/errors.h"

namespace syncmanager::python {

// Returns what `act` returns, as a C function of Python: null with an error set if it throws.
template <class Act>
PyObject* or_error(Act act) noexcept {
  try {
    return to_python(act()).release();
  } catch (...) {
    set_error();
  }
  return nullptr;
}

// The types of a function's parameters, of a member function the object first.
template <class Function>
struct ParametersOf;
template <class Result, class... Parameters>
struct ParametersOf<Result (*)(Parameters...)> {
  using Types = std::tuple<Parameters...>;
};
template <class Result, class Class, class... Parameters>
struct ParametersOf<Result (Class::*)(Parameters...)> {
  using Types = std::tuple<Class&, Parameters...>;
};
template <class Result, class Class, class... Parameters>
struct ParametersOf<Result (Class::*)(Parameters...) const> {
  using Types = std::tuple<const Class&, Parameters...>;
};

// The function itself, of a lambda the function that it is.
template <auto function>
constexpr auto pointer_to() {
  if constexpr (std::is_member_pointer_v<decltype(function)>) {
    return function;
  } else {
    return +function;
  }
}

// A function, or a member function, that Python calls. `has_self`: its first parameter is the
// object whose method it is.
template <auto function, bool has_self>
class Function {
  using Parameters = typename ParametersOf<decltype(pointer_to<function>())>::Types;
  template <size_t place>
  using Parameter = std::tuple_element_t<place, Parameters>;

  static constexpr size_t kAll = std::tuple_size_v<Parameters>;
  static constexpr size_t kSelf = has_self ? 1 : 0;
  static constexpr bool takes_others() {
    if constexpr (kAll == 0) {
      return false;
    } else {
      return std::is_same_v<Parameter<kAll - 1>, Arguments>;
    }
  }
  static constexpr size_t kFixed = kAll - kSelf - (takes_others() ? 1 : 0);

 public:
  // Calls it by position, as METH_FASTCALL has it.
  static PyObject* call(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
    return or_error([&] {
      const Arguments given(arguments, static_cast<size_t>(count));
      if (given.size() < kFixed || (given.size() > kFixed && !takes_others())) {
        raise(PyExc_TypeError,
              std::to_string(kFixed) + " arguments are required, not " + std::to_string(count));
      }
      return call_with(self, given, std::make_index_sequence<kAll>());
    });
  }

  // How PyArg_ParseTupleAndKeywords is told the parameters' names, and which may be left out; for
  // each there is one "O".
  static inline const char* format = nullptr;
  static inline std::vector<const char*> names;

  // Calls it by position or by name, as METH_VARARGS | METH_KEYWORDS has it.
  static PyObject* call_named(PyObject* self, PyObject* tuple, PyObject* keywords) {
    return or_error([&] {
      return parse(self, tuple, keywords, [](auto&&... values) {
        return result_of(std::forward<decltype(values)>(values)...);
      });
    });
  }

  // Returns use(values...) with the values of such a call's arguments; null is what is left out.
  template <class Use>
  static auto parse(PyObject* self, PyObject* tuple, PyObject* keywords, Use use) {
    return parse(self, tuple, keywords, use, std::make_index_sequence<kAll - kSelf>());
  }

 private:
  template <class... Values>
  static Object result_of(Values&&... values) {
    if constexpr (std::is_void_v<std::invoke_result_t<decltype(function), Values...>>) {
      std::invoke(function, std::forward<Values>(values)...);
      return Object(Py_None);
    } else {
      return to_python(std::invoke(function, std::forward<Values>(values)...));
    }
  }

  template <size_t... places>
  static Object call_with([[maybe_unused]] PyObject* self, [[maybe_unused]] Arguments given,
                          std::index_sequence<places...>) {
    return result_of(argument<places>(self, given)...);
  }

  template <size_t place>
  static decltype(auto) argument([[maybe_unused]] PyObject* self, Arguments given) {
    if constexpr (place < kSelf) {
      return from_python<Parameter<place>>(self);
    } else if constexpr (place - kSelf == kFixed) {
      return given.subspan(kFixed);
    } else {
      return from_python<Parameter<place>>(given[place - kSelf]);
    }
  }

  template <class Use, size_t... places>
  static auto parse([[maybe_unused]] PyObject* self, PyObject* tuple, PyObject* keywords, Use use,
                    std::index_sequence<places...>) {
    std::array<PyObject*, sizeof...(places)> given{};
    if (PyArg_ParseTupleAndKeywords(tuple, keywords, format, const_cast<char**>(names.data()),
                                    &given[places]...) == 0) {
      throw PythonError();
    }
    if constexpr (has_self) {
      return use(from_python<Parameter<0>>(self),
                 from_python<Parameter<places + 1>>(given[places])...);
    } else {
      return use(from_python<Parameter<places>>(given[places])...);
    }
  }
};

}  // namespace syncmanager::python
