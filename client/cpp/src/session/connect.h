#pragma once

#include <syncmanager/client_options.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "client/cpp/src/session/session.h"

namespace syncmanager {

// $SYNCMANAGER_URL, else this user's own manager on this machine.
std::string default_url();

// A new session with the manager at `url`, as Client's constructor takes it and with its errors.
// `meanwhile`, if not null, is called about every 50 ms, and what it throws is thrown.
std::shared_ptr<Session> connect(std::string_view url, const ClientOptions& options,
                                 const std::function<void()>& meanwhile = nullptr);

}  // namespace syncmanager
