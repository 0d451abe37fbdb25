"""Executor for asyncio: syncmanager.aio.Executor."""

import asyncio
import collections
import functools
import os

from .. import executor
from .._session.awaiting import elsewhere

_SHARES = 4  # Tasks for each worker that are under way, if nobody says how many.


class Executor:
    """`async with Executor(4) as executor:` The options are those of syncmanager.Executor; `room`
    is how many tasks may be under way at a time.

    Nothing is submitted faster than it is done: submit() waits for room, and map() takes from its
    items what it has room for. Who stops waiting for a task cancels it, unless a worker has begun.
    """

    def __init__(self, max_workers=None, *, room=None, **options):
        self._make = functools.partial(executor.Executor, max_workers, **options)
        self._room = room or _SHARES * (max_workers or os.cpu_count() or 1)

    async def __aenter__(self):
        self._free = asyncio.Semaphore(self._room)
        self._executor = await elsewhere(self._make)
        return self

    async def __aexit__(self, exc_type, exc_val, exc_tb):
        await elsewhere(functools.partial(
            self._executor.shutdown, cancel_futures=exc_type is not None))

    async def submit(self, fn, /, *args, **kwargs):
        """When there is room: an asyncio.Future of the task."""
        await self._free.acquire()
        try:
            future = asyncio.wrap_future(self._executor.submit(fn, *args, **kwargs))
        except BaseException:
            self._free.release()
            raise
        future.add_done_callback(lambda _: self._free.release())
        return future

    async def run(self, fn, /, *args, **kwargs):
        """Awaits the function, and returns its result."""
        return await (await self.submit(fn, *args, **kwargs))

    async def map(self, fn, items, *, ordered=True):
        """`async for result in executor.map(fn, items)`, of an iterable or an asynchronous one; in
        order, or as they come."""
        pending = collections.deque()
        try:
            async for item in _each(items):
                if len(pending) >= self._room:
                    yield await _next(pending, ordered)
                pending.append(await self.submit(fn, item))
            while pending:
                yield await _next(pending, ordered)
        finally:
            for future in pending:
                future.cancel()

    def state(self):
        """Who works, what waits and what is dead: a dict, as `syncctl pool` shows it."""
        return self._executor.state()


async def _each(items):
    if hasattr(items, "__aiter__"):
        async for item in items:
            yield item
    else:
        for item in items:
            yield item


async def _next(pending, ordered):
    if not ordered:
        await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        first = next(future for future in pending if future.done())
        pending.remove(first)
        return first.result()
    return await pending.popleft()
