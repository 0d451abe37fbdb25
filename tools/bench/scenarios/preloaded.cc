#include "absl/strings/str_format.h"
#include "tools/bench/family.h"
#include "tools/bench/scenarios/dict_calls.h"

namespace syncmanager::bench::scenarios {
namespace {

// objects COUNT: makes COUNT objects, queues with an item.
Sample objects(Client& client, Arguments& arguments) {
  pipeline(*client.caller, arguments.count(),
           [&](size_t i) { client.caller->send_put(absl::StrFormat("object%010d", i), "item"); });
  return {};
}

constexpr Command kCommands[] = {{"preloaded.objects", objects}};

constexpr Preload kItems{"a million items", "memory.fill 1000000"};
constexpr Preload kObjects{"100,000 objects", "preloaded.objects 100000"};
constexpr Preload kParkedCalls{"10,000 parked calls", "memory.sessions 100\nmemory.park 100"};

// Calls in batches cost the least, so what grows with the work shows the most in them.
void add_rows(Table& table) {
  table.begin("cost as work grows", Unit::kOperations, "ops");
  for (const Preload& preload : {kItems, kObjects, kParkedCalls}) {
    const Setup preloaded{System::kOurs, Transport::kUnix, true, preload};
    table.add_against(preloaded, batches(128), kOursUnix, "ours without", ratio(1 / 1.3));
  }
}

}  // namespace

Family preloaded() { return {add_rows, kCommands}; }

}  // namespace syncmanager::bench::scenarios
