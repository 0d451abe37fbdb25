"""Names: what programs of multiprocessing import, look at, and call their own."""

import multiprocessing
import multiprocessing.managers
import os
import pathlib
import signal
import unittest

import syncmanager
import syncmanager.managers
from hosted import Account
from support import ManagerTest
from syncmanager.managers import BaseManager, NamespaceProxy, SyncManager

THEIRS = multiprocessing.managers
OURS = syncmanager.managers
# What a manager and a proxy of CPython's get as they are made.
OF_MANAGERS = {"_Client", "_Listener", "_address", "_authkey", "_ctx", "_process", "_running",
               "_serializer", "_shutdown_timeout", "_state", "shutdown"}
# What only a caller reads, so a program's own name may take its place.
FOR_CALLERS = {"_objects"}
OF_PROXIES = {"_Client", "_authkey", "_close", "_id", "_idset", "_isauto", "_manager",
              "_owned_by_manager", "_serializer", "_tls", "_token"}
TAKEN_BY_PROGRAMS = ("_name", "_session", "_running", "_end", "_hosts", "_make", "_whole", "_root",
                     "_key_file", "_connecting", "_objects", "_queue", "_reference", "_type",
                     "_process", "key_file", "named", "NATIVE")


def private(names):
    return {name for name in names
            if name.startswith("_") and not (name.startswith("__") and name.endswith("__"))}


def classes():
    """Pairs of the classes that both have."""
    for name in dir(THEIRS):
        theirs, ours = getattr(THEIRS, name), getattr(OURS, name)
        if isinstance(theirs, type) and ours is not theirs:
            yield theirs, ours


class ModuleTest(unittest.TestCase):
    def test_every_name_of_multiprocessings_module_can_be_imported(self):
        self.assertEqual(set(dir(THEIRS)) - set(dir(OURS)), set())
        from syncmanager.managers import (  # noqa: F401
            Array, BaseListProxy, Server, SharedMemoryManager, State, all_methods,
            convert_to_error, dispatch, listener_client, public_methods)
        with self.assertRaisesRegex(AttributeError, "'syncmanager.managers'.* 'Managr'"):
            OURS.Managr

    def test_every_class_has_what_multiprocessings_has(self):
        for theirs, ours in classes():
            with self.subTest(theirs.__name__):
                self.assertEqual(set(dir(theirs)) - set(dir(ours)), set())

    def test_what_is_private_here_has_a_prefix(self):
        for theirs, ours in classes():
            known = set(dir(theirs)) | FOR_CALLERS | (
                OF_PROXIES if issubclass(ours, THEIRS.BaseProxy) else OF_MANAGERS)
            with self.subTest(theirs.__name__):
                self.assertEqual([name for name in private(dir(ours)) - known
                                  if not name.startswith("_syncmanager_")], [])

    def test_proxy_types_stand_in_annotations(self):
        self.assertEqual(OURS.ValueProxy[int].__args__, (int,))


class ObjectsTest(ManagerTest):
    def test_managers_and_proxies_are_multiprocessings(self):
        self.assertIsInstance(self.manager, THEIRS.SyncManager)
        for proxy, theirs in ((self.manager.dict(), THEIRS.DictProxy),
                              (self.manager.list(), THEIRS.ListProxy),
                              (self.manager.Namespace(), THEIRS.NamespaceProxy),
                              (self.manager.Value("i", 0), THEIRS.ValueProxy),
                              (self.manager.Array("i", [1]), THEIRS.ArrayProxy),
                              (self.manager.Lock(), THEIRS.AcquirerProxy),
                              (self.manager.Condition(), THEIRS.ConditionProxy),
                              (self.manager.Event(), THEIRS.EventProxy),
                              (self.manager.Barrier(1), THEIRS.BarrierProxy),
                              (self.manager.Queue(), THEIRS.BaseProxy)):
            self.assertIsInstance(proxy, theirs)

    def test_attributes_that_are_set_here_have_a_prefix_too(self):
        for thing, known in ((self.manager, OF_MANAGERS), (self.manager.Lock(), OF_PROXIES),
                             (self.manager.Barrier(1, print), OF_PROXIES)):
            self.assertEqual([name for name in private(vars(thing)) - known
                              if not name.startswith("_syncmanager_")], [])

    def test_a_proxy_knows_its_manager_and_token(self):
        entries = self.manager.dict()
        self.assertIs(entries._manager, self.manager)
        self.assertEqual(entries._token.address, self.manager.address)
        self.assertEqual((entries._token.typeid, entries._token.id), ("dict", entries._id))
        self.assertEqual(entries._authkey, self.manager._authkey)

    def test_a_namespace_may_have_any_attribute(self):
        shared = self.manager.Namespace(add=1)
        shared.compare_and_set = 2
        self.assertEqual((shared.add, shared.compare_and_set), (1, 2))
        counts = self.manager.Namespace(jobs=1)
        self.assertEqual(counts.add("jobs", 2), 3)


