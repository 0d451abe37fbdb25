#include "client/python/native/errors.h"

#include <syncmanager/error.h>

#include <cerrno>
#include <stdexcept>
#include <string>

#include "protos/request.pb.h"

namespace syncmanager::python {
namespace {

py::object borrowed(PyObject* type) { return py::reinterpret_borrow<py::object>(type); }

py::object class_of(const char* name) {
  return py::module_::import("syncmanager.errors").attr(name);
}

py::object class_of(int outcome) {
  switch (outcome) {
    case wire::CANCELLED:
      return class_of("Cancelled");
    case wire::INDEX_OUT_OF_RANGE:
      return borrowed(PyExc_IndexError);
    case wire::BAD_VALUE:
      return borrowed(PyExc_ValueError);
    case wire::BAD_TYPE:
      return borrowed(PyExc_TypeError);
    case wire::OVERFLOW_ERROR:
      return borrowed(PyExc_OverflowError);
    case wire::CHANGED:
    case wire::REFUSED:
      return borrowed(PyExc_RuntimeError);
    case wire::NO_SUCH_ATTRIBUTE:
      return borrowed(PyExc_AttributeError);
    case wire::BROKEN_BARRIER:
      return class_of("BrokenBarrierError");
    case wire::SHUT_DOWN:
      return class_of("ShutDown");
    case wire::LOCK_LOST:
      return class_of("LockLost");
    case wire::NO_SUCH_OBJECT:
      return class_of("NoSuchObject");
    case wire::WRONG_TYPE:
      return class_of("WrongType");
    case wire::INVALID_ARGUMENT:
      return class_of("InvalidArgument");
    case wire::RESOURCE_EXHAUSTED:
      return class_of("LimitExceeded");
    case wire::PERMISSION_DENIED:
      return class_of("PermissionDenied");
    case wire::DRAINING:
      return class_of("Draining");
    default:
      return class_of("SyncManagerError");
  }
}

[[noreturn]] void raise(const py::object& type, const py::object& argument) {
  PyErr_SetObject(type.ptr(), argument.ptr());
  throw py::error_already_set();
}

// Built-in exceptions carry CPython's message. Our own also name the object and the operation.
bool has_pythons_words(int outcome) {
  return outcome < wire::NO_SUCH_OBJECT && outcome != wire::LOCK_LOST && outcome != wire::CANCELLED;
}

// A KeyError shows its text in quotes, and so does the manager's message.
std::string without_quotes(const std::string& message) {
  const bool quoted = message.size() > 1 && message.front() == '\'' && message.back() == '\'';
  return quoted ? message.substr(1, message.size() - 2) : message;
}

// The exception is also the OSError that Python has for such a failure.
void set_connect_failed(const ConnectFailed& error) {
  const bool of_system = error.code().category() == std::generic_category();
  const py::object exception =
      class_of("_connect_failed")(error.code().value(), error.what(), of_system);
  PyErr_SetObject(py::type::of(exception).ptr(), exception.ptr());
}

void translate(std::exception_ptr thrown) {
  const auto set = [](const char* name, const std::exception& error) {
    PyErr_SetString(class_of(name).ptr(), error.what());
  };
  try {
    std::rethrow_exception(thrown);
  } catch (const AuthenticationFailed& error) {
    set("AuthenticationError", error);
  } catch (const SessionLost& error) {
    set("SessionLost", error);
  } catch (const Draining& error) {
    set("Draining", error);
  } catch (const ConnectFailed& error) {
    set_connect_failed(error);
  } catch (const AddressInUse& error) {
    PyErr_SetObject(class_of("AddressInUse").ptr(), py::make_tuple(EADDRINUSE, error.what()).ptr());
  } catch (const Disconnected& error) {
    set("Disconnected", error);
  } catch (const LimitExceeded& error) {
    set("LimitExceeded", error);
  } catch (const InvalidArgument& error) {
    set("InvalidArgument", error);
  } catch (const NoSuchObject& error) {
    set("NoSuchObject", error);
  } catch (const Error& error) {
    set("SyncManagerError", error);
  }
}

}  // namespace

void raise(const Answer& answer, const py::object& key) {
  if (answer.loss() != Loss::kNone) {
    raise(class_of(answer.loss() == Loss::kSession ? "SessionLost" : "Disconnected"),
          py::str(answer.describe(answer.message())));
  }
  const int outcome = answer.outcome();
  if (outcome == wire::NO_SUCH_KEY) {
    raise(borrowed(PyExc_KeyError),
          py::make_tuple(key ? key : py::object(py::str(without_quotes(answer.message())))));
  }
  if (outcome == wire::BROKEN_BARRIER && answer.message().empty()) {
    raise(class_of(outcome), py::tuple());
  }
  raise(class_of(outcome),
        py::str(has_pythons_words(outcome) ? answer.message() : answer.describe(answer.message())));
}

void translate_errors() { py::register_exception_translator(translate); }

}  // namespace syncmanager::python
