#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "client/cpp/src/session/pending_calls.h"
#include "protos/large_field.h"

namespace syncmanager {

// The content of the next frames: requests in their order, cancels, references to give back,
// acknowledgements and heartbeats. A frame stays within the size that the handshake granted. A
// request that is larger than a part leaves in parts, one part a frame. If the session can be
// resumed, the outbox keeps a copy of each request until its reply arrives. Protected by the
// session's lock.
class Outbox {
 public:
  // REQUIRES: `pending` outlives it. `frame_bytes` is the largest frame's size.
  Outbox(PendingCalls& pending, size_t frame_bytes, bool can_resume);

  // Whether a request of this size leaves in parts.
  bool is_large(size_t request_bytes) const { return request_bytes > part_bytes_; }
  // Adds an encoded wire::Request without its id behind those that were added before, and takes the
  // memory of a large one. `may_wait`: the request may wait for others to leave with it.
  void add(uint64_t id, EncodedMessage&& request, bool may_wait);
  // Adds a large request that others pass: the call gets its id as the last part leaves. Memory
  // that is lent to the request stays lent until the call is answered, or until own().
  void add_passed(PendingCall& call, EncodedMessage&& request);
  // Copies the memory that was lent to the call's request.
  void own(const PendingCall& call);
  // Sends a cancel for the call. If the call has no id and no part of it has left, removes the
  // request and returns true.
  bool cancel(const PendingCall& call);
  // The reply to this request has arrived.
  void answered(uint64_t id) {
    if (can_resume_) unanswered_.erase(id);
  }
  // The session has another connection: the requests without replies leave again, in their order.
  void repeat();
  // Gives back one reference with the next frame, behind the requests that were added before.
  void forget(uint64_t object) { ++forgotten_[object]; }
  // Adds the references to give back. Called before the next request gets its id, so that the
  // manager sees them first: a program that drops an object and then counts the objects doesn't
  // count that one.
  void add_forgotten();
  // While an object is held, its references aren't given back: a request for it still has to leave.
  void hold(uint64_t object) { ++held_[object]; }
  void unhold(uint64_t object);
  void beat() {
    heartbeat_ = ++beats_;
    urgent_ = true;
  }
  void say_goodbye() { goodbye_ = urgent_ = true; }
  // Makes the open batch due.
  void hurry() { urgent_ = true; }
  void receive(uint64_t replies, size_t bytes);
  // The number of replies and notices that have arrived.
  uint64_t received() const { return received_; }

  // Whether there is nothing that a call waits for: forgotten references and acknowledgements can
  // wait.
  bool empty() const;
  size_t bytes() const { return bytes_; }
  // The id of the first request of the open batch; 0: it is empty.
  uint64_t first_open() const { return open_.empty() ? 0 : first_open_; }
  // Whether the request of that id hasn't left yet.
  bool has(uint64_t id) const { return !full_.empty() || (!open_.empty() && id >= first_open_); }
  // Whether a frame should be written now. Requests that may wait do so until there are as many as
  // `under_way`: a program that keeps 64 calls under way sends two batches of 32 in turn, and not
  // 64 messages.
  bool is_due(size_t under_way) const;
  // The number of requests in the open batch that may wait.
  size_t waiting() const { return waiting_; }

  // Moves the body of the next frame, an encoded wire::ClientBatch, into `body`.
  void take(std::string& body);

 private:
  using Shared = std::shared_ptr<EncodedMessage>;

  // A request without its id, and whether it was cancelled.
  struct SentRequest {
    std::string request;
    Shared large;  // Replaces `request` if that is large.
    bool cancelled = false;
  };

  // A large request whose first bytes have left.
  struct Large {
    Shared request;
    uint64_t id = 0;
    PendingCall* call = nullptr;  // The call, while it has no id.
    size_t left = 0;
    bool cancelled = false;
  };

  // The requests of one frame and the cancels that leave with it, for these requests and for
  // earlier ones; or one large request, which takes several frames.
  struct Batch {
    std::string requests;
    std::vector<uint64_t> cancels;
    Large large;
  };

  // Puts a request in line, and keeps a copy of it if the session can be resumed.
  void enter(uint64_t id, std::string_view request);
  void append(uint64_t id, std::string_view request);
  void append_large(uint64_t id, Shared request);
  void close_open();
  // Moves the next of the batches into `body` and `cancels`.
  void take_batch(std::string& body, std::vector<uint64_t>& cancels);
  // Appends the fields of a frame other than its requests and its part.
  void add_rest(std::string& body, const std::vector<uint64_t>& cancels);
  // Appends the next part. Returns whether it was the last.
  bool take_part(Large& large, std::string& body);
  void take_part_of_passed(std::string& body, std::vector<uint64_t>& cancels);

  PendingCalls& pending_;
  const size_t part_bytes_;
  const size_t batch_bytes_;
  const bool can_resume_;
  absl::flat_hash_map<uint64_t, SentRequest> unanswered_;  // By id.

  std::string open_;  // The requests of the open batch, which is being filled.
  uint64_t first_open_ = 0;
  size_t waiting_ = 0;
  bool urgent_ = false;     // The open batch is due.
  std::deque<Batch> full_;  // The batches before it. They have all that a frame can take.
  std::deque<Large> passed_;
  size_t bytes_ = 0;
  std::vector<uint64_t> cancels_;                  // The cancels of the open batch.
  absl::btree_map<uint64_t, uint64_t> forgotten_;  // The number of references, by object.
  absl::btree_map<uint64_t, uint64_t> held_;
  uint64_t received_ = 0;  // Replies and notices.
  size_t unacknowledged_bytes_ = 0;
  uint64_t beats_ = 0;
  uint64_t heartbeat_ = 0;
  bool goodbye_ = false;
};

}  // namespace syncmanager
