// Resuming a session in the handshake, and what a manager chooses from the offers.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "protos/auth/handshake.h"
#include "tests/protocol/handshake_fixture.h"

namespace syncmanager {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Ne;
using ::testing::Not;

class ResumeTest : public HandshakeTest {
 protected:
  using Candidates = std::vector<std::shared_ptr<const SessionKeys>>;

  // A handshake from end to end; what the client came to, or the first error.
  absl::StatusOr<Agreement> shake(ClientHandshake& from, ServerHandshake& to) const {
    const absl::StatusOr<std::string> hello = to.on_client_hello(from.hello());
    if (!hello.ok()) return hello.status();
    const absl::StatusOr<std::string> proof = from.on_server_hello(*hello);
    if (!proof.ok()) return proof.status();
    if (absl::Status status = to.on_client_auth(*proof); !status.ok()) return status;
    return from.on_server_auth(to.accept());
  }
  // A client that wants `old` back, with all up to the 41st reply in hand.
  ClientHandshake::Policy resuming() const {
    return {.key_id = "test-2025a",
            .must_protect = true,
            .resume = Resume{old.session_id, 41},
            .resume_keys = old.keys};
  }
  // A manager that still has `old`.
  ServerHandshake::Policy remembering() const {
    ServerHandshake::Policy with_session = policy();
    with_session.find_session = [this](std::string_view id, std::string_view key_id) {
      const bool known = id == old.session_id && key_id == "test-2025a";
      return known ? Candidates{old.keys} : Candidates{};
    };
    return with_session;
  }

