#include "tools/bench/visit.h"

#include <stdexcept>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/bench/clock.h"

namespace syncmanager::bench {

Sample Servers::measure(const Setup& setup, const Scenario& scenario) {
  try {
    Visit visit(*this, setup);
    return scenario.measure(visit);
  } catch (...) {
    servers_.erase(setup);
    throw;
  }
}

const Server& Servers::server(const Setup& setup) {
  const auto found = servers_.find(setup);
  if (found != servers_.end()) return found->second;
  return servers_.try_emplace(setup, setup, paths_).first->second;
}

int64_t Visit::end() const { return monotonic_now() + nanoseconds(seconds()); }

Sample Visit::ask(std::string_view command) {
  Child client = server().start_client();
  return bench::ask(client, command);
}

Sample Visit::ask_until_end(std::string_view command) {
  Child client = server().start_client();
  return bench::ask(client, absl::StrCat(std::string(command), " ", end()));
}

Sample answer_of(Child& client, std::chrono::milliseconds patience) {
  const std::string line = client.read_line(patience);
  if (absl::StartsWith(line, "error")) throw std::runtime_error(line);
  return from_line(line);
}

Sample ask(Child& client, std::string_view command) {
  // A million items are stored, thousands of calls are woken, or a pool works for a minute.
  constexpr std::chrono::seconds kPatience(180);
  client.write_line(command);
  return answer_of(client, kPatience);
}

}  // namespace syncmanager::bench
