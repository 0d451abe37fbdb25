#include "tools/syncctl/common.h"

#include <cstdio>
#include <limits>
#include <utility>

#include "tools/syncctl/text.h"

namespace syncmanager {

Client connect(const Common& common, std::function<void()> on_session_lost) {
  const ClientOptions options{.key_file = common.key_file,
                              .name = "syncctl",
                              .on_session_lost = std::move(on_session_lost),
                              .connect_timeout = std::chrono::seconds(1)};
  return common.url.empty() ? Client(options) : Client(common.url, options);
}

std::string type_of(const Client& client, const std::string& name) {
  const auto state = client.inspect(name);
  return state ? state->summary.type : std::string();
}

std::chrono::duration<double> wait_of(const std::optional<double>& timeout) {
  return std::chrono::duration<double>(timeout.value_or(std::numeric_limits<double>::infinity()));
}

void report(const std::string& what) {
  std::fprintf(stderr, "syncctl: %s\n", on_one_line(what).c_str());
}

int complain(const std::string& what) {
  report(what);
  return 1;
}

int complain_of_none(const std::string& name) {
  return complain("there is no object named \"" + name + "\"; see `syncctl ls`");
}

}  // namespace syncmanager
