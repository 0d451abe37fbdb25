"""The bench's client program of our Python package: the commands of cpython_peer.py, over our
manager.

    python_client.py client URL KEY_FILE PROCESSES
"""

import asyncio
import os
import sys
import threading
import time

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [here, os.path.join(here, "..", "..", "python")]

import cpython_peer  # noqa: E402
import syncmanager  # noqa: E402
from syncmanager import aio  # noqa: E402


class Manager(syncmanager.SyncManager):
    """What the commands ask of a manager, by names in ours."""

    def shared_dict(self):
        return self.named("bench").dict()

    def shared_queue(self, name):
        return self.Queue(name=name)


class Client(cpython_peer.Client):
    def address_of(self, text):
        return text

    def pool(self, workers):
        return syncmanager.Pool(workers, manager=self.manager)

    def executor(self, workers):
        return syncmanager.Executor(workers, manager=self.manager)

    def connected(self):
        manager = Manager(self.address, b"", key_file=self.key_file)
        manager.connect()
        return manager

    def tasks(self, count):
        """So many tasks that wait for an event. Answers how many threads they need, and how long it
        takes until the event has woken them all."""
        return asyncio.run(self._tasks(int(count)))

    async def _tasks(self, count):
        async with aio.connect(self.address, key_file=self.key_file) as manager:
            event = await manager.Event()
            await event.is_set()
            before = threads()
            tasks = [asyncio.create_task(event.wait()) for _ in range(count)]
            while syncmanager.inspect(event)["summary"]["parked"] < count:
                await asyncio.sleep(0)
            needed = threads() - before
            start = time.monotonic_ns()
            await event.set()
            await asyncio.gather(*tasks)
            return {"threads": needed, "wake_seconds": (time.monotonic_ns() - start) / 1e9}


def threads():
    """How many the process has, those that Python doesn't know included."""
    return max(threading.active_count(), len(os.listdir("/proc/self/task")))


if __name__ == "__main__":
    cpython_peer.main(Client)
