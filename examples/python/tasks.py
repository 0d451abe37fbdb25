"""asyncio: a hundred tasks wait for jobs, and the process has no thread more for them."""

import asyncio

from syncmanager import aio


async def work(jobs, results, stop):
    while True:
        source, job = await aio.wait_any([jobs, stop])
        if source is stop:
            return
        await results.put(job * job)


async def main():
    async with aio.Manager() as manager:
        jobs, results = await manager.Queue(), await manager.Queue()
        stop = await manager.Event()
        async with asyncio.TaskGroup() as group:
            for _ in range(100):
                group.create_task(work(jobs, results, stop))
            for number in range(100):
                await jobs.put(number)
            async with asyncio.timeout(60):
                squares = [await results.get() for _ in range(100)]
            await stop.set()
        print("the squares add up to", sum(squares))


asyncio.run(main())
