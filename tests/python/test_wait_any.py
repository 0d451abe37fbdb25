"""wait_any: the first of several calls wins, and the others leave nothing behind."""

import asyncio
import functools
import signal
import threading
import unittest

import syncmanager
from support import ManagerTest
from syncmanager import aio, inspect, wait_any
from test_aio import AioTest, await_waiting


class WaitAnyTest(ManagerTest):
    def setUp(self):
        self.jobs, self.urgent = self.manager.Queue(), self.manager.Queue()
        self.stop, self.lock = self.manager.Event(), self.manager.Lock()
        self.all = [self.jobs, self.urgent, self.stop, self.lock]

    def in_a_thread(self, function):
        thread = threading.Thread(target=function)
        thread.start()
        self.addCleanup(thread.join)
        return thread

    def test_whichever_comes_first_is_returned_with_its_result(self):
        self.lock.acquire()
        won = []
        thread = self.in_a_thread(lambda: won.append(wait_any(self.all)))
        for each in self.all:
            self.await_waiting(each)
        self.urgent.put("item")
        thread.join()
        self.assertEqual(won, [(self.urgent, "item")])
        for each in self.all:
            self.assertEqual(inspect(each)["summary"]["parked"], 0)

    def test_what_several_could_have_is_the_first_ones_and_the_rest_goes_back(self):
        self.jobs.put("job")
        self.urgent.put("item")
        self.assertEqual(wait_any([self.urgent, self.jobs, self.lock]), (self.urgent, "item"))
        self.assertEqual([self.urgent.qsize(), self.jobs.qsize()], [0, 1])
        self.assertTrue(self.lock.acquire(timeout=60))
        self.lock.release()
        self.assertEqual(self.jobs.get(), "job")

    def test_a_lock_that_was_won_is_held_and_has_a_fence(self):
        self.assertEqual(wait_any([self.jobs, self.lock]), (self.lock, True))
        self.assertTrue(self.lock.locked())
        self.assertEqual(self.lock.fence[0], self.lock._syncmanager_reference.id)
        self.lock.release()

    def test_in_time_or_not_at_all(self):
        self.lock.acquire()
        for timeout in (0, 0.01):
            with self.assertRaises(TimeoutError):
                wait_any(self.all, timeout)
        self.jobs.put("there already")
        self.assertEqual(wait_any(self.all, 0), (self.jobs, "there already"))

    def test_methods_and_their_arguments(self):
        full, rwlock = self.manager.Queue(1), self.manager.RWLock()
        full.put("first")
        reading = rwlock.acquire_read
        put = functools.partial(full.put, "second")
        self.assertEqual(wait_any([put, reading]), (reading, True))
        self.assertEqual(full.get(), "first")
        self.assertEqual(wait_any([put, self.stop])[0], put)
        self.assertEqual(full.get(), "second")

    def test_a_delivery_that_was_won_is_acked(self):
        reliable = self.manager.Queue(reliable=True)
        reliable.put("job")
        _, delivery = wait_any([self.jobs, reliable.take])
        with delivery as job:
            self.assertEqual(job, "job")
        self.assertTrue(reliable.join(0))

    def test_a_condition_that_lost_has_its_lock_again(self):
        condition = self.manager.Condition()
        self.jobs.put("job")
        with condition:
            self.assertEqual(wait_any([condition, self.jobs]), (self.jobs, "job"))
            condition.notify()
            with self.assertRaises(TimeoutError):
                wait_any([condition], 0.01)
            condition.notify()

    def test_the_first_that_fails_is_raised(self):
        self.jobs.shutdown()
        with self.assertRaises(syncmanager.ShutDown):
            wait_any([self.stop, self.jobs])
        self.assertEqual(inspect(self.stop)["summary"]["parked"], 0)

    def test_what_nobody_can_wait_for(self):
        with self.assertRaisesRegex(TypeError, "nothing to wait for in a dict"):
            wait_any([self.stop, self.manager.dict()])
        with self.assertRaises(ValueError):
            wait_any([])

    def test_an_interrupted_wait_leaves_nothing_behind(self):
        def ring(*_):
            raise InterruptedError

        self.lock.acquire()
        before = signal.signal(signal.SIGALRM, ring)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with self.assertRaises(InterruptedError):
            wait_any(self.all)
        self.jobs.put("job")
        self.assertEqual(self.jobs.qsize(), 1)
        self.assertEqual(inspect(self.stop)["summary"]["parked"], 0)


class TasksTest(AioTest):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.jobs, self.stop = await self.manager.Queue(), await self.manager.Event()
        self.lock = await self.manager.RLock()

    async def test_the_first_wins_and_its_task_holds_it(self):
        await self.lock.acquire()
        task = asyncio.create_task(aio.wait_any([self.jobs, self.stop.wait]))
        await await_waiting(self.stop)
        await self.jobs.put("job")
        self.assertEqual(await task, (self.jobs, "job"))
        self.assertEqual(await aio.wait_any([self.jobs, self.lock]), (self.lock, True))
        await self.lock.release()
        await self.lock.release()

    async def test_a_cancelled_one_leaves_nothing_behind(self):
        task = asyncio.create_task(aio.wait_any([self.jobs, self.stop]))
        await await_waiting(self.jobs)
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        await self.jobs.put("job")
        self.assertEqual(await self.jobs.qsize(), 1)

    async def test_in_time_or_not_at_all(self):
        with self.assertRaises(TimeoutError):
            await aio.wait_any([self.jobs, self.stop], 0.01)

    async def test_a_condition_that_lost_has_its_lock_again(self):
        condition = await self.manager.Condition()
        await self.jobs.put("job")
        async with condition:
            self.assertEqual(await aio.wait_any([condition, self.jobs]), (self.jobs, "job"))
            await condition.notify()


if __name__ == "__main__":
    unittest.main()
