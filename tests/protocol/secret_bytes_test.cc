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

constexpr size_t kPartBytes = 16;
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

// Any 16 bytes of it: where a block is freed, the allocator's own pointers overwrite its beginning,
// and all the rest stays.
size_t count_parts_in_memory(const std::string& inverted) {
  size_t count = 0;
  for (size_t i = 0; i + kPartBytes <= inverted.size(); i += kPartBytes / 4) {
    count += count_in_memory(inverted.substr(i, kPartBytes));
  }
  return count;
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
    EXPECT_THAT(count_parts_in_memory(key.bytes), Ge(5u));
  }
  std::string half = complement(key.text.substr(20));
  EXPECT_THAT(count_parts_in_memory(key.text), Ge(1u));
  cleanse(half);
}

TEST_F(KeyInMemoryTest, NeitherTheKeyNorItsTextIsLeftAfterLoading) {
  const Inverted key = file_with_a_new_key(directory + "/key");
  const absl::StatusOr<KeyRing> ring = KeyRing::load(directory + "/key");
  ASSERT_TRUE(ring.ok()) << ring.status();
  EXPECT_THAT(count_parts_in_memory(key.text), Eq(0u));
  EXPECT_THAT(count_parts_in_memory(key.bytes), Eq(0u));
}

}  // namespace
}  // namespace syncmanager
