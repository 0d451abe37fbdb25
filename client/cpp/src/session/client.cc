#include "syncmanager/client.h"

#include "client/cpp/src/session/ask.h"
#include "client/cpp/src/session/connect.h"
#include "protos/registry.pb.h"

namespace syncmanager {
namespace {

ObjectSummary summary_of(const wire::ObjectSummary& summary) {
  return {.id = summary.object(),
          .type = summary.type(),
          .name = summary.name(),
          .size = summary.size(),
          .bytes = summary.bytes(),
          .parked = summary.parked()};
}

std::vector<CallerState> callers_of(
    const google::protobuf::RepeatedPtrField<wire::CallerState>& callers) {
  std::vector<CallerState> states;
  for (const wire::CallerState& caller : callers) {
    states.push_back({.session = caller.session(),
                      .caller = caller.caller(),
                      .client = caller.client(),
                      .since = std::chrono::microseconds(caller.since_us()),
                      .fencing = caller.fencing(),
                      .count = caller.count(),
                      .left_behind = caller.left_behind(),
                      .what = caller.what()});
  }
  return states;
}

ClientOptions with_key_of(const OwnManager& manager, ClientOptions options) {
  if (options.key.empty() && options.key_file.empty()) options.key_file = manager.key_file();
  return options;
}

}  // namespace

Client::Client(const ClientOptions& options) : Client(default_url(), options) {}

Client::Client(std::string_view url, const ClientOptions& options)
    : registry_(registry_of(connect(url, options))) {}

Client::Client(const OwnManager& manager, const ClientOptions& options)
    : Client(manager.address(), with_key_of(manager, options)) {}

ReferencePtr Client::find_object(std::string_view name, const char* type) const {
  const auto wanted = std::make_shared<const Reference>(registry_->shared_session(), 0, type, name);
  const Answer answer = ask(wanted, "find", Timeout::never(), [name](wire::Request& request) {
    wire::RegistryOp::Open& open = *request.mutable_registry()->mutable_open();
    open.set_name(name.data(), name.size());
    open.set_must_exist(true);
  });
  if (!answer.existed()) return nullptr;
  ReferencePtr object = opened(registry_, name, answer);
  if (object->type() != type) {
    throw WrongType(wanted->description() + ": find: it is a " + object->type());
  }
  return object;
}

bool Client::remove(std::string_view name) const {
  return ask(registry_, "remove", Timeout::never(),
             [name](wire::Request& request) {
               request.mutable_registry()->mutable_delete_()->set_name(name.data(), name.size());
             })
      .existed();
}

std::vector<ObjectSummary> Client::objects(std::string_view prefix, bool anonymous) const {
  std::vector<ObjectSummary> objects;
  uint64_t after = 0;
  do {
    const Answer answer = ask(registry_, "list", Timeout::never(), [&](wire::Request& request) {
      wire::RegistryOp::List& list = *request.mutable_registry()->mutable_list();
      list.set_prefix(prefix.data(), prefix.size());
      list.set_after(after);
      list.set_anonymous(anonymous);
    });
    answer.require();
    const auto page = result_of<wire::ObjectList>(answer);
    for (const wire::ObjectSummary& object : page.objects()) objects.push_back(summary_of(object));
    after = page.after();
  } while (after != 0);
  return objects;
}

std::optional<ObjectState> Client::inspect(std::string_view name) const { return inspect(name, 0); }

std::optional<ObjectState> Client::inspect(const Proxy& proxy) const {
  return inspect({}, proxy.id());
}

std::optional<ObjectState> Client::inspect(std::string_view name, uint64_t object) const {
  const Answer answer = ask(registry_, "inspect", Timeout::never(), [&](wire::Request& request) {
    wire::RegistryOp::Inspect& inspect = *request.mutable_registry()->mutable_inspect();
    inspect.set_name(name.data(), name.size());
    inspect.set_object(object);
  });
  if (!answer.existed()) return std::nullopt;
  const auto state = result_of<wire::ObjectState>(answer);
  return ObjectState{.summary = summary_of(state.summary()),
                     .references = state.references(),
                     .holders = callers_of(state.holders()),
                     .waiters = callers_of(state.waiters()),
                     .detail = state.detail()};
}

Statistics Client::statistics() const {
  const Answer answer = ask(registry_, "statistics", Timeout::never(), [](wire::Request& request) {
    request.mutable_registry()->mutable_stats();
  });
  answer.require();
  const auto statistics = result_of<wire::Statistics>(answer);
  return {.objects = statistics.objects(),
          .sessions = statistics.sessions(),
          .parked = statistics.parked(),
          .bytes = statistics.bytes(),
          .bytes_limit = statistics.bytes_limit(),
          .operations = statistics.operations(),
          .uptime = std::chrono::microseconds(statistics.uptime_us()),
          .server_id = statistics.server_id(),
          .version = statistics.version(),
          .lost_sessions = statistics.lost_sessions()};
}

void Client::ping() const {
  ask(registry_, "ping", Timeout::never(), [](wire::Request& request) {
    request.mutable_registry()->mutable_ping();
  }).require();
}

void Client::close() const { registry_->session().close(); }

}  // namespace syncmanager
