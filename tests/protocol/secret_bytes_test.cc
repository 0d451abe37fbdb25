// Secrets: who has them, and that they are gone from memory afterwards.

#include "protos/secret_bytes.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/strings/escaping.h"
#include "protos/key_file.h"

namespace syncmanager {
namespace {

using ::testing::Eq;

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

constexpr size_t kLargestRegion = size_t{1} << 28;

// The test never has the needle in memory as it is: it looks for its complement.
std::string complement(std::string bytes) {
  for (char& byte : bytes) byte = static_cast<char>(~byte);
  return bytes;
}

// How often the complement of `inverted` stands in what this process can write, as the kernel sees
// it. Sanitizers reserve terabytes of address space: what no heap or stack is as large as is left
// out.
size_t count_in_memory(const std::string& inverted) {
  const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  std::ifstream maps("/proc/self/maps");
  std::vector<std::pair<uintptr_t, uintptr_t>> regions;
  for (std::string line; std::getline(maps, line);) {
    unsigned long begin = 0, end = 0;
    char write = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx %*c%c", &begin, &end, &write) == 3 && write == 'w') {
      regions.emplace_back(begin, end);
    }
  }
  size_t count = 0;
  const auto same = [](char found, char wanted) { return found == static_cast<char>(~wanted); };
  for (const auto& [begin, end] : regions) {
    if (end - begin > kLargestRegion) continue;
    std::vector<char> bytes(end - begin);
    const ssize_t size = ::pread(memory, bytes.data(), bytes.size(), static_cast<off_t>(begin));
    if (size <= 0) continue;
    const auto last = bytes.begin() + size;
    for (auto at = bytes.begin();; ++at) {
      at = std::search(at, last, inverted.begin(), inverted.end(), same);
      if (at == last) break;
      ++count;
    }
    // What was read may hold a copy of a secret, and the next region may hold this block.
    std::fill(bytes.begin(), bytes.end(), '\0');
  }
  ::close(memory);
  return count;
}

// Run by a child, so that the key was never in this process before it is loaded.
std::string file_with_a_new_key(const std::string& path) {
  int inverted[2];
  EXPECT_THAT(::pipe(inverted), Eq(0));
  const pid_t child = ::fork();
  if (child == 0) {
    bool done = generate_key_file(path, "workers").ok();
    std::string line;
    std::getline(std::ifstream(path), line);
    const std::string secret = complement(line.substr(line.rfind(' ') + 1));
    done &=
        ::write(inverted[1], secret.data(), secret.size()) == static_cast<ssize_t>(secret.size());
    ::_exit(done ? 0 : 1);
  }
  ::close(inverted[1]);
  std::string text(43, '\0');
  EXPECT_THAT(::read(inverted[0], text.data(), text.size()), Eq(43));
  ::close(inverted[0]);
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_THAT(status, Eq(0));
  return text;
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
  const std::string inverted = file_with_a_new_key(directory + "/key");
  const SecretBytes kept{complement(inverted)};
  EXPECT_THAT(count_in_memory(inverted), ::testing::Ge(1u));
}

TEST_F(KeyInMemoryTest, NeitherTheKeyNorItsTextIsLeftAfterLoading) {
  const std::string inverted = file_with_a_new_key(directory + "/key");
  const absl::StatusOr<KeyRing> ring = KeyRing::load(directory + "/key");
  ASSERT_TRUE(ring.ok()) << ring.status();

  EXPECT_THAT(count_in_memory(inverted), Eq(0u));

  // Only now is it decoded, in pieces that overlap nothing: its complement is what is kept.
  std::string text = complement(inverted);
  std::string secret;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(text, &secret));
  const std::string inverted_secret = complement(secret);
  cleanse(secret);
  cleanse(text);
  EXPECT_THAT(count_in_memory(inverted_secret), Eq(0u));
}

}  // namespace
}  // namespace syncmanager
