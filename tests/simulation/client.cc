#include "tests/simulation/client.h"

#include <utility>

#include "tests/simulation/violation.h"

namespace syncmanager::simulation {

void Client::ask(Asked asked) {
  asked.id = ++asked_;
  asked.caller.session = session_;
  open_.push_back({.asked = asked, .answer = {}});
  if (connected_) unsent_.requests.push_back(asked);
}

void Client::cancel(size_t number) {
  OpenCall& call = open_[number % open_.size()];
  call.cancelled = true;
  if (connected_) unsent_.cancels.push_back(call.asked.id);
}

void Client::send() {
  unsent_.acknowledged = received_;
  outgoing.push_back(std::exchange(unsent_, {}));
}

void Client::receive() {
  for (const Answer& answer : incoming.front()) {
    require(answer.output == received_ + 1, "session ", session_, " has received ", received_,
            " replies, and the next one is number ", answer.output);
    ++received_;
    if (answer.id != 0) answered(answer);
  }
  incoming.pop_front();
}

void Client::answered(const Answer& answer) {
  const OpenCall* call = find(answer.id);
  require(call != nullptr, "session ", session_, " is told of request ", answer.id,
          ", which it hasn't asked or was told of before");
  require(call->answer == answer, "session ", session_, " is told of request ", answer.id,
          " something else than was said first");
  const Asked& asked = call->asked;
  if (answer.delivery != 0) in_hand_.push_back({asked.object, answer.delivery});
  if (answer.fencing != 0) {
    std::erase_if(grants_, [&](const Held& held) { return held.object == asked.object; });
    grants_.push_back({asked.object, answer.fencing});
  }
  open_.erase(open_.begin() + (call - open_.data()));
}

void Client::disconnect() {
  connected_ = false;
  outgoing.clear();
  incoming.clear();
  unsent_ = {};
}

void Client::reconnect() {
  disconnect();
  connected_ = true;
  for (const OpenCall& call : open_) {
    unsent_.requests.push_back(call.asked);
    if (call.cancelled) unsent_.cancels.push_back(call.asked.id);
  }
  send();
}

OpenCall* Client::find(uint64_t id) {
  const auto found = std::find_if(open_.begin(), open_.end(),
                                  [id](const OpenCall& call) { return call.asked.id == id; });
  return found == open_.end() ? nullptr : &*found;
}

uint64_t Client::take_delivery(ObjectId object, size_t number) {
  std::vector<size_t> places;
  for (size_t i = 0; i < in_hand_.size(); ++i) {
    if (in_hand_[i].object == object) places.push_back(i);
  }
  if (places.empty()) return 0;
  const auto taken = in_hand_.begin() + static_cast<std::ptrdiff_t>(places[number % places.size()]);
  const uint64_t delivery = taken->number;
  in_hand_.erase(taken);
  return delivery;
}

uint64_t Client::grant_of(ObjectId object) const {
  const auto found = std::find_if(grants_.begin(), grants_.end(),
                                  [object](const Held& held) { return held.object == object; });
  return found == grants_.end() ? 0 : found->number;
}

}  // namespace syncmanager::simulation
