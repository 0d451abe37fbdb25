#include "tests/simulation/client.h"

#include <utility>

#include "tests/simulation/violation.h"

namespace syncmanager::manager::simulation {

void Client::ask(Asked asked) {
  asked.caller.session = session_;
  if (asked.part_bytes > 0) {
    in_parts_.push_back({.asked = asked});
  } else {
    enter(asked, false);
    if (connected_) unsent_.requests.push_back(asked);
  }
}

void Client::enter(Asked& asked, bool cancelled) {
  asked.id = ++asked_;
  open_.push_back({.asked = asked, .cancelled = cancelled, .answer = {}});
}

void Client::cancel(size_t number) {
  const size_t place = number % calls();
  if (place >= open_.size()) {
    in_parts_[place - open_.size()].cancelled = true;
    return;
  }
  OpenCall& call = open_[place];
  call.cancelled = true;
  if (connected_) unsent_.cancels.push_back(call.asked.id);
}

void Client::send() {
  unsent_.acknowledged = received_;
  outgoing.push_back(std::exchange(unsent_, {}));
}

void Client::send_part() {
  InParts& call = in_parts_.front();
  const bool is_last = call.has_one_left();
  if (is_last) {
    enter(call.asked, call.cancelled);
    if (call.cancelled) unsent_.cancels.push_back(call.asked.id);
  }
  send_part_of(call);
  if (is_last) in_parts_.pop_front();
}

void Client::send_part_of(InParts& call) {
  std::string bytes = call.request.substr(call.gone, call.asked.part_bytes);
  call.gone += bytes.size();
  unsent_.part = {call.asked, std::move(bytes), call.request.size() - call.gone};
  send();
}

void Client::receive() {
  require(batch_.ParseFromString(incoming.front()), "a frame that isn't a ServerBatch");
  incoming.pop_front();
  take(batch_);
  if (batch_.has_part()) take(batch_.part());
}

void Client::take(const wire::ServerBatch& batch) {
  for (const wire::Reply& reply : batch.replies()) {
    Answer answer = answer_of(reply);
    answer.output = ++received_;
    answered(answer);
  }
  received_ += static_cast<uint64_t>(batch.notices_size());
}

void Client::take(const wire::Part& part) {
  require(answer_.empty() || answer_left_ == part.bytes().size() + part.left(), "session ",
          session_, " is sent parts of an answer that don't fit");
  answer_ += part.bytes();
  answer_left_ = part.left();
  if (answer_left_ > 0) return;
  wire::ServerBatch answer;
  require(answer.ParseFromString(std::exchange(answer_, {})) &&
              answer.replies_size() + answer.notices_size() == 1,
          "session ", session_, " is sent parts that aren't one answer");
  take(answer);
}

void Client::answered(const Answer& answer) {
  const OpenCall* call = find(answer.id);
  require(call != nullptr, "session ", session_, " is told of request ", answer.id,
          ", which it hasn't asked or was told of before");
  require(call->answer && call->answer->output == answer.output, "session ", session_,
          " has received ", answer.output - 1, " replies, and the next one is number ",
          call->answer ? call->answer->output : 0);
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
  answer_.clear();
  for (InParts& call : in_parts_) call.gone = 0;
}

void Client::reconnect() {
  disconnect();
  connected_ = true;
  for (const OpenCall& call : open_) repeat(call.asked);
  for (const OpenCall& call : open_) {
    if (call.cancelled) unsent_.cancels.push_back(call.asked.id);
  }
  send();
}

void Client::repeat(const Asked& asked) {
  if (asked.part_bytes == 0) return unsent_.requests.push_back(asked);
  InParts again{.asked = asked};
  while (again.gone < again.request.size()) send_part_of(again);
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

}  // namespace syncmanager::manager::simulation
