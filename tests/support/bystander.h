#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tests/support/raw_stream.h"
#include "tests/support/requests.h"
#include "tests/support/test_server.h"

namespace syncmanager {

// A session that was there before somebody else's misdeed.
class Bystander {
 public:
  explicit Bystander(const TestServer& server) : Bystander(server, server.unix_address()) {}
  // `target` as gRPC takes it.
  Bystander(const TestServer& server, const std::string& target)
      : server_(server), keys_(*KeyRing::load(server.key_file())), stream_(target) {
    EXPECT_TRUE(stream_.open(key(), !target.starts_with("unix:")));
  }

  const FileKey& key() const { return keys_.first(); }
  // Expects that it is still answered, and that a newcomer comes in.
  void expect_others_go_on() {
    ASSERT_TRUE(stream_.send_batch(batch_of({ping(++request_)})));
    const auto answered = stream_.receive_batch();
    ASSERT_TRUE(answered.has_value());
    ASSERT_EQ(answered->replies_size(), 1);
    EXPECT_EQ(answered->replies(0).id(), request_);
    EXPECT_EQ(answered->replies(0).outcome(), wire::OK);
    RawStream newcomer(server_.unix_address());
    EXPECT_TRUE(newcomer.open(key()));
  }

 private:
  const TestServer& server_;
  KeyRing keys_;
  RawStream stream_;
  uint64_t request_ = 0;
};

}  // namespace syncmanager
