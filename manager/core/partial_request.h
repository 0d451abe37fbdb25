#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "manager/core/snapshot.h"
#include "protos/request.pb.h"

namespace syncmanager::manager {

// A request that is larger than a frame, between its first part and its last one (wire::Part).
// After an error its bytes are dropped as they come, so that its sender gets an answer and the
// session goes on.
class PartialRequest {
 public:
  // Adds the next part, which `left` bytes follow. Returns an error if the parts don't fit each
  // other, or if the whole takes more than `most` bytes; finish() returns it again.
  absl::Status add(std::string_view bytes, uint64_t left, uint64_t max);
  // Drops what has come, and what comes until the last part, because of `why`.
  void drop(absl::Status why);
  // Whether a part has come, and the last one has not.
  bool is_open() const { return is_open_; }
  // The bytes that are kept.
  size_t size() const { return bytes_.size(); }
  // Parses the whole, and starts over. REQUIRES: the last part has come.
  absl::Status finish(wire::Request& request);

  void save(Snapshot& snapshot) const;

 private:
  bool is_open_ = false;
  uint64_t left_ = 0;  // After the part before, if it is open.
  std::string bytes_;
  absl::Status error_;
};

}  // namespace syncmanager::manager
