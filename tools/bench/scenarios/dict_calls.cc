#include "tools/bench/scenarios/dict_calls.h"

#include <unistd.h>

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/bench/clock.h"
#include "tools/bench/family.h"
#include "tools/bench/latencies.h"
#include "tools/bench/usage.h"
#include "tools/bench/workload.h"

namespace syncmanager::bench::scenarios {
namespace {

// The keys of a program's thread t begin at (index * this + t) * kKeysPerThread.
constexpr int kMaxThreads = 64;

// The work of a client program's threads.
struct Load {
  size_t in_flight = 1;
  bool batch = false;
  int64_t start = 0;  // The end of the warm-up.
  int64_t end = 0;
};

// One thread's calls and their figures.
class LoadThread {
 public:
  LoadThread(std::unique_ptr<Caller> caller, const Load& load, int number)
      : caller_(std::move(caller)), load_(load), value_(kValueBytes, 'v') {
    const size_t first = static_cast<size_t>(number) * kKeysPerThread;
    for (size_t i = 0; i < kKeysPerThread; ++i) {
      keys_.push_back(absl::StrFormat("k%0*d", static_cast<int>(kKeyBytes) - 1, first + i));
    }
  }

  // Runs on a thread of its own, so failure() keeps the exception.
  void run() noexcept {
    try {
      if (load_.in_flight == 1) {
        one_by_one();
      } else if (load_.batch) {
        in_batches();
      } else {
        sliding();
      }
    } catch (...) {
      failure_ = std::current_exception();
    }
  }

  std::exception_ptr failure() const { return failure_; }
  size_t calls() const { return calls_; }
  const Latencies& latencies() const { return latencies_; }

 private:
  // A key is set before it is read: call 2i sets it, call 2i + 1 gets it.
  const std::string& next_key() { return keys_[number_++ / 2 % keys_.size()]; }

  void one_by_one() {
    for (int64_t now = monotonic_now(); now < load_.end;) {
      const bool write = number_ % 2 == 0;
      const std::string& key = next_key();
      if (write) {
        caller_->set(key, value_);
      } else if (caller_->get(key) != value_) {
        throw std::runtime_error("a get that isn't what was set");
      }
      const int64_t answered = monotonic_now();
      if (now >= load_.start) latencies_.push_back(answered - now);
      now = answered;
    }
    calls_ = latencies_.size();
  }

  void send() {
    const bool write = number_ % 2 == 0;
    const std::string& key = next_key();
    if (write) {
      caller_->send_set(key, value_);
    } else {
      caller_->send_get(key);
    }
  }

  void in_batches() {
    for (int64_t now = monotonic_now(); now < load_.end;) {
      for (size_t i = 0; i < load_.in_flight; ++i) send();
      for (size_t i = 0; i < load_.in_flight; ++i) caller_->receive();
      if (now >= load_.start) calls_ += load_.in_flight;
      now = monotonic_now();
    }
  }

  void sliding() {
    for (size_t i = 0; i < load_.in_flight; ++i) send();
    for (int64_t now = monotonic_now(); now < load_.end; now = monotonic_now()) {
      caller_->receive();
      send();
      if (now >= load_.start) ++calls_;
    }
    for (size_t i = 0; i < load_.in_flight; ++i) caller_->receive();
  }

