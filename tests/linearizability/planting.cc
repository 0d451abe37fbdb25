#include "tests/linearizability/planting.h"

#include <syncmanager/encoded_value.h>

#include <utility>

namespace syncmanager::linearizability {

PlantBug at_requests(
    std::function<bool(CoreManager&, manager::SessionNumber, wire::Request&)> bug) {
  return [bug = std::move(bug)](CoreManager& manager) {
    manager.interference.on_request = [&manager, bug](manager::SessionNumber session,
                                                      wire::Request& request) {
      return bug(manager, session, request);
    };
  };
}

PlantBug at_opening(std::function<void(wire::RegistryOp::Open&)> bug) {
  return [bug = std::move(bug)](CoreManager& manager) { manager.interference.on_open = bug; };
}

PlantBug at_replies(std::function<void(std::vector<wire::Reply>&)> bug) {
  return [bug = std::move(bug)](CoreManager& manager) { manager.interference.on_replies = bug; };
}

void answer(CoreManager& manager, manager::SessionNumber session, const wire::Request& request,
            std::optional<std::string> value) {
  wire::Reply reply;
  reply.set_id(request.id());
  if (value) reply.set_value(*std::move(value));
  manager.answer(session, std::move(reply));
}

wire::Request beside(const wire::Request& request) {
  wire::Request other;
  other.set_object(request.object());
  return other;
}

int64_t integer_of(const std::string& value) { return ValueReader(value).head()->integer; }

PlantBug forgotten(bool (*chosen)(const wire::Request&)) {
  return at_requests(
      [chosen](CoreManager& manager, manager::SessionNumber session, wire::Request& request) {
        if (!chosen(request)) return true;
        answer(manager, session, request);
        return false;
      });
}

const std::vector<PlantedBug>& planted_bugs() {
  static const std::vector<PlantedBug> bugs = [] {
    std::vector<PlantedBug> all = bugs_of_containers();
    for (PlantedBug& bug : bugs_of_held_objects()) all.push_back(std::move(bug));
    return all;
  }();
  return bugs;
}

}  // namespace syncmanager::linearizability
