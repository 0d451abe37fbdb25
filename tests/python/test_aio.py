"""syncmanager.aio: calls are awaited, tasks are callers, cancelled ones leave nothing behind."""

import asyncio
import os
import pickle
import threading
import unittest

import syncmanager
from syncmanager import aio, inspect
from syncmanager.errors import AuthenticationError, Empty


def threads():
    """How many the process has, those of the C++ client included."""
    return len(os.listdir("/proc/self/task"))


async def await_waiting(proxy, calls=1):
    """Waits until `calls` calls wait on the object; other tasks run meanwhile."""
    while inspect(proxy)["summary"]["parked"] != calls:
        await asyncio.sleep(0)


class AioTest(unittest.IsolatedAsyncioTestCase):
    """With a manager for all cases of the class, and a connection to it for each."""

    @classmethod
    def setUpClass(cls):
        cls.own = syncmanager.Manager()

    @classmethod
    def tearDownClass(cls):
        cls.own.shutdown()

    async def asyncSetUp(self):
        self.manager = await self.enterAsyncContext(self.connection())

    def connection(self):
        return aio.connect(self.own.address, authkey=self.key())

    def key(self):
        return bytes(self.own._authkey)


class ObjectsTest(AioTest):
    async def test_a_manager_of_ones_own_ends_with_its_context(self):
        async with aio.Manager() as manager:
            queue = await manager.Queue()
            await queue.put("item")
            self.assertEqual(await queue.get(), "item")
        with self.assertRaises(syncmanager.Disconnected):
            await queue.get()

    async def test_a_wrong_key_is_refused(self):
        with self.assertRaises(AuthenticationError):
            async with aio.connect(self.own.address, authkey=b"another"):
                pass

    async def test_objects_are_shared_with_programs_that_wait(self):
        jobs = await self.manager.Queue(name="jobs")
        self.own.Queue(name="jobs").put("from a thread")
        self.assertEqual(await jobs.get(), "from a thread")

    async def test_a_queue(self):
        queue = await self.manager.Queue(2)
        self.assertIsNone(await queue.put(1))
        await queue.put_nowait(2)
        self.assertTrue(await queue.full())
        with self.assertRaises(syncmanager.Full):
            await queue.put(3, timeout=0)
        self.assertEqual([await queue.get(), await queue.get_nowait()], [1, 2])
        self.assertTrue(await queue.empty())
        with self.assertRaises(Empty):
            await queue.get(block=False)
        await queue.task_done()
        self.assertFalse(await queue.join(timeout=0))
        await queue.task_done()
        self.assertIsNone(await queue.join())

    async def test_a_reliable_queues_delivery_is_a_context(self):
        queue = await self.manager.Queue(reliable=True)
        await queue.put("job")
        with self.assertRaises(ArithmeticError):
            async with await queue.take():
                raise ArithmeticError
        async with await queue.take() as job:
            self.assertEqual(job, "job")
        self.assertEqual(await queue.qsize(), 0)

    async def test_a_dict(self):
        entries = await self.manager.dict(a=1)
        await entries.set("b", 2)
        await entries.update({"c": 3}, d=4)
        self.assertEqual(await entries["b"], 2)
        self.assertEqual([await entries.get("x"), await entries.get("x", 7)], [None, 7])
        self.assertEqual(await entries.pop("d"), 4)
        self.assertEqual([key async for key in entries], ["a", "b", "c"])
        self.assertEqual(await entries.items(), [("a", 1), ("b", 2), ("c", 3)])
        self.assertEqual(await entries.add("a", 1), 2)
        self.assertTrue(await entries.contains("a"))
        await entries.delete("a")
        self.assertEqual(await entries.length(), 2)
        with self.assertRaises(KeyError):
            await entries["a"]

    async def test_what_cannot_be_awaited_is_refused(self):
        entries = await self.manager.dict()
        for misuse in (len, list, lambda entries: 1 in entries, lambda entries: entries | {}):
            with self.assertRaises(TypeError):
                misuse(entries)
        with self.assertRaises(TypeError):
            entries["a"] = 1
        with self.assertRaises(TypeError):
            with await self.manager.Lock():
                pass

    async def test_a_list_and_an_array(self):
        numbers = await self.manager.list([3, 1, 2])
        await numbers.sort(key=lambda number: -number)
        await numbers.append(0)
        self.assertEqual(await numbers[:], [3, 2, 1, 0])
        self.assertEqual([number async for number in numbers], [3, 2, 1, 0])
        array = await self.manager.Array("i", range(2500))
        self.assertEqual(sum([number async for number in array]), sum(range(2500)))
        self.assertEqual((await array[:3]).tolist(), [0, 1, 2])

    async def test_a_set(self):
        some = await self.manager.set({1, 2})
        others = await self.manager.set({2, 3})
        await some.add(5)
        await some.update(others)
        self.assertEqual(await some.copy(), {1, 2, 3, 5})
        self.assertEqual(await some.intersection(others, {3}), {3})
        self.assertEqual({element async for element in some}, {1, 2, 3, 5})

    async def test_a_namespace_and_a_value(self):
        shared = await self.manager.Namespace(phase="begun")
        await shared.set("count", 1)
        self.assertEqual(await shared.add("count", 2), 3)
        self.assertEqual(await shared.get("phase"), "begun")
        await shared.delete("phase")
        with self.assertRaises(AttributeError):
            await shared.get("phase")
        value = await self.manager.Value("i", 1)
        await value.set(await value.get() + 1)
        self.assertEqual(await value.value, 2)

    async def test_an_object_inside_of_a_value_is_awaited_too(self):
        outer = await self.manager.dict()
        await outer.set("inner", await self.manager.list([1]))
        inner = await outer["inner"]
        await inner.append(2)
        self.assertEqual(await inner.copy(), [1, 2])

    async def test_a_pickled_proxy_waits_where_it_is_unpickled(self):
        queue = await self.manager.Queue()
        waiting = pickle.loads(pickle.dumps(queue))
        waiting.put("item")
        self.assertEqual(await queue.get(), "item")


