#include "tools/syncctl/common.h"

#include <cstdio>
#include <utility>

#include "tools/syncctl/output/text.h"

namespace syncmanager {

Client connect(const Common& common, std::chrono::milliseconds patience,
               std::function<void()> on_session_lost) {
  const ClientOptions options{.key_file = common.key_file,
                              .name = "syncctl",
                              .on_session_lost = std::move(on_session_lost),
                              .connect_timeout = patience};
  return common.url.empty() ? Client(options) : Client(common.url, options);
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
