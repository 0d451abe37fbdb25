// Which keys a client may prove that comes back for its session.

#include "manager/transport/resume_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace syncmanager::manager {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ResumeKeysTest : public testing::Test {
 protected:
  // The keys of another handshake.
  static ResumeKeys::Keys fresh() {
    static const AuthKeys key(std::string(32, 'k'));
    return std::make_shared<const SessionKeys>(key, std::string(32, 't'));
  }
  ResumeKeys::Keys add(SessionNumber session, const std::string& id) {
    const ResumeKeys::Keys keys = fresh();
    sessions.add(session, id, "key", keys);
    return keys;
  }

  ResumeKeys sessions;
};

TEST_F(ResumeKeysTest, OfASessionAreFoundByItsIdAndTheKeyThatItWasOpenedWith) {
  const ResumeKeys::Keys first = add(1, "a"), second = add(2, "b");
  EXPECT_EQ(sessions.number_of("a"), 1u);
  EXPECT_EQ(sessions.number_of("b"), 2u);
  EXPECT_THAT(sessions.find("a", "key"), ElementsAre(first));
  EXPECT_THAT(sessions.find("b", "key"), ElementsAre(second));
}

TEST_F(ResumeKeysTest, AreNotForWhoHasAnotherKeyOrKnowsNoSession) {
  add(1, "a");
  EXPECT_THAT(sessions.find("a", "another key"), IsEmpty());
  EXPECT_THAT(sessions.find("b", "key"), IsEmpty());
  EXPECT_EQ(sessions.number_of("b"), 0u);
}

TEST_F(ResumeKeysTest, BeforeTheNewestCountUntilItsClientWasHeard) {
  const ResumeKeys::Keys old = add(1, "a"), lost = add(1, "a"), newest = add(1, "a");
  EXPECT_THAT(sessions.find("a", "key"), ElementsAre(old, lost, newest));
  sessions.confirm(1);
  EXPECT_THAT(sessions.find("a", "key"), ElementsAre(newest));
  sessions.confirm(1);
  EXPECT_THAT(sessions.find("a", "key"), ElementsAre(newest));
}

TEST_F(ResumeKeysTest, OfOneSessionAreConfirmedWithoutAnother) {
  add(1, "a");
  add(2, "b");
  add(2, "b");
  sessions.confirm(1);
  sessions.confirm(3);
  EXPECT_EQ(sessions.find("b", "key").size(), 2u);
}

TEST_F(ResumeKeysTest, OfAClientThatIsNeverHeardAreTheEightNewest) {
  std::vector<ResumeKeys::Keys> all;
  for (int i = 0; i < 10; ++i) all.push_back(add(1, "a"));
  EXPECT_THAT(sessions.find("a", "key"), testing::ElementsAreArray(all.begin() + 2, all.end()));
}

TEST_F(ResumeKeysTest, AreForgottenWithTheirSessionAndItsIdWithThem) {
  add(1, "a");
  const ResumeKeys::Keys kept = add(2, "b");
  sessions.remove(1);
  sessions.remove(1);
  EXPECT_EQ(sessions.number_of("a"), 0u);
  EXPECT_THAT(sessions.find("a", "key"), IsEmpty());
  EXPECT_THAT(sessions.find("b", "key"), ElementsAre(kept));
}

TEST_F(ResumeKeysTest, OfSessionsThatAreGoneAreSweptOut) {
  for (SessionNumber session = 1; session <= 9; ++session) add(session, std::to_string(session));
  sessions.sweep([](SessionNumber session) { return session % 2 == 1; });
  for (SessionNumber session = 1; session <= 9; ++session) {
    EXPECT_EQ(sessions.number_of(std::to_string(session)), session % 2 == 1 ? 0 : session);
  }
}

}  // namespace
}  // namespace syncmanager::manager
