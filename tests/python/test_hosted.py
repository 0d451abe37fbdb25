"""Objects of one's own types, hosted by a process of their manager's; pools, and callables."""

import copy
import functools
import multiprocessing
import os
import pickle
import threading
import unittest

import hosted
from hosted import Bank
from support import METHODS, interrupting, run
from syncmanager import HostLost, NoSuchObject, RemoteError, SyncManager
from syncmanager._proxies.host_calls import Door
from syncmanager._proxies.queues import QueueProxy


class HostedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bank = Bank()
        cls.bank.start()

    @classmethod
    def tearDownClass(cls):
        cls.bank.shutdown()

    def test_methods_are_called_where_the_object_is(self):
        account = self.bank.Account(10)
        self.assertEqual([account.add(1), account.add(amount=2)], [11, 13])
        self.assertNotEqual(account.pid(), os.getpid())
        self.assertEqual(str(account), "Account(13)")
        self.assertRegex(repr(account), r"<AutoProxy\[Account\] object, typeid 'Account' at 0x")
        self.assertEqual(copy.deepcopy(self.bank.Numbers([1, 2])), [1, 2])

    def test_errors_are_those_of_the_object(self):
        with self.assertRaises(LookupError) as caught:
            self.bank.Account(3).refuse()
        self.assertEqual(caught.exception.args, ("no such account", 3))

    def test_what_isnt_exposed_isnt_called(self):
        account = self.bank.Account()
        self.assertFalse(hasattr(account, "_secret"))
        with self.assertRaisesRegex(RemoteError, "method '_secret' of <class 'hosted.Account'> "
                                                 "object is not in exposed="):
            account._callmethod("_secret")
        self.assertEqual(self.bank.Closed()._callmethod("_secret"), "secret")

    def test_what_cant_travel_is_said(self):
        account = self.bank.Account()
        self.assertRaisesRegex(RemoteError, "Unserializable message", account.function)
        with self.assertRaisesRegex(RemoteError, "ModuleNotFoundError: not in this process"):
            account.take(hosted.Unknown())
        self.assertRaises((AttributeError, pickle.PicklingError), account.take, lambda: 0)
        self.assertEqual(account.take((1, "two", None)), (1, "two", None))

    def test_a_type_that_isnt_made_is_said(self):
        with self.assertRaisesRegex(RemoteError, "missing|unexpected"):
            self.bank.Account(nothing=1)
        with self.assertRaisesRegex(RemoteError, "KeyError: 'Unheard'"):
            self.bank._create("Unheard")

    def test_proxies_of_ones_own(self):
        self.assertEqual(self.bank.Closed(1).add_twice(2), 5)
        queue = self.bank.QueueAlone()
        queue.put(1)
        self.assertEqual(queue.get(), 1)
        self.assertFalse(hasattr(queue, "qsize"))

    def test_a_namespace_proxy_of_ones_own_class(self):
        account = self.bank.Open(1)
        account.balance += 1
        account.owner = "Bob"
        self.assertEqual((account.add(1), account.balance, account.owner), (3, 3, "Bob"))
        del account.owner
        self.assertFalse(hasattr(account, "owner"))
        self.assertEqual(pickle.loads(pickle.dumps(account)).balance, 3)

    def test_a_singleton_is_one_object(self):
        one, other = self.bank.the_account(), self.bank.the_account()
        self.assertEqual(one._token.id, other._token.id)
        before = one.add(1)
        self.assertEqual(other.add(1), before + 1)

    def test_methods_that_return_proxies(self):
        shelf = self.bank.Shelf()
        second = shelf.account(1)
        del shelf
        self.assertEqual(second.add(10), 11)
        shelf = self.bank.Shelf()
        self.assertEqual(list(shelf.numbers()), [0, 1, 2])
        balances = shelf.balances()
        self.assertEqual((type(balances).__name__, balances[:]), ("ListProxy", [0, 1, 2]))

    def test_the_proxies_of_a_result_know_their_types_without_a_manager(self):
        shelf = pickle.loads(pickle.dumps(self.bank.Shelf()))
        self.assertEqual(shelf.account(2).add(1), 3)
        self.assertEqual(list(shelf.numbers()), [0, 1, 2])

    def test_children_of_every_kind(self):
        account = self.bank.Account()
        for method in METHODS:
            with run(method, hosted.add, account, 5):
                pass
        self.assertEqual(account.add(0), 15)

    def test_a_child_that_is_forked_while_other_threads_have_called(self):
        account, called, over = self.bank.Account(), threading.Event(), threading.Event()

        def call():
            account.add(1)
            called.set()
            over.wait()

        other = threading.Thread(target=call)
        other.start()
        called.wait()
        with run("fork", hosted.add, account, 5):
            pass
        over.set()
        other.join()
        self.assertEqual(account.add(0), 6)

    def test_each_thread_has_a_thread_there(self):
        lock = self.bank.RLockThere()
        self.assertTrue(lock.acquire() and lock.acquire())
        tried = []
        other = threading.Thread(target=lambda: tried.append(lock.acquire(False)))
        other.start()
        other.join()
        self.assertEqual(tried, [False])
        lock.release()
        lock.release()

    def test_a_call_that_was_interrupted_doesnt_answer_the_next_one(self):
        account = self.bank.Account(1)
        with interrupting(account.await_waiting), self.assertRaises(InterruptedError):
            account.wait()
        self.assertEqual(account.add(1), 2)

    def test_an_object_that_ends_its_thread(self):
        account = self.bank.Account()
        self.assertRaises(EOFError, account.leave)
        self.assertEqual(account.add(1), 1)

    def test_what_nobody_understands_hurts_nobody(self):
        callers = QueueProxy(Door.of(self.bank._syncmanager_own.session).callers)
        for nonsense in (None, (1, 2, 3), hosted.Unknown()):
            callers.put(nonsense)
        self.assertEqual(self.bank.Account(1).add(1), 2)


