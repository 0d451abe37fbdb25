"""How the manager of a program ends, however its owner does, and what it leaves behind: nothing."""

import glob
import multiprocessing
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from multiprocessing import connection

import syncmanager
from support import SOON, await_that, ended, run, state_of
from syncmanager import SyncManager
from syncmanager._session import sessions

QUICKLY = 3  # Seconds on a busy machine: less than others wait for calls under way.


def wait_in(blocking, told):
    """Tells what the call that waits raised."""
    try:
        blocking()
    except EOFError as error:
        told.put(type(error).__name__)


class EndTest(unittest.TestCase):
    def setUp(self):
        self.context = multiprocessing.get_context("fork")
        self.told = self.context.SimpleQueue()

    def started(self, blocking):
        child = self.context.Process(target=wait_in, args=(blocking, self.told), daemon=True)
        child.start()
        return child

    def waiting_in(self, manager):
        """A child for each way of waiting, when all of them wait."""
        lock = manager.Lock()
        lock.acquire()
        calls = {manager.Queue(): "get", manager.Event(): "wait", lock: "acquire",
                 manager.Barrier(2): "wait", manager.Semaphore(0): "acquire"}
        children = [self.started(getattr(proxy, call)) for proxy, call in calls.items()]
        for proxy in calls:
            self.assertTrue(await_that(
                lambda: syncmanager.inspect(proxy)["summary"]["parked"] == 1))
        return children

    def assert_told(self, children):
        for child in children:
            child.join(SOON)
            self.assertEqual(child.exitcode, 0)
            self.assertIn(self.told.get(), ("Draining", "SessionLost"))

    def test_shutdown_takes_no_time_and_those_who_wait_are_told(self):
        manager = syncmanager.Manager()
        children = self.waiting_in(manager)
        began = time.monotonic()
        manager.shutdown()
        self.assertLess(time.monotonic() - began, QUICKLY)
        self.assert_told(children)

    def test_the_end_of_with_takes_no_time(self):
        with syncmanager.Manager() as manager:
            children = self.waiting_in(manager)
            began = time.monotonic()
        self.assertLess(time.monotonic() - began, QUICKLY)
        self.assert_told(children)

    def test_a_client_that_is_stopped_keeps_the_end_waiting_for_a_second_at_most(self):
        manager = syncmanager.Manager()
        children = self.waiting_in(manager)
        for child in children:
            os.kill(child.pid, signal.SIGSTOP)
            self.assertTrue(await_that(lambda: state_of(child.pid) == "T"))
        began = time.monotonic()
        manager.shutdown()
        self.assertLess(time.monotonic() - began, QUICKLY)
        for child in children:
            os.kill(child.pid, signal.SIGCONT)
        self.assert_told(children)

    def test_a_manager_that_hangs_is_killed_when_the_patience_is_over(self):
        manager = syncmanager.Manager()
        os.kill(manager._process.pid, signal.SIGSTOP)
        began = time.monotonic()
        manager._process.close(0.1)
        self.assertLess(time.monotonic() - began, QUICKLY)
        self.assertTrue(ended(manager._process.pid))

    def test_a_program_whose_daemons_wait_ends_at_once(self):
        program = subprocess.Popen([sys.executable, "-c", """
import syncmanager
from multiprocessing import get_context
manager = syncmanager.Manager()
queue = manager.Queue()
for _ in range(2):
    get_context("fork").Process(target=queue.get, daemon=True).start()
while syncmanager.inspect(queue)["summary"]["parked"] < 2:
    pass
print("ready", flush=True)
"""], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        program.stdout.readline()
        began = time.monotonic()
        self.assertEqual(program.wait(SOON), 0)
        self.assertLess(time.monotonic() - began, QUICKLY)
        program.stdout.close()

    def test_nobody_can_connect_to_a_server_whose_process_has_ended(self):
        for _ in range(10):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                address = probe.getsockname()
            server = subprocess.Popen([sys.executable, "-c", """
import signal, sys, syncmanager
manager = syncmanager.SyncManager(("127.0.0.1", int(sys.argv[1])), authkey=b"key")
manager.start()
print("ready", flush=True)
signal.pause()
""", str(address[1])], stdout=subprocess.PIPE)
            server.stdout.readline()
            server.kill()
            server.wait()
            server.stdout.close()
            with self.assertRaises((ConnectionError, syncmanager.AuthenticationError)):
                sessions.connect(address, b"key", fresh=True, connect_timeout=0.2)


OWNER = """
import os, signal, sys, syncmanager
manager = syncmanager.Manager()
manager.Queue().put(1)
print(manager._process.pid, flush=True)
if sys.argv[1:] == ["exit"]:
    os._exit(0)
signal.pause()
"""


class InheritanceTest(unittest.TestCase):
    def test_it_has_no_descriptor_of_its_owner_but_standard_error(self):
        reader, writer = os.pipe()
        os.set_inheritable(writer, True)
        self.addCleanup(os.close, reader)
        with syncmanager.Manager() as manager:
            os.close(writer)
            readable, _, _ = select.select([reader], [], [], SOON)
            self.assertEqual(readable, [reader], "the manager has the other end")
            here = {os.readlink(name) for name in glob.glob("/proc/self/fd/*")
                    if os.path.islink(name)}
            # But for standard error and the lifeline.
            there = {os.readlink(name)
                     for name in glob.glob(f"/proc/{manager._process.pid}/fd/*")
                     if os.path.basename(name) not in ("2", "3")}
            shared = {name for name in here & there if name.startswith(("pipe:", "socket:"))}
            self.assertEqual(shared, set())

    def test_a_spawned_child_with_a_manager_is_joined_when_it_has_ended(self):
        with run("spawn", end_with_a_manager) as child:
            self.assertTrue(await_that(lambda: ended(child.pid)))
            self.assertEqual(connection.wait([child.sentinel], QUICKLY), [child.sentinel])


def end_with_a_manager():
    syncmanager.Manager()


class LitterTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def assert_nothing_left(self):
        self.assertTrue(await_that(lambda: not os.listdir(self.folder)), os.listdir(self.folder))

    def test_nothing_is_left_however_its_owner_ends(self):
        def start(*arguments):
            program = subprocess.Popen(
                [sys.executable, "-c", OWNER, *arguments], stdout=subprocess.PIPE, text=True,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "TMPDIR": self.folder}, start_new_session=True)
            manager = int(program.stdout.readline())
            program.stdout.close()
            return program, manager

        ends = {"SIGTERM": lambda program: program.terminate(),
                "SIGKILL": lambda program: program.kill(),
                "SIGKILL to the group": lambda program: os.killpg(program.pid, signal.SIGKILL),
                "SIGINT": lambda program: program.send_signal(signal.SIGINT)}
        for name, end in ends.items():
            with self.subTest(name):
                program, manager = start()
                end(program)
                program.wait()
                self.assert_nothing_left()
                self.assertTrue(await_that(lambda: ended(manager)))
        with self.subTest("os._exit"):
            program, manager = start("exit")
            program.wait()
            self.assert_nothing_left()
            self.assertTrue(await_that(lambda: ended(manager)))

    def test_no_lock_file_stays_beside_a_socket_that_was_asked_for(self):
        address = os.path.join(self.folder, "socket")
        with SyncManager(address, authkey=b"key") as manager:
            self.assertEqual(manager.address, address)
        self.assert_nothing_left()

    def test_a_manager_that_is_killed_leaves_nothing_when_its_owner_ends(self):
        program = subprocess.run([sys.executable, "-c", """
import os, signal, syncmanager
manager = syncmanager.Manager()
os.kill(manager._process.pid, signal.SIGKILL)
manager.shutdown()
"""], env={**os.environ, "TMPDIR": self.folder}, timeout=SOON)
        self.assertEqual(program.returncode, 0)
        self.assert_nothing_left()


if __name__ == "__main__":
    unittest.main()
