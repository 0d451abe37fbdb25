"""Connections: each connect() is one of its own, and what leads other processes to a manager."""

import asyncio
import contextlib
import copy
import os
import pickle
import queue
import subprocess
import sys
import tempfile
import threading
import unittest

import syncmanager
from hosted import Bank
from support import METHODS, ManagerTest, run
from syncmanager import AuthenticationError, Disconnected, SyncManager, aio, connect


def put(queue, item):
    queue.put(item)


def put_all(proxies, item):
    for proxy in proxies:
        proxy.put(item)


def add_to(account, amount):
    account.add(amount)


def connect_and_put(address, authkey, item):
    manager = SyncManager(address, authkey)
    manager.connect()
    manager.Queue(name="jobs").put(item)


# Two connections and a forked child, by a key that only the environment has.
BY_ENVIRONMENT = """
import os, syncmanager
with syncmanager.connect() as first, syncmanager.connect() as second:
    jobs = second.Queue(name="jobs")
    first.Queue(name="jobs").put(1)
    if os.fork() == 0:
        jobs.put(2)
        os._exit(0)
    os.wait()
    print(jobs.get(), jobs.get())
"""


class TwoConnectionsTest(ManagerTest):
    """A program that connects twice: for itself, and a library of its for its own."""

    def connection(self, **options):
        return connect(self.manager.address, authkey=self.manager._authkey, **options)

    def test_the_end_of_one_ends_nothing_of_the_other(self):
        first = self.connection()
        jobs = first.Queue()
        taken = []
        waiter = threading.Thread(target=lambda: taken.append(jobs.get(timeout=60)))
        waiter.start()
        self.await_waiting(jobs)
        with self.connection() as second:
            second.Event().set()
        jobs.put("item")
        waiter.join()
        self.assertEqual(taken, ["item"])
        self.assertTrue(first.Queue().empty())

    def test_the_end_of_one_ends_its_own(self):
        first, second = self.connection(), self.connection()
        jobs = first.Queue(name="reliable jobs", reliable=True)
        jobs.put("job")
        with second:
            theirs = second.Queue(name="reliable jobs", reliable=True)
            self.assertEqual(theirs.get(), "job")
            lock = second.Lock(name="released", release_on_exit=True)
            lock.acquire()
            self.assertRaises(queue.Empty, jobs.get_nowait)
        self.assertEqual(jobs.get(timeout=60), "job")
        self.assertTrue(first.Lock(name="released", release_on_exit=True).acquire(timeout=60))
        self.assertRaises(Disconnected, theirs.qsize)

    def test_each_has_options_of_its_own(self):
        first, second = self.connection(pickle=False), self.connection()
        jobs = second.Queue(name="of options")
        jobs.put(ArithmeticError)
        with self.assertRaises(syncmanager.values.PickleRefused):
            first.Queue(name="of options").get()

    def test_a_copy_belongs_to_the_connection_of_what_was_copied(self):
        first, second = self.connection(), self.connection()
        lock = first.RLock()
        with second:
            others = pickle.loads(pickle.dumps(second.Queue()))
        for same in (lock, copy.copy(lock), pickle.loads(pickle.dumps(lock))):
            self.assertTrue(same.acquire(False))
        self.assertRaises(Disconnected, others.qsize)

    def test_what_comes_from_elsewhere_outlives_every_connection(self):
        with self.connection() as connection:
            pickled = pickle.dumps(self.connection().Queue(name="kept"))
            entries = connection.Queue(name="kept")
            arrived = pickle.loads(pickled)
            entries.put("item")
        self.assertEqual(arrived.get(), "item")

    def test_for_asyncio_too(self):
        async def main():
            async with self.asynchronous() as first:
                jobs = await first.Queue()
                async with self.asynchronous() as second:
                    await (await second.Event()).set()
                await jobs.put("item")
                return await jobs.get()

        self.assertEqual(asyncio.run(main()), "item")

    def asynchronous(self):
        return aio.connect(self.manager.address, authkey=self.manager._authkey)

    def test_a_connection_ends_with_its_last_proxy(self):
        jobs = self.manager.Queue(name="abandoned", reliable=True)
        jobs.put("job")
        theirs = self.connection().Queue(name="abandoned", reliable=True)
        self.assertEqual(theirs.get(), "job")
        del theirs
        self.assertEqual(jobs.get(timeout=60), "job")


