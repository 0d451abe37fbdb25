"""The command line of syncmanagerd: what it answers and with which exit code."""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest

from shell import DAEMON, PATIENCE, SYNCCTL, Daemon

GROUPS = ["Addresses", "Keys", "TLS", "Sessions", "Limits", "Log", "Process",
          "For the program that starts it", "Others", "Examples"]


def daemon(*flags):
    return subprocess.run([DAEMON, *flags], capture_output=True, text=True, timeout=PATIENCE,
                          check=False)


class DaemonFlagsTest(unittest.TestCase):
    def refuses(self, flags, *parts):
        """Starts it with these flags, and expects one line of error with these parts."""
        said = daemon(*flags)
        self.assertEqual((said.returncode, said.stdout), (2, ""), said)
        self.assertRegex(said.stderr, r"\Asyncmanagerd: [^\n]+; see --help\n\Z")
        for part in parts:
            self.assertIn(part, said.stderr)

    def test_help_names_every_flag(self):
        helped = daemon("--help")
        self.assertEqual((helped.returncode, helped.stderr), (0, ""))
        for flag in ("--listen ADDRESS", "--authkey-file FILE", "--max-total-bytes SIZE",
                     "--config FILE", "-h, --help", "--version"):
            self.assertIn(f"\n  {flag}\n", helped.stdout)
        self.assertEqual(re.findall(r"^(\w.*):$", helped.stdout, re.MULTILINE), GROUPS)
        for default in ("10s", "5min", "50us", "256MiB", "1GiB", "4096", "unix:", "info"):
            self.assertIn(f"(default: {default})", " ".join(helped.stdout.split()))

    def test_help_fits_into_80_columns(self):
        self.assertLessEqual(max(map(len, daemon("--help").stdout.splitlines())), 80)

    def test_help_comes_before_what_is_wrong(self):
        for flags in (["-h"], ["--max-objects=x", "--help"], ["--help", "--lisen"],
                      ["--config=/none", "--help"]):
            self.assertEqual(daemon(*flags).returncode, 0, flags)

    def test_the_version_is_that_of_syncctl(self):
        said = daemon("--version")
        self.assertEqual((said.returncode, said.stderr), (0, ""))
        syncctl = subprocess.run([SYNCCTL, "--version"], capture_output=True, text=True, check=True)
        self.assertRegex(said.stdout, r"\Asyncmanagerd \d+\.\d+\.\d+\n\Z")
        self.assertEqual(said.stdout.split()[1], syncctl.stdout.split()[1])

    def test_a_flag_that_there_is_not_is_named(self):
        self.refuses(["--lisen=unix:/x"], "there is no flag --lisen (did you mean --listen?)")
        self.refuses(["--max_objcts", "3"], "--max-objcts (did you mean --max-objects?)")
        self.refuses(["--nothing-like-it"], "there is no flag --nothing-like-it;")
        self.refuses(["--no-listen"], "there is no flag --no-listen;")
        self.refuses(["-v"], "there is no flag -v")
        self.refuses(["serve"], '"serve" is no flag')
        self.refuses([""], '"" is no flag')
        self.refuses(["--log-json", "false"], '"false" is no flag')

    def test_a_wrong_value_is_named_with_what_was_expected(self):
        for word, expected in (("--listen=", "an address, as in unix:/run/jobs.sock"),
                               ("--authkey-file=", "the path of a file"),
                               ("--server-id=", "a name of 1 to 64 characters"),
                               ("--server-id=" + "x" * 65, "a name of 1 to 64 characters"),
                               ("--tls=ssl", "psk or mutual"),
                               ("--log-level=loud", "debug, info, warn, error or off"),
                               ("--log-json=", "true or false"),
                               ("--log-json=maybe", "true or false"),
                               ("--max-sessions=-1", "a whole number, 0 or more"),
                               ("--max-sessions=0x10", "a whole number, 0 or more"),
                               ("--ready-fd=-1", "a whole number from 0 to 2147483647"),
                               ("--session-timeout=1ms", "a duration from 100ms to 1d"),
                               ("--session-timeout=25h", "a duration from 100ms to 1d"),
                               ("--drain-timeout=soon", "a duration from 0s to 1d, as in 10s"),
                               ("--spin=51us", "a duration from 0s to 50us"),
                               ("--max-total-bytes=-1", "a size, as in 256MiB"),
                               ("--max-total-bytes=1.5", "a size, as in 256MiB"),
                               ("--max-value-bytes=2GiB", "at most 2147352576 bytes")):
            name, value = word.split("=")
            self.refuses([word], f"{name}: expected {expected}", f'not "{value}"')
        self.refuses(["--listen"], "--listen lacks its value")

    def test_values_that_are_right(self):
        for flag, values in (("--session-timeout", ("10s", "10", "500ms", "1min", "2h", "0.5")),
                             ("--drain-timeout", ("0", "1d")), ("--spin", ("0", "50us")),
                             ("--max-total-bytes", ("1000", "256MiB", "1.5GiB", "1GB")),
                             ("--server-id", ("a_b", "--max_objects=x")), ("--tls", ("psk",)),
                             ("--log-level", ("off",)), ("--authkey-fd", ("3",))):
            for value in values:
                # The last word is wrong, so that it ends.
                self.refuses([flag, value, "stop"], '"stop" is no flag')
                self.refuses([f"{flag}={value}", "stop"], '"stop" is no flag')

    def test_flags_in_every_spelling(self):
        for flags in (["--max_sessions=7"], ["--max-sessions", "7"], ["--log_json"],
                      ["--log-json=false"], ["--no-log-json"]):
            self.refuses([*flags, "stop"], '"stop" is no flag')

    def test_the_owner_reads_errors_from_standard_output(self):
        for flags, named in ((["--owned-directory=/tmp/x"], "needs --lifeline-fd"),
                             (["--lisen", "--owned_directory", "/tmp/x"], "--lisen"),
                             (["--owned-directory="], "the path of a directory")):
            said = daemon(*flags)
            self.assertEqual((said.returncode, said.stderr), (2, ""))
            self.assertIn(named, said.stdout)


