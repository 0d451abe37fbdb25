#include "client/python/native/errors.h"

#include <syncmanager/error.h>

#include <cerrno>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

#include "client/python/native/convert.h"
#include "protos/request.pb.h"

namespace syncmanager::python {
namespace {

Object class_of(const char* name) { return import("syncmanager.errors").attr(name); }

Object class_of(int outcome) {
  switch (outcome) {
    case wire::CANCELLED:
      return class_of("Cancelled");
    case wire::INDEX_OUT_OF_RANGE:
      return Object(PyExc_IndexError);
    case wire::BAD_VALUE:
      return Object(PyExc_ValueError);
    case wire::BAD_TYPE:
      return Object(PyExc_TypeError);
    case wire::OVERFLOW_ERROR:
      return Object(PyExc_OverflowError);
    case wire::CHANGED:
    case wire::REFUSED:
      return Object(PyExc_RuntimeError);
    case wire::NO_SUCH_ATTRIBUTE:
      return Object(PyExc_AttributeError);
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

[[noreturn]] void raise_with(Handle type, Handle argument) {
  PyErr_SetObject(type.get(), argument.get());
  throw PythonError();
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
[[noreturn]] void raise_connect_failed(const ConnectFailed& error) {
  const bool of_system = error.code().category() == std::generic_category();
  const Object exception =
      class_of("_connect_failed")(error.code().value(), std::string_view(error.what()), of_system);
  raise_with(reinterpret_cast<PyObject*>(Py_TYPE(exception.get())), exception);
}

// Throws the Python error for the exception that is being handled.
[[noreturn]] void translate() {
  try {
    throw;
  } catch (const PythonError&) {
    throw;
  } catch (const AuthenticationFailed& error) {
    raise(class_of("AuthenticationError"), error.what());
  } catch (const SessionLost& error) {
    raise(class_of("SessionLost"), error.what());
  } catch (const Draining& error) {
    raise(class_of("Draining"), error.what());
  } catch (const ConnectFailed& error) {
    raise_connect_failed(error);
  } catch (const AddressInUse& error) {
    raise_with(class_of("AddressInUse"), tuple_of(EADDRINUSE, std::string_view(error.what())));
  } catch (const Disconnected& error) {
    raise(class_of("Disconnected"), error.what());
  } catch (const LimitExceeded& error) {
    raise(class_of("LimitExceeded"), error.what());
  } catch (const InvalidArgument& error) {
    raise(class_of("InvalidArgument"), error.what());
  } catch (const NoSuchObject& error) {
    raise(class_of("NoSuchObject"), error.what());
  } catch (const Error& error) {
    raise(class_of("SyncManagerError"), error.what());
  } catch (const std::bad_alloc& error) {
    raise(PyExc_MemoryError, error.what());
  } catch (const std::out_of_range& error) {
    raise(PyExc_IndexError, error.what());
  } catch (const std::invalid_argument& error) {
    raise(PyExc_ValueError, error.what());
  } catch (const std::exception& error) {
    raise(PyExc_RuntimeError, error.what());
  }
}

}  // namespace

void raise(const Answer& answer, Handle key) {
  if (answer.loss() != Loss::kNone) {
    raise(class_of(answer.loss() == Loss::kSession ? "SessionLost" : "Disconnected"),
          answer.describe(answer.message()));
  }
  const int outcome = answer.outcome();
  if (outcome == wire::NO_SUCH_KEY) {
    raise_with(PyExc_KeyError,
               tuple_of(key ? Object(key) : to_python(without_quotes(answer.message()))));
  }
  if (outcome == wire::BROKEN_BARRIER && answer.message().empty()) {
    raise_with(class_of(outcome), tuple_of());
  }
  raise(class_of(outcome),
        has_pythons_words(outcome) ? answer.message() : answer.describe(answer.message()));
}

void set_error() noexcept {
  try {
    translate();
  } catch (PythonError& error) {
    error.restore();
  }
}

}  // namespace syncmanager::python
