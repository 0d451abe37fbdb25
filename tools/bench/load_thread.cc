#include "tools/bench/load_thread.h"

#include <time.h>
#include <unistd.h>

#include <exception>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "tools/bench/latencies.h"
#include "tools/bench/usage.h"

namespace syncmanager::bench {
namespace {

// One thread's operations and what they took.
class LoadThread {
 public:
  LoadThread(std::unique_ptr<Caller> caller, const Load& load, int number)
      : caller_(std::move(caller)), load_(load), value_(kValueBytes, 'v') {
    const size_t first = static_cast<size_t>(number) * kKeysPerThread;
    for (size_t i = 0; i < kKeysPerThread; ++i) {
      keys_.push_back(absl::StrFormat("k%0*d", static_cast<int>(kKeyBytes) - 1, first + i));
    }
  }

  // Keeps what goes wrong for failure(): it runs on a thread of its own.
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
  size_t operations() const { return operations_; }
  const Latencies& latencies() const { return latencies_; }

 private:
  // A key is set before it is read: operation 2i sets it, operation 2i + 1 gets it.
  const std::string& next_key() { return keys_[number_++ / 2 % keys_.size()]; }

  void one_by_one() {
    for (int64_t now = monotonic_now(); now < load_.end.count();) {
      const bool write = number_ % 2 == 0;
      const std::string& key = next_key();
      if (write) {
        caller_->set(key, value_);
      } else if (caller_->get(key) != value_) {
        throw std::runtime_error("a get that isn't what was set");
      }
      const int64_t answered = monotonic_now();
      if (now >= load_.start.count()) latencies_.push_back(answered - now);
      now = answered;
    }
    operations_ = latencies_.size();
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
    for (int64_t now = monotonic_now(); now < load_.end.count();) {
      for (size_t i = 0; i < load_.in_flight; ++i) send();
      for (size_t i = 0; i < load_.in_flight; ++i) caller_->receive();
      if (now >= load_.start.count()) operations_ += load_.in_flight;
      now = monotonic_now();
    }
  }

  void sliding() {
    for (size_t i = 0; i < load_.in_flight; ++i) send();
    for (int64_t now = monotonic_now(); now < load_.end.count(); now = monotonic_now()) {
      caller_->receive();
      send();
      if (now >= load_.start.count()) ++operations_;
    }
    for (size_t i = 0; i < load_.in_flight; ++i) caller_->receive();
  }

  const std::unique_ptr<Caller> caller_;
  const Load load_;
  const std::string value_;
  std::vector<std::string> keys_;
  size_t number_ = 0;
  size_t operations_ = 0;
  Latencies latencies_;
  std::exception_ptr failure_;
};

void sleep_until(Nanoseconds point) {
  std::this_thread::sleep_until(std::chrono::steady_clock::time_point(point));
}

}  // namespace

int64_t monotonic_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

Sample run_load(Caller& caller, const Load& load, size_t threads, int index) {
  std::vector<std::unique_ptr<LoadThread>> loads;
  for (size_t i = 0; i < threads; ++i) {
    loads.push_back(std::make_unique<LoadThread>(caller.for_another_thread(), load,
                                                 index * kThreadsAtMost + static_cast<int>(i)));
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
    sample["ops"] += static_cast<double>(one->operations());
    all.insert(all.end(), one->latencies().begin(), one->latencies().end());
  }
  summarize(std::move(all), sample);
  return sample;
}

}  // namespace syncmanager::bench
