"""The wheel for other machines than this one: `pip wheel client/python`, as users run it.

Archives of the libraries inside are built from Debian's source packages if build/archives hasn't
them, which takes minutes.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "client" / "python"))

from build_wheel import elf, glibc  # noqa: E402: they are no part of the installed package.

# Names of what the libraries inside have.
INSIDE = re.compile(r"SSL_|CRYPTO_|EVP_|_ZNK?(6google|4absl|6spdlog|3fmt)|_dl_find_object|pidfd")
# In one process with Python's own OpenSSL.
PROGRAM = """
import hashlib, ssl, syncmanager

def work(numbers):
    numbers.put(numbers.get() + 1)

if __name__ == "__main__":
    from multiprocessing import Process
    with syncmanager.Manager() as manager:
        numbers = manager.Queue()
        numbers.put(1)
        child = Process(target=work, args=(numbers,))
        child.start()
        child.join()
        ssl.create_default_context()
        hashlib.sha256(b"").hexdigest()
        print(numbers.get())
        try:
            syncmanager.connect(f"unix:{manager.address}", authkey=b"wrong")
        except syncmanager.AuthenticationError:
            print("refused")
"""


# Without those that name another manager and another package.
VARIABLES = {name: value for name, value in os.environ.items()
             if not name.startswith(("SYNCMANAGER_", "PYTHON"))}


def run(*command):
    ended = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True, env=VARIABLES)
    if ended.returncode != 0:
        raise AssertionError(ended.stdout)
    return ended.stdout


class PortableWheelTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.environment = self.directory / "environment"
        run(sys.executable, "-m", "venv", self.environment)
        self.python = self.environment / "bin" / "python"

    def test_the_wheel_of_the_readme(self):
        run(self.python, "-m", "pip", "wheel", ROOT / "client" / "python", "--no-index",
            "--wheel-dir", self.directory / "wheels")
        (wheel,) = (self.directory / "wheels").iterdir()
        with self.subTest("its tag names a glibc of the last five years"):
            major, minor = re.search(r"-manylinux_(\d+)_(\d+)_", wheel.name).groups()
            self.assertLessEqual((int(major), int(minor)), glibc.BASE)
        with self.subTest("it shows nothing to other libraries"), zipfile.ZipFile(wheel) as content:
            content.extractall(self.directory / "content")
            files = [file for file in (self.directory / "content").rglob("*")
                     if file.suffix == ".so" or file.parent.name == "scripts"]
            self.assertEqual(len(files), 3)
            for file in files:
                shown = [symbol.name for symbol in elf.exported_symbols(file)]
                self.assertFalse([name for name in shown if INSIDE.match(name)], file)
            notices = {notice.stem for notice in (self.directory / "content").rglob("licenses/*")}
            self.assertLessEqual({"abseil", "fmtlib", "openssl", "protobuf", "spdlog"}, notices)
        with self.subTest("it works"):
            run(self.python, "-m", "pip", "install", "--no-index", wheel)
            run(self.python, "-m", "syncmanager")
            program = self.directory / "program.py"
            program.write_text(PROGRAM)
            self.assertEqual(run(self.python, program), "2\nrefused\n")
        with self.subTest("the README's commands work"):
            run(ROOT / "tests" / "install" / "fresh_environment.sh", wheel)


if __name__ == "__main__":
    unittest.main()
