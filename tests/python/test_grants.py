"""Items and locks that arrive for a call whose caller has gone: none is lost, none is there twice.

The table: each operation that gives something (grants.py), and each way to lose interest in it.
"""

import asyncio
import os
import pickle
import signal
import threading
import time
import unittest

from grants import GRANTS, Other, parked, source_of
from support import ManagerTest
from syncmanager import aio, wait_any
from test_aio import AioTest, await_waiting


def await_parked(proxy):
    """Returns when a call waits in the manager."""
    while not parked(proxy):
        os.sched_yield()


class Interrupted(BaseException):
    """The exception that the signal handlers raise."""


class InterruptedTest(ManagerTest):
    """The main thread waits, and a signal's function raises."""

    def setUp(self):
        before = signal.signal(signal.SIGUSR1, self.interrupt)
        self.addCleanup(signal.signal, signal.SIGUSR1, before)
        self.other = Other()
        self.addCleanup(self.other.end)

    def interrupt(self, *_):
        raise Interrupted

    def ring(self):
        os.kill(os.getpid(), signal.SIGUSR1)

    def interrupted(self, call, events):
        """Makes the call, while another thread causes `events`. Whether it was interrupted, or
        returned before: the signal comes afterwards then."""
        returned = False
        end = self.other.start(events)
        try:
            self.taken = call()  # A Delivery that nobody has goes back.
            returned = True
            while True:  # Until the signal comes.
                os.sched_yield()
        except Interrupted:
            end()
        return not returned

    def in_each(self, order, call=lambda grant, shared: grant.take(shared)):
        for name, grant in GRANTS.items():
            with self.subTest(name):
                shared = grant.make(self.manager)
                self.other(grant.withhold, shared)

                def events():
                    await_parked(shared)
                    order(lambda: grant.give(shared))

                interrupted = self.interrupted(lambda: call(grant, shared), events)
                self.assertEqual(grant.left(shared), 1 if interrupted else 0)

    def test_before_the_grant(self):
        self.in_each(lambda give: (self.ring(), give()))

    def test_after_the_grant(self):
        for _ in range(5):
            self.in_each(lambda give: (give(), self.ring()))

    def test_a_wait_for_several(self):
        event = self.manager.Event()

        def wait(grant, shared):
            return wait_any([event, source_of(grant, shared)])

        self.in_each(lambda give: (self.ring(), give()), wait)
        self.in_each(lambda give: (give(), self.ring()), wait)

    def test_the_wait_ends_at_once(self):
        event = self.manager.Event()
        for wait in (event.wait, lambda: wait_any([event])):
            times = []
            for _ in range(5):
                rung = []

                def events():
                    self.await_waiting(event)
                    rung.append(time.monotonic())
                    self.ring()

                self.assertTrue(self.interrupted(wait, events))
                times.append(time.monotonic() - rung[0])
            self.assertLess(min(times), 0.02)

    def test_a_function_that_returns_interrupts_nothing(self):
        heard = []
        signal.signal(signal.SIGUSR1, lambda *_: heard.append(self.manager.Queue().qsize()))
        for name, grant in GRANTS.items():
            with self.subTest(name):
                shared = grant.make(self.manager)
                self.other(grant.withhold, shared)
                heard.clear()

                def events():
                    await_parked(shared)
                    self.ring()
                    while not heard:
                        os.sched_yield()
                    grant.give(shared)

                end = self.other.start(events)
                taken = grant.take(shared)
                end()
                self.assertEqual((grant.left(shared), heard), (0, [0]))
                del taken

    def test_a_signal_within_a_signals_function(self):
        outer, inner = self.manager.Event(), self.manager.Event()

        def wait_again(*_):
            signal.signal(signal.SIGUSR1, self.interrupt)
            second = threading.Thread(target=lambda: (self.await_waiting(inner), self.ring()))
            second.start()
            try:
                inner.wait()
            finally:
                second.join()

        signal.signal(signal.SIGUSR1, wait_again)
        self.assertTrue(self.interrupted(
            outer.wait, lambda: (self.await_waiting(outer), self.ring())))
        self.await_waiting(outer, 0)

    def test_the_programs_own_wakeup_descriptor_is_written_to(self):
        reader, writer = os.pipe()
        for end in (reader, writer):
            os.set_blocking(end, False)
            self.addCleanup(os.close, end)
        before = signal.set_wakeup_fd(writer)
        self.addCleanup(signal.set_wakeup_fd, before)
        event = self.manager.Event()
        self.interrupted(event.wait, lambda: (self.await_waiting(event), self.ring()))
        self.assertEqual(os.read(reader, 10), bytes([signal.SIGUSR1]))
        self.assertEqual(signal.set_wakeup_fd(writer), writer)

    def test_a_notify_goes_to_the_next(self):
        def notify(condition):
            with condition:
                condition.notify()

        for order in ("notify", "ring"), ("ring", "notify"):
            for _ in range(5):
                condition, woken, got = self.manager.Condition(), [], []
                events = {"notify": lambda: notify(condition), "ring": self.ring}

                def wait_too():
                    with condition:
                        woken.append(condition.wait(60))

                second = threading.Thread(target=wait_too)

                def all_events():
                    self.await_waiting(condition, 1)
                    second.start()
                    self.await_waiting(condition, 2)
                    for event in order:
                        events[event]()

                def wait():
                    with condition:
                        got.append(condition.wait())

                self.interrupted(wait, all_events)
                if got:
                    notify(condition)
                second.join()
                self.assertEqual(woken, [True])


