"""How far a build is: the commands' output on stderr, and one line on the terminal below pip's own.

pip shows the output of a build only for `pip -v` and for builds that fail. So the line goes to the
terminal of the process, if it has one, and nothing of it stays there or in a log.
"""

import os
import re
import shutil
import subprocess
import sys

WIDTH = 30
# Ninja begins each of its lines with this, as NINJA_STATUS says.
COUNTED = re.compile(r"\[(\d+)/(\d+)\] ")

# The programs that the build runs, and Debian's packages that have them.
PACKAGES = {
    "cmake": "cmake", "ninja": "ninja-build", "c++": "g++", "readelf": "binutils",
    "protoc": "protobuf-compiler", "apt-get": "apt", "dpkg-query": "dpkg",
    "dpkg-source": "dpkg-dev", "make": "make", "perl": "perl"}


class BuildFailed(SystemExit):
    """Ends the build with a message for its user, without a traceback."""


class Progress:
    """Use as: with Progress() as progress: progress.run("syncmanager", ["cmake", ...])."""

    def __enter__(self):
        self._terminal = _open_terminal()
        return self

    def __exit__(self, *_):
        if self._terminal:
            self._write("")
            self._terminal.close()

    def run(self, label, command, steps=0, **options):
        """Runs the command, and fails with it. `steps`: about how many lines it prints, if it
        counts no steps itself. `options` are those of subprocess.Popen."""
        self.show(label, 0, steps)
        with _started(command, **options) as process:
            for number, line in enumerate(process.stdout, 1):
                sys.stderr.write(line)
                sys.stderr.flush()
                counted = COUNTED.match(line)
                if counted:
                    self.show(label, *map(int, counted.groups()))
                elif steps:
                    self.show(label, min(number, steps), steps)
        if process.returncode != 0:
            raise BuildFailed(f"syncmanager: this failed, with exit status {process.returncode}: "
                              f"{' '.join(map(str, command))}")

    def require(self, program):
        """Fails with the name of Debian's package if this machine hasn't the program."""
        if not shutil.which(program):
            raise BuildFailed(f"syncmanager: the build needs {program}, which is in Debian's "
                              f"package {PACKAGES[program]}; `tools/dev install` installs all that "
                              "it needs")

    def show(self, label, done, steps):
        """Says on the terminal how many of the steps are done. 0 steps: nobody knows how many."""
        if not self._terminal:
            return
        filled = WIDTH * done // steps if steps else 0
        count = f" {done} of {steps}" if steps else ""
        self._write(f"  [{'#' * filled}{' ' * (WIDTH - filled)}] {label}{count}")

    def _write(self, text):
        # Makes room for a line below, keeps the place, writes below, and goes back to the place.
        self._terminal.write(f"\033D\033M\0337\033[B\r\033[2K{text}\0338")
        self._terminal.flush()


def _open_terminal():
    """The terminal of this process, unless its output is there already or it is a dumb one."""
    if sys.stderr.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return None
    try:
        return open("/dev/tty", "w", encoding="utf-8", errors="replace")
    except OSError:
        return None


def _started(command, **options):
    words = [str(word) for word in command]
    print("+", *words, file=sys.stderr, flush=True)
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            errors="replace", **options)
