#pragma once

#include <google/protobuf/arena.h>

#include "protos/large_field.h"
#include "protos/request.pb.h"

namespace syncmanager {

// Where a thread writes its next request: on an arena that the next one reuses, so that a request
// costs no allocation unless it is large. The id is missing; it is given when the request joins a
// batch. Belongs to one thread.
class RequestDraft {
 public:
  // This thread's draft, empty.
  static RequestDraft& fresh();

  wire::Request& request() { return *request_; }
  // The encoded request, valid until the thread's next fresh(). Empty if it is larger than 2 GiB,
  // which is more than protobuf can read. Ends the draft if it is large.
  EncodedMessage& encode();

 private:
  RequestDraft();

  alignas(8) char block_[4096];
  google::protobuf::Arena arena_;
  wire::Request* request_ = nullptr;
  EncodedMessage encoded_;
};

}  // namespace syncmanager