class RunningDaemonTest(unittest.TestCase):
    """Settings of managers that start."""

    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = place.name
        subprocess.run([SYNCCTL, "keygen", f"{self.place}/key"], check=True, capture_output=True)

    def file(self, text):
        path = f"{self.place}/manager.toml"
        pathlib.Path(path).write_text(text)
        return path

    def start(self, *flags):
        """Starts it with these flags and ends it. Returns its addresses and its log."""
        program = subprocess.Popen(
            [DAEMON, "--drain-timeout=0", f"--authkey-file={self.place}/key", *flags],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        addresses = program.stdout.readline().split()[2:]
        program.terminate()
        _, log = program.communicate(timeout=PATIENCE)
        self.assertEqual(program.returncode, 0, log)
        return [address.removeprefix(f"unix:{self.place}/") for address in addresses], log

    def bytes_allowed(self, *flags):
        """Returns how many bytes all objects may have in a manager with these flags."""
        running = Daemon(*flags)
        self.addCleanup(running.end)
        stats = subprocess.run([SYNCCTL, "--url", running.url, "--key-file", running.key_file,
                                "stats", "--json"], capture_output=True, text=True, check=True)
        return json.loads(stats.stdout)["bytes_limit"]

    def test_listen_may_be_given_several_times(self):
        addresses, _ = self.start(f"--listen=unix:{self.place}/a,unix:{self.place}/b,c",
                                  "--listen", f"unix:{self.place}/d")
        self.assertEqual(addresses, ["a", "b,c", "d"])

    def test_durations(self):
        listen = f"--listen=unix:{self.place}/a"
        for word, milliseconds in (("10s", 10_000), ("20", 20_000), ("500ms", 500),
                                   ("1min", 60_000), ("2h", 7_200_000), ("0.5", 500)):
            _, log = self.start(listen, f"--session-timeout={word}")
            self.assertIn(f"session timeout {milliseconds} ms", log)

    def test_sizes(self):
        for word, number in (("256MiB", 256 << 20), ("1000", 1000), ("1.5GiB", 3 << 29),
                             ("1GB", 10**9)):
            self.assertEqual(self.bytes_allowed(f"--max-total-bytes={word}"), number)

    def test_a_file_has_flags(self):
        path = self.file(f"""
# Comments and empty lines are passed over.
listen = ["unix:{self.place}/a#1",  # one
          'unix:{self.place}/b,2',
]
session_timeout = 20s # two
log-json = true
authkey-file = "{self.place}/key"
""")
        addresses, log = self.start("--config", path)
        self.assertEqual(addresses, ["a#1", "b,2"])
        self.assertIn("session timeout 20000 ms", json.loads(log.splitlines()[-3])["message"])
        self.assertEqual(self.bytes_allowed(f"--config={self.file('max-total-bytes = 64KiB')}"),
                         65536)

    def test_the_command_line_comes_before_the_file(self):
        path = self.file(f"""
listen = unix:{self.place}/a
session-timeout = "20s"
log-json = true
""")
        for place in (0, 3):
            flags = ["--session-timeout=30s", f"--listen=unix:{self.place}/b", "--no-log-json"]
            flags.insert(place, f"--config={path}")
            addresses, log = self.start(*flags)
            self.assertEqual(addresses, ["b"])
            self.assertIn("session timeout 30000 ms", log)
            self.assertNotIn("{", log)

    def test_what_is_wrong_in_a_file_is_named_with_its_line(self):
        for text, line, error in (
                ("max-objcts = 3", 1, "there is no flag --max-objcts (did you mean --max-obj"),
                ("\n\nmax-objects = x", 3, 'max-objects: expected a whole number, 0 or more, not'),
                ("max-objects = 3\nmax_objects = 3", 2, "max-objects is there twice"),
                ("max-objects = [3, 4]", 1, "max-objects: expected one value, not a list"),
                ("max-objects = 3 4", 1, "max-objects: expected one value"),
                ("max-objects", 1, "expected FLAG = VALUE"),
                ("max-objects =", 1, "expected a value"),
                ("[server]", 1, "a file has no [sections]"),
                ('listen = "unix:', 1, 'a text lacks its second "'),
                ('listen = "a\\n"', 1, 'expected " or \\ after \\'),
                ("listen = []", 1, "expected a list with at least one value"),
                ("listen = [unix:\nlog-json = true", 2, "expected , or ]"),
                ("session-timeout = 1ms", 1, "session-timeout: expected a duration from 100ms"),
                ("max-total-bytes = '1 apple'", 1, "max-total-bytes: expected a size, as in"),
                ("log-json = yes", 1, 'log-json: expected true or false, not "yes"'),
                ("config = x", 1, "--config is for the command line, not for a file"),
                ("owned-directory = x", 1, "--owned-directory is for the command line")):
            path = self.file(text)
            said = daemon("--config", path)
            self.assertEqual((said.returncode, said.stdout), (2, ""), said)
            self.assertIn(f"syncmanagerd: {path}:{line}: {error}", said.stderr)
            self.assertEqual(said.stderr.count("\n"), 1, said.stderr)

    def test_a_file_that_cannot_be_read_is_named(self):
        for path, why in ((f"{self.place}/none", "No such file"), (self.place, "is a directory")):
            said = daemon(f"--config={path}")
            self.assertEqual(said.returncode, 2)
            self.assertRegex(said.stderr, rf"\Asyncmanagerd: --config: [^\n]*{why}[^\n]*\n\Z")
            self.assertIn(path, said.stderr)


if __name__ == "__main__":
    unittest.main()
