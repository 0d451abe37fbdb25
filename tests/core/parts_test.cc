// Requests that are larger than a frame, and come in parts.

#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

class PartsTest : public StageTest {
 protected:
  // A put into the queue, encoded, without its id.
  std::string put(const std::string& item) {
    wire::Request request;
    request.set_object(queue);
    request.mutable_queue()->mutable_put()->set_item(encoded(item));
    return request.SerializeAsString();
  }
  // Sends `size` bytes of a request from `begin` on; the last of them with the request's id.
  void send_part(const std::string& request, size_t begin, size_t size, uint64_t id) {
    wire::ClientBatch batch;
    batch.mutable_part()->set_bytes(request.substr(begin, size));
    const size_t sent = std::min(begin + size, request.size());
    batch.mutable_part()->set_left(request.size() - sent);
    if (sent == request.size()) batch.mutable_part()->set_request(id);
    alice.send(batch);
  }
  const wire::Reply* reply(uint64_t id) { return stage.reply(alice.session(), id); }
  uint64_t bytes() { return stage.engine().statistics().bytes(); }

  const Limits limits{.value_bytes = 1000, .object_bytes = 5000, .total_bytes = 100'000};
  Stage stage{limits};
  const ObjectId queue = stage.create(a_queue());
  const Actor alice = stage.actor();
  const Actor bob = stage.actor();
};

TEST_F(PartsTest, ARequestIsPerformedWithItsLastPart) {
  alice.size(queue);  // Gives her the queue.
  const std::string request = put(std::string(900, 'a'));
  const uint64_t id = stage.next_request(alice.session());
  for (size_t begin = 0; begin + 100 < request.size(); begin += 100) {
    send_part(request, begin, 100, id);
    EXPECT_THAT(bob.size(queue), Answered(0));
  }
  send_part(request, request.size() / 100 * 100, 100, id);
  EXPECT_EQ(reply(id)->outcome(), wire::OK);
  EXPECT_THAT(bob.get(queue), Answered(std::string(900, 'a')));
}

TEST_F(PartsTest, OthersRequestsOfItsSessionGoBetween) {
  alice.size(queue);
  const std::string request = put(std::string(900, 'a'));
  send_part(request, 0, 500, 0);
  EXPECT_THAT(alice.put(queue, "b"), Done());
  const uint64_t id = stage.next_request(alice.session());
  send_part(request, 500, 500, id);
  EXPECT_EQ(reply(id)->outcome(), wire::OK);
  EXPECT_THAT(bob.get(queue), Answered("b"));
}

TEST_F(PartsTest, AnIncompleteRequestCountsFromItsFirstByteAndEndsWithItsSession) {
  alice.size(queue);
  const uint64_t before = bytes();
  send_part(put(std::string(900, 'a')), 0, 500, 0);
  EXPECT_EQ(bytes(), before + 500);
  alice.die();
  EXPECT_EQ(bytes(), before);
  EXPECT_THAT(bob.size(queue), Answered(0));
}

TEST_F(PartsTest, AnIncompleteRequestEndsWithItsStream) {
  alice.size(queue);
  const std::string request = put(std::string(900, 'a'));
  const uint64_t before = bytes();
  send_part(request, 0, 500, 0);
  alice.lose_stream(std::chrono::seconds(10));
  EXPECT_EQ(bytes(), before);
  ASSERT_TRUE(alice.resume(1));
  const uint64_t id = stage.next_request(alice.session());
  send_part(request, 0, 500, id);
  send_part(request, 500, 500, id);
  EXPECT_EQ(reply(id)->outcome(), wire::OK);
}

TEST_F(PartsTest, ARequestThatIsTooLargeIsRefusedAndItsSessionGoesOn) {
  alice.size(queue);
  const std::string request = put(std::string(100'000, 'a'));
  const uint64_t before = bytes();
  send_part(request, 0, 90'000, 0);
  EXPECT_EQ(bytes(), before);
  const uint64_t id = stage.next_request(alice.session());
  send_part(request, 90'000, 90'000, id);
  EXPECT_EQ(reply(id)->outcome(), wire::INVALID_ARGUMENT);
  EXPECT_THAT(reply(id)->message(), ::testing::HasSubstr("--max-value-bytes"));
  EXPECT_THAT(alice.put(queue, "b"), Done());
}

TEST_F(PartsTest, PartsThatDontFitAreRefusedAndTheSessionGoesOn) {
  alice.size(queue);
  const std::string request = put(std::string(900, 'a'));
  send_part(request, 0, 500, 0);
  const uint64_t id = stage.next_request(alice.session());
  send_part(request, 600, 500, id);
  EXPECT_EQ(reply(id)->outcome(), wire::INVALID_ARGUMENT);
  EXPECT_THAT(reply(id)->message(), ::testing::HasSubstr("don't fit"));
  EXPECT_THAT(alice.put(queue, "b"), Done());
  EXPECT_THAT(bob.get(queue), Answered("b"));
}

TEST_F(PartsTest, ARequestInPartsThatWasPerformedIsNotPerformedAgain) {
  alice.size(queue);
  const std::string request = put(std::string(900, 'a'));
  const uint64_t id = stage.next_request(alice.session());
  for (int i = 0; i < 2; ++i) {
    send_part(request, 0, 500, id);
    send_part(request, 500, 500, id);
  }
  EXPECT_THAT(bob.size(queue), Answered(1));
}

TEST_F(PartsTest, ManyIncompleteRequestsAreBoundedByTheManagersTotal) {
  std::vector<Actor> crowd;
  const std::string request = put(std::string(60'000, 'a'));
  for (int i = 0; i < 10; ++i) {
    crowd.push_back(stage.actor());
    wire::ClientBatch batch;
    batch.mutable_part()->set_bytes(request.substr(0, 50'000));
    batch.mutable_part()->set_left(request.size() - 50'000);
    crowd.back().send(batch);
    EXPECT_LE(bytes(), limits.total_bytes);
  }
  for (const Actor& one : crowd) one.die();
  EXPECT_THAT(bob.put(queue, "b"), Done());
}

}  // namespace
}  // namespace syncmanager::manager
