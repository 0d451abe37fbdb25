"""The command line of syncmanagerd: what it answers and with which exit code."""

import subprocess
import unittest

from shell import DAEMON, PATIENCE, SYNCCTL


def daemon(*flags):
    return subprocess.run([DAEMON, *flags], capture_output=True, text=True, timeout=PATIENCE,
                          check=False)


class DaemonFlagsTest(unittest.TestCase):
    def test_help_names_every_flag(self):
        helped = daemon("--help")
        self.assertEqual((helped.returncode, helped.stderr), (0, ""))
        for flag in ("--listen", "--authkey-file", "--max-total-bytes", "--help", "--version"):
            self.assertIn(f"  {flag}\n", helped.stdout)
        self.assertIn("default: 10s", helped.stdout)

    def test_the_version_is_that_of_syncctl(self):
        said = daemon("--version")
        self.assertEqual((said.returncode, said.stderr), (0, ""))
        syncctl = subprocess.run([SYNCCTL, "--version"], capture_output=True, text=True, check=True)
        self.assertEqual(said.stdout.split()[1], syncctl.stdout.split()[1])

    def test_what_is_wrong_is_named(self):
        for flags, named in ((["--lisen=unix:/x"], "--lisen"), (["serve"], '"serve"'),
                             (["-v"], '"-v"'), (["--listen"], "--listen lacks its value"),
                             (["--spin-us=fast"], "--spin-us=fast"),
                             (["--no-listen"], "--no-listen"),
                             (["--max-sessions=-1"], "--max-sessions=-1"),
                             (["--session-timeout=5"], "--session-timeout=5"),
                             (["--session-timeout=1ms"], "--session-timeout=1ms"),
                             (["--log-level=loud"], "loud"),
                             (["--server-id="], "--server-id")):
            said = daemon(*flags)
            self.assertEqual(said.returncode, 2, said)
            self.assertIn(named, said.stderr)
            self.assertEqual(said.stderr.count("\n"), 1, said.stderr)

    def test_flags_in_every_spelling(self):
        for flags in (["--max_sessions=7"], ["--max-sessions", "7"], ["--log_json"],
                      ["--log-json=false"], ["--nolog-json"]):
            # The last flag is wrong, so that it ends.
            self.assertIn('"stop"', daemon(*flags, "stop").stderr)