class KeyFileTest(ManagerTest):
    """Proxies of programs that have the key as a file, or by the environment."""

    @classmethod
    def setUpClass(cls):
        cls.manager = SyncManager(authkey=b"not the process's own")
        cls.manager.start()

    def assert_reaches_children(self, connection):
        jobs = connection.Queue(name="jobs")
        inner = connection.list([jobs])[0]
        for method in METHODS:
            with self.subTest(method):
                with run(method, put_all, [jobs, inner], method):
                    self.assertEqual([jobs.get(timeout=60), jobs.get(timeout=60)], [method] * 2)

    def test_proxies_of_a_key_file_reach_children(self):
        self.assert_reaches_children(
            connect(self.manager.address, key_file=self.manager.key_file))

    def test_proxies_of_a_key_reach_children(self):
        self.assert_reaches_children(
            connect(self.manager.address, authkey=self.manager._authkey))

    def test_proxies_of_the_managers_owner_reach_children(self):
        self.assert_reaches_children(self.manager)

    def test_proxies_of_the_environment_reach_children(self):
        os.environ["SYNCMANAGER_AUTHKEY_FILE"] = self.manager.key_file
        os.environ["SYNCMANAGER_URL"] = "unix:" + self.manager.address
        try:
            self.assert_reaches_children(connect())
        finally:
            del os.environ["SYNCMANAGER_AUTHKEY_FILE"], os.environ["SYNCMANAGER_URL"]

    def test_a_key_in_the_environment_is_there_for_all_of_a_process(self):
        with open(self.manager.key_file) as file:
            environment = {**os.environ, "SYNCMANAGER_AUTHKEY": file.read().strip(),
                           "SYNCMANAGER_URL": "unix:" + self.manager.address}
        done = subprocess.run([sys.executable, "-c", BY_ENVIRONMENT], env=environment, timeout=60,
                              capture_output=True, text=True)
        self.assertEqual((done.stdout, done.stderr), ("1 2\n", ""))

    def test_hosted_objects_of_a_key_file_reach_children(self):
        with Bank(authkey=b"of the bank") as bank:
            client = Bank(bank.address, key_file=bank.key_file)
            client.connect()
            account = client.Account()
            for method in METHODS:
                with self.subTest(method), run(method, add_to, account, 1) as child:
                    pass
                self.assertEqual(child.exitcode, 0)
            self.assertEqual(account.add(0), 3)

    def test_workers_get_the_key_file_too(self):
        manager = connect(self.manager.address, key_file=self.manager.key_file)
        jobs = manager.Queue()
        with syncmanager.Executor(1, manager=manager) as executor:
            executor.submit(put, jobs, "from a worker").result(60)
        self.assertEqual(jobs.get_nowait(), "from a worker")


class EmptyKeyTest(unittest.TestCase):
    """b"" is a key as any other; None is none."""

    def test_a_manager_and_its_clients_may_have_an_empty_key(self):
        with SyncManager(authkey=b"") as manager:
            jobs = manager.Queue(name="jobs")
            for method in METHODS:
                with self.subTest(method):
                    with run(method, connect_and_put, manager.address, b"", method):
                        self.assertEqual(jobs.get(timeout=60), method)
                    with run(method, put, jobs, method):
                        self.assertEqual(jobs.get(timeout=60), method)
            with connect(manager.address, authkey=b"") as client:
                self.assertTrue(client.Queue(name="jobs").empty())
            with syncmanager.Pool(1, manager=manager) as pool:
                self.assertEqual(pool.apply(abs, (-1,)), 1)

    def test_an_empty_key_opens_no_other_manager(self):
        with SyncManager(authkey=b"key") as manager, self.key_of_the_environment(manager):
            for client in (SyncManager(manager.address, b""), Bank(manager.address, b"")):
                self.assertRaises(AuthenticationError, client.connect)
            self.assertRaises(AuthenticationError, connect, manager.address, authkey=b"")
            self.assertTrue(connect(manager.address).Queue().empty())

    def test_for_asyncio_too(self):
        async def is_empty(**key):
            async with aio.connect(manager.address, **key) as client:
                return await (await client.Queue()).empty()

        with SyncManager(authkey=b"") as manager:
            self.assertTrue(asyncio.run(is_empty(authkey=b"")))
        with SyncManager(authkey=b"key") as manager, self.key_of_the_environment(manager):
            with self.assertRaises(AuthenticationError):
                asyncio.run(is_empty(authkey=b""))
            self.assertTrue(asyncio.run(is_empty()))

    @contextlib.contextmanager
    def key_of_the_environment(self, manager):
        os.environ["SYNCMANAGER_AUTHKEY_FILE"] = manager.key_file
        try:
            yield
        finally:
            del os.environ["SYNCMANAGER_AUTHKEY_FILE"]


class PublicAddressTest(unittest.TestCase):
    def test_a_pickle_leads_other_hosts_to_the_network_and_children_to_the_socket(self):
        with SyncManager(("127.0.0.1", 0)) as manager:
            jobs = manager.Queue(name="jobs")
            self.assertEqual(jobs._token.address, manager.address)
            with tempfile.TemporaryDirectory() as directory:
                file = os.path.join(directory, "pickle")
                with open(file, "wb") as to:
                    pickle.dump(jobs, to)
                done = subprocess.run(
                    [sys.executable, "-c", f"import pickle, multiprocessing, syncmanager\n"
                     f"multiprocessing.current_process().authkey = {bytes(manager._authkey)!r}\n"
                     f"jobs = pickle.load(open({file!r}, 'rb'))\njobs.put(1)\n"
                     "print(jobs._syncmanager_reference.session.url.partition(':')[0])"],
                    capture_output=True, text=True, timeout=60)
            self.assertEqual((done.stdout, done.stderr), ("unix\n", ""))
            self.assertEqual(jobs.get_nowait(), 1)


if __name__ == "__main__":
    unittest.main()
