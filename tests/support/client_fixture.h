#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <syncmanager/client.h>

#include <chrono>
#include <string>

#include "tests/support/await.h"
#include "tests/support/test_server.h"

namespace syncmanager {

// A manager of its own for each test, and clients of it.
class ClientTest : public testing::Test {
 protected:
  Client connect(const std::string& name = "test") const {
    return Client(server.unix_address(), {.key_file = server.key_file(), .name = name});
  }

  // Looks until `calls` calls wait on the object; fails the test if that takes 10 s.
  static void await_parked(const Client& client, const Proxy& object, uint64_t calls) {
    const auto parked = [&] { return client.inspect(object)->summary.parked == calls; };
    ASSERT_TRUE(await(parked, std::chrono::seconds(10))) << "not parked: " << calls;
  }

  TestServer server;
  Client client = connect();
};

}  // namespace syncmanager
