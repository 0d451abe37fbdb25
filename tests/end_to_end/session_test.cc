// Sessions over raw streams: they are opened, answered, and ended in every way.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <deque>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "tests/support/raw_stream.h"
#include "tests/support/test_server.h"

namespace syncmanager {
namespace {

using testing::HasSubstr;

// One client with typed requests in its hand.
class Client {
 public:
  Client(const std::string& target, const FileKey& key, bool must_protect = false)
      : stream_(target) {
    if (stream_.open(key, must_protect)) return;
    throw std::runtime_error("no session: " + stream_.error().message());
  }

  // Sends the request and does not wait.
  uint64_t send(wire::Request request) {
    wire::ClientBatch batch;
    request.set_id(++last_);
    *batch.add_requests() = std::move(request);
    batch.set_acknowledged(received_);
    if (!stream_.send_batch(batch)) throw std::runtime_error("the stream has ended");
    return last_;
  }
  // The next reply, or notice passed over.
  wire::Reply receive() {
    while (replies_.empty()) {
      std::optional<wire::ServerBatch> batch = stream_.receive_batch();
      if (!batch) throw std::runtime_error("the stream has ended");
      notices_ += batch->notices_size();
      received_ += static_cast<uint64_t>(batch->replies_size() + batch->notices_size());
      for (wire::Reply& reply : *batch->mutable_replies()) replies_.push_back(std::move(reply));
    }
    wire::Reply reply = std::move(replies_.front());
    replies_.pop_front();
    return reply;
  }
  wire::Reply call(wire::Request request) {
    send(std::move(request));
    return receive();
  }
  uint64_t open_lock(const std::string& name) {
    wire::Request request;
    request.mutable_registry()->mutable_open()->set_name(name);
    request.mutable_registry()->mutable_open()->mutable_lock();
    const wire::Reply reply = call(request);
    EXPECT_EQ(reply.outcome(), wire::OK) << reply.message();
    return reply.opened().object();
  }
  wire::Statistics statistics() {
    wire::Request request;
    request.mutable_registry()->mutable_stats();
    return call(request).statistics();
  }
  // Blocks until `count` calls are parked.
  void await_parked(uint64_t count) {
    for (int i = 0; i < 100'000; ++i) {
      if (statistics().parked() == count) return;
    }
    ADD_FAILURE() << "never " << count << " parked calls";
  }
  RawStream& stream() { return stream_; }
  int notices() const { return notices_; }

 private:
  RawStream stream_;
  uint64_t last_ = 0, received_ = 0;
  int notices_ = 0;
  std::deque<wire::Reply> replies_;
};

wire::Request acquire(uint64_t lock) {
  wire::Request request;
  request.set_object(lock);
  request.mutable_lock()->mutable_acquire();
  return request;
}

class SessionTest : public testing::Test {
 protected:
  void TearDown() override {
    if (HasFailure()) std::cerr << server_.log();
  }
  std::unique_ptr<Client> connect() {
    return std::make_unique<Client>(server_.unix_address(), key_);
  }
  std::unique_ptr<Client> connect_tcp() {
    return std::make_unique<Client>(server_.tcp_target(), key_, true);
  }

