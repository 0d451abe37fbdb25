#include "tools/bench/command.h"

#include <stdexcept>

namespace syncmanager::bench {

std::string Arguments::word() {
  std::string word;
  if (!(words_ >> word)) throw std::invalid_argument("an argument is missing");
  return word;
}

int64_t Arguments::number() {
  int64_t number = 0;
  if (!(words_ >> number)) throw std::invalid_argument("a number is missing");
  return number;
}

void pipeline(Caller& caller, size_t count, const std::function<void(size_t)>& send) {
  constexpr size_t kUnderWay = 128;
  size_t answered = 0;
  for (size_t sent = 0; sent < count; ++sent) {
    send(sent);
    if (sent - answered + 1 < kUnderWay) continue;
    for (; answered <= sent; ++answered) caller.receive();
  }
  for (; answered < count; ++answered) caller.receive();
}

}  // namespace syncmanager::bench
