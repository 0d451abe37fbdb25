#include "tests/linearizability/server_program.h"

#include <future>
#include <iostream>
#include <map>
#include <sstream>

#include "protos/support/str_cat.h"
#include "tests/linearizability/client_calls.h"
#include "tests/linearizability/ledger.h"
#include "tests/linearizability/program.h"

namespace syncmanager::linearizability {
namespace {

struct Round {
  uint32_t number = 0, calls = 0;
  uint64_t seed = 0;
};

bool reentrant(ObjectKind kind) {
  return kind == ObjectKind::kRLock || kind == ObjectKind::kCondition;
}

// One thread of one round. Whatever it acquires it releases in the end: nobody else may.
class Caller {
 public:
  Caller(const Client& client, const ServerProgram& program, const Round& round, uint32_t thread,
         Lane& lane);

  void call_often(uint32_t calls);
  void let_go();

 private:
  // The object's part, and how often this thread holds it.
  struct Target {
    SharedObject object;
    ClientCalls calls;
    int64_t held = 0;
  };

  void perform(Target& target, Operation call);
  // A lock's proxy releases its own grant only, so this thread releases what it holds and nothing
  // else.
  static Verb in_turn(const Target& target, const Operation& call);

  const uint32_t client_, caller_;
  SeededDice dice_;
  int64_t unique_;
  std::vector<Target> targets_;
  Lane& lane_;
};

Caller::Caller(const Client& client, const ServerProgram& program, const Round& round,
               uint32_t thread, Lane& lane)
    : client_(program.session),
      caller_(round.number * kThreads + thread),
      dice_(round.seed * kPrograms * kRounds * kThreads +
            (program.place * kRounds + round.number) * kThreads + thread),
      unique_(static_cast<int64_t>((program.place * kRounds * kThreads + caller_) * Lane::kMost)),
      lane_(lane) {
  for (const SharedObject& object : objects_of(round.seed)) {
    targets_.push_back({object, calls_of(client, object, name_of(round.seed, object))});
  }
}

void Caller::call_often(uint32_t calls) {
  for (; calls > 0; --calls) {
    Target& target = dice_.one_of(targets_);
    Operation call = random_call(dice_, target.object, ++unique_);
    call.verb = in_turn(target, call);
    perform(target, call);
  }
}

void Caller::let_go() {
  for (Target& target : targets_) {
    while (target.held > 0) perform(target, {.object = target.object, .verb = Verb::kRelease});
  }
}

void Caller::perform(Target& target, Operation call) {
  const uint32_t number = lane_.begun;
  Operation& operation = lane_.operations.at(number);
  operation = call;
  operation.client = client_;
  operation.caller = caller_;
  operation.has_timeout = may_wait(call);
  operation.invoked = now();
  lane_.begun = number + 1;
  operation.answer = target.calls(call);
  operation.returned = now();
  lane_.done = number + 1;
  if (acquires(call.verb) && operation.answer.outcome == Outcome::kDone) ++target.held;
  if (call.verb == Verb::kRelease) --target.held;
}

Verb Caller::in_turn(const Target& target, const Operation& call) {
  const bool holds = target.held > 0;
  if (!holds && needs_hold(call)) return Verb::kAcquire;
  const bool again = acquires(call.verb) && !reentrant(call.object.kind);
  return holds && again ? Verb::kRelease : call.verb;
}

void perform(const Client& client, const ServerProgram& program, const Round& round,
             const SharedLedger& ledger) {
  const auto call = [&](uint32_t thread) {
    Lane& lane = ledger->lanes.at(program.place).at(round.number).at(thread);
    try {
      Caller caller(client, program, round, thread, lane);
      caller.call_often(round.calls);
      caller.let_go();
      client.ping();  // A release in a lost session says nothing of it.
    } catch (const SessionLost&) {
      ledger->lost = true;
    }
  };
  std::vector<std::future<void>> threads;
  for (uint32_t thread = 0; thread < kThreads; ++thread) {
    threads.push_back(std::async(std::launch::async, call, thread));
  }
  for (std::future<void>& thread : threads) thread.get();
}

}  // namespace

int run_program(const ServerProgram& program) {
  const auto say = [](const std::string& line) { std::cout << line << std::endl; };
  try {
    const SharedLedger ledger(program.ledger);
    const Client client(program.address, {.key_file = program.key_file,
                                          .name = "program",
                                          .session_timeout = program.session_timeout});
    const Lock sign = client.lock(sign_of_life(program.session));
    sign.lock();
    say("ready");
    for (std::string line; std::getline(std::cin, line);) {
      Round round;
      std::istringstream(line) >> round.number >> round.calls >> round.seed;
      perform(client, program, round, ledger);
      say("done");
    }
    return 0;
  } catch (const std::exception& error) {
    say(str_cat("error: ", error.what()));
    return 1;
  }
}

std::string sign_of_life(uint32_t session) { return str_cat("session ", session, " lives"); }

std::vector<SharedObject> objects_of(uint64_t seed) {
  constexpr uint64_t kMaxObjects = 4;
  SeededDice dice(seed);
  std::map<ObjectKind, std::vector<SharedObject>> objects;
  for (uint32_t number = 1 + static_cast<uint32_t>(dice.below(kMaxObjects)); number > 0; --number) {
    const auto kind = static_cast<ObjectKind>(dice.below(kObjectKinds));
    objects[kind] = random_object(dice, kind, number);
  }
  std::vector<SharedObject> parts;
  for (const auto& [kind, of_kind] : objects) {
    parts.insert(parts.end(), of_kind.begin(), of_kind.end());
  }
  return parts;
}

std::string name_of(uint64_t seed, const SharedObject& object) {
  return str_cat(seed, "/", object.number);
}

uint64_t now() {
  return static_cast<uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

}  // namespace syncmanager::linearizability
