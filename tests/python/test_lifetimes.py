"""How long managers live: as long as somebody has them, or a proxy of theirs."""

import asyncio
import copy
import gc
import multiprocessing
import os
import pickle
import select
import unittest

import syncmanager
from hosted import Bank
from support import METHODS, run
from syncmanager import Executor, Manager, Pool, aio
from syncmanager._proxies.deep import DeepListProxy

MAKERS = {
    "Queue": (), "LifoQueue": (), "PriorityQueue": (), "Event": (), "Lock": (), "RLock": (),
    "RWLock": (), "Semaphore": (), "BoundedSemaphore": (), "Condition": (), "Barrier": (1,),
    "CountDownLatch": (1,), "Counter": (), "list": ([1],), "dict": ({"a": 1},), "set": ([1],),
    "Namespace": (), "Value": ("i", 1), "Array": ("i", [1]), "TaskPool": ()}


def answers(proxy):
    """Whether its manager is there: the object is found in a value that the manager has stored."""
    return isinstance(copy.copy(proxy), type(proxy))


def made_in_a_function():
    manager = Manager()
    return manager.list([1, 2]), manager.Namespace(x=1)


def put(queue, item):
    queue.put(item)


def remember(queue):
    remember.queue = queue


def put_remembered(item):
    remember.queue.put(item)


def await_end(pid):
    """Waits until that process has ended, for 30 seconds at most; whether it has."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 30)[0])
    finally:
        os.close(descriptor)


class OnlyAProxyTest(unittest.TestCase):
    """The program keeps no manager."""

    def test_of_every_type(self):
        for maker, arguments in MAKERS.items():
            with self.subTest(maker):
                proxy = getattr(Manager(), maker)(*arguments)
                gc.collect()
                self.assertTrue(answers(proxy))
                self.assertIsInstance(proxy._manager, syncmanager.SyncManager)

    def test_of_a_manager_that_was_deleted_or_made_in_a_function(self):
        manager = Manager()
        queue = manager.Queue()
        del manager
        numbers, shared = made_in_a_function()
        gc.collect()
        queue.put(1)
        self.assertEqual((queue.get(), numbers[:], shared.x), (1, [1, 2], 1))

    def test_of_a_view_by_name(self):
        entries = Manager().named("entries").dict(a=1)
        gc.collect()
        self.assertEqual(dict(entries), {"a": 1})

    def test_met_in_a_container_or_a_pickle_or_a_result(self):
        def inner(manager, outer):
            outer.append(manager.list([5]))
            return outer

        for find in (lambda outer: outer[0], lambda outer: outer[:][0], lambda outer: outer.pop(),
                     lambda outer: next(iter(outer)), lambda outer: copy.copy(outer)[0],
                     lambda outer: pickle.loads(pickle.dumps(outer))[0],
                     lambda outer: DeepListProxy(outer._syncmanager_reference)[0]):
            manager = Manager()
            found = find(inner(manager, manager.list()))
            del manager
            gc.collect()
            self.assertEqual(found[:], [5])

    def test_that_a_waiter_for_several_returns(self):
        manager = Manager()
        queue = manager.Queue()
        queue.put(manager.list([5]))
        sources = [queue]
        del manager, queue
        source, found = syncmanager.wait_any(sources)
        del sources, source
        gc.collect()
        self.assertEqual(found[:], [5])

    def test_of_a_hosted_object_and_of_what_its_methods_return(self):
        account = Bank().__enter__().Account(5)
        there = Bank().__enter__().Shelf().account(2)
        gc.collect()
        self.assertEqual((account.add(1), there.add(1)), (6, 3))

    def test_in_children(self):
        queue = Manager().Queue()
        for method in METHODS:
            with self.subTest(method), run(method, put, queue, method):
                self.assertEqual(queue.get(timeout=60), method)

    def test_in_the_initializer_of_a_pool(self):
        queue = Manager().Queue()
        for method in METHODS:
            for kind in (Pool, multiprocessing.get_context(method).Pool):
                options = {"context": multiprocessing.get_context(method)} if kind is Pool else {}
                with self.subTest(method, kind=kind), kind(1, remember, (queue,),
                                                           **options) as pool:
                    pool.apply(put_remembered, (1,))
                    self.assertEqual(queue.get(timeout=60), 1)

    def test_of_a_pool_and_an_executor(self):
        with Pool(1, manager=Manager()) as pool:
            self.assertEqual(pool.apply(abs, (-1,)), 1)
        with Executor(1, manager=Manager()) as executor:
            self.assertEqual(executor.submit(abs, -1).result(60), 1)
        self.assertEqual(Manager().Pool(1).map_async(abs, [-1]).get(60), [1])

    def test_for_asyncio(self):
        async def only_a_queue():
            manager = aio.Manager()
            await manager.start()
            return await manager.Queue()

        async def main():
            queue = await only_a_queue()
            gc.collect()
            await queue.put(1)
            waiting = queue.get()
            del queue
            gc.collect()
            return await waiting

        self.assertEqual(asyncio.run(main()), 1)


class EndTest(unittest.TestCase):
    """A manager that nobody has any more ends at once."""

    def test_with_the_last_proxy(self):
        for make in (lambda manager: manager.Lock(),
                     lambda manager: manager.list([manager.list()])[0]):
            manager = Manager()
            proxy = make(manager)
            pid = manager._process.pid
            del manager, proxy
            self.assertTrue(await_end(pid))

    def test_with_a_manager_that_keeps_its_own_proxies(self):
        manager = Manager()
        manager.jobs = manager.Queue()
        pid = manager._process.pid
        del manager
        gc.collect()
        self.assertTrue(await_end(pid))

    def test_with_a_hosted_object(self):
        account = Bank().__enter__().Account()
        pids = account.pid(), account._manager._running.pid
        del account
        for pid in pids:
            self.assertTrue(await_end(pid))

    def test_and_not_with_a_forked_childs_copy(self):
        queue = Manager().Queue()
        child = os.fork()
        if child == 0:
            del queue
            gc.collect()
            os._exit(0)
        os.waitpid(child, 0)
        queue.put(1)
        self.assertEqual(queue.get(), 1)


if __name__ == "__main__":
    unittest.main()