  const std::unique_ptr<Caller> caller_;
  const Load load_;
  const std::string value_;
  std::vector<std::string> keys_;
  size_t number_ = 0;
  size_t calls_ = 0;
  Latencies latencies_;
  std::exception_ptr failure_;
};

// Answers ops (calls in the measured span), cpu (seconds of this process in it) and, with one call
// in flight, p50_us and p99_us.
Sample run_load(Client& client, const Load& load, size_t threads) {
  std::vector<std::unique_ptr<LoadThread>> loads;
  for (size_t i = 0; i < threads; ++i) {
    const int number = client.index * kMaxThreads + static_cast<int>(i);
    loads.push_back(
        std::make_unique<LoadThread>(client.caller->for_another_thread(), load, number));
  }
  std::vector<std::thread> running;
  for (const std::unique_ptr<LoadThread>& one : loads) {
    running.emplace_back([&one] { one->run(); });
  }
  sleep_until(load.start);
  const double before = cpu_seconds(getpid());
  sleep_until(load.end);
  const double used = cpu_seconds(getpid()) - before;
  for (std::thread& thread : running) thread.join();

  Sample sample{{"cpu", used}, {"ops", 0}};
  Latencies all;
  for (const std::unique_ptr<LoadThread>& one : loads) {
    if (one->failure() != nullptr) std::rethrow_exception(one->failure());
    sample["ops"] += static_cast<double>(one->calls());
    all.insert(all.end(), one->latencies().begin(), one->latencies().end());
  }
  summarize(std::move(all), sample);
  return sample;
}

// load THREADS IN_FLIGHT sliding|batch START END
Sample load(Client& client, Arguments& arguments) {
  Load load;
  const size_t threads = arguments.count();
  load.in_flight = arguments.count();
  load.batch = arguments.word() == "batch";
  load.start = arguments.number();
  load.end = arguments.number();
  return run_load(client, load, threads);
}

constexpr Command kCommands[] = {{"dict_calls.load", load}};

// Adds up the clients' answers. Of the waits the worst client's count.
Sample sum_of_answers(std::vector<Child>& clients) {
  Sample sum;
  for (Child& client : clients) {
    Sample answer = answer_of(client);
    sum["ops"] += answer["ops"];
    sum["cpu"] += answer["cpu"];
    for (const char* wait : {"p50_us", "p99_us"}) {
      if (answer.contains(wait)) sum[wait] = std::max(sum[wait], answer[wait]);
    }
  }
  if (sum["ops"] == 0) throw std::runtime_error("no operation was answered in time");
  return sum;
}

Scenario scenario_of(std::string name, const DictCalls& calls) {
  return {.name = std::move(name), .measure = [calls](Visit& visit) {
            return measure_dict_calls(visit, calls, visit.seconds());
          }};
}

void add_waits(Table& table) {
  for (const char* figure : {"p50_us", "p99_us"}) {
    table.begin(std::string("wait ") + std::string(figure, 3), Unit::kMicroseconds, figure);
    for (const Setup& ours : {kOursUnix, kOursNoSpin, kOursTcp}) {
      table.add(ours, processes(1), System::kCpython);
      table.add(ours, processes(1), System::kRedis);
    }
  }
}

void add_throughput(Table& table) {
  table.begin("operations/s", Unit::kOperations, "ops");
  table.add(kOursUnix, processes(1), System::kCpython, ratio(1.7));
  table.add(kOursUnix, processes(1), System::kRedis, ratio(1.05));
  table.add(kOursNoSpin, processes(1), System::kCpython, ratio(1.2));
  table.add(kOursTcp, processes(1), System::kCpython, ratio(1.2));
  table.add(kOursTcp, processes(1), System::kRedis, ratio(0.9));
  table.add_against(kOursTls, processes(1), kOursTcp, "TCP with tags", ratio(1 / 1.25));
  for (const int count : {2, 8, 50}) {
    const bool goal = count > 2;
    table.add(kOursUnix, processes(count), System::kCpython, goal ? ratio(3) : Goal{});
    table.add(kOursUnix, processes(count), System::kRedis, goal ? ratio(1) : Goal{});
    table.add(kOursTcp, processes(count), System::kCpython, goal ? ratio(1.5) : Goal{});
    table.add(kOursTcp, processes(count), System::kRedis,
              goal ? ratio(count == 8 ? 0.85 : 0.75) : Goal{});
  }
  table.add_against(kOursTls, processes(8), kOursTcp, "TCP with tags", {});
  for (const int count : {8, 50}) {
    const bool goal = count == 8;
    table.add(kOursUnix, threads(count), System::kCpython, goal ? ratio(2) : Goal{});
    table.add(kOursUnix, threads(count), System::kRedis, goal ? ratio(1.1) : Goal{});
    table.add(kOursTcp, threads(count), System::kRedis, goal ? ratio(1) : Goal{});
  }
  table.add(kOursUnix, in_flight(64), System::kRedis, ratio(1));
  table.add(kOursTcp, in_flight(64), System::kRedis);
  table.add(kOursUnix, batches(128), System::kRedis, ratio(0.8));
  table.add(kOursTcp, batches(128), System::kRedis);
  for (const int count : {512, 1024, 4096}) {
    table.add_against_scenario(kOursUnix, in_flight(count), in_flight(256), ratio(0.9));
  }
}

void add_cpu(Table& table) {
  for (const auto& [name, figure] : {std::pair("CPU/operation in the manager", "server_us"),
                                     std::pair("CPU/operation in the clients", "client_us")}) {
    table.begin(name, Unit::kMicroseconds, figure);
    for (const Scenario& scenario : {processes(1), processes(8)}) {
      table.add(kOursUnix, scenario, System::kCpython);
      table.add(kOursUnix, scenario, System::kRedis);
    }
    table.add(kOursUnix, batches(128), System::kRedis);
  }
}

void add_rows(Table& table) {
  add_waits(table);
  add_throughput(table);
  add_cpu(table);
}

}  // namespace

Scenario processes(int count) {
  return scenario_of(count == 1 ? "1 process" : absl::StrCat(count, " processes"),
                     {.processes = count});
}

Scenario threads(int count) {
  return scenario_of(absl::StrCat(count, " threads"), {.threads = count});
}

Scenario in_flight(int count) {
  return scenario_of(absl::StrCat(count, " in flight"), {.in_flight = count});
}

Scenario batches(int size) {
  return scenario_of(absl::StrCat("batches of ", size), {.in_flight = size, .batch = true});
}

Sample measure_dict_calls(Visit& visit, const DictCalls& calls, double seconds,
                          const std::function<void(int64_t end)>& begun) {
  const Server& server = visit.server();
  std::vector<Child> clients = server.start_clients(calls.processes);
  // Connections of many threads are opened during the warm-up.
  const double warm_up = calls.processes * calls.threads >= 8 ? 0.4 : 0.15;
  const int64_t start = monotonic_now() + nanoseconds(warm_up);
  const int64_t end = start + nanoseconds(seconds);
  if (begun) begun(end);
  const std::string command =
      absl::StrFormat("dict_calls.load %d %d %s %d %d", calls.threads, calls.in_flight,
                      calls.batch ? "batch" : "sliding", start, end);
  for (Child& client : clients) client.write_line(command);
  sleep_until(start);
  const double before = cpu_seconds(server.pid());
  sleep_until(end);
  const double server_cpu = cpu_seconds(server.pid()) - before;

  Sample sample = sum_of_answers(clients);
  const double operations = sample["ops"];
  sample["ops"] = operations / seconds;
  sample["server_us"] = server_cpu / operations * 1e6;
  sample["client_us"] = sample["cpu"] / operations * 1e6;
  sample.erase("cpu");
  return sample;
}

Family dict_calls() { return {add_rows, kCommands}; }

}  // namespace syncmanager::bench::scenarios
