"""Managers for asyncio: the same objects, and every call of them is awaited, without a thread.

    async with syncmanager.aio.connect("syncmanager://host:7777", key_file="key") as manager:
        jobs = await manager.Queue(name="jobs")
        async with asyncio.timeout(5):
            job = await jobs.get()

Methods are those of the other proxies; what Python can't await goes by a name: `await d.length()`,
`d.contains(key)`, `d.set(key, value)`, `d.delete(key)`, of a Namespace `ns.get(name)` too. Contexts
and loops are `async with lock` and `async for key in d`.

A task that is cancelled cancels its call in the manager, and what that was given meanwhile goes
back; a Condition's wait ends with the lock held. A task is a caller of its own, as a thread is: it
owns the RLock that it acquires. A call is of the task that makes it, whichever awaits it.
"""

from . import dicts, managers, namespaces, proxies, queues, sequences, sets, synchronization
from ._steps import caller
from ._tasks import Awaiting, elsewhere, perform
from ._waiting import Race
from .aio_executor import Executor

__all__ = ["Executor", "Manager", "connect", "wait_any"]

# What isn't a method here, by the name that it has instead; None: it is only for those who wait.
_names = {
    "__aenter__": "__enter__", "__aexit__": "__exit__", "contains": "__contains__",
    "delete": "__delitem__", "length": "__len__", "set": "__setitem__",
}
_waiting_only = (
    "__add__", "__and__", "__contains__", "__delitem__", "__enter__", "__exit__", "__ge__",
    "__gt__", "__iadd__", "__iand__", "__imul__", "__ior__", "__isub__", "__iter__", "__ixor__",
    "__le__", "__len__", "__lt__", "__mul__", "__or__", "__rand__", "__reversed__", "__rmul__",
    "__ror__", "__rsub__", "__rxor__", "__setitem__", "__sub__", "__xor__",
)


class _Awaited:
    """What proxies have here. Pickled they become those that wait."""

    _watched = False

    def __init__(self, reference, authkey=None):
        super().__init__(reference.through(perform), authkey)

    def __str__(self):
        return repr(self)

    def __deepcopy__(self, memo):
        raise TypeError(f"a {self._type}'s copy has to be awaited")

    def __reduce__(self):
        function, (_, *arguments) = super().__reduce__()
        return function, (proxies.type_named(self._type), *arguments)


class _Pages:
    def __aiter__(self):
        return _pages(self._page)


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
    for name in _waiting_only:
        if hasattr(waiting, name):
            members.setdefault(name, None)
    members["__doc__"] = waiting.__doc__
    return type(waiting.__name__, (*bases, _Awaited, waiting), members)


class Delivery(queues.Delivery):
    """As a context: ack() at its end, nack() if it ends by an exception."""

    __enter__ = __exit__ = None

    async def __aenter__(self):
        return self.item

    __aexit__ = queues.Delivery.__exit__


class _Side(synchronization.RWLockProxy._Side):
    __aenter__ = synchronization.RWLockProxy._Side.__enter__
    __aexit__ = synchronization.RWLockProxy._Side.__exit__
    __enter__ = __exit__ = None


_attributes = namespaces.NamespaceProxy
_classes = {waiting: _awaited(waiting, *bases, **members) for waiting, bases, members in (
    (queues.QueueProxy, (), {"_delivery": Delivery}),
    (queues.LifoQueueProxy, (), {"_delivery": Delivery}),
    (queues.PriorityQueueProxy, (), {"_delivery": Delivery}),
    (sequences.ListProxy, (_Pages,), {"get": sequences.ListProxy.__getitem__}),
    (sequences.ArrayProxy, (_Pages,), {"get": sequences.ArrayProxy.__getitem__}),
    (dicts.DictProxy, (_Pages,), {}),
    (sets.SetProxy, (_Pages,), {}),
    (namespaces.ValueProxy, (), {"value": property(namespaces.ValueProxy.get)}),
    (_attributes, (), {"get": _attributes.__getattr__, "set": _attributes.__setattr__,
                       "delete": _attributes.__delattr__, "__getattr__": object.__getattribute__,
                       "__setattr__": object.__setattr__, "__delattr__": object.__delattr__}),
    (synchronization.AcquirerProxy, (), {}),
    (synchronization.RLockProxy, (), {}),
    (synchronization.SemaphoreProxy, (), {}),
    (synchronization.BoundedSemaphoreProxy, (), {}),
    (synchronization.ConditionProxy, (), {}),
    (synchronization.EventProxy, (), {}),
    (synchronization.BarrierProxy, (), {}),
    (synchronization.RWLockProxy, (), {"_Side": _Side}),
    (synchronization.LatchProxy, (), {}),
)}


def _proxy_of(reference):
    waiting = proxies.type_named(reference.type)
    return _classes.get(waiting, waiting)(reference)


class Manager(managers.SyncManager):
    """A SyncManager whose methods are awaited. Started by `async with`, or start() or connect()."""

    _proxy_of = staticmethod(_proxy_of)
    _connects = False
    __enter__ = __exit__ = None

    async def start(self):
        await elsewhere(super().start)

    async def connect(self):
        await elsewhere(super().connect)

    async def shutdown(self):
        """Ends the session, and the manager if it was started here."""
        await elsewhere(self._shutdown)

    async def __aenter__(self):
        await (self.connect() if self._connects else self.start())
        return self

    async def __aexit__(self, exc_type, exc_val, exc_tb):
        await self.shutdown()

    def _root(self):
        return super()._root().through(perform)

    def _make(self, proxytype, name="", **options):
        return super()._make(_classes[proxytype], name, **options)


def connect(url="", *, authkey=None, key_file="", session_timeout=10.0, on_session_lost=None,
            pickle=True):
    """The manager at `url`, as syncmanager.connect() has it: to be entered by `async with`."""
    manager = Manager(url, b"" if authkey is None else authkey, key_file=key_file,
                      session_timeout=session_timeout, on_session_lost=on_session_lost,
                      pickle=pickle)
    manager._connects = True
    return manager


async def wait_any(sources, timeout=None):
    """As syncmanager.wait_any(), of proxies and methods of this module's."""
    return await Race(sources, timeout, caller(), Awaiting()).winner()
