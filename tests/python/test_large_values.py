"""Values that are larger than a message, and containers of a million, through every type."""

import asyncio
import dataclasses
import os
import signal
import threading
import unittest

import numpy
import syncmanager
from hosted import Bank
from support import ManagerTest
from syncmanager import aio

LARGE = bytes(range(251)) * 24_000  # 6 MB: more than a frame.
MILLION = list(range(10**6))


@dataclasses.dataclass
class Shot:
    """A class that pickle sends, with arrays in it."""

    name: str
    pictures: list
    raw: bytes = b""

    def __eq__(self, other):
        return (self.name, self.raw) == (other.name, other.raw) and all(
            (one == another).all() for one, another in zip(self.pictures, other.pictures))


def length(value):
    return len(value)


def repeated(value, times):
    return value * times


class LargeValuesTest(ManagerTest):
    def test_queues_and_containers_take_them(self):
        queue, table, rows = self.manager.Queue(), self.manager.dict(), self.manager.list([0])
        names, cell = self.manager.Namespace(), self.manager.Value("i", 0)
        queue.put(LARGE)
        self.assertEqual(queue.get(), LARGE)
        table["a"] = LARGE
        self.assertEqual(table["a"], LARGE)
        self.assertEqual(table.pop("a"), LARGE)
        rows[0] = LARGE
        self.assertEqual(rows[0], LARGE)
        self.assertEqual(rows[:], [LARGE])
        names.a = LARGE
        self.assertEqual(names.a, LARGE)
        cell.value = LARGE
        self.assertEqual(cell.value, LARGE)

    def test_reliable_queues_deliver_them(self):
        queue = self.manager.Queue(reliable=True)
        queue.put(LARGE)
        with queue.take() as item:
            self.assertEqual(item, LARGE)

    def test_values_of_a_million_elements(self):
        queue, rows = self.manager.Queue(), self.manager.list(MILLION)
        queue.put(MILLION)
        self.assertEqual(queue.get(), MILLION)
        self.assertEqual(len(rows), 10**6)
        rows.extend(MILLION)
        self.assertEqual(rows[10**6:], MILLION)
        rows[:] = MILLION
        self.assertEqual(rows[:], MILLION)
        table = self.manager.dict(zip(MILLION, MILLION))
        table.update({-1: 1})
        self.assertEqual(len(table), 10**6 + 1)
        self.assertEqual(sum(table.values()), sum(MILLION) + 1)
        cells = self.manager.Array("q", MILLION)
        self.assertEqual(list(cells[:]), MILLION)

    def test_arrays_of_numbers_arrive_as_they_were(self):
        picture = numpy.arange(2_000_000, dtype="f8").reshape(1000, 2000)
        queue = self.manager.Queue()
        queue.put({"name": "a", "picture": picture})
        got = queue.get()["picture"]
        self.assertTrue((got == picture).all())
        got[0, 0] = 1.0  # It is the receiver's own.

    def test_arrays_in_pickles_travel_beside_them(self):
        picture = numpy.arange(200_000, dtype="f8").reshape(200, 1000)
        for pictures in ([picture], [picture.T, picture], [picture[::2]], [picture[:1]]):
            shot = Shot("a", pictures, b"raw" * 50_000)
            queue, table = self.manager.Queue(), self.manager.dict(a=shot)
            queue.put(shot)
            got = queue.get()
            self.assertEqual(got, shot)
            self.assertEqual(table["a"], shot)
            for array in got.pictures:
                self.assertTrue(array.flags.aligned)
                array[0, 0] = 1.0  # It is the receiver's own.

    def test_arrays_in_pickles_with_proxies_do_too(self):
        queue, other = self.manager.Queue(), self.manager.Queue()
        shot = Shot("a", [numpy.ones(100_000)])
        queue.put((shot, other, [other, shot]))
        got, there, both = queue.get()
        got.pictures[0][0] = 2.0
        self.assertEqual(both[1].pictures[0].sum(), 100_000)
        there.put("seen")
        self.assertEqual(other.get(), "seen")

    def test_nobody_waits_while_a_container_of_a_million_is_made(self):
        """It is made in pages: between two of them others are served. Their number depends on how
        often Python changes threads."""
        cell = self.manager.Value("i", 0)
        making = threading.Thread(target=self.manager.dict, args=(dict.fromkeys(MILLION),))
        making.start()
        while making.is_alive():
            cell.value += 1
        self.assertGreater(cell.value, 10)

    def test_containers_of_several_pages_have_all_their_elements(self):
        for count in (0, 1, 1999, 2000, 2001, 4000, 5001):
            numbers = range(count)
            self.assertEqual(self.manager.list(iter(numbers))[:], list(numbers))
            self.assertEqual(self.manager.set(numbers).copy(), set(numbers))
            self.assertEqual(self.manager.dict(zip(numbers, numbers)).copy(),
                             dict(zip(numbers, numbers)))
            self.assertEqual(len(self.manager.list(numbers, name=f"of {count}")), count)
        with self.assertRaisesRegex(TypeError, "not iterable"):
            self.manager.list(5)

        async def story():
            async with aio.Manager() as manager:
                rows = await manager.list(range(5001))
                self.assertEqual(await rows[:], list(range(5001)))
        asyncio.run(story())

    def test_hosted_objects_take_and_return_them(self):
        with Bank() as bank:
            self.assertEqual(bank.Account().take(LARGE), LARGE)

    def test_asyncio_tasks_go_on_meanwhile(self):
        async def story():
            async with aio.Manager() as client:
                queue = await client.Queue()
                counter = await client.Value("i", 0)
                put = asyncio.ensure_future(queue.put(LARGE * 4))
                while not put.done():
                    await counter.set(1)
                await put
                self.assertEqual(len(await queue.get()), len(LARGE) * 4)
        asyncio.run(story())

    def test_other_threads_go_on_meanwhile(self):
        queue, cell = self.manager.Queue(), self.manager.Value("i", 0)
        puts, done = 0, threading.Event()

        def send():
            nonlocal puts
            while not done.is_set():
                queue.put(LARGE * 4)
                puts += 1
                queue.get()

        sender = threading.Thread(target=send)
        sender.start()
        while cell.value < 50:  # Two calls for each of them.
            cell.value += 1
        done.set()
        sender.join()
        self.assertLess(puts, 50)

    def test_one_that_is_too_large_names_the_limit_and_the_program_goes_on(self):
        with syncmanager.Manager(limits={"value_bytes": 10**6}) as manager:
            queue = manager.Queue()
            with self.assertRaisesRegex(ValueError, r"1000\d\d\d bytes.*--max-value-bytes"):
                queue.put(bytes(10**6))
            queue.put("small")
            self.assertEqual(queue.get(), "small")

    def test_one_that_no_request_can_have_is_refused_before_it_is_sent(self):
        limits = {"value_bytes": 10**6, "object_bytes": 10**6}
        with syncmanager.Manager(limits=limits) as manager:
            queue = manager.Queue()
            os.kill(manager._process.pid, signal.SIGSTOP)
            try:
                with self.assertRaisesRegex(ValueError, "1500.* bytes.*--max-object-bytes"):
                    queue.put(bytes(1_500_000))
            finally:
                os.kill(manager._process.pid, signal.SIGCONT)
            queue.put("small")
            self.assertEqual(queue.get(), "small")

        async def story():
            async with aio.Manager(limits=limits) as manager:
                queue = await manager.Queue()
                with self.assertRaisesRegex(ValueError, "--max-object-bytes"):
                    await queue.put(bytes(1_500_000))
        asyncio.run(story())


class TasksTest(unittest.TestCase):
    def test_pools_take_and_return_them(self):
        with syncmanager.Pool(2) as pool:
            self.assertEqual(pool.apply(length, (LARGE,)), len(LARGE))
            self.assertEqual(pool.apply(repeated, (LARGE, 2)), LARGE * 2)
            self.assertEqual(pool.map(length, [LARGE] * 3), [len(LARGE)] * 3)
            self.assertEqual(list(pool.imap(length, [LARGE] * 3)), [len(LARGE)] * 3)
            self.assertEqual(pool.starmap(repeated, [(LARGE, 2)] * 2), [LARGE * 2] * 2)

    def test_executors_take_and_return_them(self):
        with syncmanager.Executor(2) as executor:
            self.assertEqual(executor.submit(length, LARGE).result(), len(LARGE))
            self.assertEqual(executor.submit(repeated, LARGE, 2).result(), LARGE * 2)
            self.assertEqual(list(executor.map(length, [LARGE] * 3)), [len(LARGE)] * 3)


if __name__ == "__main__":
    unittest.main()
