#include "tests/linearizability/core_manager.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "manager/core/check.h"
#include "manager/objects/catalog.h"
#include "tests/support/started.h"

namespace syncmanager::linearizability {
CoreManager::CoreManager() : engine_(manager::catalog(), manager::Limits{}, manager::started()) {
  keeper_ = open_session();
}

ObjectId CoreManager::create(wire::RegistryOp::Open options) {
  if (interference.on_open) interference.on_open(options);
  wire::Request request;
  *request.mutable_registry()->mutable_open() = std::move(options);
  const wire::Reply reply = perform(std::move(request));
  CHECK(reply.has_opened());
  objects_.push_back(reply.opened().object());
  return objects_.back();
}

SessionNumber CoreManager::open_session() {
  wire::SessionOpened opened;
  opened.set_key_id("key");
  opened.set_role(static_cast<uint32_t>(manager::Role::kAdmin));
  const absl::StatusOr<SessionNumber> session = engine_.open_session(opened, now_);
  CHECK(session.ok() && objects_.size() < kFirstRequest);
  wire::ClientBatch batch;
  for (const ObjectId object : objects_) {
    wire::Request& request = *batch.add_requests();
    request.set_id(static_cast<uint64_t>(batch.requests_size()));
    request.mutable_registry()->mutable_adopt()->set_object(object);
  }
  engine_.receive(*session, batch, now_);
  collect(*session);
  return *session;
}

void CoreManager::receive(SessionNumber session, wire::ClientBatch& batch) {
  if (interference.on_request || interference.on_repeat || interference.on_cancel) {
    interfere(session, batch);
  }
  engine_.receive(session, batch, now_);
}

// Leaves in the batch what the Engine is to have at its end: a bug comes before each request.
void CoreManager::interfere(SessionNumber session, wire::ClientBatch& batch) {
  uint64_t& highest = seen_[session].highest;
  for (wire::Request& request : *batch.mutable_requests()) {
    const bool repeated = request.id() <= highest;
    highest = std::max(highest, request.id());
    if (repeated && interference.on_repeat) interference.on_repeat(request);
    if (!repeated && interference.on_request && !interference.on_request(session, request)) {
      continue;
    }
    wire::ClientBatch one;
    *one.add_requests() = std::move(request);
    engine_.receive(session, one, now_);
  }
  batch.clear_requests();
  if (!interference.on_cancel) return;
  for (const uint64_t request : batch.cancels()) interference.on_cancel(session, request);
}

void CoreManager::end_session(SessionNumber session, bool goodbye) {
  if (interference.on_end) interference.on_end(goodbye);
  engine_.end_session(session, goodbye, now_);
}

void CoreManager::advance(Duration duration) {
  now_ += duration;
  engine_.tick(now_);
}

std::vector<wire::Reply> CoreManager::replies(SessionNumber session) {
  std::vector<wire::Reply> replies = collect(session);
  for (wire::Reply& answer : std::exchange(seen_[session].answers, {})) {
    replies.push_back(std::move(answer));
  }
  if (interference.on_replies) interference.on_replies(replies);
  return replies;
}

void CoreManager::break_stream(SessionNumber session, uint64_t missed) {
  engine_.lose_session(session, std::chrono::seconds(10), now_);
  seen_[session].sent.outputs -= missed;
  CHECK(engine_.resume_session(session, seen_[session].sent.outputs, now_));
}

std::vector<wire::Reply> CoreManager::collect(SessionNumber session) {
  constexpr uint64_t kDurable = std::numeric_limits<uint64_t>::max();
  engine_.take_touched();
  std::string frame;
  engine_.session(session)->collect(seen_[session].sent, kDurable,
                                    std::numeric_limits<size_t>::max(), frame);
  wire::ServerBatch batch;
  CHECK(batch.ParseFromString(frame));
  return {std::make_move_iterator(batch.mutable_replies()->begin()),
          std::make_move_iterator(batch.mutable_replies()->end())};
}

wire::Reply CoreManager::perform(wire::Request request) {
  request.set_id(kFirstRequest + ++asked_);
  request.set_timeout_us(0);
  wire::ClientBatch batch;
  *batch.add_requests() = std::move(request);
  engine_.receive(keeper_, batch, now_);
  std::vector<wire::Reply> replies = collect(keeper_);
  CHECK(replies.size() == 1);
  return std::move(replies.front());
}

void CoreManager::answer(SessionNumber session, wire::Reply reply) {
  seen_[session].answers.push_back(std::move(reply));
}

}  // namespace syncmanager::linearizability
