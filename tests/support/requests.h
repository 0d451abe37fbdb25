#pragma once

#include <cstdint>
#include <vector>

#include "protos/session.pb.h"

namespace syncmanager {

// The requests that tests send over a RawStream.

inline wire::Request ping(uint64_t id) {
  wire::Request request;
  request.set_id(id);
  request.mutable_registry()->mutable_ping();
  return request;
}

inline wire::ClientBatch batch_of(const std::vector<wire::Request>& requests) {
  wire::ClientBatch batch;
  for (const wire::Request& request : requests) *batch.add_requests() = request;
  return batch;
}

}  // namespace syncmanager
