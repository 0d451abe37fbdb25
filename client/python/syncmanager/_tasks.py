"""Calls that asyncio's tasks wait for, without a thread: what syncmanager.aio performs them by."""

import asyncio
import concurrent.futures
import itertools
import weakref

from . import _native
from ._operations import condition
from ._steps import caller, unawaited

_numbers = itertools.count(1 << 32)  # Callers; those of threads count from 1.
_tasks = weakref.WeakKeyDictionary()
_mailboxes = weakref.WeakKeyDictionary()  # By event loop.


def number_of_task():
    """The running task's number as a caller; 0 outside of tasks."""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return 0
    if task is None:
        return 0
    if task not in _tasks:
        _tasks[task] = next(_numbers)
    return _tasks[task]


def perform(operation, subject, timeout, *arguments):
    """Makes the call when it is awaited, as a call of the task that asks now: asyncio.wait_for puts
    another task around it."""
    coroutine = _wait(operation, subject, timeout, arguments, caller())
    coroutine.__qualname__ = unawaited(operation.name.rpartition(".")[2])
    return coroutine


async def _wait(operation, subject, timeout, arguments, whose):
    mailbox = _mailbox()
    pending = operation.start(subject, timeout, whose, mailbox.completions, *arguments)
    try:
        await mailbox.answer_to(pending)
    except BaseException as error:
        mailbox.forget(pending)
        # A Condition's wait ends with its lock held, whatever ended it.
        if operation is condition.wait and isinstance(error, asyncio.CancelledError):
            pending.cancel()
            await _until_answered(pending, lambda: mailbox.answer_to(pending))
        # Dropped now, and not with the traceback: it is cancelled, what it was given goes back.
        del pending
        raise
    return pending.result()


async def _until_answered(pending, arrival):
    """Awaits `arrival()` until the call is answered, and isn't to be cancelled."""
    while not pending.ready():
        try:
            await arrival()
        except asyncio.CancelledError:
            continue


def _mailbox():
    loop = asyncio.get_running_loop()
    if loop not in _mailboxes:
        _mailboxes[loop] = _Mailbox(loop)
    return _mailboxes[loop]


async def elsewhere(function):
    """Runs what has to wait in a thread, which ends with it."""
    with concurrent.futures.ThreadPoolExecutor(1, "syncmanager") as pool:
        return await asyncio.get_running_loop().run_in_executor(pool, function)


class Awaiting:
    """How a task waits in a Race."""

    def __init__(self):
        self.completions = _native.Completions()
        self._reported = asyncio.Event()
        asyncio.get_running_loop().add_reader(self.completions.fileno(), self._reported.set)

    async def tokens(self):
        await self._reported.wait()
        self._reported.clear()
        return self.completions.take()

    def until_answered(self, pending):
        return _until_answered(pending, self.tokens)

    def close(self):
        asyncio.get_running_loop().remove_reader(self.completions.fileno())


class _Mailbox:
    """Tells the tasks of one event loop that their calls are answered."""

    def __init__(self, loop):
        self.completions = _native.Completions()
        self._waiting = {}  # Futures, by the calls' tokens.
        loop.add_reader(self.completions.fileno(), self._deliver)

    def answer_to(self, pending):
        """A future that is done when the call is answered. One at a time for each call."""
        answered = asyncio.get_running_loop().create_future()
        if pending.ready():
            answered.set_result(None)
        else:
            self._waiting[pending.token] = answered
        return answered

    def forget(self, pending):
        """Nobody waits for it any more."""
        self._waiting.pop(pending.token, None)

    def _deliver(self):
        for token in self.completions.take():
            answered = self._waiting.pop(token, None)
            if answered is not None and not answered.done():
                answered.set_result(None)
