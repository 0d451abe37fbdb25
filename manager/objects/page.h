#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "manager/core/call.h"

namespace syncmanager::manager {

// Whether a reader that names a version (0: any will do) still reads the container it began with.
// Refuses the call with CHANGED if not. `type` is the container's, for the message.
bool same_version(Call& call, uint64_t wanted, uint64_t version, const char* type);

// One page of a container under way: values in turn until Limits::page_bytes, then the place where
// the next page begins. REQUIRES: `call` outlives it.
class PageBuilder {
 public:
  PageBuilder(Call& call, uint64_t version);

  // Whether `bytes` more belong on this page. The first always do, so that a reader gets on.
  bool has_room(size_t bytes) const;
  // Adds a value; the session gets references to what it refers to.
  void add(const Stored& value);
  // Adds a value without references.
  void add_encoded(std::string_view value);
  // Answers the call. `cursor`: where the next page begins; 0: this was the last.
  void reply(uint64_t cursor);

 private:
  // The bytes of a value on the wire beside its own: its tag and its length.
  static constexpr size_t kFraming = 6;

  Call* call_;
  wire::Reply reply_;
  size_t bytes_ = 0;
};

}  // namespace syncmanager::manager
