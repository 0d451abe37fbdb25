#include <syncmanager/encoded_value.h>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "manager/core/engine.h"
#include "manager/objects/catalog.h"
#include "tools/bench/clock.h"
#include "tools/bench/family.h"
#include "tools/bench/visit.h"
#include "tools/bench/workload.h"

namespace syncmanager::bench::scenarios {
namespace {

constexpr size_t kSessions = 8;
// There is no journal, so every answer may leave at once.
constexpr uint64_t kDurable = std::numeric_limits<uint64_t>::max();
constexpr size_t kFrameBytes = size_t{256} << 10;

wire::Started started() {
  wire::Started started;
  started.set_semantics(manager::Engine::kSemantics);
  started.set_boot_ms(1);
  started.set_hash_key(std::string(16, 'h'));
  return started;
}

std::string encoded_text(std::string_view text) { return ValueWriter().text(text).take(); }

// One session of the Engine, with the requests and replies of its client.
class EngineClient {
 public:
  EngineClient(manager::Engine& engine, size_t number)
      : engine_(engine), value_(encoded_text(std::string(kValueBytes, 'v'))) {
    wire::SessionOpened opened;
    opened.set_session_id(absl::StrFormat("%016d", number));
    opened.set_key_id("bench");
    opened.set_role(static_cast<uint32_t>(manager::Role::kReadWrite));
    const auto session = engine.open_session(opened, manager::Time{});
    if (!session.ok()) throw std::runtime_error("the Engine opens no session");
    session_ = *session;
    for (size_t i = 0; i < kKeysPerThread; ++i) {
      keys_.push_back(encoded_text(absl::StrFormat("k%015d", number * kKeysPerThread + i)));
    }
    open_dict();
  }

  // Has the Engine answer a batch, and returns the nanoseconds that the Engine took.
  int64_t perform(size_t requests) {
    fill_batch(requests);
    const int64_t start = monotonic_now();
    engine_.receive(session_, batch_, manager::Time{});
    engine_.take_touched();
    collect();
    return monotonic_now() - start;
  }

  // Returns the Engine's replies to the last batch.
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
    engine_.receive(session_, batch_, manager::Time{});
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
    const manager::Session& session = *engine_.session(session_);
    while (seen_.outputs < session.emitted()) {
      session.collect(seen_, kDurable, kFrameBytes, frame_);
    }
  }

  manager::Engine& engine_;
  const std::string value_;
  std::vector<std::string> keys_;
  manager::SessionNumber session_{};
  manager::ObjectId dict_ = 0;
  uint64_t last_request_ = 0;
  manager::Sent seen_;
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

// Measures the Engine without transport and threads: eight sessions in turn give it batches of
// requests, dict set and get alternating, take the replies and acknowledge them. ops: operations a
// second of the Engine's own time. Making the batches isn't counted, because in a manager the
// wire's parser makes them.
Sample measure_engine(size_t requests, double seconds) {
  manager::Engine engine(manager::catalog(), manager::Limits{}, started());
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

Scenario engine(int batch) {
  return {.name = absl::StrCat("the Engine alone, batches of ", batch),
          .measure = [batch](Visit& visit) {
            return measure_engine(static_cast<size_t>(batch), visit.seconds());
          }};
}

void add_rows(Table& table) {
  const Goal two_million{Goal::Kind::kAtLeast, 2e6};
  table.begin("without network", Unit::kOperations, "ops");
  table.add_without_server(engine(128), two_million);
  table.add_without_server(engine(1), {});
}

}  // namespace

Family engine_alone() { return {add_rows, {}}; }

}  // namespace syncmanager::bench::scenarios
