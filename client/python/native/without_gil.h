#pragma once

#include "client/python/native/c_api.h"

#include <unistd.h>

namespace syncmanager::python {

// Lets go of the GIL for as long as it lives. Of an interpreter that has ended meanwhile, or ends
// while it is waited for, the thread stays here for ever, as Python 3.14's do: 3.11 ends it by an
// unwinding that C++ can't bear, and with that the process. (Who lets go of it later than that is
// the thread that ends the interpreter.)
class WithoutGil {
 public:
  WithoutGil() : state_(PyEval_SaveThread()) {}
  ~WithoutGil() noexcept(false) {
    StayIfUnwound here;
    PyEval_RestoreThread(state_);
    here.unwound = false;
  }
  WithoutGil(const WithoutGil&) = delete;
  WithoutGil& operator=(const WithoutGil&) = delete;

 private:
  struct StayIfUnwound {
    bool unwound = true;
    ~StayIfUnwound() {
      while (unwound) ::pause();
    }
  };

  PyThreadState* const state_;
};

// Has the GIL for as long as it lives, in any thread. REQUIRES: the interpreter hasn't ended.
class WithGil {
 public:
  WithGil() : state_(PyGILState_Ensure()) {}
  ~WithGil() { PyGILState_Release(state_); }
  WithGil(const WithGil&) = delete;
  WithGil& operator=(const WithGil&) = delete;

 private:
  const PyGILState_STATE state_;
};

}  // namespace syncmanager::python
