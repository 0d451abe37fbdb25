#pragma once

#include "client/python/native/object.h"

namespace syncmanager::python {

// OwnManager: a syncmanagerd of one's own, as the C++ client's OwnManager.
void bind_managers(Handle module);

}  // namespace syncmanager::python
