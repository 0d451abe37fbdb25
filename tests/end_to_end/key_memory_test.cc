// The key in the memory of the running manager: nowhere, once it has been read and once it has been
// used.

#include <absl/strings/escaping.h>

#include <fstream>
#include <string>

#include "tests/support/client_fixture.h"
#include "tests/support/memory_search.h"

namespace syncmanager {
namespace {

class KeyMemoryTest : public testing::Test {
 protected:
  KeyMemoryTest() {
    std::string line, bytes;
    std::getline(std::ifstream(server.key_file()) >> std::ws, line);
    const std::string text = line.substr(line.rfind(' ') + 1);
    EXPECT_TRUE(absl::WebSafeBase64Unescape(text, &bytes));
    EXPECT_EQ(bytes.size(), 32u);
    inverted_text = complement(text);
    inverted_bytes = complement(bytes);
  }
  size_t found(const std::string& inverted) const {
    return count_parts_in_memory(server.pid(), inverted);
  }

  TestServer server{{"--allow-core"}};  // Without it only root may look.
  std::string inverted_text, inverted_bytes;
};

TEST_F(KeyMemoryTest, HasNeitherTheKeyNorItsTextAfterLoading) {
  EXPECT_EQ(found(inverted_text), 0u);
  EXPECT_EQ(found(inverted_bytes), 0u);
}

TEST_F(KeyMemoryTest, HasNeitherAfterHandshakesAndWouldBeSearchedIfItHad) {
  const std::string needle = "a value that is stored and found";
  const Client near(server.unix_address(), {.key_file = server.key_file()});
  const Client far(server.tcp_address(), {.key_file = server.key_file()});
  near.queue<std::string>("jobs").put(needle);
  EXPECT_EQ(far.queue<std::string>("jobs").size(), 1);

  EXPECT_GE(found(complement(needle)), 1u);
  EXPECT_EQ(found(inverted_text), 0u);
  EXPECT_EQ(found(inverted_bytes), 0u);
}

}  // namespace
}  // namespace syncmanager