class ProcessTest(unittest.TestCase):
    def test_the_managers_process_is_looked_at_and_ended(self):
        manager = syncmanager.Manager()
        process = manager._process
        self.assertTrue(process.is_alive())
        self.assertIsNone(process.exitcode)
        os.kill(process.pid, 0)
        process.kill()
        process.join(30)
        self.assertEqual((process.is_alive(), process.exitcode), (False, -signal.SIGKILL))

    def test_an_ended_manager_has_left_in_order(self):
        with syncmanager.Manager() as manager:
            pass
        self.assertEqual((manager._process.is_alive(), manager._process.exitcode), (False, 0))


class AddressTest(unittest.TestCase):
    def test_an_address_is_a_path_that_exists(self):
        with SyncManager() as manager:
            self.assertTrue(pathlib.Path(manager.address).is_socket())
            client = SyncManager(manager.address, manager._authkey)
            client.connect()
            self.assertEqual(client.address, manager.address)
            self.assertEqual(syncmanager.connect(
                "unix:" + manager.address, authkey=manager._authkey).address, manager.address)

    def test_or_the_final_pair_of_host_and_port(self):
        for host, final in (("127.0.0.1", "127.0.0.1"), ("localhost", "127.0.0.1"),
                            ("", "0.0.0.0")):
            with SyncManager((host, 0)) as manager, self.subTest(host):
                self.assertEqual(manager.address[0], final)
                queue = manager.Queue()
                self.assertEqual(queue._token.address, manager.address)
                client = SyncManager(manager.address)
                client.connect()
                self.assertTrue(client.Queue().empty())


class Taken:
    """A program's class that has attributes of these names."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in TAKEN_BY_PROGRAMS:
            setattr(self, name, "the program's own")


class TakenManager(Taken, SyncManager):
    pass


class TakenBase(BaseManager):
    _name = _hosts = _objects = _root = _LATE = NATIVE = "the program's own"


class Labels(Taken, NamespaceProxy):
    def doubled(self):
        return 2 * self.balance


TakenManager.register("Account", Account)
TakenBase.register("Account", Account)
TakenBase.register("Labels", Account, Labels)


class OnesOwnNamesTest(unittest.TestCase):
    def test_a_manager_with_attributes_of_its_program(self):
        with TakenManager() as manager:
            one, other = manager.dict(a=1), manager.dict()
            self.assertEqual((dict(one), dict(other)), ({"a": 1}, {}))
            self.assertTrue(manager.Queue().empty())
            self.assertEqual(manager.Account(5).add(1), 6)
            self.assertEqual(manager.Pool(1).apply(abs, (-1,)), 1)
            self.assertEqual(manager._number_of_objects() > 0, True)
            self.assertEqual({getattr(manager, name) for name in TAKEN_BY_PROGRAMS},
                             {"the program's own"})

    def test_a_manager_class_with_attributes_of_its_program(self):
        with TakenBase() as manager:
            self.assertEqual(manager.Account(5).add(1), 6)
            self.assertEqual(manager._hosts, "the program's own")

    def test_a_class_of_ones_own_of_the_same_name(self):
        class SyncManager(syncmanager.SyncManager):
            def __init__(self):
                super().__init__()
                self.__queue = self.__running = self.__name = "the program's own"

        with SyncManager() as manager:
            self.assertTrue(manager.Queue().empty())

    def test_a_proxy_class_with_attributes_of_its_program(self):
        with TakenBase() as manager:
            labels = manager.Labels(5)
            self.assertEqual(labels.doubled(), 10)
            labels.balance = 7
            self.assertEqual(labels.doubled(), 14)
            self.assertEqual(labels._type, "the program's own")

    def test_a_proxy_class_of_multiprocessings_calls_its_bases(self):
        class Counting(THEIRS.BaseProxy):
            _exposed_ = ("add",)

            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                self.calls = 0

            def _callmethod(self, *args, **kwargs):
                self.calls += 1
                return super()._callmethod(*args, **kwargs)

            def add(self, amount):
                return self._callmethod("add", (amount,))

        class Counted(SyncManager):
            pass

        Counted.register("Account", Account, Counting)
        with Counted(ctx=multiprocessing.get_context("fork")) as manager:
            account = manager.Account(1)
            self.assertEqual((account.add(1), account.calls), (2, 1))
            self.assertIsInstance(account, Counting)


if __name__ == "__main__":
    unittest.main()
