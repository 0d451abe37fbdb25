#include "tests/support/storm.h"

#include <google/protobuf/descriptor.h>

#include <iterator>

#include "tests/support/pen.h"
#include "tests/support/recount.h"

namespace syncmanager::manager {

using google::protobuf::FieldDescriptor;

void Storm::step() {
  if (actors_.empty() || (actors_.size() < kTiny.sessions && dice_.percent(5))) {
    return actors_.push_back(stage_.actor());
  }
  const uint64_t dice = dice_.below(1000);
  if (dice < 80) return stage_.advance(std::chrono::milliseconds(dice_.below(40)));
  const auto actor = actors_.begin() + static_cast<std::ptrdiff_t>(dice_.below(actors_.size()));
  if (dice >= 110) return send(*actor);
  if (dice >= 105) return actor->lose_stream(std::chrono::milliseconds(dice_.below(100)));
  if (dice >= 100) return resume(*actor);
  dice_.percent(50) ? actor->die() : actor->leave();
  actors_.erase(actor);
}

void Storm::drain(int frames) {
  stage_.start_drain(1s);
  for (int i = 0; i < frames && !actors_.empty(); ++i) {
    send(actors_[dice_.below(actors_.size())]);
  }
  stage_.end_drain();
  EXPECT_EQ(stage_.engine().parked(), 0u);
}

void Storm::check() {
  // Those that were lost and not resumed in time.
  std::erase_if(actors_, [this](const Actor& actor) {
    return stage_.engine().session(actor.session()) == nullptr;
  });
  std::vector<SessionNumber> sessions;
  for (const Actor& actor : actors_) sessions.push_back(actor.session());
  EXPECT_EQ(miscount(stage_.engine(), sessions), "");
}

// A frame: some requests, perhaps a cancel, as a rule an acknowledgement.
void Storm::send(const Actor& actor) {
  const Session& session = *stage_.engine().session(actor.session());
  wire::ClientBatch batch;
  for (uint64_t left = dice_.below(4); left > 0; --left) {
    wire::Request& request = *batch.add_requests();
    write(request, session);
    request.set_id(stage_.next_request(actor.session()));
  }
  if (dice_.percent(25) && !session.parked().empty()) {
    batch.add_cancels(session.parked().begin()->first);
  }
  if (dice_.percent(5)) batch.add_cancels(dice_.number<uint64_t>());
  if (dice_.percent(80)) batch.set_acknowledged(session.emitted());
  actor.send(batch);
}

// Having received what was sent, as a rule.
void Storm::resume(const Actor& actor) {
  const Session& session = *stage_.engine().session(actor.session());
  const uint64_t unacknowledged = session.emitted() - session.acknowledged();
  actor.resume(dice_.percent(90) ? session.acknowledged() + dice_.below(unacknowledged + 1)
                                 : dice_.number<uint64_t>());
}

void Storm::write(wire::Request& request, const Session& session) {
  Pen pen(dice_, stage_.engine());
  request.set_caller(dice_.below(3));
  if (dice_.percent(50)) request.set_timeout_us(dice_.percent(30) ? 0 : dice_.below(60'000));
  const Object* object = known(session);
  if (object == nullptr || dice_.percent(20)) return pen.fill(*request.mutable_registry());
  request.set_object(dice_.percent(97) ? object->id() : pen.object());
  const FieldDescriptor& op =
      *wire::Request::descriptor()->FindFieldByNumber(static_cast<int>(object->row().op));
  pen.fill(*request.GetReflection()->MutableMessage(&request, &op));
}

// One of the objects that a session has; null if it has none.
const Object* Storm::known(const Session& session) {
  if (session.handles().empty()) return nullptr;
  const auto& objects = stage_.engine().registry().objects();
  const uint64_t from = dice_.below(objects.rbegin()->first + 1);
  for (auto next = objects.lower_bound(from); next != objects.end(); ++next) {
    if (session.find(next->first) != nullptr) return next->second.get();
  }
  return nullptr;
}

}  // namespace syncmanager::manager
