#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tools/bench/caller.h"
#include "tools/bench/sample.h"

namespace syncmanager::bench {

// The state of a client program, which its commands share.
struct Client {
  std::function<std::unique_ptr<Caller>()> connect;
  int index = 0;  // Tells the processes of a load apart.
  std::unique_ptr<Caller> caller;
  std::vector<std::unique_ptr<Caller>> sessions;  // Further connections, which stay open.
};

// The arguments of a command, in their order. Functions throw std::invalid_argument if the next
// argument is missing or malformed.
class Arguments {
 public:
  explicit Arguments(std::string line) : words_(std::move(line)) {}

  std::string word();
  int64_t number();
  size_t count() { return static_cast<size_t>(number()); }

 private:
  std::istringstream words_;
};

// An operation of client programs. A scenario asks for it by a line: the name, then the arguments.
struct Command {
  std::string_view name;  // The file of scenarios/ and the function: "memory.fill".
  // Returns the figures that it has measured; empty if it only prepares something.
  Sample (*perform)(Client& client, Arguments& arguments);
};

// Sends `count` operations, number i by send(i), and receives their answers. Many are under way at
// a time.
void pipeline(Caller& caller, size_t count, const std::function<void(size_t)>& send);

}  // namespace syncmanager::bench
