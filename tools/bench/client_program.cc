#include "tools/bench/client_program.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/bench/latencies.h"
#include "tools/bench/load_thread.h"
#include "tools/bench/sample.h"
#include "tools/bench/usage.h"

namespace syncmanager::bench {
namespace {

const std::string kStamps = "bench-stamps";
const std::string kWaking = "bench-waking";
const std::string kLast = "last";
const std::string kCarried = "bench-carried";
// So many operations are under way while the program prepares something.
constexpr size_t kPreparing = 128;

std::unique_ptr<Caller> connect(const Route& route) {
  if (route.system == "ours") return connect_ours(route);
  if (route.system == "redis") return connect_redis(route);
  throw std::invalid_argument(absl::StrCat("no client for the system ", route.system));
}

// Sends `count` operations, the next one by `send`, and receives their answers.
void pipeline(Caller& caller, size_t count, const std::function<void(size_t)>& send) {
  size_t answered = 0;
  for (size_t sent = 0; sent < count; ++sent) {
    send(sent);
    if (sent - answered + 1 < kPreparing) continue;
    for (; answered <= sent; ++answered) caller.receive();
  }
  for (; answered < count; ++answered) caller.receive();
}

class ClientProgram {
 public:
  ClientProgram(Route route, int index)
      : route_(std::move(route)), index_(index), caller_(connect(route_)) {}

  // What the command found out; empty where it only does something.
  Sample perform(std::istringstream& words) {
    std::string command;
    words >> command;
    if (command == "load") return load(words);
    if (command == "carry") return carry(words);
    if (command == "connect") return measure_connecting(next_number(words));
    if (command == "wake") return wake();
    if (command == "take") return take_stamps();
    if (command == "fill") return fill(static_cast<size_t>(next_number(words)));
    if (command == "objects") return make_objects(static_cast<size_t>(next_number(words)));
    if (command == "sessions") return open_sessions(static_cast<size_t>(next_number(words)));
    if (command == "park") return park(static_cast<size_t>(next_number(words)));
    if (command == "put") return put_stamps(next_number(words));
    throw std::invalid_argument(absl::StrCat("no such command: ", command));
  }

 private:
  static int64_t next_number(std::istringstream& words) {
    int64_t number = 0;
    if (!(words >> number)) throw std::invalid_argument("a number is missing");
    return number;
  }

  Sample load(std::istringstream& words) {
    Load load;
    const auto threads = static_cast<size_t>(next_number(words));
    load.in_flight = static_cast<size_t>(next_number(words));
    std::string mode;
    words >> mode;
    load.batch = mode == "batch";
    load.start = Nanoseconds(next_number(words));
    load.end = Nanoseconds(next_number(words));
    return run_load(*caller_, load, threads, index_);
  }

  Sample carry(std::istringstream& words) {
    std::string place;
    words >> place;
    const Bytes value(static_cast<size_t>(next_number(words)) << 20, std::byte{'v'});
    const int64_t end = next_number(words);
    const int64_t start = monotonic_now();
    int64_t now = start;
    double carried = 0;
    do {
      const bool same = place == "dict" ? caller_->set_and_get(kCarried, value)
                                        : caller_->put_and_take(kCarried, value);
      if (!same) throw std::runtime_error("a large value that isn't what was sent");
      carried += 2 * static_cast<double>(value.size());
      now = monotonic_now();
    } while (now < end);
    caller_->erase(kCarried);
    return {{"bytes_s", carried / static_cast<double>(now - start) * 1e9}};
  }

  Sample fill(size_t count) {
    const std::string value(kValueBytes, 'v');
    pipeline(*caller_, count,
             [&](size_t i) { caller_->send_set(absl::StrFormat("f%015d", i), value); });
    return {};
  }

  Sample make_objects(size_t count) {
    pipeline(*caller_, count,
             [&](size_t i) { caller_->send_put(absl::StrFormat("object%010d", i), "item"); });
    return {};
  }

  Sample measure_connecting(int64_t end) {
    Latencies latencies;
    for (int64_t start = monotonic_now(); start < end; start = monotonic_now()) {
      const std::unique_ptr<Caller> caller = connect(route_);
      latencies.push_back(monotonic_now() - start);
    }
    Sample sample;
    summarize(std::move(latencies), sample);
    return sample;
  }

  Sample open_sessions(size_t count) {
    for (size_t i = 0; i < count; ++i) sessions_.push_back(connect(route_));
    return {};
  }

  Sample park(size_t calls) {
    parked_each_ += calls;
    for (const std::unique_ptr<Caller>& session : sessions_) {
      for (size_t i = 0; i < calls; ++i) session->send_take(kWaking);
      session->flush();
    }
    return {};
  }

  Sample wake() {
    const int64_t start = monotonic_now();
    pipeline(*caller_, sessions_.size() * parked_each_,
             [&](size_t) { caller_->send_put(kWaking, "item"); });
    for (const std::unique_ptr<Caller>& session : sessions_) {
      for (size_t i = 0; i < parked_each_; ++i) session->receive();
    }
    parked_each_ = 0;
    return {{"seconds", static_cast<double>(monotonic_now() - start) * 1e-9}};
  }

  // Once a millisecond, so that both sides have gone to sleep in between.
  Sample put_stamps(int64_t end) {
    while (monotonic_now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      caller_->put(kStamps, absl::StrCat(monotonic_now()));
    }
    caller_->put(kStamps, kLast);
    return {};
  }

  Sample take_stamps() {
    Latencies latencies;
    for (;;) {
      const std::string item = caller_->take(kStamps);
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

  const Route route_;
  const int index_;
  const std::unique_ptr<Caller> caller_;
  std::vector<std::unique_ptr<Caller>> sessions_;
  size_t parked_each_ = 0;
};

}  // namespace

int run_client_program(const Route& route, int index) {
  try {
    ClientProgram program(route, index);
    std::cout << "ready" << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
      std::istringstream words(line);
      const Sample sample = program.perform(words);
      std::cout << (sample.empty() ? "done=1" : to_line(sample)) << std::endl;
    }
    return 0;
  } catch (const std::exception& error) {
    std::cout << "error: " << error.what() << std::endl;
    return 1;
  }
}

}  // namespace syncmanager::bench
