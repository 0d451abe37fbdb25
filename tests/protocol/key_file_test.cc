// Key files: what is read, what is refused and how it is said.

#include "protos/auth/key_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <barrier>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "protos/support/str_cat.h"

namespace syncmanager {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsNull;
using ::testing::Not;
using ::testing::NotNull;

constexpr char kSecret[] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";  // 00 01 ... 1f

std::string error_of(const absl::StatusOr<KeyRing>& ring) {
  return std::string(ring.status().message());
}

TEST(KeyRing, ReadsKeysAndPassesOverComments) {
  const auto ring = KeyRing::parse(str_cat("# keys of the fleet\n\n  workers rw /jobs/ - ", kSecret,
                                           "\nops admin - 2027-01-31 ", kSecret, "\n"),
                                   "keys");
  ASSERT_TRUE(ring.ok()) << ring.status();
  EXPECT_THAT(ring->size(), Eq(2u));
  EXPECT_THAT(ring->first().id, Eq("workers"));
  const FileKey* workers = ring->find("workers", 0);
  ASSERT_THAT(workers, NotNull());
  EXPECT_THAT(workers->role, Eq(2));
  EXPECT_THAT(workers->prefix, Eq("/jobs/"));
  EXPECT_THAT(ring->find("nobody", 0), IsNull());
}

TEST(KeyRing, AKeyCountsUntilTheEndOfItsLastDay) {
  const auto ring = KeyRing::parse(str_cat("ops admin - 2027-01-31 ", kSecret), "keys");
  ASSERT_TRUE(ring.ok());
  const int64_t midnight =
      absl::ToUnixSeconds(absl::FromCivil(absl::CivilSecond(2027, 2, 1), absl::UTCTimeZone()));
  EXPECT_THAT(ring->find("ops", midnight - 1), NotNull());
  EXPECT_THAT(ring->find("ops", midnight), IsNull());
}

TEST(KeyRing, ErrorsNameTheLineAndWhatWasExpectedButNeverTheKey) {
  const auto expect = [](std::string text, const char* expected) {
    EXPECT_THAT(error_of(KeyRing::parse(text, "keys")),
                AllOf(HasSubstr("keys: line 2"), HasSubstr(expected), Not(HasSubstr(kSecret))))
        << text;
  };
  expect(str_cat("#\nworkers rw - ", kSecret), "five words");
  expect(str_cat("#\nwork/ers rw - - ", kSecret), "key id");
  expect(str_cat("#\nworkers owner - - ", kSecret), "ro, rw, admin, produce or consume");
  expect(str_cat("#\nworkers rw - tomorrow ", kSecret), "2027-01-31");
  expect("#\nworkers rw - - c2hvcnQ", "exactly 32 bytes");
  expect(str_cat("a rw - - ", kSecret, "\na rw - - ", kSecret), "already");
}

TEST(KeyRing, AnEmptyFileIsNoKeyRing) {
  EXPECT_THAT(error_of(KeyRing::parse("# nothing\n", "keys")), HasSubstr("syncctl keygen"));
}

class KeyFileTest : public ::testing::Test {
 protected:
  KeyFileTest() {
    std::string path = (std::filesystem::temp_directory_path() / "key_file_test-XXXXXX").string();
    directory = mkdtemp(path.data());
    file = directory + "/key";
  }
  ~KeyFileTest() override { std::filesystem::remove_all(directory); }

