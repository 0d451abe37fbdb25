#include "tests/simulation/step.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "tests/simulation/kinds.h"
#include "tests/support/dice.h"

namespace syncmanager::manager::simulation {
namespace {

using Act = Step::Act;

// All of a world's answers fit into it.
constexpr size_t kLargeFrame = 1 << 20;

struct Chance {
  Act act;
  uint64_t weight;  // Where nothing is said against it.
  bool is_fault;    // Some worlds have five times as many, and some have none.
};

constexpr std::array<Chance, 19> kChances = {{
    {Act::kAsk, 3000, false},     {Act::kDeliver, 3300, false}, {Act::kReceive, 2600, false},
    {Act::kTime, 400, false},     {Act::kCancel, 120, false},   {Act::kAcknowledge, 100, false},
    {Act::kSendPart, 800, false},  // A request has several.
    {Act::kForget, 20, false},    {Act::kMake, 20, false},      {Act::kReplace, 10, false},
    {Act::kDisconnect, 20, true}, {Act::kHalfOpen, 10, true},   {Act::kResume, 200, false},
    {Act::kDuplicate, 20, true},  {Act::kPause, 5, true},       {Act::kGoOn, 30, false},
    {Act::kLeave, 10, true},      {Act::kKill, 10, true},       {Act::kVanish, 5, true},
}};

// Draws acts by their weights.
class Acts {
 public:
  explicit Acts(Dice& dice) {
    static constexpr uint64_t kOften[] = {0, 1, 1, 5};
    for (const Chance& chance : kChances) {
      const uint64_t weight = chance.weight * (chance.is_fault ? kOften[dice.below(4)] : 1);
      sum_ += weight;
      until_.push_back(sum_);
    }
  }
  Act draw(Dice& dice) const {
    const uint64_t drawn = dice.below(sum_);
    const auto found = std::upper_bound(until_.begin(), until_.end(), drawn);
    return kChances[static_cast<size_t>(found - until_.begin())].act;
  }

 private:
  std::vector<uint64_t> until_;
  uint64_t sum_ = 0;
};

std::vector<size_t> random_kinds(Dice& dice) {
  std::vector<bool> chosen(kinds().size());
  for (uint64_t more = 1 + dice.below(6); more > 0; --more) {
    const size_t kind = dice.below(kinds().size());
    chosen[kind] = true;
    if (kinds()[kind].partner) chosen[*kinds()[kind].partner] = true;
  }
  std::vector<size_t> all;
  for (size_t kind = 0; kind < chosen.size(); ++kind) {
    if (chosen[kind]) all.push_back(kind);
  }
  return all;
}

uint8_t byte(Dice& dice, uint64_t bound) { return static_cast<uint8_t>(dice.below(bound)); }

// So many percent of the requests leave in parts.
Step random_step(Dice& dice, const Acts& acts, uint64_t in_parts) {
  return {.act = acts.draw(dice),
          .client = byte(dice, 256),
          .slot = byte(dice, 256),
          .verb = byte(dice, 256),
          .caller = static_cast<uint8_t>(1 + dice.below(2)),
          .number = byte(dice, 4),
          .bytes = dice.percent(10) ? byte(dice, 256) : uint8_t{0},
          .part_bytes = dice.percent(in_parts) ? byte(dice, 40) : uint8_t{0},
          .more = dice.percent(20),
          .waits = dice.percent(40),
          .milliseconds = dice.percent(25) ? uint8_t{0} : byte(dice, 60)};
}

bool is_told_a_number(const Kind& kind, Verb verb) {
  return kind.op == wire::Request::kSemaphore || verb == Verb::kAck || verb == Verb::kNack ||
         verb == Verb::kNotify || verb == Verb::kCountDown || verb == Verb::kAdd;
}

std::string asks(const Program& program, const Step& step) {
  const Kind& kind = kinds()[program.kinds[step.slot % program.kinds.size()]];
  const Verb verb = kind.verbs[step.verb % kind.verbs.size()];
  std::string text =
      absl::StrCat("caller ", step.caller, " asks the ", kind.name, " to ", name_of(verb));
  if (is_told_a_number(kind, verb)) absl::StrAppend(&text, " ", step.number);
  if (verb == Verb::kPut) absl::StrAppend(&text, " an item of ", 1 + step.bytes, " bytes");
  if (step.part_bytes > 0) absl::StrAppend(&text, ", in parts of ", step.part_bytes, " bytes");
  step.waits ? absl::StrAppend(&text, ", waiting for ever")
             : absl::StrAppend(&text, ", within ", step.milliseconds, " ms");
  return text + (step.more ? ", and doesn't send it yet" : "");
}

std::string does(const Program& program, const Step& step) {
  const std::string& object = kinds()[program.kinds[step.slot % program.kinds.size()]].name;
  switch (step.act) {
    case Act::kAsk:
      return asks(program, step);
    case Act::kForget:
      return absl::StrCat("forgets the ", object);
    case Act::kMake:
      return "makes an object";
    case Act::kCancel:
      return absl::StrCat("cancels open call ", step.number);
    case Act::kAcknowledge:
      return "acknowledges";
    case Act::kSendPart:
      return "sends the next part of a request";
    case Act::kDeliver:
      return "its next frame reaches the manager";
    case Act::kDuplicate:
      return "its last frame reaches the manager again";
    case Act::kReceive:
      return "receives a frame";
    case Act::kDisconnect:
      return absl::StrCat("is disconnected, with a patience of ", step.milliseconds, " ms");
    case Act::kHalfOpen:
      return "is disconnected, and the manager doesn't notice";
    case Act::kResume:
      return "resumes";
    case Act::kPause:
      return "pauses";
    case Act::kGoOn:
      return "goes on";
    case Act::kLeave:
      return "says goodbye";
    case Act::kKill:
      return "is killed";
    case Act::kVanish:
      return absl::StrCat("is killed, with a patience of ", step.milliseconds, " ms");
    case Act::kTime:
    case Act::kReplace:
      break;
  }
  return {};
}

std::string line_of(const Program& program, const Step& step) {
  const std::string& object = kinds()[program.kinds[step.slot % program.kinds.size()]].name;
  if (step.act == Act::kTime) return absl::StrCat(step.milliseconds, " ms pass");
  if (step.act == Act::kReplace) return absl::StrCat("the ", object, " is deleted and made anew");
  return absl::StrCat("client ", step.client % program.clients, ": ", does(program, step));
}

}  // namespace

Program random_program(uint64_t seed, size_t steps) {
  SeededDice dice(seed);
  Program program{.seed = seed, .clients = 2 + dice.below(5), .kinds = random_kinds(dice)};
  program.drains = dice.percent(25);
  program.answer_bytes = dice.percent(50) ? kLargeFrame : 1 + dice.below(12);
  const uint64_t in_parts = 10 * dice.below(5);
  const Acts acts(dice);
  program.steps.reserve(steps);
  while (program.steps.size() < steps) {
    program.steps.push_back(random_step(dice, acts, in_parts));
  }
  return program;
}

std::string to_text(const Program& program) {
  std::string text = absl::StrCat(program.clients, " clients");
  for (const size_t kind : program.kinds) absl::StrAppend(&text, ", ", kinds()[kind].name);
  absl::StrAppend(&text, ", answers in frames of ", program.answer_bytes, " bytes\n");
  size_t number = 0;
  for (const Step& step : program.steps) {
    absl::StrAppend(&text, absl::Dec(++number, absl::kSpacePad4), "  ", line_of(program, step),
                    "\n");
  }
  if (program.drains) text += "      the manager drains\n";
  return text;
}

}  // namespace syncmanager::manager::simulation
