"""The help of syncctl and of each command: it fits a terminal, and its examples work."""

import os
import pathlib
import re
import stat
import subprocess
import tempfile
import threading

from shell import PATIENCE, SYNCCTL, ShellTest

COMMANDS = ("put", "get", "take", "peek", "join", "set", "add", "keys", "items", "lock",
            "semaphore", "event", "barrier", "ls", "show", "rm", "ping", "stats", "pool", "keygen",
            "bench")
BENCH = pathlib.Path(SYNCCTL).parents[1] / "bench" / "syncmanager-bench"
ANOTHER_HOST = "syncctl --url syncmanager+tls://db1:7000 --key-file workers.key ls"


def examples_of(text):
    """The lines of the examples, as one types them."""
    return [line.removeprefix("    $ ") for line in text.splitlines() if line.startswith("    $ ")]


class HelpTest(ShellTest):
    def test_it_lists_every_command(self):
        text = self.syncctl("--help").stdout
        listed = re.findall(r"^  ([a-z]+) +[A-Z]", text, re.MULTILINE)
        self.assertEqual(listed, list(COMMANDS))

    def test_it_fits_80_columns_and_ends_with_0(self):
        for words in ([], *([command] for command in COMMANDS)):
            for helped in (self.syncctl(*words, "--help"), self.on_terminal(*words, "-h")):
                self.assertEqual(helped.returncode, 0)
                self.assertLessEqual(max(map(len, helped.stdout.splitlines())), 80, words)

    def test_each_command_says_what_its_arguments_are_and_has_examples(self):
        for command in COMMANDS:
            text = self.syncctl(command, "--help").stdout
            self.assertTrue(examples_of(text), command)
            for positional in re.findall(r"^Usage: .*\[OPTIONS\] ?(.*)$", text, re.MULTILINE):
                for name in positional.split():
                    name = name.strip("[]").removesuffix("...")
                    self.assertRegex(text, rf"\n  {name}(\.\.\.)? {{2,}}\S", command)
            if command != "bench":
                self.assertIn("\nExit codes: ", text)


class ExamplesTest(ShellTest):
    """Each example runs in bash, in a directory where its files and programs are."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        for name in ("a.png", "b.png", "mail.txt", "config.toml"):
            (self.directory / name).write_text("Subject: x\n")
        (self.directory / "events.jsonl").write_text('{"a": 1}\n[2]\n')
        (self.directory / "Makefile").write_text("install:\n\ttrue\n")
        for name in ("thumbnail", "work", "backup", "begin"):
            program = self.directory / name
            program.write_text("#!/bin/sh\n")
            program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.environment = type(self).environment | {
            "PATH": f"{pathlib.Path(SYNCCTL).parent}:{os.environ['PATH']}"}

    def make_objects(self):
        """Makes what examples find. The queues are shut down, so a wait for more items ends."""
        for name in ("jobs", "mails", "log"):
            queue = self.manager.Queue(name=name)
            for item in ("Subject: x",) if name == "mails" else ("a.png", "b.png", "mail.txt"):
                queue.put(item)
            queue.shutdown()
        self.manager.Queue(name="finished")
        self.manager.named("status").Namespace().phase = "one"
        self.manager.named("totals").dict()["north"] = 1
        self.manager.named("squares").dict()[7] = 49
        self.manager.named("renders").TaskPool()
        self.manager.Lock(name="deploy")
        self.manager.Event(name="ready").set()

    def bash(self, line):
        return subprocess.run(["bash", "-o", "pipefail", "-c", line], cwd=self.directory,
                              env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=PATIENCE, check=False)

    def run_example(self, line):
        self.tearDown()
        if " put " not in line:
            self.make_objects()
        others = [threading.Thread(target=self.syncctl, args=("barrier", "start", "-n", "3"))
                  for _ in range(2 if " barrier " in line else 0)]
        for other in others:
            other.start()
        ended = self.bash(line)
        for other in others:
            other.join()
        self.assertEqual((ended.returncode, ended.stderr), (0, ""), line)

    def test_those_of_each_command(self):
        for command in COMMANDS:
            if command == "bench" and not BENCH.exists():
                continue
            for line in examples_of(self.syncctl(command, "--help").stdout):
                with self.subTest(line=line):
                    self.run_example(line)

    def test_those_of_syncctl(self):
        for line in examples_of(self.syncctl("--help").stdout):
            if line != ANOTHER_HOST:
                with self.subTest(line=line):
                    self.run_example(line)

    def test_the_one_of_another_host(self):
        self.assertIn(ANOTHER_HOST, examples_of(self.syncctl("--help").stdout))
        line = ANOTHER_HOST.replace("db1:7000", f"127.0.0.1:{self.daemon.port}")
        line = line.replace("workers.key", self.daemon.key_file)
        self.assertEqual(self.bash(line).returncode, 0)
