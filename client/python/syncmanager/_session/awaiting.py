"""Calls that asyncio's tasks wait for, without a thread: what syncmanager.aio performs them by."""

import asyncio
import concurrent.futures
import weakref

from .. import _native
from .caller import caller, calls_of
from .equality import by_equality
from .keys import NeedsEquality
from .operations import registry
from .maybe_async import unawaited

# Seconds. A task that is cancelled waits that long for the manager's word on its call.
_WORD = 1
_mailboxes = weakref.WeakKeyDictionary()  # By event loop.


def perform(operation, subject, timeout, *arguments):
    """Makes the call when it is awaited, as a call of the task that asks now: asyncio.wait_for puts
    another task around it."""
    coroutine = _wait(operation, subject, timeout, arguments, caller())
    coroutine.__qualname__ = unawaited(operation.name.rpartition(".")[2])
    return coroutine


async def _wait(operation, subject, timeout, arguments, whose):
    calls = mailbox()
    try:
        call = operation.start(subject, timeout, whose, calls.completions, *arguments)
    except NeedsEquality:
        with calls_of(whose):
            made = by_equality(operation, subject, timeout, *arguments)
        return await made
    try:
        await calls.answer_to(call)
    except asyncio.CancelledError as error:
        await calls.give_back([call])
        if call.stands() and hasattr(error, "add_note"):  # Python 3.11.
            error.add_note(f"{operation.name} was done before it was cancelled")
        raise
    except BaseException:  # The event loop has ended.
        calls.forget(call)
        call.drop()
        raise
    return call.result()


def mailbox():
    """The running event loop's."""
    loop = asyncio.get_running_loop()
    if loop not in _mailboxes:
        _mailboxes[loop] = _Mailbox(loop)
    return _mailboxes[loop]


async def elsewhere(function):
    """Runs what has to wait in a thread, which ends with it."""
    with concurrent.futures.ThreadPoolExecutor(1, "syncmanager") as pool:
        return await asyncio.get_running_loop().run_in_executor(pool, function)


class _Mailbox:
    """How the tasks of one event loop wait for their calls. `completions` is what these are started
    with."""

    def __init__(self, loop):
        self.completions = _native.Completions()
        self._waiting = {}  # Futures, by the calls' tokens.
        loop.add_reader(self.completions.fileno(), self._deliver)

    def answer_to(self, call):
        """A future that is done when the call is answered. One at a time for each call."""
        answered = asyncio.get_running_loop().create_future()
        if call.ready():
            answered.set_result(None)
        else:
            self._waiting[call.token] = answered
        return answered

    def forget(self, call):
        """Nobody waits for it any more."""
        self._waiting.pop(call.token, None)

    async def for_any(self, calls):
        """Until one of them is answered."""
        await asyncio.wait([self.answer_to(call) for call in calls],
                           return_when=asyncio.FIRST_COMPLETED)

    async def give_back(self, calls):
        """Cancels calls and ends them. What they were given, their results too, is back when this
        returns, unless the manager is silent for _WORD seconds: then it goes back later. A
        Condition's wait ends with its lock held, however long that takes."""
        sessions = set()
        try:
            for call in calls:
                call.cancel()
            for call in calls:
                await (self._until_answered(call) if call.holds_its_lock else self._word_on(call))
        finally:
            for call in calls:
                self.forget(call)
                if call.drop():
                    sessions.add(call.session)
        for session in sessions:  # What was sent before a ping is done when that is answered.
            ping = registry.ping.start(session.registry(), None, 0, self.completions)
            await self._word_on(ping)

    async def _word_on(self, call):
        await asyncio.wait([self.answer_to(call)], timeout=_WORD)

    async def _until_answered(self, call):
        cancelled = None
        while not call.ready():
            try:
                await self.answer_to(call)
            except asyncio.CancelledError as error:  # Not before the call has ended.
                cancelled = error
        if cancelled is not None:
            raise cancelled

    def _deliver(self):
        for token in self.completions.take():
            answered = self._waiting.pop(token, None)
            if answered is not None and not answered.done():
                answered.set_result(None)