class ReferencesTest(unittest.TestCase):
    def setUp(self):
        self.bank = Bank()
        self.bank.start()

    def tearDown(self):
        self.bank.shutdown()

    def await_objects(self, count):
        while self.bank._number_of_objects() != count:
            os.sched_yield()

    def test_an_object_lives_as_long_as_somebody_refers_to_it(self):
        account = self.bank.Account()
        token = account._token
        box = self.bank.dict(account=account)
        del account
        self.assertEqual(box["account"].add(1), 1)
        self.assertIn("hosted", self.bank._debug_info())
        del box["account"]
        self.await_objects(1)
        with self.assertRaises(NoSuchObject):
            hosted.BaseProxy(token, "pickle")

    def test_a_call_keeps_neither_its_arguments_nor_its_result(self):
        account, shelf = self.bank.Account(), self.bank.Shelf()
        account.take(self.bank.list())
        self.assertRaises(TypeError, account.add, self.bank.dict())
        for call in shelf.account, account.take:
            call(1)
        list(shelf.numbers())
        shelf.balances()
        self.await_objects(2)

    def test_what_a_killed_client_had_goes_with_it(self):
        account, ready = self.bank.Account(), self.bank.Event()
        with run("fork", hosted.hold_for_ever, account, ready) as child:
            ready.wait()
            del account, ready
            self.await_objects(2)
            child.kill()
        self.await_objects(0)


class DeadHostTest(unittest.TestCase):
    def test_calls_end_with_their_host(self):
        bank = Bank()
        with bank:
            account, other = bank.Account(), bank.Account()
            lock = bank.Lock()
            self.assertRaises(HostLost, account.exit)
            self.assertRaises(HostLost, other.add, 1)
            self.assertRaises(HostLost, bank.Account)
            self.assertTrue(lock.acquire(), "What the manager has itself is still there.")

    def test_who_waits_is_told(self):
        with Bank() as bank:
            account = bank.Account()
            ended = []

            def wait():
                try:
                    account.wait()
                except HostLost as error:
                    ended.append(error)

            waiters = [threading.Thread(target=wait) for _ in range(3)]
            for waiter in waiters:
                waiter.start()
            bank._process.kill()
            for waiter in waiters:
                waiter.join()
            self.assertEqual(len(ended), 3)


class PoolTest(unittest.TestCase):
    def test_a_pool_through_the_manager(self):
        with SyncManager() as manager:
            with manager.Pool(2) as pool:
                self.assertEqual(pool.map(hosted.square, range(5)), [0, 1, 4, 9, 16])
                result = pool.apply_async(hosted.square, (7,))
                self.assertEqual(result.get(timeout=10), 49)
                self.assertTrue(result.ready() and result.successful())
                self.assertEqual(list(pool.imap(hosted.square, [1, 2])), [1, 4])
                self.assertEqual(len(multiprocessing.active_children()), 1)
                with self.assertRaises(TypeError):
                    pool.apply(hosted.square, ("x",))
            with self.assertRaisesRegex(ValueError, "Pool not running"):
                pool.map(hosted.square, [1])

    def test_a_bad_pool(self):
        with SyncManager() as manager:
            self.assertRaises(RemoteError, manager.Pool, 0)


class CallablesTest(unittest.TestCase):
    """Code of clients runs in clients."""

    @classmethod
    def setUpClass(cls):
        cls.manager = SyncManager()
        cls.manager.start()

    @classmethod
    def tearDownClass(cls):
        cls.manager.shutdown()

    def test_a_list_is_sorted_by_a_key(self):
        words = self.manager.list(["ccc", "a", "bb"])
        words.sort(key=lambda word: -len(word))
        self.assertEqual(words[:], ["ccc", "bb", "a"])

    def test_a_barriers_action_is_run_once_by_one_of_its_parties(self):
        notes, numbers = self.manager.list(), self.manager.list()
        barrier = self.manager.Barrier(3, functools.partial(hosted.note, notes))
        for _ in range(2):
            with run("fork", hosted.meet, barrier, numbers) as one, \
                    run("spawn", hosted.meet, barrier, numbers) as other:
                hosted.meet(barrier, numbers)
        self.assertEqual(sorted(numbers[:]), [0, 0, 1, 1, 2, 2])
        self.assertEqual(len(notes), 2)
        self.assertIn(notes[1], (os.getpid(), one.pid, other.pid))

    def test_a_barrier_whose_action_fails_is_broken(self):
        barrier = self.manager.Barrier(1, int, 5)
        self.assertEqual(barrier.wait(), 0)
        box = self.manager.list([self.manager.Barrier(1, functools.partial(int, "x"))])
        barrier = box[0]
        self.assertRaises(ValueError, barrier.wait)
        self.assertTrue(barrier.broken)
        self.assertRaises(threading.BrokenBarrierError, barrier.wait)
        barrier.reset()
        self.assertFalse(barrier.broken)


if __name__ == "__main__":
    unittest.main()
