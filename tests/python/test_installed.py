"""The package outside of the tree: installed by CMake, and as a wheel in a virtual environment."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["SYNCMANAGER_BUILD"])
PROGRAM = """
import pathlib, syncmanager
from syncmanager import Manager
from syncmanager._managers import own_manager

if __name__ == "__main__":
    print(pathlib.Path(syncmanager.__file__).parent)
    print(own_manager._program())
    with Manager() as manager:
        queue = manager.Queue()
        queue.put("hello")
        print(queue.get())
"""


def run(*command, **variables):
    """Runs the command with only these environment variables, and returns its output."""
    ended = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True,
                           env={"PATH": os.environ["PATH"], **variables})
    if ended.returncode != 0:
        raise AssertionError(ended.stdout)
    return ended.stdout


class InstalledTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.program = self.directory / "program.py"
        self.program.write_text(PROGRAM)

    def assert_runs(self, python, below, program, **variables):
        package, daemon, said = run(python, self.program, **variables).splitlines()
        self.assertEqual(pathlib.Path(package).name, "syncmanager")
        self.assertTrue(package.startswith(str(below)), package)
        self.assertEqual(daemon, str(program))
        self.assertEqual(said, "hello")

    def assert_has_types(self, packages):
        for file in ("py.typed", "__init__.pyi", "aio/__init__.pyi", "_proxies/queues.pyi"):
            self.assertTrue((packages / "syncmanager" / file).exists(), file)

    def test_cmake_installs_it_with_its_manager(self):
        prefix = self.directory / "prefix"
        run("cmake", "--install", BUILD, "--component", "python", "--strip", "--prefix", prefix)
        (packages,) = prefix.glob("lib*/**/dist-packages")
        self.assert_has_types(packages)
        self.assert_runs(sys.executable, packages, prefix / "bin" / "syncmanagerd",
                         PYTHONPATH=str(packages))

    def test_its_wheel_works_in_a_virtual_environment(self):
        wheels, environment = self.directory / "wheels", self.directory / "environment"
        run(sys.executable, "-m", "pip", "wheel", ROOT / "client" / "python",
            "--no-build-isolation", "--no-deps", "--no-index", "--wheel-dir", wheels,
            "--config-settings", f"build={BUILD}", HOME=str(self.directory))
        (wheel,) = wheels.glob("syncmanager-*.whl")
        run(sys.executable, "-m", "venv", "--without-pip", environment)
        python = environment / "bin" / "python"
        run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index",
            wheel, HOME=str(self.directory))
        (packages,) = environment.glob("lib/*/site-packages")
        self.assert_has_types(packages)
        self.assert_runs(python, packages, packages / "syncmanager" / "bin" / "syncmanagerd")


if __name__ == "__main__":
    unittest.main()
