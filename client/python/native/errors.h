#pragma once

#include "client/python/native/object.h"

#include <syncmanager/answer.h>

namespace syncmanager::python {

// Raises what CPython raises for such an answer, with its words; KeyError with `key`
// unless that is null. REQUIRES: it failed. Needs the GIL.
[[noreturn]] void raise(const Answer& answer, Handle key);

// Sets Python's error for the C++ exception that is being handled: the C++ client's errors are
// those of the module `syncmanager.errors`.
void set_error() noexcept;

}  // namespace syncmanager::python
