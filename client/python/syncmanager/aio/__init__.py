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
from .._proxies import dicts, namespaces, queues, sequences, sets, synchronization
from .._proxies.wait_any import Race
from .._session import sessions
from .._session.awaiting import elsewhere, mailbox, perform
from .._session.caller import caller
from .._session.proxy_types import type_named
from ..errors import ProcessError
from ._executor import Executor
from ._refusals import INSTEAD, Attributes, refusal

__all__ = ["Delivery", "Executor", "Manager", "connect", "wait_any"]

# Methods that have another name here, by that name.
_names = {
    "__aenter__": "__enter__", "__aexit__": "__exit__", "contains": "__contains__",
    "delete": "__delitem__", "length": "__len__", "set": "__setitem__",
}


class _Awaited:
    """The common part of awaited proxies. A pickled one becomes a proxy that blocks."""

    _syncmanager_watched = False

    def __init__(self, reference):
        super().__init__(reference.via(perform))

    def __repr__(self):
        reference = self._syncmanager_reference
        name = repr(reference.name) if reference.name else f"{reference.id:#x}"
        return (f"<{type(self).__module__}.{type(self).__name__} {name} of the manager at "
                f"{reference.session.translation.address!r}>")

    __str__ = __repr__

    def __deepcopy__(self, memo):
        if hasattr(self, "copy"):
            raise TypeError("write `await proxy.copy()`: copy.deepcopy() can't await a proxy")
        raise TypeError(f"a {self._syncmanager_type} can't be copied")

    def __reduce__(self):
        function, (_, *arguments) = super().__reduce__()
        return function, (type_named(self._syncmanager_type), *arguments)


class _Pages:
    def __aiter__(self):
        return _pages(self._syncmanager_page)


async def _pages(read):
    cursor = version = 0
    while True:
        values, cursor, version = await read(cursor, version)
        for value in values:
            yield value
        if cursor == 0:
            return


def _awaited(waiting, *bases, **members):
    """The class of proxies that is to `waiting` what this module is to the others."""
    for name, other in _names.items():
        if hasattr(waiting, other) and (name.startswith("__") or not hasattr(waiting, name)):
            members.setdefault(name, getattr(waiting, other))
    for name in INSTEAD:
        if hasattr(waiting, name):
            members.setdefault(name, refusal(name))
    members |= {"__doc__": waiting.__doc__, "__module__": __name__}
    return type(waiting.__name__, (*bases, _Awaited, waiting), members)


class Delivery(queues.Delivery):
    """As a context: ack() at its end, nack() if it ends by an exception."""

    __enter__, __exit__ = refusal("__enter__"), refusal("__exit__")

    async def __aenter__(self):
        return self.item

    __aexit__ = queues.Delivery.__exit__


class _Side(synchronization.RWLockProxy._syncmanager_Side):
    __aenter__ = synchronization.RWLockProxy._syncmanager_Side.__enter__
    __aexit__ = synchronization.RWLockProxy._syncmanager_Side.__exit__
    __enter__, __exit__ = refusal("__enter__"), refusal("__exit__")


_attributes = namespaces.NamespaceProxy
_classes = {waiting: _awaited(waiting, *bases, **members) for waiting, bases, members in (
    (queues.QueueProxy, (), {"_syncmanager_delivery": Delivery}),
    (queues.LifoQueueProxy, (), {"_syncmanager_delivery": Delivery}),
    (queues.PriorityQueueProxy, (), {"_syncmanager_delivery": Delivery}),
    (sequences.ListProxy, (_Pages,), {"get": sequences.ListProxy.__getitem__}),
    (sequences.ArrayProxy, (_Pages,), {"get": sequences.ArrayProxy.__getitem__}),
    (dicts.DictProxy, (_Pages,), {}),
    (sets.SetProxy, (_Pages,), {}),
    (namespaces.ValueProxy, (), {
        "value": property(namespaces.ValueProxy.get, refusal("value"))}),
    (_attributes, (Attributes,), {
        "get": _attributes.__getattr__, "set": _attributes.__setattr__,
        "delete": _attributes.__delattr__, "add": _attributes.add,
        "compare_and_set": _attributes.compare_and_set}),
    (synchronization.AcquirerProxy, (), {}),
    (synchronization.RLockProxy, (), {}),
    (synchronization.SemaphoreProxy, (), {}),
    (synchronization.BoundedSemaphoreProxy, (), {}),
    (synchronization.ConditionProxy, (), {}),
    (synchronization.EventProxy, (), {}),
    (synchronization.BarrierProxy, (), {}),
    (synchronization.RWLockProxy, (), {"_syncmanager_Side": _Side}),
    (synchronization.LatchProxy, (), {}),
    (synchronization.CounterProxy, (), {}),
)}


def _proxy_of(reference):
    waiting = type_named(reference.type)
    return _classes.get(waiting, waiting)(reference)


class Manager(managers.SyncManager):
    """A SyncManager whose methods are awaited. Started by `async with`, or start() or connect()."""

    _syncmanager_proxy_of = staticmethod(_proxy_of)
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
        return super()._syncmanager_make(_classes[proxytype], name, **options)


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
