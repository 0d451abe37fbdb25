"""map(progress=True): what a terminal shows, and what a file or a pipe gets."""

import contextlib
import io
import os
import pty
import re
import sys
import termios
import types
import unittest
import unittest.mock

import work
from syncmanager import Pool
from syncmanager._tasks import progress_bar

SQUARES = [n * n for n in range(50)]
WITHOUT_TQDM = {"tqdm": None}


@contextlib.contextmanager
def terminal():
    """Standard error is a terminal: a function that returns when its screen has got a text that
    matches a pattern."""
    screen, program = pty.openpty()
    termios.tcsetwinsize(program, (24, 80))
    with os.fdopen(program, "w") as stream, contextlib.redirect_stderr(stream):
        yield lambda pattern: read_until(screen, pattern)
    os.close(screen)


def read_until(descriptor, pattern):
    """Reads until the text has `pattern`, because a text may arrive in pieces."""
    text = ""
    while not re.search(pattern, text):
        text += os.read(descriptor, 1 << 16).decode()


class ProgressTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pool = Pool(2)

    @classmethod
    def tearDownClass(cls):
        cls.pool.terminate()
        cls.pool.join()

    def map_squares(self):
        self.assertEqual(self.pool.map(work.square, range(50), progress=True), SQUARES)

    def test_a_terminal_has_one_line_that_is_drawn_again(self):
        with unittest.mock.patch.dict(sys.modules, WITHOUT_TQDM), terminal() as shows:
            self.map_squares()
            shows(r"\r\x1b\[K50/50 \[=+\] 100 %  [\d,]+/s  0 s left")

    def test_a_terminals_line_is_tqdms_if_that_is_installed(self):
        with terminal() as shows:
            self.map_squares()
            shows(r"100%\|.+\| 50/50 \[.+it/s\]")

    def test_a_pipe_gets_whole_lines(self):
        with contextlib.redirect_stderr(io.StringIO()) as pipe:
            self.map_squares()
        self.assertRegex(pipe.getvalue(), r"\A50/50 \[=+\] 100 %  [\d,]+/s  0 s left \n\Z")

    def test_a_pipe_gets_a_line_every_five_seconds(self):
        # Not the module's own function, which the pool's threads use too.
        clock = types.SimpleNamespace(monotonic=iter([0, 2, 6, 7, 11, 12]).__next__)
        with contextlib.redirect_stderr(io.StringIO()) as pipe, \
                unittest.mock.patch.object(progress_bar, "time", clock):
            list(progress_bar.over(iter("abcd"), "abcd"))
        self.assertEqual([line.split()[0] for line in pipe.getvalue().splitlines()],
                         ["2/4", "4/4", "4/4"])

    def test_a_line_says_how_much_is_left(self):
        self.assertEqual(progress_bar.line(1, 4, 2.0),
                         "1/4 [=======>" + " " * 22 + "] 25 %  0/s  6 s left ")


if __name__ == "__main__":
    unittest.main()
