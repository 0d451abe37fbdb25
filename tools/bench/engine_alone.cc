#include "tools/bench/engine_alone.h"

#include <syncmanager/encoded_value.h>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "manager/core/engine.h"
#include "manager/objects/catalog.h"
#include "tools/bench/load_thread.h"

namespace syncmanager::bench {
namespace {

using manager::Engine;
using manager::ObjectId;
using manager::Role;
using manager::Sent;
using manager::Session;
using manager::SessionNumber;
using manager::Time;

constexpr size_t kSessions = 8;
// There is no journal: whatever the Engine answers may leave at once.
constexpr uint64_t kDurable = std::numeric_limits<uint64_t>::max();
constexpr size_t kFrameBytes = size_t{256} << 10;

wire::Started started() {
  wire::Started started;
  started.set_semantics(Engine::kSemantics);
  started.set_boot_ms(1);
  started.set_hash_key(std::string(16, 'h'));
  return started;
}

std::string encoded_text(std::string_view text) { return ValueWriter().text(text).take(); }

// One client: what it asks for, and what it has been told.
class EngineClient {
 public:
  EngineClient(Engine& engine, size_t number)
      : engine_(engine), value_(encoded_text(std::string(kValueBytes, 'v'))) {
    wire::SessionOpened opened;
    opened.set_session_id(absl::StrFormat("%016d", number));
    opened.set_key_id("bench");
    opened.set_role(static_cast<uint32_t>(Role::kReadWrite));
    const auto session = engine.open_session(opened, Time{});
    if (!session.ok()) throw std::runtime_error("the Engine opens no session");
    session_ = *session;
    for (size_t i = 0; i < kKeysPerThread; ++i) {
      keys_.push_back(encoded_text(absl::StrFormat("k%015d", number * kKeysPerThread + i)));
    }
    open_dict();
  }

  // Has the Engine answer a batch, and returns how long that took in nanoseconds.
  int64_t perform(size_t requests) {
    fill_batch(requests);
    const int64_t start = monotonic_now();
    engine_.receive(session_, batch_, Time{});
    engine_.take_touched();
    collect();
    return monotonic_now() - start;
  }

  // What the Engine sent for the last batch.
  wire::ServerBatch replies() const {
    wire::ServerBatch replies;
    if (!replies.ParseFromString(frame_)) throw std::runtime_error("the Engine sent no batch");
    return replies;
  }

 private:
  void open_dict() {
    wire::Request& request = add_request();
    request.mutable_registry()->mutable_open()->set_name("bench");
    request.mutable_registry()->mutable_open()->mutable_dict();
    engine_.receive(session_, batch_, Time{});
    engine_.take_touched();
    collect();
    const wire::ServerBatch opened = replies();
    if (opened.replies_size() != 1 || opened.replies(0).outcome() != wire::OK) {
      throw std::runtime_error("the Engine opens no dict");
    }
    dict_ = opened.replies(0).opened().object();
  }

  wire::Request& add_request() {
    wire::Request& request = *batch_.add_requests();
    request.set_id(++last_request_);
    return request;
  }

  // The Engine has moved the last batch's values out of it, so they are written anew.
  void fill_batch(size_t requests) {
    batch_.Clear();
    batch_.set_acknowledged(seen_.outputs);
    for (size_t i = 0; i < requests; ++i, ++operation_) {
      wire::Request& request = add_request();
      request.set_object(dict_);
      const std::string& key = keys_[operation_ / 2 % keys_.size()];
      if (operation_ % 2 == 0) {
        wire::DictOp::Set& set = *request.mutable_dict()->mutable_set();
        set.set_key(key);
        set.set_value(value_);
      } else {
        request.mutable_dict()->mutable_get()->set_key(key);
      }
    }
  }

  void collect() {
    frame_.clear();
    const Session& session = *engine_.session(session_);
    while (seen_.outputs < session.emitted()) {
      session.collect(seen_, kDurable, kFrameBytes, frame_);
    }
  }

  Engine& engine_;
  const std::string value_;
  std::vector<std::string> keys_;
  SessionNumber session_{};
  ObjectId dict_ = 0;
  uint64_t last_request_ = 0;
  Sent seen_;
  size_t operation_ = 0;
  wire::ClientBatch batch_;
  std::string frame_;
};

void require_answers(const EngineClient& client, size_t requests) {
  const wire::ServerBatch batch = client.replies();
  size_t answered = 0;
  for (const wire::Reply& reply : batch.replies()) {
    if (reply.outcome() == wire::OK) ++answered;
  }
  if (answered != requests) throw std::runtime_error("the Engine didn't answer OK");
}

}  // namespace

Sample measure_engine(size_t requests, double seconds) {
  Engine engine(manager::catalog(), manager::Limits{}, started());
  std::vector<EngineClient> clients;
  clients.reserve(kSessions);
  for (size_t i = 0; i < kSessions; ++i) clients.emplace_back(engine, i);

  // The first turns set the keys and are no measure.
  for (size_t operations = 0; operations < 2 * kKeysPerThread; operations += requests) {
    for (EngineClient& client : clients) {
      client.perform(requests);
      require_answers(client, requests);
    }
  }
  int64_t used = 0;
  double operations = 0;
  while (static_cast<double>(used) < seconds * 1e9) {
    for (EngineClient& client : clients) used += client.perform(requests);
    operations += static_cast<double>(requests * clients.size());
  }
  require_answers(clients.back(), requests);
  return {{"ops", operations / static_cast<double>(used) * 1e9}};
}

}  // namespace syncmanager::bench
