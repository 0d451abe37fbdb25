#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tools/bench/clock.h"
#include "tools/bench/family.h"
#include "tools/bench/latencies.h"
#include "tools/bench/visit.h"

namespace syncmanager::bench::scenarios {
namespace {

const std::string kStamps = "bench-stamps";
const std::string kLast = "last";

// put END: puts the time into a queue, once a millisecond, so that both sides sleep in between.
Sample put(Client& client, Arguments& arguments) {
  const int64_t end = arguments.number();
  while (monotonic_now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    client.caller->put(kStamps, absl::StrCat(monotonic_now()));
  }
  client.caller->put(kStamps, kLast);
  return {};
}

// take: takes these times until the putter has ended. Answers p50_us and p99_us.
Sample take(Client& client, Arguments&) {
  Latencies latencies;
  for (;;) {
    const std::string item = client.caller->take(kStamps);
    const int64_t now = monotonic_now();
    if (item == kLast) break;
    int64_t stamp = 0;
    if (!absl::SimpleAtoi(item, &stamp)) throw std::runtime_error("an item that is no stamp");
    latencies.push_back(now - stamp);
  }
  Sample sample;
  summarize(std::move(latencies), sample);
  return sample;
}

constexpr Command kCommands[] = {{"hand_over.put", put}, {"hand_over.take", take}};

// From a put in one process to the end of the blocked get in another one.
Sample measure(Visit& visit) {
  Child taker = visit.server().start_client();
  Child putter = visit.server().start_client();
  taker.write_line("hand_over.take");
  ask(putter, absl::StrCat("hand_over.put ", visit.end()));
  return answer_of(taker);
}

void add_rows(Table& table) {
  const Scenario hand_over{.name = "hand-over", .measure = measure};
  table.begin("put to blocked get p50", Unit::kMicroseconds, "p50_us");
  table.add(kOursUnix, hand_over, System::kCpython);
  table.add(kOursUnix, hand_over, System::kRedis, ratio(1));
  table.add(kOursTcp, hand_over, System::kCpython);
  table.add(kOursTcp, hand_over, System::kRedis, ratio(0.9));
}

}  // namespace

Family hand_over() { return {add_rows, kCommands}; }

}  // namespace syncmanager::bench::scenarios
