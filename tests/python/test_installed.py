"""The package outside of the tree: installed by CMake, and as a wheel in a virtual environment."""

import base64
import csv
import email
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import unittest
import zipfile

import syncmanager

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["SYNCMANAGER_BUILD"])
VERSION = syncmanager.__version__
PROGRAM = """
import pathlib, syncmanager
from syncmanager import Manager
from syncmanager._managers import programs

if __name__ == "__main__":
    print(pathlib.Path(syncmanager.__file__).parent)
    print(programs.manager())
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

    def test_its_wheel_in_a_new_virtual_environment(self):
        environment = self.directory / "environment"
        run(sys.executable, "-m", "venv", environment)
        before = files_below(environment)
        python, commands = environment / "bin" / "python", environment / "bin"
        wheel = self.wheel_made_by(python, f"build={BUILD}")
        run(python, "-m", "pip", "install", "--no-index", "--no-compile", wheel)

        (packages,) = environment.glob("lib/*/site-packages")
        self.assert_has_types(packages)
        self.assert_runs(python, packages, commands / "syncmanagerd", PYTHONDONTWRITEBYTECODE="1")
        for command in "syncctl", "syncmanagerd":
            self.assertEqual(run(commands / command, "--version"), f"{command} {VERSION}\n")
        report = run(python, "-m", "syncmanager", PYTHONDONTWRITEBYTECODE="1")
        self.assertRegex(report, f"(?m)^syncctl +{re.escape(VERSION)} {commands / 'syncctl'}$")

        run(python, "-m", "pip", "uninstall", "--yes", "syncmanager")
        self.assertEqual(files_below(environment), before)

    def wheel_made_by(self, python, *settings):
        wheels = self.directory / "wheels"
        run(python, "-m", "pip", "wheel", ROOT / "client" / "python", "--no-index",
            "--wheel-dir", wheels, *(f"--config-settings={setting}" for setting in settings),
            HOME=str(self.directory))
        (wheel,) = wheels.iterdir()
        self.assert_wheel(wheel)
        return wheel

    def assert_wheel(self, path):
        stem, tag = re.fullmatch(r"(syncmanager-[^-]+)-(.+)\.whl", path.name).groups()
        with zipfile.ZipFile(path) as wheel:
            content = {name: wheel.read(name) for name in wheel.namelist()}
        dist_info = f"{stem}.dist-info"
        for name in f"{stem}.data/scripts/syncctl", "syncmanager/py.typed", f"{dist_info}/LICENSE":
            self.assertIn(name, content)
        self.assertIn(f"Tag: {tag}\n".encode(), content[f"{dist_info}/WHEEL"])
        said = email.message_from_bytes(content[f"{dist_info}/METADATA"])
        self.assertEqual((said["Name"], said["Version"], said["License"], said["Requires-Python"]),
                         ("syncmanager", VERSION, "Apache-2.0", ">=3.9"))
        self.assertEqual(said.get_payload(), (ROOT / "client" / "README.md").read_text())
        rows = list(csv.reader(content[f"{dist_info}/RECORD"].decode().splitlines()))
        self.assertEqual({row[0] for row in rows}, set(content))
        for name, digest, size in rows[:-1]:
            sha256 = base64.urlsafe_b64encode(hashlib.sha256(content[name]).digest()).decode()
            self.assertEqual((digest, size), (f"sha256={sha256.rstrip('=')}",
                                              str(len(content[name]))))

    def test_its_sources_have_the_backend_where_pip_looks_for_it(self):
        said = run(sys.executable, "-c", f"import build_wheel; build_wheel.build_sdist("
                   f"{str(self.directory)!r})", PYTHONPATH=str(ROOT / "client" / "python"),
                   PYTHONDONTWRITEBYTECODE="1")
        self.assertEqual(said, "")
        stem = f"syncmanager-{VERSION}"
        with tarfile.open(self.directory / f"{stem}.tar.gz") as archive:
            names = archive.getnames()
            settings = archive.extractfile(f"{stem}/pyproject.toml").read().decode()
        self.assertIn('backend-path = ["client/python"]', settings)
        for name in ("PKG-INFO", "CMakeLists.txt", "client/python/build_wheel/__init__.py"):
            self.assertTrue(f"{stem}/{name}" in names, name)


def files_below(folder):
    return {path for path in folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts}


if __name__ == "__main__":
    unittest.main()