  Agreement old = shake(client, server).value();
};

TEST_F(ResumeTest, ASessionThatTheManagerStillHasIsResumedWithNewKeys) {
  ClientHandshake again(*keys, resuming());
  ServerHandshake manager(remembering());

  const absl::StatusOr<Agreement> resumed = shake(again, manager);

  ASSERT_TRUE(resumed.ok()) << resumed.status();
  EXPECT_THAT(resumed->resume, Eq(ResumeResult::kResumed));
  EXPECT_THAT(resumed->session_id, Eq(old.session_id));
  EXPECT_THAT(manager.agreement().session_id, Eq(old.session_id));
  EXPECT_THAT(manager.agreement().received, Eq(41u));
  EXPECT_THAT(resumed->keys->to_server.view(), Ne(old.keys->to_server.view()));
  EXPECT_THAT(resumed->keys->to_server.view(), Eq(manager.agreement().keys->to_server.view()));
}

TEST_F(ResumeTest, AResumedSessionCanBeResumedAgainWithItsNewKeyOnly) {
  ClientHandshake again(*keys, resuming());
  ServerHandshake manager(remembering());
  const ClientHandshake::Policy with_the_old_key = resuming();
  old = shake(again, manager).value();

  ClientHandshake third(*keys, resuming());
  ServerHandshake later(remembering());
  EXPECT_THAT(shake(third, later).value().resume, Eq(ResumeResult::kResumed));

  ClientHandshake stale(*keys, with_the_old_key);
  ServerHandshake last(remembering());
  EXPECT_THAT(shake(stale, last).status(), Eq(absl::UnauthenticatedError("authentication failed")));
}

// The manager's last word may be lost on its way: the client then still has the keys before.
TEST_F(ResumeTest, EitherOfTheKeysOfASessionWillDo) {
  ClientHandshake again(*keys, resuming());
  ServerHandshake manager(remembering());
  const Agreement newer = shake(again, manager).value();
  for (const Agreement& known : {old, newer}) {
    ClientHandshake::Policy wants = resuming();
    wants.resume_keys = known.keys;
    ServerHandshake::Policy with_both = policy();
    with_both.find_session = [&](std::string_view, std::string_view) {
      return Candidates{old.keys, newer.keys};
    };
    ClientHandshake client_again(*keys, wants);
    ServerHandshake both(with_both);
    EXPECT_THAT(shake(client_again, both).value().resume, Eq(ResumeResult::kResumed));
  }
}

TEST_F(ResumeTest, AManagerWithoutSessionsToResumeGivesANewOne) {
  ClientHandshake again(*keys, resuming());
  ServerHandshake forgetful(policy());

  const absl::StatusOr<Agreement> fresh = shake(again, forgetful);

  ASSERT_TRUE(fresh.ok()) << fresh.status();
  EXPECT_THAT(fresh->resume, Eq(ResumeResult::kUnknown));
  EXPECT_THAT(fresh->session_id, Ne(old.session_id));
  EXPECT_THAT(forgetful.agreement().received, Eq(0u));
}

TEST_F(ResumeTest, AnUnknownSessionIsANewOne) {
  ClientHandshake::Policy wants_another = resuming();
  wants_another.resume->session_id = std::string(kIdBytes, 'x');
  ClientHandshake again(*keys, wants_another);
  ServerHandshake manager(remembering());
  EXPECT_THAT(shake(again, manager).value().resume, Eq(ResumeResult::kUnknown));
}

TEST_F(ResumeTest, EachFlippedBitOfTheSessionsProofIsRefused) {
  for (size_t bit = 0; bit < 8 * kMacBytes; ++bit) {
    ClientHandshake again(*keys, resuming());
    ServerHandshake manager(remembering());
    std::string proof =
        again.on_server_hello(manager.on_client_hello(again.hello()).value()).value();
    ASSERT_THAT(proof.size(), Eq(2 * kMacBytes));
    char& byte = proof[kMacBytes + bit / 8];
    byte = static_cast<char>(byte ^ (1 << bit % 8));
    EXPECT_THAT(manager.on_client_auth(proof),
                Eq(absl::UnauthenticatedError("authentication failed")));
  }
}

TEST_F(ResumeTest, AProofOfASessionComesOnlyWithAHelloThatNamesOne) {
  ClientHandshake again(*keys, resuming());
  ServerHandshake manager(remembering());
  const std::string proof =
      again.on_server_hello(manager.on_client_hello(again.hello()).value()).value();
  EXPECT_THAT(manager.on_client_auth(proof.substr(0, kMacBytes)).code(),
              Eq(absl::StatusCode::kInvalidArgument));

  ClientHandshake plain(*keys, {.key_id = "test-2025a", .must_protect = true});
  ServerHandshake other(remembering());
  const std::string alone =
      plain.on_server_hello(other.on_client_hello(plain.hello()).value()).value();
  EXPECT_THAT(other.on_client_auth(alone + std::string(kMacBytes, 'p')).code(),
              Eq(absl::StatusCode::kInvalidArgument));
}

// Otherwise any peer that reaches the manager could find out which sessions it has.
TEST_F(ResumeTest, NobodyIsLookedUpBeforeTheKeyIsProved) {
  const AuthKeys wrong(std::string(32, 'w'));
  ClientHandshake thief(wrong, resuming());
  ServerHandshake::Policy asked = remembering();
  int lookups = 0;
  asked.find_session = [&](std::string_view, std::string_view) {
    ++lookups;
    return Candidates{old.keys};
  };
  ServerHandshake manager(asked);
  EXPECT_THAT(shake(thief, manager).status(),
              Eq(absl::UnauthenticatedError("authentication failed")));
  EXPECT_THAT(lookups, Eq(0));
}

// A ServerAuth of the client's own making, with the proof that a manager with the key would give.
class ResumeAnswerTest : public ResumeTest {
 protected:
  absl::Status answer(ClientHandshake& from, const ServerAuth& auth) {
    ServerHandshake manager(policy());
    const std::string hello = from.hello();
    const std::string server_hello = manager.on_client_hello(hello).value();
    const std::string proof = from.on_server_hello(server_hello).value();
    const std::string th2 = finished(transcript(hello, server_hello, ""), proof, auth.encode());
    return from.on_server_auth(auth.encode() + server_mac(*keys, th2)).status();
  }
};

TEST_F(ResumeAnswerTest, AClientRefusesAResultThatDoesntFitWhatItAsked) {
  ServerAuth auth{.session_id = old.session_id, .role = 2, .resume = ResumeResult::kResumed};
  ClientHandshake plain(*keys, {.key_id = "test-2025a", .must_protect = true});
  EXPECT_THAT(answer(plain, auth).code(), Eq(absl::StatusCode::kInvalidArgument));

  ClientHandshake again(*keys, resuming());
  EXPECT_THAT(answer(again, auth), Eq(absl::OkStatus()));

  auth.session_id = std::string(kIdBytes, 'x');
  ClientHandshake misled(*keys, resuming());
  EXPECT_THAT(answer(misled, auth).code(), Eq(absl::StatusCode::kInvalidArgument));

  auth.resume = ResumeResult::kNew;
  ClientHandshake unanswered(*keys, resuming());
  EXPECT_THAT(answer(unanswered, auth).code(), Eq(absl::StatusCode::kInvalidArgument));
}

// Offers stand best first; sealing is never chosen.
TEST_F(HandshakeTest, TheFirstOfTheOffersThatTheManagerTakesIsChosen) {
  struct Case {
    std::string offered;
    bool must_protect;
    Protection chosen;
  };
  for (const Case& choice : {Case{std::string("\2\1\0", 3), false, Protection::kTag},
                             Case{std::string("\2\0\1", 3), false, Protection::kNone},
                             Case{std::string("\0\1", 2), true, Protection::kTag}}) {
    ServerHandshake::Policy chooser = policy();
    chooser.must_protect = choice.must_protect;
    ServerHandshake manager(chooser);
    ClientHello hello = ClientHello::parse(client.hello()).value();
    hello.offered = choice.offered;
    ASSERT_TRUE(manager.on_client_hello(hello.encode()).ok());
    EXPECT_THAT(manager.agreement().protection, Eq(choice.chosen));
  }
}

TEST_F(HandshakeTest, AClientThatOffersSealingOnlyIsRefused) {
  ClientHello hello = ClientHello::parse(client.hello()).value();
  hello.offered = "\2";
  EXPECT_THAT(server.on_client_hello(hello.encode()).status().code(),
              Eq(absl::StatusCode::kInvalidArgument));
}

TEST_F(HandshakeTest, ABindingWhoseFirstBitIsSetIsMalformed) {
  ClientHello hello = ClientHello::parse(client.hello()).value();
  for (const int kind : {0x02, 0x7f, 0x80, 0xff}) {
    hello.binding = static_cast<Binding>(kind);
    EXPECT_FALSE(ClientHello::parse(hello.encode()).ok()) << kind;
  }
}

TEST_F(HandshakeTest, WithoutAStandInForUnknownIdsTheyAreStillRefused) {
  ServerHandshake::Policy without = policy();
  without.nobody = nullptr;
  ServerHandshake manager(without);
  ClientHandshake stranger(*keys, {.key_id = "stranger", .must_protect = true});
  const std::string proof =
      stranger.on_server_hello(manager.on_client_hello(stranger.hello()).value()).value();
  EXPECT_THAT(manager.on_client_auth(proof),
              Eq(absl::UnauthenticatedError("authentication failed")));
}

TEST_F(HandshakeTest, AManagersNameIsEscapedInErrors) {
  ServerHandshake::Policy loud = policy();
  loud.server_id = "\x1b[2J";
  ServerHandshake manager(loud);
  ClientHandshake choosy(*keys,
                         {.key_id = "test-2025a", .must_protect = true, .server_id = "mgr-a"});
  const absl::Status status =
      choosy.on_server_hello(manager.on_client_hello(choosy.hello()).value()).status();
  EXPECT_THAT(std::string(status.message()),
              ::testing::AllOf(HasSubstr("\\x1b[2J"), Not(HasSubstr("\x1b"))));
}

}  // namespace
}  // namespace syncmanager
