"""Managers for asyncio: the same objects, and every call of them is awaited, without a thread.

    async with syncmanager.aio.connect("syncmanager+tls://host:7777", key_file="key") as manager:
        jobs = await manager.Queue(name="jobs")
        async with asyncio.timeout(5):
            job = await jobs.get()

Methods are those of the other proxies; what Python can't await goes by a name: `await d.length()`,
`d.contains(key)`, `d.set(key, value)`, `d.delete(key)`, of a Namespace `ns.get(name)` too. Contexts
and loops are `async with lock` and `async for key in d`.

A task that is cancelled cancels its call in the manager. What the call was given meanwhile is back
when CancelledError is raised. A call that gives nothing, as a put, may have been done before:
CancelledError has a note (`__notes__`) then that says so. A Condition's wait ends with the lock
held, and a notify that it was given goes to the next waiter.

A task is a caller of its own, as a thread is: it owns the RLock that it acquires. A call is of the
task that makes it, whichever awaits it.

What is written as if nothing had to be awaited (`d[key] = value`, `len(d)`, `with lock`) raises
TypeError, which says what to write instead.
"""

from multiprocessing.managers import State

from .. import managers
from .._proxies.wait_any import Race
from .._session import sessions
from .._session.awaiting import elsewhere, mailbox, perform
from .._session.caller import caller
from ..errors import ProcessError
from ._awaited import CLASSES, proxy_of
from ._containers import (
    ArrayProxy, Delivery, DictProxy, LifoQueueProxy, ListProxy, NamespaceProxy, PriorityQueueProxy,
    QueueProxy, SetProxy, ValueProxy)
from ._executor import Executor
from ._refusals import refusal
from ._synchronization import (
    AcquirerProxy, BarrierProxy, BoundedSemaphoreProxy, ConditionProxy, CounterProxy, EventProxy,
    LatchProxy, RLockProxy, RWLockProxy, SemaphoreProxy)

# The proxy types are for annotations.
__all__ = [
    "Delivery", "Executor", "Manager", "connect", "wait_any",
    "AcquirerProxy", "ArrayProxy", "BarrierProxy", "BoundedSemaphoreProxy", "ConditionProxy",
    "CounterProxy", "DictProxy", "EventProxy", "LatchProxy", "LifoQueueProxy", "ListProxy",
    "NamespaceProxy", "PriorityQueueProxy", "QueueProxy", "RLockProxy", "RWLockProxy",
    "SemaphoreProxy", "SetProxy", "ValueProxy",
]


class Manager(managers.SyncManager):
    """A SyncManager whose methods are awaited. Started by `async with`, or start() or connect()."""

    _syncmanager_proxy_of = staticmethod(proxy_of)
    _syncmanager_connects = False
    _syncmanager_warns_of_names = True
    __enter__, __exit__ = refusal("with manager"), refusal("with manager")

    async def start(self):
        try:
            await elsewhere(super().start)
        finally:
            self.__dict__.pop("shutdown", None)  # The one that isn't awaited.

    async def connect(self):
        await elsewhere(super().connect)

    async def shutdown(self):
        """Ends the session, and the manager if it was started here."""
        await elsewhere(self._syncmanager_end)

    async def __aenter__(self):
        await (self.connect() if self._syncmanager_connects else self.start())
        return self

    async def __aexit__(self, exc_type, exc_val, exc_tb):
        await self.shutdown()

    def _syncmanager_registry(self):
        if self._state.value == State.INITIAL:
            raise ProcessError("the manager isn't connected: write `async with aio.connect(...) as "
                               "manager`, or `await manager.connect()` or `await manager.start()`")
        return super()._syncmanager_registry().via(perform)

    def _syncmanager_make(self, proxytype, name="", **options):
        return super()._syncmanager_make(CLASSES[proxytype], name, **options)


def connect(url="", *, authkey=None, key_file="", session_timeout=10.0, connect_timeout=None,
            on_session_lost=None, pickle=True):
    """The manager at `url`, as syncmanager.connect() has it: to be entered by `async with`."""
    manager = Manager(url, authkey, key_file=sessions.key_file_of(authkey, key_file),
                      session_timeout=session_timeout, connect_timeout=connect_timeout,
                      on_session_lost=on_session_lost,
                      pickle=pickle)
    manager._syncmanager_connects = True
    return manager


async def wait_any(sources, timeout=None):
    """As syncmanager.wait_any(), of proxies and methods of this module's."""
    return await Race(sources, timeout, caller(), mailbox()).winner()
