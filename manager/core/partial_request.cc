#include "manager/core/partial_request.h"

#include <utility>

#include "protos/frame.h"
#include "protos/str_cat.h"

namespace syncmanager {

absl::Status PartialRequest::add(std::string_view bytes, uint64_t left, uint64_t most) {
  const uint64_t whole = bytes.size() + left;
  if (is_open_ && left_ != whole) {
    drop(absl::InvalidArgumentError(str_cat("the parts of a request don't fit: ", left_,
                                            " bytes were left, and then ", whole)));
  } else if (!is_open_ && (whole < left || whole > most)) {
    drop(absl::InvalidArgumentError(
        str_cat("a request of ", whole, " bytes; at most ", most,
                " are allowed (--max-value-bytes, --max-object-bytes)")));
  }
  is_open_ = left > 0;
  left_ = left;
  if (error_.ok()) join_part(bytes, bytes_.size() + whole, bytes_);
  return error_;
}

void PartialRequest::drop(absl::Status why) {
  if (error_.ok()) error_ = std::move(why);
  bytes_ = std::string();
}

absl::Status PartialRequest::finish(wire::Request& request) {
  const std::string whole = std::exchange(bytes_, {});
  if (!error_.ok()) return std::exchange(error_, absl::OkStatus());
  if (request.ParseFromString(whole)) return absl::OkStatus();
  return absl::InvalidArgumentError("a request in parts that can't be read");
}

void PartialRequest::save(Snapshot& snapshot) const {
  snapshot.boolean(is_open_);
  snapshot.number(left_);
  snapshot.text(bytes_);
  snapshot.text({error_.message().data(), error_.message().size()});
}

}  // namespace syncmanager