class DeliveriesTest(ManagerTest):
    """A Delivery that nobody has any more."""

    def setUp(self):
        self.jobs = self.manager.Queue(reliable=True)
        self.jobs.put("job")

    def test_goes_back(self):
        def fail():
            delivery = self.jobs.take()
            raise ArithmeticError(delivery.item)

        with self.assertRaises(ArithmeticError):
            fail()
        again = self.jobs.take(timeout=60)
        self.assertEqual((again.item, again.count), ("job", 2))
        again.ack()

    def test_stays_where_it_is_after_an_ack_or_a_nack(self):
        first = self.jobs.take()
        first.nack()
        second = self.jobs.take()
        del first
        second.ack()
        del second
        self.assertTrue(self.jobs.join(60))
        self.assertEqual(self.jobs.qsize(), 0)

    def test_of_a_forked_child_is_its_parents(self):
        delivery = self.jobs.take()
        child = os.fork()
        if child == 0:
            del delivery
            os._exit(0)
        os.waitpid(child, 0)
        self.assertEqual(self.jobs.qsize(), 0)
        delivery.ack()


class CancelledTest(AioTest):
    """A task waits, and is cancelled some turns of the event loop after the grant; -1: before."""

    TURNS = range(-1, 6)

    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.other = Other()
        self.addCleanup(self.other.end)

    async def in_each(self, take):
        for name, grant in GRANTS.items():
            for turns in self.TURNS:
                with self.subTest(f"{name}, {turns} turns after the grant"):
                    shared = await grant.make(self.manager)
                    theirs = pickle.loads(pickle.dumps(shared))
                    self.other(grant.withhold, theirs)
                    task = asyncio.create_task(take(grant, shared))
                    while not parked(theirs):
                        await asyncio.sleep(0)
                    if turns < 0:
                        task.cancel()
                    self.other(grant.give, theirs)
                    await self.cancel(task, turns)
                    self.assertEqual(grant.left(theirs), 1 if task.cancelled() else 0)

    async def cancel(self, task, turns):
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

    async def test_a_call(self):
        async def take(grant, shared):
            return await grant.take(shared)

        await self.in_each(take)

    async def test_a_call_with_a_timeout(self):
        async def take(grant, shared):
            return await asyncio.wait_for(grant.take(shared), 60)

        await self.in_each(take)

    async def test_a_wait_for_several(self):
        event = await self.manager.Event()

        async def take(grant, shared):
            return await aio.wait_any([event, source_of(grant, shared)])

        await self.in_each(take)

    async def test_the_loser_of_a_wait_for_several(self):
        for name, grant in GRANTS.items():
            with self.subTest(name):
                shared, winner = await grant.make(self.manager), await self.manager.Queue()
                await winner.put("item")
                theirs = pickle.loads(pickle.dumps(shared))
                if grant.left(theirs) == 0:
                    grant.give(theirs)
                self.assertEqual(
                    await aio.wait_any([winner, source_of(grant, shared)]), (winner, "item"))
                self.assertEqual(grant.left(theirs), 1)

    async def test_a_timeout_at_the_grant(self):
        for name, grant in GRANTS.items():
            for patience in (0.0005, 0.001, 0.0015, 0.002):
                with self.subTest(name):
                    shared = await grant.make(self.manager)
                    theirs = pickle.loads(pickle.dumps(shared))
                    self.other(grant.withhold, theirs)
                    task = asyncio.create_task(asyncio.wait_for(grant.take(shared), patience))
                    await asyncio.sleep(0.0005)
                    end = self.other.start(grant.give, theirs)
                    await asyncio.wait([task])
                    end()
                    timed_out = isinstance(task.exception(), asyncio.TimeoutError)
                    self.assertEqual(grant.left(theirs), 1 if timed_out else 0)

    async def test_a_put_that_was_done_says_so(self):
        for turns in self.TURNS:
            with self.subTest(f"{turns} turns after there is room"):
                jobs = await self.manager.Queue(1)
                await jobs.put("first")
                theirs = pickle.loads(pickle.dumps(jobs))
                task = asyncio.create_task(jobs.put("second"))
                await await_waiting(theirs)
                if turns < 0:
                    task.cancel()
                self.other(theirs.get)
                await self.cancel(task, turns)
                done = not task.cancelled()
                if not done:
                    with self.assertRaises(asyncio.CancelledError) as raised:
                        await task
                    done = "queue.put was done" in str(getattr(raised.exception, "__notes__", ""))
                self.assertEqual(theirs.qsize(), int(done))

    async def test_what_was_popped_is_back(self):
        for turns in range(1, 8):
            entries = await self.manager.dict(a=1)
            numbers, some = await self.manager.list([1, 2, 3]), await self.manager.set([5])
            for pop in (lambda: entries.pop("a"), entries.popitem, numbers.pop,
                        lambda: numbers.pop(0), lambda: numbers.pop(-2), some.pop):
                task = asyncio.create_task(pop())
                await self.cancel(task, turns)
                if not task.cancelled():
                    return  # It was done before.
                self.assertEqual(await entries.items(), [("a", 1)])
                self.assertEqual(await numbers.copy(), [1, 2, 3])
                self.assertEqual(await some.copy(), {5})

    async def test_an_object_that_nobody_got_ends(self):
        before = self.own._number_of_objects()
        for turns in range(1, 6):
            task = asyncio.create_task(self.manager.Queue())
            await self.cancel(task, turns)
            del task
        await await_number(self.own, before)

    async def test_a_notify_goes_to_the_next(self):
        for turns in range(-1, 8):
            with self.subTest(f"{turns} turns after the notify"):
                condition = await self.manager.Condition()

                got = []

                async def wait():
                    async with condition:
                        got.append(await condition.wait())

                first = asyncio.create_task(wait())
                await await_waiting(condition, 1)
                second = asyncio.create_task(wait())
                await await_waiting(condition, 2)
                async with condition:
                    if turns < 0:
                        first.cancel()
                    await condition.notify()
                await self.cancel(first, turns)
                if got:  # Perhaps it was cancelled after that.
                    async with condition:
                        await condition.notify()
                await asyncio.wait_for(second, 60)
                self.assertFalse(await condition.locked())

    async def test_a_delivery_of_a_cancelled_task_goes_back(self):
        jobs, event = await self.manager.Queue(reliable=True), await self.manager.Event()
        await jobs.put("job")

        async def work():
            delivery = await jobs.take()
            await event.wait()
            await delivery.ack()

        task = asyncio.create_task(work())
        await await_waiting(event)
        await self.cancel(task, 0)
        del task
        async with await jobs.take(timeout=60) as job:
            self.assertEqual(job, "job")
        self.assertTrue(await jobs.join(60))


async def await_number(manager, objects):
    """Waits until the manager has `objects` objects."""
    while manager._number_of_objects() != objects:
        await asyncio.sleep(0)


class WaitAnyLeavesNothingTest(ManagerTest):
    def test_a_descriptor(self):
        jobs, event = self.manager.Queue(), self.manager.Event()

        def win():
            jobs.put("item")
            wait_any([jobs, event])

        def be_late():
            with self.assertRaises(TimeoutError):
                wait_any([jobs, event], 0)

        def fail():
            with self.assertRaises(TypeError):
                wait_any([jobs, self.manager.dict()])

        for call in win, be_late, fail:
            call()
            before = len(os.listdir("/proc/self/fd"))
            for _ in range(100):
                call()
            self.assertLess(len(os.listdir("/proc/self/fd")), before + 10)


if __name__ == "__main__":
    unittest.main()
