// A client that asks for a great deal at once doesn't keep the others waiting.

#include <syncmanager/encoded_value.h>

#include <set>

#include "protos/auth/key_file.h"
#include "tests/support/client_fixture.h"
#include "tests/support/raw_stream.h"

namespace syncmanager {
namespace {

class FairnessTest : public ClientTest {
 protected:
  // Opens the queue of that name; the id for its requests.
  static uint64_t open_queue(RawStream& stream, const std::string& name) {
    wire::ClientBatch batch;
    wire::Request& request = *batch.add_requests();
    request.set_id(1);
    request.mutable_registry()->mutable_open()->set_name(name);
    request.mutable_registry()->mutable_open()->mutable_queue();
    stream.send_batch(batch);
    return stream.receive_batch()->replies(0).opened().object();
  }
};

TEST_F(FairnessTest, OthersAreServedWhileALongFrameIsPerformed) {
  constexpr int kPuts = 100'000;
  const auto queue = client.queue<int64_t>("flooded");
  const KeyRing keys = *KeyRing::load(server.key_file());
  RawStream flood(server.unix_address());
  ASSERT_TRUE(flood.open(keys.first()));
  const uint64_t object = open_queue(flood, "flooded");
  wire::ClientBatch batch;
  for (int i = 0; i < kPuts; ++i) {
    wire::Request& put = *batch.add_requests();
    put.set_id(static_cast<uint64_t>(2 + i));
    put.set_object(object);
    put.mutable_queue()->mutable_put()->set_item(ValueWriter().integer(i).take());
  }
  ASSERT_TRUE(flood.send_batch(batch));

  std::set<int64_t> sizes;
  while (!sizes.contains(kPuts)) sizes.insert(queue.size());
  EXPECT_GT(sizes.size(), 2u) << "sizes that were seen meanwhile";

  int answered = 0;
  while (answered < kPuts) {
    const auto answers = flood.receive_batch();
    ASSERT_TRUE(answers.has_value());
    for (const wire::Reply& reply : answers->replies()) {
      ASSERT_EQ(reply.id(), static_cast<uint64_t>(2 + answered));
      ASSERT_EQ(reply.outcome(), wire::OK) << reply.message();
      ++answered;
    }
  }
}

}  // namespace
}  // namespace syncmanager
