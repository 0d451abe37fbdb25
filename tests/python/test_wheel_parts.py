"""Parts of what makes the wheel: its progress on the terminal, and how its programs are linked."""

import contextlib
import os
import pathlib
import pty
import subprocess
import sys
import tempfile
import tomllib
import unittest
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "client" / "python"))

from build_wheel import elf, glibc, metadata, progress  # noqa: E402: no part of the package.

SHOWS_STEPS = """
import sys
from build_wheel.progress import Progress
with Progress() as progress:
    progress.run("work", ["sh", "-c", "echo '[1/2] one'; echo '[2/2] two'"])
"""
# Constructors and destructors, threads, waits that end too early, exceptions, files, and children.
PROGRAM = """
#include <dlfcn.h>
#include <errno.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>
#ifdef AS_IF_GLIBC_WERE_OLD
extern "C" void* dlsym(void*, const char*) noexcept { return nullptr; }
#endif
struct Object {
  Object() { std::puts("constructed"); }
  ~Object() { std::puts("destroyed"); }
} object;
struct InThread {
  ~InThread() { std::puts("thread's destroyed"); }
};
thread_local InThread in_thread;
int main(int count, char** words) {
  // Variables of glibc that have another name, too.
  if (environ == nullptr || *environ == nullptr) return 2;
  if (program_invocation_short_name == nullptr) return 3;
  std::mutex mutex;
  std::condition_variable changed;
  bool is_done = false;
  std::thread thread([&] {
    [[maybe_unused]] const InThread& used = in_thread;
    const std::scoped_lock lock(mutex);
    is_done = true;
    changed.notify_one();
  });
  std::unique_lock lock(mutex);
  if (!changed.wait_for(lock, std::chrono::minutes(1), [&] { return is_done; })) return 1;
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(1100);
  if (changed.wait_until(lock, until, [] { return false; })) return 2;
  if (std::chrono::steady_clock::now() < until) return 3;
  lock.unlock();
  thread.join();
  struct stat file, open_file;
  std::FILE* opened = std::fopen(words[0], "r");
  if (stat(words[0], &file) != 0 || fstat(fileno(opened), &open_file) != 0) return 4;
  if (file.st_size == 0 || file.st_size != open_file.st_size) return 5;
  if (dup2(fileno(opened), 9) != 9) return 6;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  char shell[] = "sh", option[] = "-c", command[] = "test ! -e /proc/self/fd/9";
  char* child[] = {shell, option, command, nullptr};
  pid_t pid;
  int status;
  if (posix_spawnp(&pid, shell, &actions, nullptr, child, environ) != 0) return 7;
  if (waitpid(pid, &status, 0) != pid || status != 0) return 8;
  try {
    throw count;
  } catch (int caught) {
    std::printf("caught %d\\n", caught);
  }
}
"""


class ProgressTest(unittest.TestCase):
    def test_on_a_terminal_the_line_is_below_and_goes_away(self):
        said, terminal = self.run_with_a_terminal(TERM="xterm")
        self.assertIn("[1/2] one\n[2/2] two\n", said)
        lines = terminal.split("\x1b[2K")
        self.assertIn(f"[{'#' * (progress.WIDTH // 2)} ", lines[2])
        self.assertIn("work 1 of 2", lines[2])
        self.assertIn(f"[{'#' * progress.WIDTH}] work 2 of 2", lines[3])
        self.assertEqual(lines[-1], "\x1b8")

    def test_a_dumb_terminal_is_left_alone(self):
        _, terminal = self.run_with_a_terminal(TERM="dumb")
        self.assertEqual(terminal, "")

    def run_with_a_terminal(self, **variables):
        """The program's standard error, which isn't the terminal, and what the terminal got."""
        reader, writer = os.pipe()
        process, terminal = pty.fork()
        if process == 0:
            os.dup2(writer, 2)
            os.execve(sys.executable, [sys.executable, "-c", SHOWS_STEPS], {
                **os.environ, **variables, "PYTHONPATH": str(ROOT / "client" / "python")})
        os.close(writer)
        shown = b""
        with contextlib.suppress(OSError):  # The terminal's end is an error.
            while True:
                shown += os.read(terminal, 4096)
        os.waitpid(process, 0)
        with open(reader) as errors:
            return errors.read(), shown.decode()

    def test_a_missing_program_is_named_with_its_package(self):
        with mock.patch.dict(os.environ, PATH="/nowhere"), progress.Progress() as shown:
            with self.assertRaisesRegex(SystemExit, "needs ninja.*ninja-build.*tools/dev install"):
                shown.require("ninja")

    def test_a_command_that_fails_fails_the_build(self):
        with mock.patch("sys.stderr"), progress.Progress() as shown:
            with self.assertRaisesRegex(SystemExit, "exit status 3: sh -c exit 3"):
                shown.run("work", ["sh", "-c", "exit 3"])


class PortableProgramTest(unittest.TestCase):
    def test_a_program_needs_no_newer_glibc_than_base(self):
        for old in [], ["-DAS_IF_GLIBC_WERE_OLD"]:
            with self.subTest(old), tempfile.TemporaryDirectory() as folder:
                program = self.linked(pathlib.Path(folder), old)
                self.assertLessEqual(max(elf.versions_of(program)), glibc.BASE)
                self.assertRegex(elf.platform_of([program]), r"^manylinux_2_\d+_")
                ended = subprocess.run([program], text=True, stdout=subprocess.PIPE)
                self.assertEqual(ended.returncode, 0)
                self.assertEqual(
                    ended.stdout, "constructed\nthread's destroyed\ncaught 1\ndestroyed\n")

    def linked(self, folder, options):
        with mock.patch("sys.stderr"), progress.Progress() as shown:
            glibc.make_stand_ins(folder / "glibc", shown)
        (folder / "program.cc").write_text(PROGRAM)
        portable = ROOT / "client" / "python" / "build_wheel" / "portable"
        subprocess.run([
            "c++", "-std=c++20", "-O1", *options, folder / "program.cc", portable / "since_base.cc",
            portable / "start.cc", "-ffunction-sections", "-Wl,--gc-sections",
            f"-L{folder / 'glibc'}", "-static-libstdc++", "-static-libgcc", "-Wl,--no-as-needed",
            "-lpthread", "-ldl", "-o", folder / "program"], check=True)
        return folder / "program"

    def test_a_program_with_another_library_is_for_this_machine_alone(self):
        self.assertRegex(elf.platform_of([os.environ["SYNCMANAGER_DAEMON"]]), "^linux_")


class MetadataTest(unittest.TestCase):
    def test_the_table_is_read_as_tomllib_reads_it(self):
        table = tomllib.loads((metadata.HERE / "pyproject.toml").read_text())["project"]
        self.assertEqual(metadata.project(), table)

    def test_the_oldest_python(self):
        self.assertEqual(metadata.oldest_python(), "cp39")


if __name__ == "__main__":
    unittest.main()
