#include <utility>

#include "tools/bench/clock.h"
#include "tools/bench/family.h"
#include "tools/bench/latencies.h"
#include "tools/bench/visit.h"

namespace syncmanager::bench::scenarios {
namespace {

// connect END: connects, authenticates, gets an answer and leaves, again and again until END.
// Answers p50_us and p99_us.
Sample connect(Client& client, Arguments& arguments) {
  const int64_t end = arguments.number();
  Latencies latencies;
  for (int64_t start = monotonic_now(); start < end; start = monotonic_now()) {
    const std::unique_ptr<Caller> caller = client.connect();
    latencies.push_back(monotonic_now() - start);
  }
  Sample sample;
  summarize(std::move(latencies), sample);
  return sample;
}

constexpr Command kCommands[] = {{"connecting.connect", connect}};

Sample measure(Visit& visit) { return visit.ask_until_end("connecting.connect"); }

void add_rows(Table& table) {
  const Scenario connect{.name = "connect", .measure = measure};
  table.begin("connect and authenticate p50", Unit::kMicroseconds, "p50_us");
  table.add(kOursUnix, connect, System::kCpython, at_most(350));
  table.add(kOursUnix, connect, System::kRedis);
  table.add(kOursTcp, connect, System::kCpython, at_most(450));
  table.add(kOursTcp, connect, System::kRedis);
  table.add_against(kOursTls, connect, kOursTcp, "TCP with tags", {});
}

}  // namespace

Family connecting() { return {add_rows, kCommands}; }

}  // namespace syncmanager::bench::scenarios
