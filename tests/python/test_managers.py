"""Managers of one's own types: how they start, serve, and end."""

import multiprocessing
import os
import subprocess
import sys
import threading
import unittest
from multiprocessing import managers

import hosted
from hosted import Bank
from support import METHODS, ManagerTest, run
from syncmanager import HostLost, ProcessError, RemoteError, SyncManager
from syncmanager.managers import BaseManager

# The remote manager of CPython's manual, but for the import, and its port, which is printed.
SERVER = """
from syncmanager.managers import BaseManager
from queue import Queue
queue = Queue()
class QueueManager(BaseManager): pass
QueueManager.register('get_queue', callable=lambda:queue)
m = QueueManager(address=('', 0), authkey=b'abracadabra')
s = m.get_server()
print(s.address[1], flush=True)
s.serve_forever()
"""
PUTTER = """
from syncmanager.managers import BaseManager
class QueueManager(BaseManager): pass
QueueManager.register('get_queue')
m = QueueManager(address=('127.0.0.1', {port}), authkey=b'abracadabra')
m.connect()
queue = m.get_queue()
queue.put('hello')
"""


class RemoteManagerTest(unittest.TestCase):
    def setUp(self):
        self.server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE)
        self.port = int(self.server.stdout.readline())

    def tearDown(self):
        self.server.kill()
        self.server.wait()
        self.server.stdout.close()

    def client(self, authkey=b"abracadabra"):
        class QueueManager(BaseManager):
            pass

        QueueManager.register("get_queue")
        manager = QueueManager(("127.0.0.1", self.port), authkey)
        manager.connect()
        return manager

    def test_the_queue_of_the_manual(self):
        subprocess.run([sys.executable, "-c", PUTTER.format(port=self.port)], check=True)
        queue = self.client().get_queue()
        self.assertEqual(queue.get(), "hello")
        self.assertRaisesRegex(RemoteError, "KeyError: 'put_all'", queue._callmethod, "put_all")

    def test_two_proxies_are_of_the_same_queue(self):
        manager = self.client()
        one, other = manager.get_queue(), manager.get_queue()
        self.assertEqual(one._token.id, other._token.id)
        one.put("item")
        self.assertEqual(other.get(), "item")

    def test_a_wrong_key_is_refused(self):
        with self.assertRaises(multiprocessing.AuthenticationError):
            self.client(b"abracadabrb")

    def test_a_client_has_no_shutdown(self):
        self.assertFalse(hasattr(self.client(), "shutdown"))

    def test_whoever_waits_is_told_that_the_server_was_killed(self):
        queue = self.client().get_queue()
        killer = threading.Timer(0.05, self.server.kill)
        killer.start()
        with self.assertRaises((HostLost, EOFError)):
            queue.get()
        killer.join()


class LifeTest(unittest.TestCase):
    """The life of a manager, with CPython's messages."""

    def test_a_manager_starts_once(self):
        manager = Bank()
        with self.assertRaisesRegex(AssertionError, "server not yet started"):
            manager.Account()
        with manager:
            for again in (manager.start, manager.get_server):
                self.assertRaisesRegex(ProcessError, "Already started server", again)
        manager.shutdown()
        for again in (manager.start, manager.get_server, manager.__enter__):
            self.assertRaisesRegex(ProcessError, "Manager has shut down", again)
        manager.join()

    def test_one_child_at_most_and_none_for_what_the_manager_has(self):
        with SyncManager() as manager:
            manager.list([1]).append(manager.Lock())
            self.assertEqual(multiprocessing.active_children(), [])
        with Bank() as bank:
            self.assertEqual([child.name.partition("-")[0] for child in
                              multiprocessing.active_children()], ["Bank"])
            self.assertEqual(bank.Account().pid(), multiprocessing.active_children()[0].pid)
        self.assertEqual(multiprocessing.active_children(), [])
        self.assertEqual(bank._process.exitcode, 0)

    def test_every_start_method(self):
        for method in METHODS:
            with self.subTest(method):
                with Bank(ctx=multiprocessing.get_context(method)) as bank:
                    self.assertEqual(bank.Account(5).add(1), 6)

    def test_registered_types_are_those_of_the_class_and_what_it_is_derived_from(self):
        class Branch(Bank):
            pass

        Branch.register("Vault", list)
        self.assertIn("Account", Branch._registry)
        self.assertNotIn("Vault", Bank._registry)
        self.assertFalse(hasattr(hosted.Empty, "Account"))

    def test_an_address_of_the_network_is_final_after_the_start(self):
        class Queues(BaseManager):
            pass

        Queues.register("get_queue", hosted.queue.Queue)
        with Queues(("127.0.0.1", 0), b"abc") as manager:
            self.assertGreater(manager.address[1], 0)
            with run("spawn", hosted.connect_and_put, manager.address, b"abc", 1) as child:
                pass
            self.assertEqual(child.exitcode, 0)

    def test_keys_are_bytes(self):
        self.assertRaises(TypeError, Bank, authkey="text")
        self.assertRaises(KeyError, Bank, serializer="json")

    def test_an_initializer_runs_where_the_objects_are(self):
        self.assertRaisesRegex(TypeError, "initializer must be a callable", Bank().start, 1)
        with SyncManager() as manager:
            notes = manager.list()
            bank = Bank()
            bank.start(hosted.note, (notes,))
            with bank:
                self.assertEqual(notes[:], [bank.Account().pid()])

    def test_a_host_that_fails_to_start_leaves_nothing(self):
        bank = Bank()
        with self.assertRaises(EOFError):
            bank.start(os._exit, (1,))
        self.assertEqual(multiprocessing.active_children(), [])

    def test_a_forked_child_that_drops_its_manager_doesnt_end_it(self):
        with Bank() as bank:
            account = bank.Account()
            child = os.fork()
            if child == 0:
                bank.__dict__.clear()
                os._exit(0)
            os.waitpid(child, 0)
            self.assertEqual(account.add(1), 1)

    def test_a_type_that_the_manager_doesnt_know_is_said_as_by_multiprocessing(self):
        for kind in (SyncManager, managers.SyncManager):
            with kind() as manager:
                with self.assertRaisesRegex(managers.RemoteError, "KeyError: 'Account'"):
                    manager._create("Account")


class OldSpellingTest(ManagerTest):

    def test_most_deliveries_is_understood_with_a_warning(self):
        with self.assertWarnsRegex(DeprecationWarning, "max_deliveries"):
            once = self.manager.Queue(reliable=True, most_deliveries=1)
        once.put("a")
        once.take().nack()
        once.join()


if __name__ == "__main__":
    unittest.main()
