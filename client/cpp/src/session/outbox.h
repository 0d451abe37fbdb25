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

// What leaves with the next frames: requests in their order, and what rides along with them. Each
// frame stays within the size that the handshake granted. A request that is larger than a part
// leaves in parts, one a frame. Where the session can be resumed it keeps a copy of what was sent
// until that is answered. Protected by the session's lock.
class Outbox {
 public:
  // REQUIRES: `pending` outlives it. `frame_bytes` is the largest frame's size.
  Outbox(PendingCalls& pending, size_t frame_bytes, bool can_resume);

  // Whether a request leaves in parts.
  bool is_large(size_t request_bytes) const { return request_bytes > part_bytes_; }
  // Adds an encoded wire::Request that lacks its id, and takes its memory if it is large; what is
  // added later follows it. `may_wait`: for others to leave with it.
  void add(uint64_t id, EncodedMessage&& request, bool may_wait);
  // Adds a large one that others pass: the call gets its id as the last part leaves. What is lent
  // to it stays until the call is answered, or until own().
  void add_passed(PendingCall& call, EncodedMessage&& request);
  // Copies what was lent to the call's request.
  void own(const PendingCall& call);
  // Returns true if the call has no id and nothing of it has left: it is out then.
  bool cancel(const PendingCall& call);
  // This request has its reply.
  void answered(uint64_t id) {
    if (can_resume_) unanswered_.erase(id);
  }
  // The stream is another one: what was sent and not answered leaves again, in its order.
  void repeat();
  // One reference less. It leaves with the next frame, behind the requests that were added before.
  void forget(uint64_t object) { ++forgotten_[object]; }
  // Adds what was forgotten. Called before the next request gets its id, so that the manager hears
  // of it first: who drops an object and counts the objects then doesn't count it.
  void add_forgotten();
  // While an object is held its references aren't given back, as there is something left to do.
  void hold(uint64_t object) { ++held_[object]; }
  void unhold(uint64_t object);
  void beat() {
    heartbeat_ = ++beats_;
    urgent_ = true;
  }
  void say_goodbye() { goodbye_ = urgent_ = true; }
  // Nothing waits any longer.
  void hurry() { urgent_ = true; }
  void receive(uint64_t replies, size_t bytes);
  // The replies and notices that have arrived.
  uint64_t received() const { return received_; }

  // Nothing that somebody waits for: forgotten references and acknowledgements can wait.
  bool empty() const;
  size_t bytes() const { return bytes_; }
  // The first request of the batch that is being filled; 0: none.
  uint64_t first_open() const { return open_.empty() ? 0 : first_open_; }
  // Whether that request, or one after it, is that one: it hasn't left yet.
  bool has(uint64_t id) const { return !full_.empty() || (!open_.empty() && id >= first_open_); }
  // Whether a frame should be written now. Requests that may wait do so until they are as many as
  // those `under_way`: a program that keeps 64 calls under way sends two batches of 32 in turn, and
  // not 64 messages.
  bool is_due(size_t under_way) const;
  // How many requests of the open batch may wait.
  size_t waiting() const { return waiting_; }

  // Moves the next frame's body into `body`: an encoded wire::ClientBatch.
  void take(std::string& body);

 private:
  using Shared = std::shared_ptr<EncodedMessage>;

  // A request without its id, and whether it was cancelled.
  struct SentRequest {
    std::string request;
    Shared large;  // In place of it.
    bool cancelled = false;
  };

  // A large request, of which the first bytes have left.
  struct Large {
    Shared request;
    uint64_t id = 0;
    PendingCall* call = nullptr;  // If it has no id yet.
    size_t left = 0;
    bool cancelled = false;
  };

  // The requests of one frame, and the cancels that leave with it: of these requests and of earlier
  // ones. Or one large request, which takes several frames.
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

  std::string open_;  // Requests of the batch that is being filled.
  uint64_t first_open_ = 0;
  size_t waiting_ = 0;
  bool urgent_ = false;     // Something in it doesn't wait for others.
  std::deque<Batch> full_;  // Batches before it that have got all that a frame can take.
  std::deque<Large> passed_;
  size_t bytes_ = 0;
  std::vector<uint64_t> cancels_;                  // Of the batch that is being filled.
  absl::btree_map<uint64_t, uint64_t> forgotten_;  // How many references, by object.
  absl::btree_map<uint64_t, uint64_t> held_;
  uint64_t received_ = 0;  // Replies and notices.
  size_t unacknowledged_bytes_ = 0;
  uint64_t beats_ = 0;
  uint64_t heartbeat_ = 0;
  bool goodbye_ = false;
};

}  // namespace syncmanager
