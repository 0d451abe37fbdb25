// The checks of a world's Manager after each input. It looks at all answers, the objects and the
// figures, and sends what was answered.

#include <limits>
#include <utility>

#include "tests/simulation/manager.h"
#include "tests/simulation/violation.h"
#include "tests/support/accounting.h"

namespace syncmanager::manager::simulation {
namespace {

constexpr uint64_t kInputsBetweenAccountingChecks = 500;
// Frames to a client; what more is answered goes with the next ones.
constexpr size_t kMaxUnderWay = 2;

}  // namespace

void Manager::touch(Slot& slot) {
  slot.touched = true;
  slots_[slot.partner].touched = true;
}

void Manager::touch_all() {
  for (Slot& slot : slots_) slot.touched = true;
}

void Manager::look() {
  ++figures_.inputs;
  for (const SessionNumber number : engine_.take_touched()) {
    const auto client = clients_.find(number);
    if (client != clients_.end()) observe(*client->second);
  }
  for (Slot& slot : slots_) {
    if (!std::exchange(slot.touched, false) || slot.object == 0) continue;
    const Object* object = engine_.registry().find(slot.object);
    require(object != nullptr, "the ", slot.kind->name, " is gone");
    state_.Clear();
    object->describe(state_);
    try {
      slot.model->check(*object, state_);
    } catch (const Violation& violation) {
      throw Violation(str_cat("the ", slot.kind->name, ": ", violation.what()));
    }
  }
  require(engine_.parked() == unanswered_, engine_.parked(), " calls are parked, and ", unanswered_,
          " unanswered");
  if (figures_.inputs % kInputsBetweenAccountingChecks == 0) check_accounting();
}

void Manager::observe(Client& client) {
  for (const wire::Reply& reply : output_after(client.session(), client.made).replies()) {
    Answer answer = answer_of(reply);
    answer.output = ++client.made;
    record(client, answer);
  }
  client.made += static_cast<uint64_t>(output_.notices_size());
  require(client.made == engine_.session(client.session())->emitted(), "not all output is there");
  send(client);
}

void Manager::send(Client& client) {
  if (!client.connected() || client.incoming.size() >= kMaxUnderWay) return;
  const bool goes_on = client.sent.of_next > 0;
  std::string frame;
  engine_.session(client.session())->collect(client.sent, kDurable, answer_bytes_, frame);
  if (frame.empty()) return;
  figures_.answer_parts += goes_on || client.sent.of_next > 0;
  client.incoming.push_back(std::move(frame));
}

const wire::ServerBatch& Manager::output_after(SessionNumber session, uint64_t from) {
  frame_.clear();
  Sent sent{.outputs = from};
  engine_.session(session)->collect(sent, kDurable, std::numeric_limits<size_t>::max(), frame_);
  require(output_.ParseFromString(frame_), "output that isn't a ServerBatch");
  return output_;
}

void Manager::record(Client& client, const Answer& answer) {
  OpenCall* call = client.find(answer.id);
  require(call != nullptr && call->reached, "request ", answer.id, " of session ", client.session(),
          " is answered, which it hasn't asked or has the answer of");
  require(!call->answer, "request ", answer.id, " of session ", client.session(),
          " is answered twice");
  call->answer = answer;
  --unanswered_;
  count(answer);
  require(answer.outcome != wire::INVALID_ARGUMENT || is_too_large(call->asked), "request ",
          answer.id, " of session ", client.session(), " makes sense and is refused");
  if (call->asked.op == wire::Request::kRegistry) return;
  Slot& slot = slots_[call->asked.slot];
  if (slot.object != call->asked.object) return;  // That one was deleted.
  touch(slot);
  slot.model->saw(*call, answer);
}

bool Manager::is_too_large(const Asked& asked) const {
  return asked.verb == Verb::kPut && item_of(asked).size() > engine_.limits().value_bytes;
}

void Manager::count(const Answer& answer) {
  figures_.timed_out += answer.outcome == wire::TIMED_OUT;
  figures_.cancelled += answer.outcome == wire::CANCELLED;
  figures_.refused_by_limits += answer.outcome == wire::RESOURCE_EXHAUSTED;
  figures_.deliveries += answer.delivery != 0;
  figures_.abandoned += answer.abandoned;
}

void Manager::check_accounting() {
  std::vector<SessionNumber> sessions = {keeper_};
  uint64_t parked = 0;
  for (const auto& [number, client] : clients_) {
    sessions.push_back(number);
    Session& session = *engine_.session(number);
    parked += session.parked().size();
    const size_t half = session.partial().size();
    require(half == 0 || half == client->half.size(), half, " bytes of half a request in place of ",
            client->half.size());
  }
  require(parked == engine_.parked(), parked, " calls are parked, and ", engine_.parked(), " said");
  const std::string wrong = accounting_errors(engine_, sessions);
  require(wrong.empty(), wrong);
}

}  // namespace syncmanager::manager::simulation
