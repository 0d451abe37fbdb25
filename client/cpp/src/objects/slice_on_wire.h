#pragma once

#include <syncmanager/list_calls.h>

#include "protos/list.pb.h"

namespace syncmanager {

inline void set_slice_fields(wire::Slice& fields, const Slice& slice) {
  if (slice.start) fields.set_start(*slice.start);
  if (slice.stop) fields.set_stop(*slice.stop);
  if (slice.step) fields.set_step(*slice.step);
}

}  // namespace syncmanager
