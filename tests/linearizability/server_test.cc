// The real manager, and programs of several threads, one of which is killed in the middle.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <new>
#include <thread>
#include <utility>
#include <vector>

#include "tests/linearizability/checker.h"
#include "tests/linearizability/client_calls.h"
#include "tests/linearizability/program.h"
#include "tests/support/test_server.h"

namespace syncmanager::linearizability {
namespace {

constexpr uint32_t kPrograms = 4, kThreads = 3, kCalls = 250;

uint64_t now() {
  return static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

// What one thread did. It is in memory that outlives its process.
struct Lane {
  std::array<Operation, kCalls> operations;
  std::atomic<uint32_t> begun, done;
};

struct Ledger {
  std::array<std::array<Lane, kThreads>, kPrograms> lanes;
  std::atomic<uint32_t> ready, finished;
  std::atomic<bool> go;
};

class ServerHistoryTest : public testing::Test {
 protected:
  ServerHistoryTest() {
    void* memory =
        mmap(nullptr, sizeof(Ledger), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    ledger_ = new (memory) Ledger();
    SeededDice dice(1);
    for (uint8_t kind = 0; kind <= static_cast<uint8_t>(ObjectKind::kList); ++kind) {
      for (const SharedObject& part : random_object(dice, static_cast<ObjectKind>(kind), 1)) {
        targets_.push_back(part);
      }
    }
    // A session, and gRPC, don't survive fork(): this process makes its client only afterwards.
    for (uint32_t program = 0; program < kPrograms; ++program) start(program);
    await([&] { return ledger_->ready == kPrograms; });
  }
  ~ServerHistoryTest() override {
    for (const pid_t program : programs_) end(program);
    munmap(ledger_, sizeof(Ledger));
  }

  Client connect() const {
    return Client(server_.unix_address(), {.key_file = server_.key_file()});
  }
  void go() { ledger_->go = true; }
  void await_finished(uint32_t programs) {
    await([&] { return ledger_->finished == programs * kThreads; });
  }

  // Kills the program in the middle of its calls, and records that its session ended.
  void kill_in_the_middle(uint32_t program, const Client& watcher) {
    await([&] { return ledger_->lanes[program][0].done >= kCalls / 2; });
    const uint64_t killed = now();
    end(std::exchange(programs_[program], -1));
    await([&] { return watcher.statistics().sessions == kPrograms; });  // And the watcher's.
    for (const SharedObject& object : targets_) {
      if (object.kind != ObjectKind::kLock && object.kind != ObjectKind::kSemaphore) continue;
      ends_.push_back({.client = program + 1,
                       .object = object,
                       .verb = Verb::kDies,
                       .answer = {Outcome::kDone},
                       .invoked = killed,
                       .returned = now()});
    }
  }

  // REQUIRES: nobody is calling any more.
  History history() const {
    History history = ends_;
    for (const auto& lanes : ledger_->lanes) {
      for (const Lane& lane : lanes) {
        for (uint32_t i = 0; i < lane.begun; ++i) {
          Operation operation = lane.operations[i];
          if (i >= lane.done) {
            operation.answer = {Outcome::kUnknown};
            operation.returned = ends_.empty() ? Operation::kNever : ends_.back().returned;
          }
          history.push_back(operation);
        }
      }
    }
    return history;
  }

 private:
  template <typename Condition>
  static void await(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      std::this_thread::yield();
    }
  }
  static void end(pid_t program) {
    if (program < 0) return;
    kill(program, SIGKILL);
    waitpid(program, nullptr, 0);
  }

  void start(uint32_t program) {
    programs_.push_back(fork());
    if (programs_.back() != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const Client client = connect();
    std::vector<std::thread> threads;
    for (uint32_t thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] { run(client, program, thread); });
    }
    ++ledger_->ready;
    for (;;) pause();
  }

  void run(const Client& client, uint32_t program, uint32_t thread) {
    const uint32_t number = program * kThreads + thread;
    SeededDice dice(number);
    const auto of_kind = [&](ObjectKind kind) {
      return *std::find_if(targets_.begin(), targets_.end(),
                           [&](const SharedObject& object) { return object.kind == kind; });
    };
    ClientCalls calls(client, of_kind(ObjectKind::kSemaphore), of_kind(ObjectKind::kQueue));
    Lane& lane = ledger_->lanes[program][thread];
    await([&] { return ledger_->go.load(); });
    for (uint32_t i = 0; i < kCalls; ++i) {
      Operation& operation = lane.operations[i];
      operation = random_call(dice, dice.one_of(targets_), number * kCalls + i);
      operation.client = program + 1;
      operation.verb = calls.in_turn(operation);
      operation.invoked = now();
      lane.begun = i + 1;
      operation.answer = calls.perform(operation);
      operation.returned = now();
      lane.done = i + 1;
    }
    ++ledger_->finished;
  }

  TestServer server_;
  Ledger* ledger_ = nullptr;
  std::vector<SharedObject> targets_;
  std::vector<pid_t> programs_;
  History ends_;
};

void expect_right(const History& history) {
  for (const History& object : partitions(history)) {
    const Verdict verdict = check(object);
    EXPECT_EQ(verdict, Verdict::kLinearizable);
    if (verdict == Verdict::kViolation) ADD_FAILURE() << to_text(smallest_violation(object));
  }
}

TEST_F(ServerHistoryTest, IsLinearizableThoughAProgramIsKilled) {
  const Client watcher = connect();
  go();
  kill_in_the_middle(0, watcher);
  await_finished(kPrograms - 1);
  EXPECT_GE(history().size(), (kPrograms - 1) * kThreads * kCalls);
  expect_right(history());
}

}  // namespace
}  // namespace syncmanager::linearizability
