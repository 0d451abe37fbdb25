#pragma once

#include <memory>
#include <string>
#include <system_error>

#include "client/cpp/src/stream/own_descriptor.h"
#include "client/cpp/src/stream/patience.h"

namespace syncmanager {

// Where a manager listens.
struct Target {
  std::string path;  // Of a unix socket. Empty: TCP.
  std::string host;  // A name or an address, an IPv6 address without brackets.
  std::string port;

  bool is_local() const { return !path.empty(); }
};

// The category of getaddrinfo()'s errors: EAI_NONAME and others.
const std::error_category& resolver_category();

// Connects a new socket, which doesn't block and is closed on exec, to the first address of
// `target` that accepts. Throws ConnectFailed, with `where` in the message: at
// once if the system refuses, and when the patience is over if nothing answers.
std::unique_ptr<OwnDescriptor> dial(const Target& target, const std::string& where,
                                    const Patience& patience);

}  // namespace syncmanager
