"""A program's own manager: its limits, its addresses, and its log, which never blocks."""

import errno
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import unittest

import syncmanager
from support import SOON
from syncmanager import SyncManager
from syncmanager._managers import own_manager
from syncmanager._session import sessions
from syncmanager._session.operations import registry


class LimitTest(unittest.TestCase):
    def test_a_program_may_have_as_many_anonymous_objects_as_it_likes(self):
        with syncmanager.Manager() as manager:
            locks = [manager.Lock() for _ in range(10_001)]
            self.assertEqual(manager._number_of_objects(), len(locks))

    def test_an_object_may_have_a_quarter_of_the_memory_and_all_together_half(self):
        memory = min(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"), 8 << 30)
        program = subprocess.run(
            [sys.executable, "-c", """
import syncmanager
from syncmanager._session.operations import registry
with syncmanager.Manager() as manager:
    print(registry.stats(manager._syncmanager_own.session.registry(), None)["bytes_limit"])
"""], capture_output=True, text=True, check=True, timeout=SOON,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory)))
        self.assertLessEqual(int(program.stdout), memory // 2)

    def test_limits_that_are_given_are_kept(self):
        with syncmanager.Manager(limits={"objects": 20, "object_bytes": 1000}) as manager:
            queue = manager.Queue()
            with self.assertRaisesRegex(syncmanager.LimitExceeded, "limit of 20 objects"):
                manager.list([manager.Lock() for _ in range(20)])
            with self.assertRaisesRegex(syncmanager.LimitExceeded, "more than 1000 bytes"):
                queue.put(b"x" * 990)

    def test_a_limit_that_there_is_not_is_named(self):
        with self.assertRaisesRegex(ValueError, "'objcts' is no limit.*objects"):
            syncmanager.Manager(limits={"objcts": 2})
        with self.assertRaisesRegex(ValueError, "'objects' is 0; expected 1 or more"):
            syncmanager.Manager(limits={"objects": 0})
        with self.assertRaises(TypeError):
            syncmanager.Manager(limits={"objects": "many"})
        with self.assertRaisesRegex(syncmanager.SyncManagerError, "expected at most 2147352576"):
            syncmanager.Manager(limits={"value_bytes": 1 << 40})

    def test_each_limit_is_a_flag_of_the_manager(self):
        program = subprocess.run([os.environ["SYNCMANAGER_DAEMON"], "--help"],
                                 capture_output=True, text=True)
        flags = {line.split()[0].replace("-", "_") for line in program.stdout.splitlines()
                 if line.strip().startswith("--max-")}
        self.assertEqual(flags, {f"__max_{name}" for name in own_manager.LIMITS})


USE = """
import os, sys, syncmanager
with syncmanager.Manager() as manager:
    queue = manager.Queue()
    queue.put("parent")
    if os.fork() == 0:
        queue.put("child")
        os._exit(0)
    os.wait()
    print(queue.get(), queue.get(), os.path.dirname(manager._process.unix))
"""
ODD_NAMES = ("a b", "a,b", "a,unix", "ö日", "100%", "a%20b", "a?b", "a#b", "a:b", "'\"\\", "a=b&c",
             "[x]", "~a", "-a")


class PathTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(dir="/tmp")
        self.addCleanup(shutil.rmtree, self.folder)

    def use(self, **environment):
        program = subprocess.run([sys.executable, "-c", USE], capture_output=True, text=True,
                                 env={**os.environ, **environment}, timeout=SOON, cwd="/")
        self.assertEqual((program.returncode, program.stderr), (0, ""), environment)
        parent, child, directory = program.stdout.split(" ", 2)
        self.assertEqual((parent, child), ("parent", "child"))
        return directory.strip()

    def test_a_temporary_directory_may_have_any_name(self):
        for name in ODD_NAMES:
            with self.subTest(name):
                place = os.path.join(self.folder, name)
                os.mkdir(place)
                self.assertTrue(self.use(TMPDIR=place).startswith(f"unix:{place}/syncmanager-"))
                self.assertEqual(os.listdir(place), [])

    def test_the_next_place_is_taken_where_one_cannot_be_used(self):
        a_file = os.path.join(self.folder, "file")
        open(a_file, "w").close()
        long = os.path.join(self.folder, "x" * 100)
        os.mkdir(long)
        for place in (os.path.join(self.folder, "none"), a_file, long, "a\nb"):
            with self.subTest(place):
                self.assertTrue(self.use(TMPDIR=place, TEMP="", TMP="").startswith(
                    "unix:/tmp/syncmanager-"))
                self.assertTrue(self.use(TMPDIR=place, TEMP=self.folder).startswith(
                    f"unix:{self.folder}/syncmanager-"))

    def test_a_socket_may_have_any_name(self):
        for name in ODD_NAMES:
            with self.subTest(name):
                address = os.path.join(self.folder, name)
                with SyncManager(address, authkey=b"key") as manager:
                    manager.Queue(name="jobs").put("job")
                    session = sessions.connect("unix:" + address, b"key", fresh=True)
                    self.assertEqual(len(registry.list(
                        session.registry(), None, "jobs", 0, False)["objects"]), 1)

    def test_a_path_that_is_too_long_for_a_socket_is_refused_with_the_reason(self):
        address = os.path.join(self.folder, "x" * 108)
        with self.assertRaisesRegex(syncmanager.SyncManagerError, "the system takes 107"):
            SyncManager(address, authkey=b"key").start()

    def test_an_address_that_is_taken_is_named_in_the_exception(self):
        address = os.path.join(self.folder, "socket")
        with SyncManager(address, authkey=b"key"):
            with self.assertRaisesRegex(
                    syncmanager.SyncManagerError,
                    f"{address}: another program listens there") as caught:
                SyncManager(address, authkey=b"key").start()
        self.assertIsInstance(caught.exception, OSError)
        self.assertEqual(caught.exception.errno, errno.EADDRINUSE)


class LogTest(unittest.TestCase):
    def test_a_standard_error_that_nobody_reads_stops_nobody(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        daemon = subprocess.Popen(
            [os.environ["SYNCMANAGER_DAEMON"], f"--listen=unix:{folder}/socket", "--log-json",
             f"--authkey-file={self.key_file(folder, 'key')}", "--log-level=debug"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        daemon.stdout.readline()
        daemon.stdout.close()
        # A line of 800 bytes each. The pipe takes 64 KiB, and 256 KiB may wait.
        for _ in range(500):
            sessions.connect(f"unix:{folder}/socket", key_file=f"{folder}/key",
                             name="\x01" * 128).close()
        with syncmanager.connect(f"unix:{folder}/socket", key_file=f"{folder}/key") as manager:
            queue = manager.Queue()
            queue.put("item", timeout=SOON)
            self.assertEqual(queue.get(timeout=SOON), "item")
        daemon.terminate()
        log = daemon.stderr.read()
        self.assertEqual(daemon.wait(), 0)
        daemon.stderr.close()
        self.assertRegex(log, r'"message":"\d+ lines of the log were dropped')

    @staticmethod
    def key_file(folder, name):
        path = os.path.join(folder, name)
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(sessions.key_line(name.encode()) + "\n")
        return path


if __name__ == "__main__":
    unittest.main()
