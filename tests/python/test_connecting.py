"""Connecting where no manager answers: CPython's exceptions, at once, with what is wrong and what
to do; and a program that waits for its manager."""

import asyncio
import errno
import os
import pickle
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import syncmanager
from syncmanager import SyncManager, aio, errors
from support import ManagerTest


class Port:
    """A port of this process. `answer` is called with each connection to it; None: nobody listens
    there."""

    def __init__(self, answer=None):
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.address = self._socket.getsockname()
        self.url = "syncmanager://{}:{}".format(*self.address)
        if answer is not None:
            self._socket.listen()
            threading.Thread(target=self._serve, args=(answer,), daemon=True).start()

    def _serve(self, answer):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                answer(connection)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()


def speak_http(connection):
    connection.recv(1)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    while connection.recv(1000):
        pass


def say_nothing(connection):
    while connection.recv(1000):
        pass


class FolderTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def assert_fails(self, connect, kind, number, *words):
        """As `kind`, which has that errno and says these words, within two seconds."""
        began = time.monotonic()
        with self.assertRaises(kind) as caught:
            connect()
        self.assertLess(time.monotonic() - began, 2)
        self.assertIsInstance(caught.exception, OSError)
        self.assertIsInstance(caught.exception, syncmanager.Disconnected)
        self.assertEqual(caught.exception.errno, number)
        for word in words:
            self.assertIn(word, str(caught.exception))
        again = pickle.loads(pickle.dumps(caught.exception))
        self.assertEqual((type(again), str(again)), (type(caught.exception), str(caught.exception)))
        return caught.exception


class NobodyThereTest(FolderTest):
    def test_a_port_where_nobody_listens(self):
        with Port() as port:
            for connect in (SyncManager(port.address, b"key").connect,
                            lambda: syncmanager.connect(port.url, authkey=b"key")):
                self.assert_fails(connect, ConnectionRefusedError, errno.ECONNREFUSED,
                                  "no manager listens there", "syncmanagerd --listen=tcp://")

    def test_a_path_without_a_socket(self):
        path = self.path("none")
        for address in (path, "unix:" + path):
            self.assert_fails(SyncManager(address, b"key").connect, FileNotFoundError,
                              errno.ENOENT, path, "no manager is running there")

    def test_a_socket_whose_manager_has_ended(self):
        path = self.path("stale")
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(path)
        self.assert_fails(SyncManager(path, b"key").connect, ConnectionRefusedError,
                          errno.ECONNREFUSED, "the manager that made this socket has ended")

    def test_a_manager_that_was_shut_down(self):
        with SyncManager(authkey=b"key") as manager:
            queue = manager.Queue()
            gone = SyncManager(manager.address, b"key")
        self.assert_fails(gone.connect, FileNotFoundError, errno.ENOENT, "no manager is running")
        self.assertRaises(syncmanager.Disconnected, queue.put, 1)

    def test_a_host_without_an_address(self):
        failure = self.assert_fails(SyncManager(("no-such-host.invalid", 7), b"key").connect,
                                    socket.gaierror, socket.EAI_NONAME, "no-such-host.invalid")
        self.assertIsInstance(failure, errors.HostNotFound)

    def test_a_scheme_of_another_protocol(self):
        for connect in (SyncManager("http://127.0.0.1:80", b"key").connect,
                        lambda: syncmanager.connect("http://127.0.0.1:80")):
            with self.assertRaisesRegex(ValueError, "http://127.0.0.1:80.*expected unix:/path or"):
                connect()

    def test_another_program(self):
        with Port(speak_http) as port:
            self.assert_fails(SyncManager(port.address, b"key").connect, ConnectionError,
                              errno.EPROTO, "another program than a manager listens there")

    def test_a_program_that_says_nothing(self):
        with Port(say_nothing) as port:
            self.assert_fails(
                lambda: syncmanager.connect(port.url, authkey=b"key", connect_timeout=0.3),
                TimeoutError, errno.ETIMEDOUT, "no answer in time")

    def test_asyncio(self):
        async def connect():
            async with aio.connect(self.path("none"), authkey=b"key"):
                pass

        self.assert_fails(lambda: asyncio.run(connect()), FileNotFoundError, errno.ENOENT)


# A program of its own, as nobody has told it of a manager.
WITHOUT_A_MANAGER = """
import syncmanager
try:
    syncmanager.connect()
except FileNotFoundError as failure:
    print(failure)
"""

OPENS_A_PICKLE = """
import multiprocessing, pickle, sys
multiprocessing.current_process().authkey = b"key"
try:
    pickle.loads(bytes.fromhex(sys.argv[1]))
except ConnectionRefusedError as failure:
    print(failure)
"""


class ElsewhereTest(FolderTest):
    def run_program(self, program, *arguments, **environment):
        done = subprocess.run([sys.executable, "-c", program, *arguments], timeout=60,
                              capture_output=True, text=True, env=os.environ | environment)
        self.assertEqual(done.stderr, "")
        return done.stdout

    def test_connect_without_a_manager_says_how_to_start_one(self):
        said = self.run_program(WITHOUT_A_MANAGER, XDG_RUNTIME_DIR=self.folder)
        self.assertIn(self.path("syncmanager/syncmanager.sock"), said)
        self.assertIn("start one with `syncmanagerd`", said)

    def test_a_pickled_proxy_whose_manager_is_gone(self):
        with SyncManager(("127.0.0.1", 0), authkey=b"key") as manager:
            pickled = pickle.dumps(manager.Queue())
        self.assertIn("no manager listens there", self.run_program(OPENS_A_PICKLE, pickled.hex()))


class WaitingTest(FolderTest):
    def test_a_program_that_waits_for_its_manager_finds_it(self):
        found = []

        def wait():
            found.append(syncmanager.connect(self.path("late"), authkey=b"key",
                                             connect_timeout=30))

        waiting = threading.Thread(target=wait)
        waiting.start()
        with SyncManager(self.path("late"), b"key"):
            waiting.join()
            self.assertTrue(found[0].Queue().empty())


class RefusedTest(ManagerTest):
    def test_a_wrong_key(self):
        with self.assertRaises(syncmanager.AuthenticationError):
            SyncManager(self.manager.address, b"another key").connect()


if __name__ == "__main__":
    unittest.main()
