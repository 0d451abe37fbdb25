"""The command of asyncio_tasks.cc, for our package alone."""

import asyncio
import os
import threading
import time

import syncmanager
from syncmanager import aio


def wait(client, count):
    """Has `count` tasks wait for an event. Answers threads, how many more the process then has, and
    wake_seconds, until the event has woken all tasks."""
    return asyncio.run(_wait(client, int(count)))


async def _wait(client, count):
    async with aio.connect(client.address, key_file=client.key_file) as manager:
        event = await manager.Event()
        await event.is_set()
        before = _threads()
        tasks = [asyncio.create_task(event.wait()) for _ in range(count)]
        while syncmanager.inspect(event)["summary"]["parked"] < count:
            await asyncio.sleep(0)
        needed = _threads() - before
        start = time.monotonic_ns()
        await event.set()
        await asyncio.gather(*tasks)
        return {"threads": needed, "wake_seconds": (time.monotonic_ns() - start) / 1e9}


def _threads():
    """Returns how many threads the process has, with those that Python doesn't know."""
    return max(threading.active_count(), len(os.listdir("/proc/self/task")))
