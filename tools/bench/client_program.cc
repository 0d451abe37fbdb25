#include "tools/bench/client_program.h"

#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

#include "absl/strings/str_cat.h"
#include "tools/bench/command.h"
#include "tools/bench/family.h"
#include "tools/bench/sample.h"

namespace syncmanager::bench {
namespace {

std::unique_ptr<Caller> connect(const Route& route) {
  if (route.system == "ours") return connect_ours(route);
  if (route.system == "redis") return connect_redis(route);
  throw std::invalid_argument(absl::StrCat("no client for the system ", route.system));
}

const Command& find_command(const std::string& name) {
  for (const Family& family : families()) {
    for (const Command& command : family.commands) {
      if (command.name == name) return command;
    }
  }
  throw std::invalid_argument(absl::StrCat("no such command: ", name));
}

}  // namespace

int run_client_program(const Route& route, int index) {
  try {
    Client client{.connect = [&route] { return connect(route); }, .index = index};
    client.caller = client.connect();
    std::cout << "ready" << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
      Arguments arguments(line);
      const Command& command = find_command(arguments.word());
      const Sample sample = command.perform(client, arguments);
      std::cout << (sample.empty() ? "done=1" : to_line(sample)) << std::endl;
    }
    return 0;
  } catch (const std::exception& error) {
    std::cout << "error: " << error.what() << std::endl;
    return 1;
  }
}

}  // namespace syncmanager::bench
