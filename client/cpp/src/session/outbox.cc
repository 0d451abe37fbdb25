#include "client/cpp/src/session/outbox.h"

#include <algorithm>
#include <utility>

#include "protos/fields.h"
#include "protos/frame.h"
#include "protos/session.pb.h"

namespace syncmanager {
namespace {

// The number of requests of futures that is worth a frame: a frame costs both sides about as much
// as a dozen requests.
constexpr size_t kSmallestBatch = 32;

// The room in a frame for everything besides its requests and its part: tags and cancels.
constexpr size_t kSlack = 4096;
// The size of a part: so large that a frame's cost counts for little, so small that the frames
// between two parts don't wait long.
constexpr size_t kPartBytes = size_t{256} << 10;
// After this many received bytes an acknowledgement leaves even if there is nothing else to send.
// Until then the manager keeps the replies.
constexpr size_t kUnacknowledgedBytes = size_t{1} << 20;
// The number of cancels that fit a frame.
constexpr size_t kRiders = 100;

}  // namespace

Outbox::Outbox(PendingCalls& pending, size_t frame_bytes, bool can_resume)
    : pending_(pending),
      part_bytes_(std::clamp(frame_bytes / 4, kSlack, kPartBytes)),
      batch_bytes_(std::max(frame_bytes, part_bytes_ + 2 * kSlack) - part_bytes_ - kSlack),
      can_resume_(can_resume) {}

void Outbox::add(uint64_t id, EncodedMessage&& request, bool may_wait) {
  if (is_large(request.size())) {
    const auto shared = std::make_shared<EncodedMessage>(std::move(request));
    if (can_resume_) unanswered_.emplace(id, SentRequest{.large = shared});
    return append_large(id, shared);
  }
  request.own();
  request.front += request.large;
  enter(id, request.front);
  if (may_wait) {
    ++waiting_;
  } else {
    urgent_ = true;
  }
}

void Outbox::add_passed(PendingCall& call, EncodedMessage&& request) {
  bytes_ += request.size();
  passed_.push_back(
      {.request = std::make_shared<EncodedMessage>(std::move(request)), .call = &call});
}

void Outbox::own(const PendingCall& call) {
  const auto sent = unanswered_.find(call.id);
  if (sent != unanswered_.end() && sent->second.large != nullptr) sent->second.large->own();
  for (const Large& large : passed_) {
    if (large.call == &call) large.request->own();
  }
}

void Outbox::enter(uint64_t id, std::string_view request) {
  if (can_resume_) unanswered_.emplace(id, SentRequest{.request = std::string(request)});
  append(id, request);
}

bool Outbox::cancel(const PendingCall& call) {
  if (call.id == 0) {
    const auto passed = std::find_if(passed_.begin(), passed_.end(),
                                     [&](const Large& large) { return large.call == &call; });
    if (passed == passed_.end()) return false;
    passed->cancelled = true;
    if (passed->left > 0) return false;
    bytes_ -= passed->request->size();
    passed_.erase(passed);
    return true;
  }
  cancels_.push_back(call.id);
  urgent_ = true;
  const auto sent = unanswered_.find(call.id);
  if (sent != unanswered_.end()) sent->second.cancelled = true;
  return false;
}

// The manager performs no request twice, so all of them may be sent again.
void Outbox::repeat() {
  open_.clear();
  full_.clear();
  cancels_.clear();
  bytes_ = waiting_ = 0;
  heartbeat_ = 0;
  for (Large& large : passed_) {
    large.left = 0;
    bytes_ += large.request->size();
  }
  std::vector<uint64_t> ids;
  for (const auto& [id, sent] : unanswered_) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  for (const uint64_t id : ids) {
    const SentRequest& sent = unanswered_.at(id);
    sent.large == nullptr ? append(id, sent.request) : append_large(id, sent.large);
  }
  for (const uint64_t id : ids) {
    if (unanswered_.at(id).cancelled) cancels_.push_back(id);
  }
  urgent_ = true;
}

void Outbox::append(uint64_t id, std::string_view request) {
  constexpr int kRequests = wire::ClientBatch::kRequestsFieldNumber;
  constexpr int kId = wire::Request::kIdFieldNumber;
  const size_t size = number_size(kId, id) + request.size();
  const size_t whole = head_size(kRequests, size) + size;
  // A request that is added after a cancel must find it done. Cancels come last in a frame, so the
  // request takes the next frame.
  if (!cancels_.empty() || (!open_.empty() && open_.size() + whole > batch_bytes_)) close_open();
  if (open_.empty()) first_open_ = id;
  // The id comes first: the fields of a message may stand in any order.
  append_head(open_, kRequests, size);
  append_number(open_, kId, id);
  open_.append(request);
  bytes_ += whole;
}

void Outbox::append_large(uint64_t id, Shared request) {
  if (!open_.empty() || !cancels_.empty()) close_open();
  bytes_ += request->size();
  full_.push_back({.large = {.request = std::move(request), .id = id}});
}

void Outbox::close_open() {
  full_.push_back({.requests = std::exchange(open_, {}), .cancels = std::exchange(cancels_, {})});
  waiting_ = 0;
}

void Outbox::receive(uint64_t replies, size_t bytes) {
  received_ += replies;
  unacknowledged_bytes_ += bytes;
}

bool Outbox::empty() const {
  return open_.empty() && full_.empty() && passed_.empty() && cancels_.empty() && heartbeat_ == 0 &&
         !goodbye_ && unacknowledged_bytes_ < kUnacknowledgedBytes;
}

bool Outbox::is_due(size_t under_way) const {
  if (empty()) return false;
  if (urgent_ || !full_.empty() || !passed_.empty()) return true;
  if (unacknowledged_bytes_ >= kUnacknowledgedBytes) return true;
  return waiting_ >= std::max(under_way, kSmallestBatch);
}

void Outbox::take(std::string& body) {
  body.clear();
  std::vector<uint64_t> cancels;
  if (full_.empty()) add_forgotten();
  const bool has_part = !full_.empty() && full_.front().large.request != nullptr;
  take_batch(body, cancels);
  if (!has_part && !passed_.empty()) take_part_of_passed(body, cancels);
  if (cancels.size() > kRiders) {
    const auto others = cancels.begin() + kRiders;
    full_.push_front({.cancels = std::vector<uint64_t>(others, cancels.end())});
    cancels.erase(others, cancels.end());
  }
  add_rest(body, cancels);
}

// Fields that have their default are left out.
void Outbox::add_rest(std::string& body, const std::vector<uint64_t>& cancels) {
  using Fields = wire::ClientBatch;
  for (const uint64_t id : cancels) append_number(body, Fields::kCancelsFieldNumber, id);
  if (received_ != 0) append_number(body, Fields::kAcknowledgedFieldNumber, received_);
  unacknowledged_bytes_ = 0;
  if (heartbeat_ != 0) {
    append_number(body, Fields::kHeartbeatFieldNumber, std::exchange(heartbeat_, 0));
  }
  const bool is_last = open_.empty() && full_.empty() && passed_.empty() && cancels_.empty();
  if (is_last && std::exchange(goodbye_, false)) {
    append_number(body, Fields::kGoodbyeFieldNumber, 1);
  }
}

void Outbox::take_batch(std::string& body, std::vector<uint64_t>& cancels) {
  if (full_.empty()) {
    body.swap(open_);  // The two buffers change places and keep their memory.
    cancels.swap(cancels_);
    bytes_ -= body.size();
    waiting_ = 0;
    urgent_ = false;
    return;
  }
  Batch& first = full_.front();
  if (first.large.request != nullptr) {
    if (!take_part(first.large, body)) return;
  } else {
    body = std::move(first.requests);
    cancels = std::move(first.cancels);
    bytes_ -= body.size();
  }
  full_.pop_front();
}

bool Outbox::take_part(Large& large, std::string& body) {
  const std::string_view bytes = large.request->piece_at(large.left).substr(0, part_bytes_);
  large.left += bytes.size();
  const uint64_t rest = large.request->size() - large.left;
  if (rest == 0 && large.call != nullptr) large.id = pending_.number(*large.call);
  wire::Part part;
  part.set_left(rest);
  if (rest == 0) part.set_request(large.id);
  append_part(part, wire::ClientBatch::kPartFieldNumber, bytes, body);
  if (rest == 0) bytes_ -= large.request->size();
  return rest == 0;
}

void Outbox::take_part_of_passed(std::string& body, std::vector<uint64_t>& cancels) {
  Large& first = passed_.front();
  // The call gets its id now, because the manager expects ids in their order.
  const bool last = first.request->size() - first.left <= part_bytes_;
  if (last && !(full_.empty() && open_.empty())) return;
  if (!take_part(first, body)) return;
  if (first.cancelled) cancels.push_back(first.id);
  if (can_resume_) {
    unanswered_.emplace(
        first.id, SentRequest{.large = std::move(first.request), .cancelled = first.cancelled});
  }
  passed_.pop_front();
}

void Outbox::unhold(uint64_t object) {
  const auto held = held_.find(object);
  if (--held->second == 0) held_.erase(held);
}

void Outbox::add_forgotten() {
  for (auto next = forgotten_.begin(); next != forgotten_.end();) {
    if (held_.contains(next->first)) {
      ++next;
      continue;
    }
    wire::Request request;
    wire::RegistryOp::Forget& forget = *request.mutable_registry()->mutable_forget();
    forget.set_object(next->first);
    forget.set_count(next->second);
    next = forgotten_.erase(next);
    enter(pending_.next_id(), request.SerializeAsString());
  }
}

}  // namespace syncmanager
