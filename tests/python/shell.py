"""syncctl as a person and as a script run it: in a pty of 80 columns, and in pipes."""

import fcntl
import json
import os
import pathlib
import pty
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unittest

import syncmanager

BUILD = pathlib.Path(os.environ["SYNCMANAGER_BUILD"])
SYNCCTL = str(BUILD / "tools/syncctl/syncctl")
DAEMON = os.environ.get("SYNCMANAGER_DAEMON") or str(BUILD / "manager/syncmanagerd")
PATIENCE = 30


def await_that(holds):
    """Returns when `holds()` is true; fails if that takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError("it never came to that")
        os.sched_yield()


class Daemon:
    """A syncmanagerd on a unix socket and a TCP port, with a key file that has more keys."""

    def __init__(self, *flags):
        self.directory = tempfile.TemporaryDirectory()
        self.key_file = f"{self.directory.name}/keys"
        self.add_key()
        self.process = subprocess.Popen(
            [DAEMON, f"--listen=unix:{self.directory.name}/socket,tcp://127.0.0.1:0",
             f"--authkey-file={self.key_file}", "--log-level=off", "--drain-timeout=0s", *flags],
            stdout=subprocess.PIPE, text=True)
        self.url, tcp, *grpc = self.process.stdout.readline().split()[2:]
        self.port = tcp.rpartition(":")[2]
        self.grpc = grpc[0].removeprefix("grpc://") if grpc else None

    def add_key(self, *flags):
        subprocess.run([SYNCCTL, "keygen", self.key_file, *flags], check=True,
                       stdout=subprocess.DEVNULL)

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.directory.cleanup()


class ShellTest(unittest.TestCase):
    """With a manager for all cases of the class, whose objects each case removes."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon()
        cls.manager = syncmanager.connect(cls.daemon.url, key_file=cls.daemon.key_file)
        cls.environment = os.environ | {"SYNCMANAGER_URL": cls.daemon.url,
                                        "SYNCMANAGER_AUTHKEY_FILE": cls.daemon.key_file}

    @classmethod
    def tearDownClass(cls):
        cls.daemon.end()

    def tearDown(self):
        for line in self.syncctl("ls").stdout.splitlines()[1:]:
            self.syncctl("rm", line.split("  ")[0])

    def start(self, *words, **options):
        """A syncctl in pipes, which is killed after the case if it still runs."""
        defaults = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                    "stderr": subprocess.PIPE, "env": self.environment}
        program = subprocess.Popen([SYNCCTL, *words], **defaults | options)
        self.addCleanup(_end, program)
        return program

    def start_manager(self, socket):
        """A syncmanagerd at that socket, with the key of the class; it is killed after the case."""
        program = subprocess.Popen([DAEMON, f"--listen=unix:{socket}", "--log-level=off",
                                    f"--authkey-file={self.daemon.key_file}"],
                                   stdout=subprocess.PIPE)
        self.addCleanup(_end, program)
        program.stdout.readline()
        return program

    def syncctl(self, *words, **options):
        """Runs syncctl with pipes. Returns its output and its exit code."""
        program = self.start(*words, **options)
        out, err = program.communicate(timeout=PATIENCE)
        return subprocess.CompletedProcess(words, program.returncode, (out or b"").decode(),
                                           (err or b"").decode())

    def on_terminal(self, *words, columns=80):
        """The same on a pty: stdout has both of its outputs."""
        terminal = Terminal(self, [SYNCCTL, *words], columns)
        return subprocess.CompletedProcess(words, terminal.wait(), terminal.output())

    def shell(self, script):
        """A script of bash that knows syncctl."""
        return subprocess.run(["bash", "-c", script], env=self.environment | {"syncctl": SYNCCTL},
                              capture_output=True, text=True, timeout=PATIENCE)

    def await_parked(self, name, calls=1):
        """Blocks until `calls` calls wait on the object of that name."""
        await_that(lambda: self.shown(name).get("parked") == calls)

    def shown(self, name):
        """Returns the output of `show` for an object; empty if there is no such object."""
        return json.loads(self.syncctl("show", name, "--json").stdout or "{}")

    def assert_ends(self, words, code, *said):
        """In a pipe and on a terminal: with that exit code, and each of these in a message."""
        piped = self.syncctl(*words)
        self.assertEqual(piped.returncode, code, piped)
        for text in said:
            self.assertIn(text, piped.stderr)
        self.assertEqual(piped.stdout if code else "", "")
        shown = self.on_terminal(*words)
        self.assertEqual(shown.returncode, code, shown)
        for text in said:
            self.assertIn(text, shown.stdout)


class Terminal:
    """A program as the leader of a session on a pty."""

    def __init__(self, case, words, columns=80):
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

        def take_terminal():
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

        self.program = subprocess.Popen(words, stdin=slave, stdout=slave, stderr=slave,
                                        env=case.environment, preexec_fn=take_terminal)
        os.close(slave)
        self._output = b""
        case.addCleanup(self.close)

    def type(self, text):
        os.write(self._master, text)

    def wait(self):
        """Its exit code; reads what it prints meanwhile."""
        while block := self._read():
            self._output += block
        return self.program.wait(PATIENCE)

    def read_until(self, text):
        """Blocks until the output has `text`, and returns the output so far."""
        while text not in self.output():
            block = self._read()
            if not block:
                raise AssertionError(f"it ended before {text!r}: {self.output()!r}")
            self._output += block
        return self.output()

    def hang_up(self):
        """As when the window is closed."""
        os.close(self._master)
        self._master = os.open("/dev/null", os.O_RDWR)

    def _read(self):
        try:
            return os.read(self._master, 65536)
        except OSError:  # Nobody has the other end any more.
            return b""

    def output(self):
        return self._output.decode().replace("\r\n", "\n")

    def close(self):
        _end(self.program)
        os.close(self._master)


def _end(program):
    if program.poll() is None:
        program.send_signal(signal.SIGKILL)
        program.wait()
    for pipe in (program.stdin, program.stdout, program.stderr):
        if pipe is not None:
            pipe.close()
