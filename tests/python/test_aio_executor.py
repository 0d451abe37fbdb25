"""syncmanager.aio.Executor: nothing is submitted faster than it is done."""

import asyncio
import unittest

import work
from support import ManagerTest, counting
from syncmanager.aio import Executor


class AioExecutorTest(ManagerTest, unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.executor = await self.enterAsyncContext(Executor(2, room=4, manager=self.manager))

    async def test_runs(self):
        self.assertEqual(await self.executor.run(work.add, 1, 2, c=3), 6)
        with self.assertRaisesRegex(ValueError, "no 1"):
            await self.executor.run(work.fail, 1)

    async def test_maps_in_order_and_as_they_come(self):
        squares = [n * n for n in range(40)]
        self.assertEqual([r async for r in self.executor.map(work.square, range(40))], squares)

        async def numbers():
            for number in range(40):
                yield number

        results = self.executor.map(work.square, numbers(), ordered=False)
        self.assertEqual(sorted([r async for r in results]), squares)

    async def test_a_map_takes_only_what_there_is_room_for(self):
        taken = []
        results = self.executor.map(work.square, counting(range(100), taken))
        self.assertEqual(await anext(results), 0)
        self.assertLessEqual(len(taken), 6)
        await results.aclose()

    async def test_a_submit_waits_for_room(self):
        event = self.manager.Event()
        begun = [await self.executor.submit(work.wait_for, event) for _ in range(4)]
        waiting = asyncio.create_task(self.executor.submit(work.square, 3))
        await asyncio.sleep(0)
        self.assertFalse(waiting.done())
        event.set()
        self.assertEqual(await (await waiting), 9)
        await asyncio.gather(*begun)

    async def test_who_stops_waiting_cancels_what_nobody_has_begun(self):
        event = self.manager.Event()
        begun = [await self.executor.submit(work.wait_for, event) for _ in range(2)]
        waiting = asyncio.create_task(self.executor.run(work.square, 3))
        while self.executor.state()["lines"] == []:
            await asyncio.sleep(0)
        waiting.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await waiting
        while self.executor.state()["lines"] != []:
            await asyncio.sleep(0)
        event.set()
        await asyncio.gather(*begun)


if __name__ == "__main__":
    unittest.main()
