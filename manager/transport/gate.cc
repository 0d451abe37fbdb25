#include "manager/transport/gate.h"

#include <spdlog/spdlog.h>

#include <tuple>
#include <utility>

#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

// The most visitors that one turn serves.
constexpr int kServedAtOnce = 8;
constexpr std::chrono::seconds kLogInterval{1};

}  // namespace

void Gate::welcome(FileDescriptor socket, Peer peer, Time now) {
  Visitor visitor(std::move(socket), std::move(peer), now + kPatience);
  const std::string& source = visitor.peer().source;
  if (wrong_keys_.are_many(source, now)) {
    return visitor.refuse(wire::HandshakeError::RESOURCE_EXHAUSTED,
                          str_cat("too many wrong keys came from ", source,
                                  "; expected a key of this manager's, after a pause of ",
                                  options_.wrong_keys.forgiven.count(), " s"));
  }
  make_room(visitor.peer().is_unix);
  visitors_.push_back({std::move(visitor), {}});
  Entry& entry = visitors_.back();
  entry.place = std::prev(visitors_.end());
  ++of_source_[entry.visitor.peer().source];
  if (!entry.visitor.peer().is_unix) ++over_tcp_;
  poller_.add(entry.visitor.descriptor(), EPOLLIN, &entry);
}

void Gate::serve(Time now) {
  for (const epoll_event& event : poller_.wait({}, kServedAtOnce)) {
    Entry& entry = *static_cast<Entry*>(event.data.ptr);
    Visitor& visitor = entry.visitor;
    if (visitor.serve(options_.terms) == Visitor::State::kProved) {
      poller_.remove(visitor.descriptor());
      if (const absl::Status in = options_.let_in(visitor); !in.ok()) visitor.refuse(in);
    } else if (visitor.state() != Visitor::State::kGone) {
      continue;
    } else if (visitor.was_wrong()) {
      wrong_keys_.add(visitor.peer().source, now);
    } else {
      ++left_.foreign;
    }
    remove(entry);
  }
  log(now);
}

void Gate::on_time(Time now) {
  while (deadline() <= now) {
    ++left_.late;
    remove(visitors_.front());
  }
  log(now);
}

void Gate::make_room(bool is_unix) {
  const size_t here = is_unix ? visitors_.size() - over_tcp_ : over_tcp_;
  if (here < options_.visitors) return;
  Entry* leaving = nullptr;
  std::tuple<bool, size_t> best;  // Whether it is silent, and how many its source has.
  for (Entry& entry : visitors_) {
    if (entry.visitor.peer().is_unix != is_unix) continue;
    const std::tuple rank(entry.visitor.state() == Visitor::State::kSilent,
                          of_source_[entry.visitor.peer().source]);
    if (leaving != nullptr && rank <= best) continue;
    leaving = &entry;
    best = rank;
  }
  if (leaving == nullptr) return;
  ++left_.crowded_out;
  remove(*leaving);
}

void Gate::remove(Entry& entry) {
  const Peer& peer = entry.visitor.peer();
  if (!peer.is_unix) --over_tcp_;
  const auto source = of_source_.find(peer.source);
  if (--source->second == 0) of_source_.erase(source);
  visitors_.erase(entry.place);
}

void Gate::log(Time now) {
  if (now < next_log_ || left_.late + left_.crowded_out + left_.foreign == 0) return;
  spdlog::info(
      "connections that proved no key: {} too slow, {} made room for others, {} left or spoke "
      "another protocol",
      left_.late, left_.crowded_out, left_.foreign);
  left_ = {};
  next_log_ = now + kLogInterval;
}

}  // namespace syncmanager::manager
