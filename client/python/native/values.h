#pragma once

#include <syncmanager/decoder.h>
#include <syncmanager/encoded_value.h>

#include <memory>
#include <string>
#include <string_view>

#include "client/python/native/session.h"

namespace syncmanager::python {

// What a codec makes of a value may be a tuple, which travels as one that begins with this and its
// name.
inline constexpr std::string_view kCodec = "\x01syncmanager:";

inline constexpr size_t kSeveral = 64;  // Integers at once, of which lists often have many.

// Takes a new reference over; throws Python's error if there is none.
inline py::object steal(PyObject* object) {
  if (object == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(object);
}

// Python's own types (None, bool, int, float, str, bytes, list, tuple, dict, set, frozenset; none
// of their subclasses) travel typed; everything else, and what is nested deeper than 32, as
// `Session::Translation` says. Throws what that does. Needs the GIL. `elements` is set to how many
// are in its containers at all levels, which the manager has a limit for.
std::string encode(py::handle value, const Session& session, uint64_t* elements = nullptr);

// Takes the next value. Throws what `Translation` does for what isn't one of Python's own types.
py::object decode(Decoder& decoder, const std::shared_ptr<Session>& session);

}  // namespace syncmanager::python
