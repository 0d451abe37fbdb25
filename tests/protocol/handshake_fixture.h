#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "protos/auth/handshake.h"

namespace syncmanager {

// A client and a manager that share the key "test-2025a", before their first message; frames
// between them are tagged.
class HandshakeTest : public ::testing::Test {
 protected:
  ServerHandshake::Policy policy() const {
    return {.server_id = "mgr-a",
            .boot_id = std::string(16, 'b'),
            .must_protect = true,
            .find_key = find_key,
            .nobody = nobody};
  }

  std::shared_ptr<const AuthKeys> keys = std::make_shared<AuthKeys>(std::string(32, 'k'));
  std::shared_ptr<const AuthKeys> nobody = std::make_shared<AuthKeys>(std::string(32, 'n'));
  std::function<std::optional<ServerHandshake::Key>(std::string_view)> find_key =
      [this](std::string_view id) -> std::optional<ServerHandshake::Key> {
    if (id != "test-2025a") return std::nullopt;
    return ServerHandshake::Key{.role = 2, .prefix = "/jobs/", .keys = keys};
  };
  ServerHandshake server{policy()};
  ClientHandshake client{*keys, {.key_id = "test-2025a", .name = "worker-7", .must_protect = true}};
};

}  // namespace syncmanager
