#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "manager/core/engine.h"
#include "manager/objects/catalog.h"
#include "tests/support/actor.h"

namespace syncmanager::manager {

// As whom a session is opened.
struct Visitor {
  Role role = Role::kReadWrite;
  std::string prefix;
  std::string key = "key";
  std::string name = "client";
};

// An Engine with every type, and its time in the test's hand: no threads, no sockets, no sleep.
//
// It records each input. When it ends it lets all sessions die, deletes what has a name, expects
// that nothing is left, and gives the same inputs to a fresh Engine, which must answer the same and
// have the same state after each: so every test is a test of determinism too. After each input it
// expects that every request is either parked or answered, once.
class Stage {
 public:
  explicit Stage(const Limits& limits = {}, std::span<const TypeRow> types = catalog());
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  // Opens a session, which must succeed; try_actor() is for those that may be refused.
  Actor actor(const Visitor& visitor = {});
  absl::StatusOr<Actor> try_actor(const Visitor& visitor);
  // Makes an object without a name that lives as long as the stage. Every actor can use it: who
  // hasn't got a reference to it gets one with its first request.
  ObjectId create(const OpenOptions& options);

  // Time passes; deadlines expire in its course.
  void advance(Duration duration);
  // Time passes and the Engine isn't told: the next input comes so much later.
  void pass_unseen(Duration duration) { now_ += duration; }
  void start_drain(Duration grace);
  void end_drain();

  Engine& engine() { return *engine_; }
  Time now() const { return now_; }
  // The state as canonical bytes.
  std::string snapshot() const;
  wire::ObjectState inspect(ObjectId object) { return engine_->registry().find(object)->inspect(); }

  // ---- For Actor and Pending.

  uint64_t next_request(SessionNumber session) { return ++seen_[session].asked; }
  // Gives the Engine this batch of this session.
  void receive(SessionNumber session, const wire::ClientBatch& batch);
  void end_session(SessionNumber session, bool goodbye);
  void lose_session(SessionNumber session, Duration patience);
  bool resume_session(SessionNumber session, uint64_t received);
  // The reply, null while there is none.
  const wire::Reply* reply(SessionNumber session, uint64_t request) const;
  std::vector<wire::Notice> notices(SessionNumber session) const;
  // Whether `object` is one that create() made.
  bool lends(ObjectId object) const { return lent_.contains(object); }

 private:
  // The requests and answers of a session.
  struct Seen {
    uint64_t asked = 0;
    uint64_t highest = 0;
    Sent outputs;
    std::set<uint64_t> unanswered;
    std::map<uint64_t, wire::Reply> replies;
    std::vector<wire::Notice> notices;
  };
  // An input with what it led to; the digest is empty where no snapshot was taken.
  struct Step {
    wire::Input input;
    std::string effects;
    std::string digest;
  };

  void await_answer(Seen& seen, uint64_t request);
  wire::Input stamped() const;
  void record(wire::Input input);
  void read_outputs();
  void forget_the_dead();
  void finish();
  void replay() const;

  const Limits limits_;
  const std::span<const TypeRow> types_;
  wire::Started started_;
  std::unique_ptr<Engine> engine_;
  Time now_{};
  SessionNumber keeper_ = 0;  // The session that keeps what create() made.
  std::set<ObjectId> lent_;
  std::map<SessionNumber, Seen> seen_;
  uint64_t unanswered_ = 0;
  std::vector<Step> steps_;
  std::string effects_;       // Of the input that is being applied.
  size_t next_snapshot_ = 0;  // At this step.
  bool draining_ = false;
};

// A case on a stage of its own.
class StageTest : public ::testing::Test {
 protected:
  Stage stage;
};

}  // namespace syncmanager::manager
