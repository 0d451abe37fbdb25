#pragma once

#include <pybind11/pybind11.h>
#include <unistd.h>

namespace syncmanager::python {

// Lets go of the GIL for as long as it lives. When the interpreter has begun to end meanwhile the
// thread stays here for ever, as Python 3.14's do: 3.11 would end it in the middle of C++, and with
// that the process. (Who lets go of it later than that is the thread that ends the interpreter.)
class WithoutGil {
 public:
  WithoutGil() : ending_(_Py_IsFinalizing() != 0), state_(PyEval_SaveThread()) {}
  ~WithoutGil() {
    while (!ending_ && _Py_IsFinalizing() != 0) ::pause();
    PyEval_RestoreThread(state_);
  }
  WithoutGil(const WithoutGil&) = delete;
  WithoutGil& operator=(const WithoutGil&) = delete;

 private:
  const bool ending_;
  PyThreadState* const state_;
};

}  // namespace syncmanager::python