class SynchronizationTest(AioTest):
    async def test_contexts(self):
        for lock in (await self.manager.Lock(), await self.manager.RLock(),
                     await self.manager.Semaphore(), await self.manager.Condition()):
            async with lock:
                self.assertTrue(await lock.locked())
            self.assertFalse(await lock.locked())
        rwlock = await self.manager.RWLock()
        async with rwlock.reading():
            self.assertEqual(await rwlock.locked(), 1)
        async with rwlock.writing():
            self.assertEqual(await rwlock.locked(), -1)

    async def test_a_task_is_a_caller_of_its_own(self):
        lock = await self.manager.RLock()

        async def other():
            return await lock.acquire(False)

        async with lock, lock:
            self.assertFalse(await asyncio.create_task(other()))

    async def test_a_call_is_of_the_task_that_makes_it_whoever_awaits_it(self):
        condition = await self.manager.Condition()
        async with condition:
            with self.assertRaises(TimeoutError):
                await asyncio.wait_for(condition.wait_for(lambda: False), 0.01)
            await condition.notify()

    async def test_tasks_meet_at_a_condition_an_event_a_barrier_and_a_latch(self):
        condition, event = await self.manager.Condition(), await self.manager.Event()
        barrier, latch = await self.manager.Barrier(2), await self.manager.CountDownLatch(1)
        met = []

        async def other():
            async with condition:
                self.assertTrue(await condition.wait_for(lambda: met))
            await event.set()
            await barrier.wait()
            await latch.count_down()

        task = asyncio.create_task(other())
        await await_waiting(condition)
        async with condition:
            met.append(True)
            await condition.notify_all()
        self.assertTrue(await event.wait())
        self.assertEqual(await barrier.parties, 2)
        self.assertIn(await barrier.wait(), (0, 1))
        self.assertTrue(await latch.wait())
        await task

    async def test_what_has_no_call_to_make_is_awaited_too(self):
        condition = await self.manager.Condition()
        async with condition:
            self.assertTrue(await condition.wait_for(lambda: True))
        numbers = await self.manager.set([1])
        self.assertIsNone(await numbers.update())
        self.assertEqual(await numbers.copy(), {1})

    async def test_tasks_wait_for_a_number_of_a_counter(self):
        done = await self.manager.Counter()
        all_done = asyncio.create_task(done.wait(3))
        await await_waiting(done)
        self.assertEqual(await done.add(2), 2)
        self.assertFalse(await done.wait(3, timeout=0))
        await done.add()
        self.assertTrue(await all_done)
        self.assertEqual(await done.get(), 3)

    async def test_a_hundred_waiters_need_no_thread(self):
        event = await self.manager.Event()
        await event.is_set()
        self.own.Event().wait(0.01)  # Starts the thread that ends waits when a signal arrives.
        before = threading.active_count(), threads()
        waiters = [asyncio.create_task(event.wait()) for _ in range(100)]
        await await_waiting(event, 100)
        self.assertEqual((threading.active_count(), threads()), before)
        await event.set()
        self.assertEqual(await asyncio.gather(*waiters), [True] * 100)


class CancellationTest(AioTest):
    async def test_a_cancelled_get_takes_no_item(self):
        queue = await self.manager.Queue()
        task = asyncio.create_task(queue.get())
        await await_waiting(queue)
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        await queue.put("item")
        self.assertEqual(await queue.qsize(), 1)

    async def test_an_item_that_came_before_the_cancel_was_seen_goes_back_to_the_head(self):
        queue = await self.manager.Queue()
        task = asyncio.create_task(queue.get())
        await await_waiting(queue)
        waiting = pickle.loads(pickle.dumps(queue))
        waiting.put("first")  # The loop stands still meanwhile.
        waiting.put("second")
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        self.assertEqual([await queue.get(), await queue.get()], ["first", "second"])

    async def test_timeouts_cancel(self):
        semaphore = await self.manager.Semaphore(0)
        with self.assertRaises(TimeoutError):
            async with asyncio.timeout(0.01):
                await semaphore.acquire()
        with self.assertRaises(TimeoutError):
            await asyncio.wait_for(semaphore.acquire(), 0.01)
        await semaphore.release()
        self.assertEqual(await semaphore.get_value(), 1)

    async def test_a_cancelled_wait_comes_back_with_the_lock(self):
        condition = await self.manager.Condition()

        async def wait():
            async with condition:
                try:
                    await condition.wait()
                except asyncio.CancelledError:
                    await condition.notify()
                    raise

        task = asyncio.create_task(wait())
        await await_waiting(condition)
        async with condition:
            task.cancel()
            await await_waiting(condition)  # For the lock, now.
        with self.assertRaises(asyncio.CancelledError):
            await task
        self.assertFalse(await condition.locked())

    async def test_the_end_of_the_session_ends_all_waits(self):
        async with self.connection() as manager:
            event = await manager.Event()
            task = asyncio.create_task(event.wait())
            await await_waiting(event)
        with self.assertRaises(syncmanager.Disconnected):
            await task

    async def test_loops_come_and_go(self):
        queue = await self.manager.Queue()
        for number in range(3):
            thread = threading.Thread(target=lambda: asyncio.run(queue.put(number)))
            thread.start()
            thread.join()
        self.assertEqual([await queue.get() for _ in range(3)], [0, 1, 2])


if __name__ == "__main__":
    unittest.main()