  TestServer server_{{"--session-timeout=1s"}};
  KeyRing keys_ = *KeyRing::load(server_.key_file());
  const FileKey& key_ = keys_.first();
};

TEST_F(SessionTest, ARequestIsAnsweredOverUnixAndOverTcp) {
  const auto near = connect();
  const auto far = connect_tcp();
  EXPECT_EQ(far->stream().agreement().protection, Protection::kTag);
  const uint64_t lock = near->open_lock("turns");
  EXPECT_EQ(far->open_lock("turns"), lock);
  EXPECT_EQ(near->statistics().sessions(), 2u);
}

TEST_F(SessionTest, ABlockedCallIsAnsweredWhenAnotherClientLetsGo) {
  const auto alice = connect();
  const auto bob = connect_tcp();
  const uint64_t lock = alice->open_lock("turns");
  bob->open_lock("turns");
  ASSERT_EQ(alice->call(acquire(lock)).outcome(), wire::OK);
  bob->send(acquire(lock));
  alice->await_parked(1);
  wire::Request release;
  release.set_object(lock);
  release.mutable_lock()->mutable_release();
  ASSERT_EQ(alice->call(release).outcome(), wire::OK);
  const wire::Reply granted = bob->receive();
  EXPECT_EQ(granted.outcome(), wire::OK);
  EXPECT_FALSE(granted.grant().abandoned());
}

TEST_F(SessionTest, ALockOfAClientThatDiesGoesToTheNext) {
  auto alice = connect();
  const auto bob = connect();
  const uint64_t lock = alice->open_lock("turns");
  bob->open_lock("turns");
  const wire::Reply first = alice->call(acquire(lock));
  bob->send(acquire(lock));
  alice->await_parked(1);
  alice.reset();
  const wire::Reply granted = bob->receive();
  EXPECT_EQ(granted.outcome(), wire::OK);
  EXPECT_TRUE(granted.grant().abandoned());
  EXPECT_GT(granted.grant().fencing(), first.grant().fencing());
}

TEST_F(SessionTest, AGoodbyeLeavesTheLockHeldAndEndsTheStreamInOrder) {
  const auto alice = connect();
  const auto bob = connect();
  const uint64_t lock = alice->open_lock("turns");
  bob->open_lock("turns");
  ASSERT_EQ(alice->call(acquire(lock)).outcome(), wire::OK);
  wire::ClientBatch goodbye;
  goodbye.set_goodbye(true);
  ASSERT_TRUE(alice->stream().send_batch(goodbye));
  EXPECT_EQ(alice->stream().receive(), std::nullopt);
  EXPECT_TRUE(alice->stream().finish().ok());
  wire::Request now = acquire(lock);
  now.set_timeout_us(0);
  EXPECT_EQ(bob->call(now).outcome(), wire::TIMED_OUT);
}

TEST_F(SessionTest, ACallGivesUpAtItsDeadline) {
  const auto alice = connect();
  const auto bob = connect();
  const uint64_t lock = alice->open_lock("turns");
  bob->open_lock("turns");
  ASSERT_EQ(alice->call(acquire(lock)).outcome(), wire::OK);
  wire::Request soon = acquire(lock);
  soon.set_timeout_us(50'000);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(bob->call(soon).outcome(), wire::TIMED_OUT);
  const auto waited = std::chrono::steady_clock::now() - start;
  EXPECT_GE(waited, std::chrono::milliseconds(50));
  EXPECT_LT(waited, std::chrono::seconds(5));
}

TEST_F(SessionTest, AHeartbeatIsRepeated) {
  const auto alice = connect();
  wire::ClientBatch beat;
  beat.set_heartbeat(77);
  ASSERT_TRUE(alice->stream().send_batch(beat));
  EXPECT_EQ(alice->stream().receive_batch().value_or(wire::ServerBatch()).heartbeat(), 77u);
}

TEST_F(SessionTest, ATcpSessionThatIsSilentEndsAtItsTimeoutAndAUnixOneDoesNot) {
  const auto near = connect();
  const auto far = connect_tcp();
  ASSERT_EQ(far->stream().agreement().session_timeout_ms, 1000u);
  EXPECT_EQ(far->stream().receive()->error().code(), wire::HandshakeError::SESSION_ENDED);
  EXPECT_EQ(near->statistics().sessions(), 1u);
}

TEST_F(SessionTest, AClientThatReadsNothingIsEndedAndOthersGoOn) {
  const auto bystander = connect();
  const auto greedy = connect();
  wire::Request open;
  open.mutable_registry()->mutable_open()->mutable_queue();
  const uint64_t queue = greedy->call(open).opened().object();
  // Refusals quote nothing of the request, so answers are made large by their number.
  bool ended = false;
  for (int frame = 0; frame < 200 && !ended; ++frame) {
    wire::ClientBatch batch;
    for (uint64_t i = 0; i < 20'000; ++i) {
      wire::Request& request = *batch.add_requests();
      request.set_id(static_cast<uint64_t>(frame) * 20'000 + i + 10);
      request.set_object(queue + 1'000'000);
      request.mutable_queue()->mutable_size();
    }
    ended = !greedy->stream().send_batch(batch);
  }
  while (bystander->statistics().sessions() > 1) {
  }
  EXPECT_THAT(server_.log(), HasSubstr("slow consumer"));
}

TEST_F(SessionTest, DrainingTellsClientsAnswersWhoWaitsAndEndsWithZero) {
  const auto alice = connect();
  const auto bob = connect();
  const uint64_t lock = alice->open_lock("turns");
  bob->open_lock("turns");
  ASSERT_EQ(alice->call(acquire(lock)).outcome(), wire::OK);
  bob->send(acquire(lock));
  alice->await_parked(1);
  server_.send_signal(SIGTERM);
  while (alice->notices() == 0) ASSERT_EQ(alice->statistics().sessions(), 2u);
  // A call that would wait is refused now, and the lock can still be released.
  EXPECT_EQ(alice->call(acquire(lock)).outcome(), wire::DRAINING);
  wire::Request release;
  release.set_object(lock);
  release.mutable_lock()->mutable_release();
  alice->send(release);
  EXPECT_EQ(bob->receive().outcome(), wire::OK);
  EXPECT_EQ(server_.wait(), 0);
  EXPECT_THAT(server_.log(), HasSubstr("dropped 1 objects"));
}

TEST_F(SessionTest, ASecondSignalEndsTheManagerAtOnce) {
  const auto alice = connect();
  const uint64_t lock = alice->open_lock("turns");
  ASSERT_EQ(alice->call(acquire(lock)).outcome(), wire::OK);
  const auto bob = connect();
  bob->open_lock("turns");
  bob->send(acquire(lock));
  alice->await_parked(1);
  server_.send_signal(SIGTERM);
  while (alice->notices() == 0) ASSERT_EQ(alice->statistics().sessions(), 2u);
  server_.send_signal(SIGTERM);
  EXPECT_EQ(server_.wait(), 143);
}

TEST_F(SessionTest, AReloadChangesTheKeysAndABadFileKeepsThem) {
  const auto alice = connect();
  const auto rewrite = [&](const std::string& text) {
    std::ofstream(server_.key_file()) << text;
    server_.send_signal(SIGHUP);
  };
  rewrite("no key at all\n");
  while (server_.log().find("the old keys and cert") == std::string::npos) alice->statistics();
  connect();
  const std::string line = generate_key_line("other");
  rewrite(line);
  while (server_.log().find("1 keys from now on") == std::string::npos) alice->statistics();
  const KeyRing ring = *KeyRing::parse(line, "test");
  Client newcomer(server_.unix_address(), ring.first());
  EXPECT_EQ(newcomer.statistics().sessions(), alice->statistics().sessions());
  RawStream old(server_.unix_address());
  EXPECT_FALSE(old.open(key_));
}

TEST(SessionLimitTest, OfAKeyLeavesOtherKeysTheirs) {
  TestServer server({"--max-sessions-per-key=1"});
  const KeyRing keys = *KeyRing::load(server.key_file());
  Client alice(server.unix_address(), keys.first());
  const std::string line = generate_key_line("other");
  std::ofstream(server.key_file(), std::ios::app) << line;
  server.send_signal(SIGHUP);
  while (server.log().find("2 keys from now on") == std::string::npos) alice.statistics();

  EXPECT_THROW(Client(server.unix_address(), keys.first()), std::runtime_error);
  const KeyRing other = *KeyRing::parse(line, "test");
  EXPECT_EQ(Client(server.unix_address(), other.first()).statistics().sessions(), 2u);
}

TEST_F(SessionTest, APauseOfTheManagerEndsNoSession) {
  const auto far = connect_tcp();
  server_.send_signal(SIGSTOP);
  // Four seconds, counted by a manager that wasn't stopped.
  TestServer other;
  const KeyRing keys = *KeyRing::load(other.key_file());
  Client alice(other.unix_address(), keys.first()), bob(other.unix_address(), keys.first());
  const uint64_t lock = alice.open_lock("clock");
  bob.open_lock("clock");
  ASSERT_EQ(alice.call(acquire(lock)).outcome(), wire::OK);
  wire::Request wait = acquire(lock);
  wait.set_timeout_us(4'000'000);
  ASSERT_EQ(bob.call(wait).outcome(), wire::TIMED_OUT);
  server_.send_signal(SIGCONT);
  EXPECT_EQ(far->statistics().sessions(), 1u);
  EXPECT_THAT(server_.log(), HasSubstr("paused for"));
}

}  // namespace
}  // namespace syncmanager
