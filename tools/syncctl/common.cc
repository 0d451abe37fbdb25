#include "tools/syncctl/common.h"

#include <chrono>
#include <iostream>

namespace syncmanager {

Client connect(const Common& common) {
  const ClientOptions options{
      .key_file = common.key_file, .name = "syncctl", .connect_timeout = std::chrono::seconds(1)};
  return common.url.empty() ? Client(options) : Client(common.url, options);
}

int complain(const std::string& what) {
  std::cerr << "syncctl: " << what << '\n';
  return 1;
}

}  // namespace syncmanager
