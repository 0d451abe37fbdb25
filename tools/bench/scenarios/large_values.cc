#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/bench/clock.h"
#include "tools/bench/family.h"
#include "tools/bench/scenarios/dict_calls.h"
#include "tools/bench/usage.h"
#include "tools/bench/visit.h"

namespace syncmanager::bench::scenarios {
namespace {

const std::string kCarried = "bench-carried";

// carry dict|queue MIB END: sets and gets a value of that size, or puts and takes it, until END,
// once at least. Answers bytes_s: the value counts on both ways.
Sample carry(Client& client, Arguments& arguments) {
  const bool in_dict = arguments.word() == "dict";
  const Bytes value(arguments.count() << 20, std::byte{'v'});
  const int64_t end = arguments.number();
  const int64_t start = monotonic_now();
  int64_t now = start;
  double carried = 0;
  do {
    const bool same = in_dict ? client.caller->set_and_get(kCarried, value)
                              : client.caller->put_and_take(kCarried, value);
    if (!same) throw std::runtime_error("a large value that isn't what was sent");
    carried += 2 * static_cast<double>(value.size());
    now = monotonic_now();
  } while (now < end);
  client.caller->erase(kCarried);
  return {{"bytes_s", carried / static_cast<double>(now - start) * 1e9}};
}

constexpr Command kCommands[] = {{"large_values.carry", carry}};

// bytes_s, through a dict or a queue.
Scenario through(const std::string& place, int mebibytes) {
  const std::string command = absl::StrCat("large_values.carry ", place, " ", mebibytes);
  return {.name = absl::StrCat(place, " of ", mebibytes, " MiB"),
          .measure = [command](Visit& visit) { return visit.ask_until_end(command); },
          .mebibytes = mebibytes};
}

// The figures of dict_calls.h while another client puts and takes a large value. It takes 20 times
// as long as other loads, because one large value may take seconds.
Scenario beside(int processes, int mebibytes) {
  const auto measure = [=](Visit& visit) {
    Child carrier = visit.server().start_client();
    const auto start_carrier = [&](int64_t end) {
      carrier.write_line(absl::StrFormat("large_values.carry queue %d %d", mebibytes, end));
    };
    const double seconds = 20 * visit.seconds();
    Sample sample = measure_dict_calls(visit, {.processes = processes}, seconds, start_carrier);
    answer_of(carrier, std::chrono::minutes(3));
    return sample;
  };
  return {.name = absl::StrCat(processes, " processes beside ", mebibytes, " MiB"),
          .measure = measure,
          .mebibytes = mebibytes};
}

// manager_values and client_values: how far the memory of each peaks while a value is set and got
// once, as a multiple of the value, beside the value that each holds anyway.
Scenario memory_of_value(int mebibytes) {
  const auto measure = [=](Visit& visit) -> Sample {
    const Server server = visit.fresh_server();
    Child client = server.start_client();
    const MemoryPeak of_server(server.pid());
    const MemoryPeak of_client(client.pid());
    ask(client, absl::StrFormat("large_values.carry dict %d %d", mebibytes, monotonic_now()));
    const double value = static_cast<double>(mebibytes) * (1 << 20);
    return {{"manager_values", of_server.growth() / value - 1},
            {"client_values", of_client.growth() / value - 1}};
  };
  return {.name = absl::StrCat(mebibytes, " MiB set and got"),
          .measure = measure,
          .steady = true,
          .mebibytes = mebibytes};
}

void add_rows(Table& table) {
  table.begin("large values", Unit::kBytesASecond, "bytes_s");
  for (const int mebibytes : table.quick() ? std::vector{1, 64} : std::vector{1, 64, 512}) {
    for (const char* place : {"dict", "queue"}) {
      for (const Setup& ours : {kOursUnix, kPythonUnix}) {
        table.add(ours, through(place, mebibytes), System::kCpython, ratio(3));
        table.add(ours, through(place, mebibytes), System::kRedis, ratio(1));
      }
    }
  }
  const int large = table.quick() ? 64 : 256;
  table.begin("wait p99 beside a large value", Unit::kMicroseconds, "p99_us");
  table.add_against_scenario(kOursUnix, beside(4, large), processes(4), ratio(1 / 2.0));
  table.add(kOursUnix, beside(4, large), System::kRedis);

  table.begin("memory of a large value in the manager", Unit::kValues, "manager_values");
  table.add(kOursUnix, memory_of_value(large), System::kCpython, at_most(1.2));
  table.add(kOursUnix, memory_of_value(large), System::kRedis);
  table.begin("memory of a large value in the client", Unit::kValues, "client_values");
  table.add(kOursUnix, memory_of_value(large), System::kRedis, at_most(2));
  table.add(kPythonUnix, memory_of_value(large), System::kCpython, at_most(2));
}

}  // namespace

Family large_values() { return {add_rows, kCommands}; }

}  // namespace syncmanager::bench::scenarios
