// The manager's gate by driven time, over socket pairs.

#include "manager/transport/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <memory>
#include <string>
#include <vector>

#include "protos/auth/key_file.h"
#include "tests/support/socket_pair.h"

namespace syncmanager::manager {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

// A client's end of a connection to the gate.
class Caller {
 public:
  explicit Caller(SocketPair pair) : pair_(std::move(pair)) {}

  FileDescriptor server() { return FileDescriptor(pair_.release_server()); }
  void say(std::string_view bytes) {
    EXPECT_EQ(::send(pair_.client(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  // The manager's output so far.
  std::string heard() {
    char bytes[4096];
    const ssize_t size = ::recv(pair_.client(), bytes, sizeof(bytes), MSG_DONTWAIT);
    return size > 0 ? std::string(bytes, static_cast<size_t>(size)) : std::string();
  }
  bool is_over() const { return pair_.is_over(0); }

 private:
  SocketPair pair_;
};

class GateTest : public testing::Test {
 protected:
  std::unique_ptr<Caller> call(const std::string& source = "1.2.3.4") {
    auto caller = std::make_unique<Caller>(SocketPair::unix_socket());
    gate_.welcome(caller->server(),
                  {.is_unix = source.empty(), .is_own_user = true, .source = source}, now_);
    return caller;
  }
  // Serves until nobody has anything to say.
  void serve() {
    pollfd ready{gate_.descriptor(), POLLIN, 0};
    while (::poll(&ready, 1, 0) == 1) gate_.serve(now_);
  }
  std::string hello() { return gate_message(handshake_.hello()); }
  void greet(Caller& caller) {
    caller.say(hello());
    serve();
  }
  void prove(Caller& caller, const KeyRing& keys) {
    ClientHandshake handshake(*keys.first().keys, {.key_id = "test"});
    caller.say(gate_message(handshake.hello()));
    serve();
    const std::string server_hello = caller.heard().substr(6);
    caller.say(gate_message(*handshake.on_server_hello(server_hello)));
    serve();
  }

  const KeyRing keys_ = *KeyRing::parse(generate_key_line("test"), "test");
  const KeyRing wrong_keys_ = *KeyRing::parse(generate_key_line("test"), "test");
  ClientHandshake handshake_{*keys_.first().keys, {.key_id = "test"}};
  Time now_{seconds(1000)};
  std::vector<std::string> let_in_;  // Their sources.
  absl::Status verdict_;             // Of who has proved a key.
  const std::shared_ptr<const TlsCredentials> tls_ = TlsCredentials::for_manager(
      [this](std::string_view) { return keys_.first().keys->tls.clone(); });
  Gate gate_{{.visitors = 4,
              .wrong_keys = {.max = 1},
              .terms = {.policy_of =
                            [this](const Peer&, std::string channel_binding) {
                              ServerHandshake::Policy policy{
                                  .server_id = "manager",
                                  .boot_id = std::string(kIdBytes, 'b'),
                                  .channel_binding = std::move(channel_binding)};
                              policy.find_key = [this](std::string_view) {
                                return ServerHandshake::Key{.role = 2, .keys = keys_.first().keys};
                              };
                              return policy;
                            },
                        .tls = [this] { return tls_; }},
              .let_in = [this](Visitor& visitor) {
                let_in_.push_back(visitor.peer().source);
                if (verdict_.ok()) visitor.say_farewell(visitor.handshake().accept());
                return verdict_;
              }}};
};

TEST_F(GateTest, LetsInWhoProvesAKey) {
  const auto caller = call();
  EXPECT_EQ(gate_.visitors(), 1u);
  prove(*caller, keys_);
  EXPECT_THAT(let_in_, testing::ElementsAre("1.2.3.4"));
  EXPECT_EQ(gate_.visitors(), 0u);
}

// A client with TLS, whose steps the test takes.
class SecureCaller {
 public:
  explicit SecureCaller(const KeyRing& keys)
      : socket_(pair_.client(), TlsCredentials::for_client("test", keys.first().keys->tls.clone())),
        keys_(keys) {}

  FileDescriptor server() { return FileDescriptor(pair_.release_server()); }
  SecureSocket::Handshake shake_hands() { return socket_.shake_hands(); }
  void say(std::string_view bytes) {
    EXPECT_EQ(socket_.send(bytes), static_cast<ssize_t>(bytes.size()));
  }
  std::string heard() {
    char bytes[4096];
    const ssize_t size = socket_.receive(bytes);
    return size > 0 ? std::string(bytes, static_cast<size_t>(size)) : std::string();
  }
  bool is_over() const { return pair_.is_over(0); }
  ClientHandshake handshake() {
    return {*keys_.first().keys, {.key_id = "test", .channel_binding = socket_.channel_binding()}};
  }

 private:
  SocketPair pair_ = SocketPair::unix_socket();
  SecureSocket socket_;
  const KeyRing& keys_;
};

TEST_F(GateTest, LetsInWhoProvesAKeyThroughTls) {
  SecureCaller caller(keys_);
  gate_.welcome(caller.server(), {.source = "1.2.3.4", .needs_tls = true}, now_);
  while (caller.shake_hands() != SecureSocket::Handshake::kDone) serve();
  ClientHandshake handshake = caller.handshake();
  caller.say(gate_message(handshake.hello()));
  serve();
  caller.say(gate_message(*handshake.on_server_hello(caller.heard().substr(6))));
  serve();
  EXPECT_THAT(let_in_, testing::ElementsAre("1.2.3.4"));
  EXPECT_TRUE(handshake.on_server_auth(caller.heard().substr(6)).ok());
}

TEST_F(GateTest, AnotherKeyOfTlsIsAWrongKey) {
  SecureCaller caller(wrong_keys_);
  gate_.welcome(caller.server(), {.source = "1.2.3.4"}, now_);
  for (int i = 0; i < 3; ++i) {
    caller.shake_hands();
    serve();
  }
  EXPECT_TRUE(caller.is_over());
  EXPECT_THAT(call()->heard(), HasSubstr("too many wrong keys"));
}

TEST_F(GateTest, WhoStopsInTheMiddleOfTlsHasTheTimeOfAVisitor) {
  SecureCaller caller(keys_);
  gate_.welcome(caller.server(), {.source = "1.2.3.4"}, now_);
  caller.shake_hands();
  serve();
  now_ += Gate::kPatience;
  gate_.on_time(now_);
  EXPECT_TRUE(caller.is_over());
}

// A message of TLS may announce more than a hello ever has.
TEST_F(GateTest, TlsWithoutEndIsCutOff) {
  SocketPair pair = SocketPair::unix_socket();
  gate_.welcome(FileDescriptor(pair.release_server()), {.source = "1.2.3.4"}, now_);
  const std::string record = std::string("\x16\x03\x01\x40\0", 5) +
                             std::string("\x01\x01\x80\0", 4) + std::string(0x4000 - 4, 'x');
  for (int i = 0; i < 4 && !pair.is_over(0); ++i) {
    ::send(pair.client(), record.data(), record.size(), MSG_NOSIGNAL);
    serve();
  }
  EXPECT_TRUE(pair.is_over(0));
  EXPECT_EQ(gate_.visitors(), 0u);
}

TEST_F(GateTest, WhoNeedsTlsAndHasNoneIsToldWhatToDo) {
  auto caller = std::make_unique<Caller>(SocketPair::unix_socket());
  gate_.welcome(caller->server(), {.source = "1.2.3.4", .needs_tls = true}, now_);
  greet(*caller);
  EXPECT_THAT(caller->heard(), HasSubstr("syncmanager+tls://"));
  EXPECT_TRUE(caller->is_over());
}

TEST_F(GateTest, RefusesWhoProvesAnotherKeyAndRemembersIt) {
  const auto caller = call();
  prove(*caller, wrong_keys_);
  EXPECT_THAT(caller->heard(), HasSubstr("authentication failed"));
  EXPECT_TRUE(caller->is_over());
  EXPECT_TRUE(let_in_.empty());

  const auto again = call();
  EXPECT_THAT(again->heard(), HasSubstr("too many wrong keys came from 1.2.3.4"));
  EXPECT_TRUE(again->is_over());
  now_ += seconds(10);
  const auto later = call();
  prove(*later, keys_);
  EXPECT_EQ(let_in_.size(), 1u);
}

TEST_F(GateTest, TellsWhoIsNotLetInWhy) {
  verdict_ = absl::ResourceExhaustedError("the house is full");
  const auto caller = call();
  prove(*caller, keys_);
  const std::string heard = caller->heard();
  EXPECT_TRUE(heard.starts_with("SMGE"));
  EXPECT_THAT(heard, HasSubstr("the house is full"));
  EXPECT_TRUE(caller->is_over());
}

TEST_F(GateTest, ClosesASilentOneAfterFiveSecondsAndNotBefore) {
  const auto caller = call();
  EXPECT_EQ(gate_.deadline(), now_ + seconds(5));
  now_ += seconds(5) - std::chrono::microseconds(1);
  gate_.on_time(now_);
  EXPECT_FALSE(caller->is_over());
  now_ += std::chrono::microseconds(1);
  gate_.on_time(now_);
  EXPECT_TRUE(caller->is_over());
  EXPECT_EQ(gate_.deadline(), kNever);
}

TEST_F(GateTest, SayingSomethingBuysNoTime) {
  const auto caller = call();
  now_ += seconds(4);
  greet(*caller);
  EXPECT_FALSE(caller->heard().empty());
  now_ += seconds(1);
  gate_.on_time(now_);
  EXPECT_TRUE(caller->is_over());
}

TEST_F(GateTest, WhenThereAreTooManyTheOldestSilentOneLeaves) {
  const auto first = call("1.1.1.1");
  const auto second = call("2.2.2.2");
  const auto third = call("3.3.3.3");
  const auto fourth = call("4.4.4.4");
  greet(*first);

  const auto fifth = call("5.5.5.5");
  EXPECT_FALSE(first->is_over()) << "it has said something";
  EXPECT_TRUE(second->is_over());
  EXPECT_FALSE(third->is_over());
  EXPECT_FALSE(fourth->is_over());
  EXPECT_FALSE(fifth->is_over());
}

TEST_F(GateTest, ItIsOneOfTheSourceThatHasMost) {
  const auto first = call("1.1.1.1");
  const auto second = call("2.2.2.2");
  const auto third = call("2.2.2.2");
  const auto fourth = call("3.3.3.3");

  const auto fifth = call("4.4.4.4");
  EXPECT_FALSE(first->is_over());
  EXPECT_TRUE(second->is_over());
  EXPECT_FALSE(third->is_over());
}

TEST_F(GateTest, NobodyIsRefusedForBeingNewEvenIfAllHaveSaidSomething) {
  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < 4; ++i) {
    callers.push_back(call(std::to_string(i)));
    greet(*callers.back());
  }
  const auto fifth = call("5.5.5.5");
  EXPECT_TRUE(callers[0]->is_over());
  EXPECT_FALSE(fifth->is_over());
}

TEST_F(GateTest, UnixSocketsHaveRoomOfTheirOwn) {
  const auto near = call("");
  std::vector<std::unique_ptr<Caller>> flood;
  for (int i = 0; i < 10; ++i) flood.push_back(call());
  EXPECT_EQ(gate_.visitors(), 5u);
  EXPECT_FALSE(near->is_over());
}

TEST_F(GateTest, ServesAFewAtATime) {
  Gate gate({.visitors = 100, .wrong_keys = {}, .terms = {}, .let_in = {}});
  std::vector<std::unique_ptr<Caller>> crowd;
  for (int i = 0; i < 50; ++i) {
    crowd.push_back(std::make_unique<Caller>(SocketPair::unix_socket()));
    gate.welcome(crowd.back()->server(), {.source = "1.2.3.4"}, now_);
    crowd.back()->say("GET / HTTP/1.1");
  }
  gate.serve(now_);
  EXPECT_GE(gate.visitors(), 40u);
}

TEST_F(GateTest, WhoSpeaksAnotherProtocolOrTooMuchIsClosedAtOnce) {
  const std::vector<std::string> greetings = {
      "GET / HTTP/1.1\r\n",
      "S",
      "PRI * HTTP/2.0",
      "SMG2\0\1x",
      std::string("SMG1\x04\x01", 6),
      gate_refusal(wire::HandshakeError::DRAINING, "I am a manager")};
  for (const std::string& greeting : greetings) {
    const auto caller = call();
    caller->say(greeting);
    serve();
    EXPECT_EQ(caller->is_over(), greeting != "S") << greeting;
  }
}

TEST_F(GateTest, AHelloAndAProofTogetherMayNotBeLongerThanTheGateAllows) {
  const auto caller = call();
  greet(*caller);
  caller->heard();
  caller->say(gate_message(std::string(kGateBytes - hello().size() - 5, 'x')));
  serve();
  EXPECT_TRUE(caller->is_over());
  EXPECT_TRUE(caller->heard().empty()) << "it isn't read";
}

}  // namespace
}  // namespace syncmanager::manager