  std::string directory, file;
};

TEST_F(KeyFileTest, WhatIsGeneratedLoads) {
  ASSERT_TRUE(generate_key_file(file, "workers").ok());
  struct stat status;
  ASSERT_THAT(stat(file.c_str(), &status), Eq(0));
  EXPECT_THAT(status.st_mode & 0777, Eq(0600u));
  const auto ring = KeyRing::load(file);
  ASSERT_TRUE(ring.ok()) << ring.status();
  EXPECT_THAT(ring->first().id, Eq("workers"));
}

TEST_F(KeyFileTest, AnExistingFileIsLeftAlone) {
  std::ofstream(file) << "mine";
  EXPECT_TRUE(absl::IsAlreadyExists(generate_key_file(file, "workers")));
  std::string text;
  std::ifstream(file) >> text;
  EXPECT_THAT(text, Eq("mine"));
}

TEST_F(KeyFileTest, AFileThatOthersMayReadIsRefused) {
  ASSERT_TRUE(generate_key_file(file, "workers").ok());
  chmod(file.c_str(), 0644);
  EXPECT_THAT(error_of(KeyRing::load(file)), AllOf(HasSubstr(file), HasSubstr("mode 0644")));
}

TEST_F(KeyFileTest, ALinkIsRefused) {
  ASSERT_TRUE(generate_key_file(file, "workers").ok());
  const std::string link = directory + "/link";
  ASSERT_THAT(symlink(file.c_str(), link.c_str()), Eq(0));
  EXPECT_THAT(error_of(KeyRing::load(link)), HasSubstr("symbolic link"));
}

TEST_F(KeyFileTest, ADirectoryAndNothingAtAllAreRefused) {
  EXPECT_THAT(error_of(KeyRing::load(directory)), HasSubstr("no regular file"));
  EXPECT_THAT(error_of(KeyRing::load(file)), HasSubstr("No such file"));
}

TEST_F(KeyFileTest, SomebodyElsesFileIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  ASSERT_TRUE(generate_key_file(file, "workers").ok());
  ASSERT_THAT(chown(file.c_str(), 1234, 1234), Eq(0));
  EXPECT_THAT(error_of(KeyRing::load(file)), HasSubstr("belongs to user 1234"));
}

TEST_F(KeyFileTest, AKeyFromTheEnvironmentIsGoneAfterwards) {
  setenv("SYNCMANAGER_AUTHKEY", str_cat("workers rw - - ", kSecret).c_str(), 1);
  std::string where;
  const auto ring = load_manager_keys({.server_id = "test"}, where);
  ASSERT_TRUE(ring.ok()) << ring.status();
  EXPECT_THAT(ring->first().id, Eq("workers"));
  EXPECT_THAT(getenv("SYNCMANAGER_AUTHKEY"), IsNull());
}

TEST_F(KeyFileTest, AManagerWithoutAnyKeyMakesOneInItsOwnDirectory) {
  setenv("XDG_RUNTIME_DIR", directory.c_str(), 1);
  std::string where;
  const auto made = load_manager_keys({.server_id = "test"}, where);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(where, Eq(directory + "/syncmanager/test.key"));
  const auto found = load_client_keys("", "test");
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_THAT(found->first().keys->client.view(), Eq(made->first().keys->client.view()));
  unsetenv("XDG_RUNTIME_DIR");
}

// Who comes second must not find half a file.
TEST_F(KeyFileTest, ManagersThatStartAtOnceHaveTheSameKey) {
  setenv("XDG_RUNTIME_DIR", directory.c_str(), 1);
  for (int round = 0; round < 200; ++round) {
    std::array<absl::StatusOr<KeyRing>, 4> rings;
    std::barrier begin(rings.size());
    std::vector<std::thread> managers;
    for (absl::StatusOr<KeyRing>& ring : rings) {
      managers.emplace_back([&] {
        std::string where;
        begin.arrive_and_wait();
        ring = load_manager_keys({.server_id = str_cat("test", round)}, where);
      });
    }
    for (std::thread& manager : managers) manager.join();
    for (const absl::StatusOr<KeyRing>& ring : rings) {
      ASSERT_TRUE(ring.ok()) << ring.status();
      EXPECT_THAT(ring->first().keys->client.view(), Eq(rings[0]->first().keys->client.view()));
    }
  }
  unsetenv("XDG_RUNTIME_DIR");
}

TEST_F(KeyFileTest, ADirectoryThatOthersMayEnterIsRefused) {
  std::filesystem::create_directory(directory + "/syncmanager");
  chmod((directory + "/syncmanager").c_str(), 0755);
  setenv("XDG_RUNTIME_DIR", directory.c_str(), 1);
  EXPECT_THAT(std::string(default_directory().status().message()), HasSubstr("mode 0755"));
  EXPECT_THAT(error_of(load_client_keys("", "test")), HasSubstr("mode 0755"));
  unsetenv("XDG_RUNTIME_DIR");
}

TEST_F(KeyFileTest, AClientTrustsNoKeyBehindALinkedDirectory) {
  const std::string elsewhere = directory + "/elsewhere";
  std::filesystem::create_directory(elsewhere);
  chmod(elsewhere.c_str(), 0700);
  ASSERT_TRUE(generate_key_file(elsewhere + "/test.key", "workers").ok());
  std::filesystem::create_symlink(elsewhere, directory + "/syncmanager");
  setenv("XDG_RUNTIME_DIR", directory.c_str(), 1);
  EXPECT_THAT(error_of(load_client_keys("", "test")), HasSubstr("can't open the directory"));
  unsetenv("XDG_RUNTIME_DIR");
}

TEST_F(KeyFileTest, AServerIdIsNoPath) {
  for (const char* id : {"", "../test", "/etc/passwd"}) {
    std::string where;
    EXPECT_TRUE(absl::IsInvalidArgument(load_client_keys("", id).status())) << id;
    EXPECT_TRUE(absl::IsInvalidArgument(load_manager_keys({.server_id = id}, where).status()))
        << id;
  }
}

TEST_F(KeyFileTest, ACredentialThatCantBeUsedIsNoReasonToMakeUpAKey) {
  ASSERT_TRUE(generate_key_file(directory + "/authkey", "workers").ok());
  setenv("CREDENTIALS_DIRECTORY", directory.c_str(), 1);
  std::string where;
  const auto ring = load_manager_keys({.server_id = "test"}, where);
  ASSERT_TRUE(ring.ok()) << ring.status();
  EXPECT_THAT(where, Eq(directory + "/authkey"));

  chmod((directory + "/authkey").c_str(), 0640);
  EXPECT_THAT(error_of(load_manager_keys({.server_id = "test"}, where)), HasSubstr("mode 0640"));
  unsetenv("CREDENTIALS_DIRECTORY");
}

TEST_F(KeyFileTest, AKeyFileMayBeLongerThanTheFirstRead) {
  std::string text(20'000, '#');
  ASSERT_TRUE(generate_key_file(file, "workers").ok());
  std::ofstream(file, std::ios::app) << text << "\nops admin - - " << kSecret << "\n";
  const auto ring = KeyRing::load(file);
  ASSERT_TRUE(ring.ok()) << ring.status();
  EXPECT_THAT(ring->find("ops", 0), NotNull());
}

TEST_F(KeyFileTest, AnEndlessKeyFileIsRefused) {
  ASSERT_TRUE(generate_key_file(file, "workers").ok());
  std::ofstream(file, std::ios::app) << std::string(1 << 20, '#');
  EXPECT_THAT(error_of(KeyRing::load(file)), HasSubstr("less than 1 MiB"));
}

TEST_F(KeyFileTest, KeysComeFromADescriptorFirst) {
  int ends[2];
  ASSERT_THAT(pipe(ends), Eq(0));
  const std::string line = str_cat("parent admin - - ", kSecret, "\n");
  ASSERT_THAT(write(ends[1], line.data(), line.size()), Eq(static_cast<ssize_t>(line.size())));
  close(ends[1]);
  std::string where;
  const auto ring = load_manager_keys({.descriptor = ends[0], .file = "/nowhere"}, where);
  ASSERT_TRUE(ring.ok()) << ring.status();
  EXPECT_THAT(ring->first().id, Eq("parent"));
  EXPECT_THAT(where, HasSubstr("descriptor"));
}

TEST_F(KeyFileTest, AClientsKeyFileComesFromTheEnvironmentUnlessItNamesOne) {
  ASSERT_TRUE(generate_key_file(file, "named").ok());
  ASSERT_TRUE(generate_key_file(directory + "/other", "other").ok());
  setenv("SYNCMANAGER_AUTHKEY_FILE", file.c_str(), 1);
  EXPECT_THAT(load_client_keys("", "test")->first().id, Eq("named"));
  EXPECT_THAT(load_client_keys(directory + "/other", "test")->first().id, Eq("other"));
  unsetenv("SYNCMANAGER_AUTHKEY_FILE");
}

}  // namespace
}  // namespace syncmanager
