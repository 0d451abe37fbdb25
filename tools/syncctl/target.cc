#include "tools/syncctl/target.h"

#include <algorithm>
#include <limits>
#include <thread>

namespace syncmanager {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr milliseconds kBetweenQuestions{100};
constexpr Seconds kUsual{1};  // For a manager that listens already.
constexpr Seconds kLongest = std::chrono::hours(24 * 365);

}  // namespace

Deadline::Deadline(std::optional<std::chrono::microseconds> timeout) {
  if (timeout) point_ = steady_clock::now() + *timeout;
}

Seconds Deadline::left() const {
  if (!point_) return Seconds(std::numeric_limits<double>::infinity());
  return std::max(Seconds(*point_ - steady_clock::now()), Seconds::zero());
}

Client connect_for(const Common& common, const Target& target, const Deadline& deadline,
                   std::function<void()> on_session_lost) {
  const Seconds patience = target.wait ? std::clamp(deadline.left(), kUsual, kLongest) : kUsual;
  return connect(common, std::chrono::ceil<milliseconds>(patience), std::move(on_session_lost));
}

std::string type_of(const Client& client, const Target& target, const Deadline& deadline) {
  for (;;) {
    if (const auto state = client.inspect(target.name)) return state->summary.type;
    const Seconds left = deadline.left();
    if (!target.wait || left == Seconds::zero()) return {};
    std::this_thread::sleep_for(std::min<Seconds>(left, kBetweenQuestions));
  }
}

void require_type(const std::string& name, const std::string& type, const std::string& expected,
                  const std::string& command) {
  if (type == expected) return;
  throw WrongType("\"" + name + "\" is a " + type + ": " + command + " is for " + expected);
}

}  // namespace syncmanager
