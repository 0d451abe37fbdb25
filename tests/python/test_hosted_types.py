"""Types of a program's own behind the proxies of multiprocessing: both packages do the same."""

import multiprocessing
import threading
import unittest
from multiprocessing import managers as theirs

from syncmanager import managers as ours


class Settings:
    """Has attributes that are called as methods of this package's proxies."""

    add = 1

    def __init__(self):
        self.fence = 2


def manager_of(package):
    class Manager(package.BaseManager):
        """Hosts the builtin types, and Settings."""

    class Ledger(package.ListProxy):
        def first(self):
            return self[0]

    Manager.register("List", list, package.ListProxy)
    Manager.register("Ledger", list, Ledger)
    Manager.register("Dict", dict, package.DictProxy)
    Manager.register("Array", bytearray, package.ArrayProxy)
    Manager.register("Lock", threading.Lock, package.AcquirerProxy)
    Manager.register("Settings", Settings, package.NamespaceProxy)
    Manager.register("Views", dict, exposed=("keys", "values", "items", "update"))
    Manager.register("Iterator", proxytype=package.IteratorProxy, create_method=False)
    return Manager(ctx=multiprocessing.get_context("fork"))


class HostedTypesTest(unittest.TestCase):
    def assertSame(self, use):
        results = []
        for package in (theirs, ours):
            with manager_of(package) as manager:
                results.append(use(manager))
        self.assertEqual(*results)

    def test_lists(self):
        def use(manager):
            numbers = manager.List([3, 1, 2])
            seen = [list(numbers), [*numbers], sorted(numbers), max(numbers), numbers * 2,
                    numbers + [4], list(reversed(numbers)), 1 in numbers]
            numbers *= 2
            numbers += [7]
            numbers[1:3] = []
            return (*seen, type(numbers).__name__, numbers[:], hasattr(numbers, "add"),
                    hasattr(numbers, "compare_and_set"))

        self.assertSame(use)

    def test_a_proxy_derived_from_that_of_lists(self):
        def use(manager):
            ledger = manager.Ledger([5])
            ledger += [6]
            return ledger.first(), list(ledger), type(ledger).__name__

        self.assertSame(use)

    def test_dicts(self):
        def use(manager):
            ages = manager.Dict(Ann=30)
            ages.update(Bob=40)
            return (sorted(ages), ages.keys(), ages.items(), ages.pop("Ann"), ages.setdefault("C"),
                    hasattr(ages, "compare_and_set"))

        self.assertSame(use)

    def test_arrays(self):
        def use(manager):
            letters = manager.Array(b"abc")
            letters[0] = 100
            return list(letters), len(letters), letters[1:], hasattr(letters, "typecode")

        self.assertSame(use)

    def test_locks(self):
        def use(manager):
            lock = manager.Lock()
            with lock:
                held = lock.acquire(False)
            return held, lock.acquire(False), hasattr(lock, "fence"), hasattr(lock, "abandoned")

        self.assertSame(use)

    def test_attributes_that_are_called_as_methods_of_proxies(self):
        def use(manager):
            settings = manager.Settings()
            settings.add += 10
            return settings.add, settings.fence, hasattr(settings, "compare_and_set")

        self.assertSame(use)

    def test_results_that_multiprocessing_pickles_in_its_own_way(self):
        def use(manager):
            views = manager.Views(a=1)
            return views.keys(), views.values(), views.items()

        self.assertSame(use)


if __name__ == "__main__":
    unittest.main()
