#include "manager/core/partial_request.h"

#include <algorithm>
#include <utility>

#include "protos/frame.h"
#include "protos/large_field.h"
#include "protos/support/huge_pages.h"
#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

// The size reserved with the first part. It takes no memory before it is written to.
constexpr size_t kFirstRoom = size_t{16} << 20;

// Appends the bytes of a part to those before it. Memory grows with what has come and not with what
// a client promises: at most twice that is reserved.
void join(std::string_view bytes, uint64_t whole, std::string& joined) {
  const size_t size = joined.size() + bytes.size();
  if (size > joined.capacity()) {
    reserve_large(joined, std::min<uint64_t>(whole, std::max(2 * size, kFirstRoom)));
  }
  joined += bytes;
}

}  // namespace

absl::Status PartialRequest::add(std::string_view bytes, uint64_t left, uint64_t max) {
  const uint64_t whole = bytes.size() + left;
  if (is_open_ && left_ != whole) {
    drop(absl::InvalidArgumentError(str_cat("the parts of a request don't fit: ", left_,
                                            " bytes were left, and then ", whole)));
  } else if (!is_open_ && (whole < left || whole > max)) {
    drop(absl::InvalidArgumentError(request_too_large(whole, max)));
  }
  is_open_ = left > 0;
  left_ = left;
  if (error_.ok()) join(bytes, bytes_.size() + whole, bytes_);
  return error_;
}

void PartialRequest::drop(absl::Status why) {
  if (error_.ok()) error_ = std::move(why);
  bytes_ = std::string();
}

absl::Status PartialRequest::finish(wire::Request& request) {
  std::string whole = std::exchange(bytes_, {});
  if (!error_.ok()) return std::exchange(error_, absl::OkStatus());
  if (parse_moving(std::move(whole), request)) return absl::OkStatus();
  return absl::InvalidArgumentError("a request in parts that can't be read");
}

void PartialRequest::save(Snapshot& snapshot) const {
  snapshot.boolean(is_open_);
  snapshot.number(left_);
  snapshot.text(bytes_);
  snapshot.text({error_.message().data(), error_.message().size()});
}

}  // namespace syncmanager::manager
