"""Proxies that are sent in pickles, and dropped by their sender before somebody opens those."""

import multiprocessing
import os
import pickle
import signal
import unittest

from hosted import Bank
from support import METHODS, run
from syncmanager import NoSuchObject, SyncManager, _native
from syncmanager._session import sessions
from syncmanager._session.operations import registry


class Holder:
    """A class of the program, with a proxy in it."""

    def __init__(self, proxy):
        self.proxy = proxy


# ---- Children.

def use_when_told(gate, sent, results):
    gate.wait()
    numbers, account = sent.get(timeout=30)
    results.put((numbers[:], account.add(1)))


def use(gate, numbers, account, results):
    gate.wait()
    results.put((numbers[:], account.add(1)))


def send_and_end(bank, sent, killed):
    """REQUIRES: forked."""
    client = Bank(*bank)
    client.connect()
    sent.send((client.list([1]), client.Account(5)))
    if killed:
        os.kill(os.getpid(), signal.SIGKILL)


class InFlightTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bank = Bank(authkey=multiprocessing.current_process().authkey)
        cls.bank.start()

    @classmethod
    def tearDownClass(cls):
        cls.bank.shutdown()

    def test_through_a_queue_of_multiprocessing(self):
        for method in METHODS:
            with self.subTest(method):
                context = multiprocessing.get_context(method)
                sent, results, gate = context.Queue(), context.Queue(), self.bank.Event()
                with run(method, use_when_told, gate, sent, results):
                    sent.put((self.bank.list([1]), self.bank.Account(5)))
                    gate.set()
                    self.assertEqual(results.get(timeout=30), ([1], 6))

    def test_as_arguments_of_a_process_that_is_spawned(self):
        for method in ("spawn", "forkserver"):
            with self.subTest(method):
                results, gate = multiprocessing.get_context(method).Queue(), self.bank.Event()
                with run(method, use, gate, self.bank.list([1]), self.bank.Account(5), results):
                    gate.set()
                    self.assertEqual(results.get(timeout=30), ([1], 6))

    def test_from_a_process_that_has_ended(self):
        for killed in (False, True):
            with self.subTest(killed=killed):
                receiver, sender = multiprocessing.Pipe(duplex=False)
                bank = self.bank.address, bytes(self.bank._authkey)
                with run("fork", send_and_end, bank, sender, killed) as child:
                    pass
                self.assertEqual(child.exitcode, -signal.SIGKILL if killed else 0)
                numbers, account = receiver.recv()
                self.assertEqual((numbers[:], account.add(1)), ([1], 6))

    def test_a_pickle_keeps_its_object_until_it_is_opened(self):
        for kind in (self.bank.list, self.bank.Account):
            proxy = kind()
            before = self.bank._number_of_objects()
            pickled = pickle.dumps(proxy)
            del proxy
            self.assertEqual(self.bank._number_of_objects(), before - 1)
            proxy = pickle.loads(pickled)
            self.assertEqual(self.bank._number_of_objects(), before)
            del proxy
            self.assertEqual(self.bank._number_of_objects(), before - 1)
            self.assertRaises(NoSuchObject, pickle.loads, pickled)

    def test_a_pickle_that_nobody_opens_is_forgotten(self):
        hasty = _native.OwnManager(
            program=os.environ["SYNCMANAGER_DAEMON"], listen=[], key=sessions.key_line(b"hasty"),
            flags=["--in-flight-timeout=100ms"])
        manager = SyncManager(hasty.addresses[0], b"hasty")
        manager.connect()
        pickled = pickle.dumps(manager.list([1]))
        root = manager._syncmanager_registry()
        while registry.stats(root, None)["objects"] > 0:
            os.sched_yield()
        self.assertRaises(NoSuchObject, pickle.loads, pickled)
        hasty.stop(1)

    def test_each_pickle_is_opened(self):
        account = self.bank.Account(5)
        pickles = [pickle.dumps(account) for _ in range(3)]
        del account
        self.assertEqual([pickle.loads(pickled).add(1) for pickled in pickles], [6, 7, 8])

    def test_what_is_stored_in_the_manager_keeps_the_proxies_in_it(self):
        box = self.bank.list([Holder(self.bank.Account(5)), Holder(self.bank.list([1]))])
        self.assertEqual([box[0].proxy.add(1) for _ in range(2)], [6, 7])
        self.assertEqual([box[1].proxy[:] for _ in range(2)], [[1], [1]])


if __name__ == "__main__":
    unittest.main()
