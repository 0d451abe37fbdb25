// Crowds at the manager's entrance: two thousand sessions, two thousand unauthenticated clients at
// once, an endless flood of clients that send HTTP/2 before the handshake, and no descriptor left.
// Later clients are accepted, and connected clients are served meanwhile.

#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <iostream>
#include <thread>

#include "tests/endurance/suite.h"
#include "tests/endurance/worker.h"
#include "tests/support/connect_to.h"
#include "tests/support/http2.h"
#include "tests/support/test_server.h"
#include "tools/bench/latencies.h"
#include "tools/bench/usage.h"
#include "tools/progress/progress.h"

namespace syncmanager::endurance {
namespace {

constexpr std::chrono::milliseconds kSoon{2'000};
// Together they wait for as many proofs as the manager lets one host, at most.
constexpr int64_t kWorkers = 8;
// The bytes that each unauthenticated client of a flood sends.
constexpr size_t kFloodBytes = 2 << 10;
// The growth of the manager's memory that a flood may cause, in bytes.
constexpr double kMaxGrowth = 4 << 20;

// In seconds, until a newcomer was served. Throws Violation if that isn't soon.
double let_a_newcomer_in(const std::string& address, const std::string& key_file) {
  const Stopwatch watch;
  const auto comes_in = [&] {
    try {
      Client(address, {.key_file = key_file, .connect_timeout = kSoon}).ping();
      return true;
    } catch (const Error&) {
      return false;
    }
  };
  await(comes_in, kSoon, [] { return "nobody comes in after the crowd"; });
  return watch.seconds();
}

// In seconds, until all sessions were there.
double open_sessions(const TestServer& server, int64_t count) {
  const Client observer(server.unix_address(), {.key_file = server.key_file()});
  const Stopwatch watch;
  std::vector<Worker> workers;
  for (int64_t i = 0; i < kWorkers; ++i) {
    workers.emplace_back(Place{server.tcp_address(), server.key_file()}, "sessions",
                         Numbers{count / kWorkers});
  }
  for (Worker& worker : workers) worker.expect_line("open");
  const double seconds = watch.seconds();
  require(observer.statistics().sessions == static_cast<uint64_t>(count) + 1,
          "there aren't as many sessions as were opened");
  return seconds;
}

// Strangers connect and say nothing, over TCP, all at once.
double survive_strangers(const TestServer& server, int count) {
  const manager::Address address = *manager::Address::parse(server.tcp_address());
  {
    std::vector<manager::FileDescriptor> strangers;
    for (int i = 0; i < count; ++i) strangers.push_back(connect_to(address));
  }
  return let_a_newcomer_in(server.tcp_address(), server.key_file());
}

// The figures of a client during a flood of unauthenticated clients.
struct Flood {
  double connections = 0;  // A second.
  double p99_us = 0;       // Of the client's calls.
  double growth = 0;       // Of the manager's memory, in bytes.
};

// Strangers connect as fast as one thread can, and each sends requests of HTTP/2. A client with a
// key makes calls beside them.
Flood survive_flood(const TestServer& server, std::chrono::seconds time) {
  const Client client(server.tcp_address(), {.key_file = server.key_file()});
  const manager::Address address = *manager::Address::parse(server.tcp_address());
  std::string requests = http2::preface();
  while (requests.size() < kFloodBytes) {
    requests += http2::frame(http2::Type::kHeaders, http2::kEndHeaders, 1,
                             http2::encoded(http2::request()));
  }
  const double before = bench::private_bytes(server.pid());
  const Stopwatch watch;
  std::atomic<bool> is_over = false;
  int64_t connections = 0;
  std::thread strangers([&] {
    for (; !is_over; ++connections) {
      const manager::FileDescriptor stranger = connect_to(address);
      ::send(stranger.get(), requests.data(), requests.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
  });
  bench::Latencies waits;
  while (watch.seconds() < static_cast<double>(time.count())) {
    const Stopwatch call;
    client.ping();
    waits.push_back(static_cast<int64_t>(call.seconds() * 1e9));
  }
  is_over = true;
  strangers.join();
  bench::Sample sample;
  bench::summarize(std::move(waits), sample);
  const double growth = bench::private_bytes(server.pid()) - before;
  require(growth <= kMaxGrowth, "strangers have made the manager's memory grow");
  return {static_cast<double>(connections) / watch.seconds(), sample["p99_us"], growth};
}

// More clients than the manager has descriptors, half of which leave.
double survive_without_descriptors() {
  constexpr rlim_t kDescriptors = 256;
  const TestServer server;
  const rlimit limit{kDescriptors, kDescriptors};
  require(::prlimit(server.pid(), RLIMIT_NOFILE, &limit, nullptr) == 0, "no limit can be set");
  std::deque<Client> clients;
  const ClientOptions options{.key_file = server.key_file(),
                              .connect_timeout = std::chrono::milliseconds(100)};
  bool is_full = false;
  while (!is_full) {
    require(clients.size() < kDescriptors, "the manager has more descriptors than it may have");
    try {
      clients.emplace_back(server.unix_address(), options);
    } catch (const Error&) {
      is_full = true;
    }
  }
  {
    const manager::Address address = *manager::Address::parse(server.unix_address());
    std::vector<manager::FileDescriptor> strangers;
    for (rlim_t i = 0; i < kDescriptors; ++i) strangers.push_back(connect_to(address));
    clients.front().ping();
  }
  clients.resize(clients.size() / 2, clients.front());
  return let_a_newcomer_in(server.unix_address(), server.key_file());
}

}  // namespace

// Opens as many sessions as the first number says, and then prints "open".
void keep_sessions(const Place& place, const Numbers& numbers) {
  std::deque<Client> sessions;
  for (int64_t i = 0; i < numbers.at(0); ++i) sessions.push_back(connect(place));
  say("open");
  std::string end;
  std::getline(std::cin, end);
}

Figures crowd_the_entrance(const Effort& effort) {
  const TestServer server({"--max-sessions-per-key=4096"});
  const int sessions = effort.is_long ? 2'000 : 400;
  constexpr int kStrangers = 2'000;
  const int crowds = effort.is_long ? 10 : 1;
  const double opening = open_sessions(server, sessions);
  double after_strangers = 0, after_descriptors = 0;
  for (int i = 0; i < crowds; ++i) {
    after_strangers = std::max(after_strangers, survive_strangers(server, kStrangers));
    after_descriptors = std::max(after_descriptors, survive_without_descriptors());
    show_progress("connections", static_cast<double>(i) / crowds);
  }
  const Flood flood = survive_flood(TestServer(), std::chrono::seconds(effort.is_long ? 10 : 1));
  return {{"sessions", sessions},
          {"all open within s", opening},
          {"strangers at once", kStrangers},
          {"a client in afterwards within ms", after_strangers * 1e3},
          {"strangers a second", flood.connections},
          {"a client's p99 us beside them", flood.p99_us},
          {"growth in KiB", flood.growth / 1024},
          {"after EMFILE within ms", after_descriptors * 1e3}};
}

}  // namespace syncmanager::endurance
