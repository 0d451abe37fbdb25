// Secrets: who has them, and that they are gone from memory afterwards.

#include "protos/auth/secret_bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <type_traits>

#include "absl/strings/escaping.h"
#include "protos/auth/key_file.h"
#include "tests/support/memory_search.h"

namespace syncmanager {
namespace {

using ::testing::Eq;
using ::testing::Ge;

static_assert(!std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::is_copy_assignable_v<SecretBytes>);

TEST(SecretBytes, MoveFromOneToTheOther) {
  SecretBytes first(std::string_view("a secret"));
  SecretBytes second(std::move(first));
  EXPECT_THAT(second.view(), Eq("a secret"));
  EXPECT_TRUE(first.empty());
  SecretBytes third(std::string_view("another"));
  third = std::move(second);
  EXPECT_THAT(third.view(), Eq("a secret"));
  EXPECT_TRUE(second.empty());
  EXPECT_THAT(third.clone().view(), Eq("a secret"));
}

TEST(SecretBytes, AreComparedOverTheirWholeLength) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
}

TEST(SecretBytes, CleansingOverwritesAndEmptiesAString) {
  std::string text(100, 's');
  const char* bytes = text.data();
  cleanse(text);
  EXPECT_TRUE(text.empty());
  EXPECT_TRUE(std::all_of(bytes + 1, bytes + 100, [](char c) { return c == 0; }));
}

// A key's text and its bytes, as their complements.
struct Inverted {
  std::string text = std::string(43, '\0');
  std::string bytes = std::string(32, '\0');
};

// A child makes the file and says what is in it: this process has never had the key before it is
// loaded, and decodes nothing itself, which would overwrite what a loader left behind.
Inverted file_with_a_new_key(const std::string& path) {
  int ends[2];
  EXPECT_THAT(::pipe(ends), Eq(0));
  const pid_t child = ::fork();
  if (child == 0) {
    bool done = generate_key_file(path, "workers").ok();
    std::string line, bytes;
    std::ifstream file(path);
    std::getline(file, line);
    const std::string text = line.substr(line.rfind(' ') + 1);
    done &= absl::WebSafeBase64Unescape(text, &bytes);
    const std::string both = complement(text + bytes);
    done &= ::write(ends[1], both.data(), both.size()) == static_cast<ssize_t>(both.size());
    ::_exit(done ? 0 : 1);
  }
  ::close(ends[1]);
  Inverted key;
  EXPECT_THAT(::read(ends[0], key.text.data(), key.text.size()), Eq(43));
  EXPECT_THAT(::read(ends[0], key.bytes.data(), key.bytes.size()), Eq(32));
  ::close(ends[0]);
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_THAT(status, Eq(0));
  return key;
}

class KeyInMemoryTest : public ::testing::Test {
 protected:
  KeyInMemoryTest() {
    std::string path = (std::filesystem::temp_directory_path() / "secrets-XXXXXX").string();
    directory = ::mkdtemp(path.data());
  }
  ~KeyInMemoryTest() override { std::filesystem::remove_all(directory); }
  std::string directory;
};

TEST_F(KeyInMemoryTest, TheSearchFindsWhatIsThere) {
  const Inverted key = file_with_a_new_key(directory + "/key");
  {
    const SecretBytes kept{complement(key.bytes)};
    EXPECT_THAT(count_parts_in_memory(::getpid(), key.bytes), Ge(5u));
  }
  std::string half = complement(key.text.substr(20));
  EXPECT_THAT(count_parts_in_memory(::getpid(), key.text), Ge(1u));
  cleanse(half);
}

TEST_F(KeyInMemoryTest, NeitherTheKeyNorItsTextIsLeftAfterLoading) {
  const Inverted key = file_with_a_new_key(directory + "/key");
  const absl::StatusOr<KeyRing> ring = KeyRing::load(directory + "/key");
  ASSERT_TRUE(ring.ok()) << ring.status();
  EXPECT_THAT(count_parts_in_memory(::getpid(), key.text), Eq(0u));
  EXPECT_THAT(count_parts_in_memory(::getpid(), key.bytes), Eq(0u));
}

}  // namespace
}  // namespace syncmanager
