#pragma once

#include <syncmanager/client_options.h>

#include <memory>
#include <string>
#include <string_view>

#include "client/cpp/src/connection.h"

namespace syncmanager {

// $SYNCMANAGER_URL, else this user's own manager on this machine.
std::string default_url();

// A new session with the manager at `url`, as Client's constructor takes it and with its errors.
std::shared_ptr<Connection> connect(std::string_view url, const ClientOptions& options);
// Whether connect() was ever called: gRPC has started since, and doesn't survive a plain fork().
bool has_connected();

}  // namespace syncmanager
