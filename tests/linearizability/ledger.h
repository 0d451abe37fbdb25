#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "tests/linearizability/history.h"

namespace syncmanager::linearizability {

// A real manager has kPrograms callers of kThreads threads each. A history has two rounds of
// calls, each with threads of its own. (With more of them too many searches are given up.)
constexpr uint32_t kPrograms = 4, kThreads = 2, kRounds = 2;

// The operations of one thread in one round.
struct Lane {
  static constexpr uint32_t kMost = 128;

  std::array<Operation, kMost> operations;
  // Counts of operations; an operation that is begun and not done was interrupted.
  std::atomic<uint32_t> begun{0}, done{0};
};

// The operations of all programs, in memory that they share and that outlives killed programs.
struct Ledger {
  std::array<std::array<std::array<Lane, kThreads>, kRounds>, kPrograms> lanes;
  // Whether a program was told that its session is lost: who knows what it did last.
  std::atomic<bool> lost{false};

  void clear();
};

// A Ledger in memory of its own, which other processes find by its path.
class SharedLedger {
 public:
  // Makes one. Both throw std::system_error.
  SharedLedger();
  // Finds one that lives as long as the process that made it.
  explicit SharedLedger(const std::string& path);
  ~SharedLedger();
  SharedLedger(const SharedLedger&) = delete;
  SharedLedger& operator=(const SharedLedger&) = delete;

  const std::string& path() const { return path_; }
  Ledger* operator->() const { return ledger_; }

 private:
  void map();

  int file_ = -1;
  std::string path_;
  Ledger* ledger_ = nullptr;
};

}  // namespace syncmanager::linearizability
