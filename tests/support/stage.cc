#include "tests/support/stage.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "tests/support/started.h"

namespace syncmanager::manager {
namespace {

uint64_t microseconds_of(Time time) {
  return static_cast<uint64_t>(time.time_since_epoch().count());
}

// All output of a session after what was `sent`, which moves on.
std::string collect(const Session& session, Sent& sent) {
  constexpr uint64_t kDurable = std::numeric_limits<uint64_t>::max();
  std::string frame;
  session.collect(sent, kDurable, std::numeric_limits<size_t>::max(), frame);
  return frame;
}

std::string digest_of(const Snapshot& snapshot) {
  return std::to_string(snapshot.bytes().size()) + "/" + std::to_string(snapshot.digest());
}

}  // namespace

Stage::Stage(const Limits& limits, std::span<const TypeRow> types)
    : limits_(limits), types_(types), started_(started(1'700'000'000'000)) {
  engine_ = std::make_unique<Engine>(types_, limits_, started_);
}

Stage::~Stage() {
  finish();
  replay();
}

absl::StatusOr<Actor> Stage::try_actor(const Visitor& visitor) {
  wire::Input input = stamped();
  wire::SessionOpened& opened = *input.mutable_session_opened();
  opened.set_session_id("session " + std::to_string(seen_.size() + 1));
  opened.set_key_id(visitor.key);
  opened.set_role(static_cast<uint32_t>(visitor.role));
  opened.set_prefix(visitor.prefix);
  opened.set_client_name(visitor.name);
  const absl::StatusOr<SessionNumber> number = engine_->open_session(opened, now_);
  if (!number.ok()) return number.status();
  seen_[*number];
  record(std::move(input));
  return Actor(*this, *number, 1);
}

Actor Stage::actor(const Visitor& visitor) {
  const absl::StatusOr<Actor> actor = try_actor(visitor);
  if (actor.ok()) return *actor;
  ADD_FAILURE() << "the session was refused: " << actor.status();
  return Actor(*this, 0, 0);
}

ObjectId Stage::create(const OpenOptions& options) {
  if (keeper_ == 0) {
    keeper_ =
        actor({.role = Role::kAdmin, .prefix = {}, .key = "stage", .name = "stage"}).session();
  }
  const Pending opened = Actor(*this, keeper_, 0).open(options);
  EXPECT_THAT(opened, Opened(true));
  lent_.insert(opened.object());
  return opened.object();
}

void Stage::advance(Duration duration) {
  now_ += duration;
  wire::Input input = stamped();
  input.mutable_tick();
  engine_->tick(now_);
  record(std::move(input));
}

void Stage::start_drain(Duration grace) {
  wire::Input input = stamped();
  input.mutable_drain_started()->set_deadline_us(static_cast<uint64_t>(grace.count()));
  draining_ = true;
  engine_->start_drain(grace, now_);
  record(std::move(input));
}

void Stage::end_drain() {
  wire::Input input = stamped();
  input.mutable_drain_ended();
  draining_ = true;
  engine_->end_drain(now_);
  record(std::move(input));
}

std::string Stage::snapshot() const {
  Snapshot snapshot;
  engine_->save(snapshot);
  return snapshot.bytes();
}

void Stage::await_answer(Seen& seen, uint64_t request) {
  if (request <= seen.highest) return;
  seen.highest = request;
  seen.asked = std::max(seen.asked, request);
  seen.unanswered.insert(request);
  ++unanswered_;
}

void Stage::receive(SessionNumber session, const wire::ClientBatch& batch) {
  wire::Input input = stamped();
  wire::SessionFrame& frame = *input.mutable_session_frame();
  frame.set_session(session);
  *frame.mutable_batch() = batch;
  if (engine_->session(session) != nullptr) {
    Seen& seen = seen_[session];
    for (const wire::Request& request : batch.requests()) await_answer(seen, request.id());
    if (batch.has_part() && batch.part().left() == 0) await_answer(seen, batch.part().request());
  }
  wire::ClientBatch moved = batch;
  engine_->receive(session, moved, now_);
  record(std::move(input));
}

void Stage::end_session(SessionNumber session, bool goodbye) {
  wire::Input input = stamped();
  input.mutable_session_ended()->set_session(session);
  input.mutable_session_ended()->set_goodbye(goodbye);
  engine_->end_session(session, goodbye, now_);
  record(std::move(input));
}

void Stage::lose_session(SessionNumber session, Duration patience) {
  wire::Input input = stamped();
  input.mutable_session_lost()->set_session(session);
  input.mutable_session_lost()->set_patience_us(static_cast<uint64_t>(patience.count()));
  engine_->lose_session(session, patience, now_);
  record(std::move(input));
}

bool Stage::resume_session(SessionNumber session, uint64_t received) {
  wire::Input input = stamped();
  input.mutable_session_resumed()->set_session(session);
  input.mutable_session_resumed()->set_received(received);
  if (!engine_->resume_session(session, received, now_)) return false;
  record(std::move(input));
  return true;
}

const wire::Reply* Stage::reply(SessionNumber session, uint64_t request) const {
  const auto& replies = seen_.at(session).replies;
  const auto found = replies.find(request);
  return found == replies.end() ? nullptr : &found->second;
}

std::vector<wire::Notice> Stage::notices(SessionNumber session) const {
  return seen_.at(session).notices;
}

wire::Input Stage::stamped() const {
  wire::Input input;
  input.set_lsn(engine_->lsn() + 1);
  input.set_time_us(microseconds_of(now_));
  return input;
}

// The snapshots' number falls as the state grows, so that they cost no more than the inputs do.
void Stage::record(wire::Input input) {
  constexpr size_t kBytesPerInput = 4 << 10;
  EXPECT_EQ(engine_->lsn(), input.lsn());
  effects_.clear();
  read_outputs();
  forget_the_dead();
  EXPECT_EQ(engine_->parked(), unanswered_) << "a request is neither parked nor answered";
  Step step{.input = std::move(input), .effects = effects_, .digest = {}};
  if (steps_.size() >= next_snapshot_) {
    Snapshot state;
    engine_->save(state);
    step.digest = digest_of(state);
    next_snapshot_ = steps_.size() + 1 + state.bytes().size() / kBytesPerInput;
  }
  steps_.push_back(std::move(step));
}

void Stage::read_outputs() {
  for (const SessionNumber number : engine_->take_touched()) {
    const Session* session = engine_->session(number);
    if (session == nullptr) continue;  // It got something and ended in one input.
    Seen& seen = seen_[number];
    const std::string frame = collect(*session, seen.outputs);
    effects_ += std::to_string(number) + ":" + frame;
    wire::ServerBatch batch;
    EXPECT_TRUE(batch.ParseFromString(frame));
    for (wire::Reply& reply : *batch.mutable_replies()) {
      const uint64_t id = reply.id();
      unanswered_ -= seen.unanswered.erase(id);
      EXPECT_TRUE(seen.replies.emplace(id, std::move(reply)).second)
          << "request " << id << " of session " << number << " was answered twice";
    }
    for (wire::Notice& notice : *batch.mutable_notices()) seen.notices.push_back(std::move(notice));
  }
}

// Nobody is owed an answer whose session has ended, by an input of its own or because it was lost.
void Stage::forget_the_dead() {
  for (auto& [number, seen] : seen_) {
    if (seen.unanswered.empty() || engine_->session(number) != nullptr) continue;
    unanswered_ -= seen.unanswered.size();
    seen.unanswered.clear();
  }
}

// Whatever a case leaves behind goes when everybody dies and the names are deleted.
void Stage::finish() {
  for (const auto& [number, seen] : std::map(seen_)) {
    if (engine_->session(number) != nullptr) end_session(number, false);
  }
  if (!draining_) {
    const Actor cleaner = actor({.role = Role::kAdmin, .prefix = {}, .key = "stage", .name = {}});
    std::vector<ObjectId> ids;
    for (const auto& [id, object] : engine_->registry().objects()) ids.push_back(id);
    for (const ObjectId id : ids) cleaner.remove(id);
    cleaner.die();
    EXPECT_EQ(engine_->statistics().objects(), 0u);
    EXPECT_EQ(engine_->statistics().bytes(), 0u);
  }
  EXPECT_EQ(engine_->statistics().sessions(), 0u);
  EXPECT_EQ(engine_->statistics().parked(), 0u);
}

void Stage::replay() const {
  Engine engine(types_, limits_, started_);
  std::map<SessionNumber, Sent> outputs;
  for (const Step& step : steps_) {
    wire::Input input = step.input;
    engine.apply(input);
    std::string effects;
    for (const SessionNumber number : engine.take_touched()) {
      const Session* session = engine.session(number);
      if (session == nullptr) continue;
      effects += std::to_string(number) + ":" + collect(*session, outputs[number]);
    }
    Snapshot state;
    if (!step.digest.empty()) engine.save(state);
    if (effects == step.effects && (step.digest.empty() || digest_of(state) == step.digest)) {
      continue;
    }
    ADD_FAILURE() << "the same inputs led elsewhere at " << step.input.ShortDebugString();
    return;
  }
}

}  // namespace syncmanager::manager
