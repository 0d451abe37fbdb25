#include "tests/linearizability/server_recorder.h"

#include <signal.h>

#include <stdexcept>
#include <utility>

#include "protos/support/str_cat.h"
#include "tests/linearizability/models.h"
#include "tests/linearizability/trouble.h"
#include "tests/support/await.h"

namespace syncmanager::linearizability {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPatience = std::chrono::minutes(1);
// The calls of a thread in the first round, and in the second, which finds what a dead thread left.
constexpr uint64_t kMostCalls = 60, kLastCalls = 5;
constexpr uint32_t kVictim = 0;  // Its place.

void require(bool holds, const std::string& otherwise) {
  if (!holds) throw std::runtime_error(otherwise);
}

}  // namespace

History ServerRecorder::record(uint64_t seed) {
  for (;; ++counts_.lost) {
    if (std::optional<History> history = try_to_record(seed)) return *std::move(history);
    for (std::optional<Program>& program : programs_) program.reset();
  }
}

std::optional<History> ServerRecorder::try_to_record(uint64_t seed) {
  SeededDice dice(seed);
  ledger_->clear();
  start_all(dice);
  const uint64_t calls = 10 + dice.below(kMostCalls - 9);
  Trouble trouble(network_, seed);
  let_all_call(0, calls, seed);
  const uint64_t killed = kill_the_victim(dice.below(calls));
  await_others();
  await_death(last_session_);
  const uint64_t died = now();
  let_all_call(1, kLastCalls, seed);
  await_others();
  counts_.faults += trouble.end();

  const std::vector<SharedObject> objects = objects_of(seed);
  for (const SharedObject& object : objects) watcher_.remove(name_of(seed, object));
  if (ledger_->lost) return std::nullopt;
  ++counts_.kills;
  return history(objects, killed, died);
}

// On a unix socket the victim's session dies with it. Over the network that takes a second, and so
// it is seldom there.
void ServerRecorder::start_all(Dice& dice) {
  for (uint32_t place = kVictim + 1; place < kPrograms; ++place) {
    if (!programs_[place]) start(place, network_.tcp_address(), std::chrono::seconds(10));
  }
  const bool near = dice.percent(90);
  start(kVictim, near ? server_.unix_address() : network_.tcp_address(), std::chrono::seconds(1));
}

void ServerRecorder::start(uint32_t place, const std::string& address, milliseconds timeout) {
  const std::string session = std::to_string(++last_session_);
  programs_[place].emplace(Program{
      last_session_,
      bench::Child({"/proc/self/exe", "program", "--address", address, "--key-file",
                    server_.key_file(), "--timeout", std::to_string(timeout.count()), "--ledger",
                    ledger_.path(), "--place", std::to_string(place), "--session", session})});
  const std::string line = programs_[place]->child.read_line(kPatience);
  require(line == "ready", "a program says " + line);
}

void ServerRecorder::let_all_call(uint32_t round, uint64_t calls, uint64_t seed) {
  for (std::optional<Program>& program : programs_) {
    if (program) program->child.write_line(str_cat(round, " ", calls, " ", seed));
  }
}

void ServerRecorder::await_others() {
  for (std::optional<Program>& program : programs_) {
    if (!program) continue;
    const std::string line = program->child.read_line(kPatience);
    require(line == "done", "a program says " + line);
  }
}

uint64_t ServerRecorder::kill_the_victim(uint64_t calls) {
  const Lane& lane = ledger_->lanes[kVictim][0][0];
  require(await([&] { return lane.done >= calls || ledger_->lost; }, kPatience),
          "the victim doesn't call");
  const uint64_t killed = now();
  ::kill(programs_[kVictim]->child.pid(), SIGKILL);
  programs_[kVictim].reset();
  return killed;
}

void ServerRecorder::await_death(uint32_t session) {
  const std::string sign = sign_of_life(session);
  const auto dead = [&] { return watcher_.inspect(sign)->holders.empty(); };
  require(await(dead, kPatience), "the victim's session doesn't die");
  watcher_.remove(sign);
}

History ServerRecorder::history(const std::vector<SharedObject>& objects, uint64_t killed,
                                uint64_t died) const {
  History history;
  for (const auto& rounds : ledger_->lanes) {
    for (const auto& lanes : rounds) {
      for (const Lane& lane : lanes) {
        for (uint32_t i = 0; i < lane.begun; ++i) {
          history.push_back(lane.operations[i]);
          if (i < lane.done) continue;
          history.back().answer = {Outcome::kUnknown};
          history.back().returned = died;
        }
      }
    }
  }
  for (const SharedObject& object : objects) {
    if (!ends_matter(object.kind)) continue;
    history.push_back({.client = last_session_,
                       .object = object,
                       .verb = Verb::kDies,
                       .answer = {Outcome::kDone},
                       .invoked = killed,
                       .returned = died});
  }
  return history;
}

}  // namespace syncmanager::linearizability
