// Holders of a lock that were thought dead, and locks that the dead leave behind.

#include "tests/support/chaos_proxy.h"
#include "tests/support/client_fixture.h"
#include "tests/support/victim.h"

namespace syncmanager {
namespace {

using std::chrono::seconds;

class FenceTest : public ClientTest {};

TEST_F(FenceTest, WhatAHolderOfBeforeWritesIsRefused) {
  const auto accounts = client.dict<std::string, int64_t>("accounts");
  const Lock lock = client.lock("accounts lock");
  lock.lock();
  const Fence mine = lock.fence();
  with_fence(accounts, mine).set("alice", 10);
  lock.unlock();

  const Client other = connect("other");
  const Lock theirs = other.lock("accounts lock");
  theirs.lock();
  EXPECT_THROW(with_fence(accounts, mine).set("alice", 20), LockLost);
  with_fence(other.dict<std::string, int64_t>("accounts"), theirs.fence()).set("alice", 30);
  EXPECT_EQ(accounts.at("alice"), 30);
}

TEST_F(FenceTest, AHolderWhoseSessionIsLostLearnsItAtItsNextCall) {
  ChaosProxy network(server.tcp_address());
  const Client far(network.tcp_address(),
                   {.key_file = server.key_file(), .session_timeout = seconds(1)});
  const auto accounts = far.dict<std::string, int64_t>("accounts");
  const Lock lock = far.lock("accounts lock");
  lock.lock();
  network.black_hole();
  network.reset_all();
  const Lock theirs = client.lock("accounts lock");
  ASSERT_TRUE(theirs.try_lock_for(seconds(10)));
  network.heal();
  EXPECT_THROW(with_fence(accounts, lock.fence()).set("alice", 10), SessionLost);
  const auto untouched = client.dict<std::string, int64_t>("accounts");
  EXPECT_EQ(untouched.size(), 0);
}

}  // namespace
}  // namespace syncmanager
