"""Managers: a drop-in for multiprocessing.managers.

    from syncmanager import Manager

    with Manager() as manager:
        jobs = manager.Queue()
"""

import itertools
import warnings
from multiprocessing import managers, pool
from multiprocessing.managers import Array, Namespace, RemoteError, Token, Value

from ._managers.base import BaseManager
from ._managers.foreign_proxies import IteratorProxy, PoolProxy
from ._proxies.barriers import BarrierWithActionProxy
from ._proxies.deep import DeepDictProxy
from ._proxies.dicts import DictProxy
from ._proxies.hosted import AutoProxy, BaseProxy, MakeProxyType, RebuildProxy
from ._proxies.namespaces import NamespaceProxy, ValueProxy
from ._proxies.queues import Delivery, LifoQueueProxy, PriorityQueueProxy, QueueProxy
from ._proxies.sequences import ArrayProxy, BaseListProxy, ListProxy
from ._proxies.sets import SetProxy
from ._proxies.synchronization import (
    AcquirerProxy, BarrierProxy, BoundedSemaphoreProxy, ConditionProxy, CounterProxy, EventProxy,
    LatchProxy, RLockProxy, RWLockProxy, SemaphoreProxy)
from ._session import sessions
from ._session.maybe_async import maybe_async
from ._tasks.task_pools import TaskPoolProxy

# What multiprocessing.managers has in its `__all__`, what makes managers, and the proxy types.
__all__ = [
    "BaseManager", "SyncManager", "BaseProxy", "Token", "SharedMemoryManager",
    "Manager", "connect",
    "AcquirerProxy", "ArrayProxy", "AutoProxy", "BarrierProxy", "BaseListProxy",
    "BoundedSemaphoreProxy", "ConditionProxy", "CounterProxy", "Delivery", "DictProxy",
    "EventProxy", "IteratorProxy", "LatchProxy", "LifoQueueProxy", "ListProxy", "MakeProxyType",
    "NamespaceProxy", "PoolProxy", "PriorityQueueProxy", "QueueProxy", "RLockProxy",
    "RWLockProxy", "SemaphoreProxy", "SetProxy", "TaskPoolProxy", "ValueProxy",
]

_PAGE = 2000  # Elements that the manager takes in a few milliseconds.


class SyncManager(BaseManager, managers.SyncManager):
    """A manager whose objects are those of threading, queue and the builtins.

    Each method makes an object; with `name=` it finds the one of that name, if there is one, for
    programs that have no other way to meet.
    """

    _registry = {}
    _syncmanager_warns_of_names = False  # Of a manager that was started here.

    def Queue(self, maxsize=0, *, name="", reliable=False, max_deliveries=0, dead_letters=None,
              max_bytes=0, most_deliveries=0):
        """`reliable`: an item stays in its taker's hand until it is done, and comes back if the
        taker dies; after `max_deliveries` it goes to the queue `dead_letters`.

        `most_deliveries` is the old spelling of `max_deliveries`, which 0.2 will not have."""
        return _queue(self, QueueProxy, maxsize, name, reliable, max_deliveries,
                      dead_letters, max_bytes, most_deliveries)

    JoinableQueue = Queue

    def LifoQueue(self, maxsize=0, *, name="", reliable=False, max_deliveries=0,
                  dead_letters=None, max_bytes=0, most_deliveries=0):
        """The newest item first; otherwise as Queue()."""
        return _queue(self, LifoQueueProxy, maxsize, name, reliable, max_deliveries,
                      dead_letters, max_bytes, most_deliveries)

    def PriorityQueue(self, maxsize=0, *, name="", reliable=False, max_deliveries=0,
                      dead_letters=None, max_bytes=0, most_deliveries=0):
        """The smallest item first; otherwise as Queue()."""
        return _queue(self, PriorityQueueProxy, maxsize, name, reliable, max_deliveries,
                      dead_letters, max_bytes, most_deliveries)

    def Event(self, *, name=""):
        return self._syncmanager_make(EventProxy, name)

    def Lock(self, *, name="", release_on_exit=False):
        """`release_on_exit`: given back when its holder ends in order, too."""
        return self._syncmanager_make(AcquirerProxy, name, release_on_exit=release_on_exit)

    def RLock(self, *, name="", release_on_exit=False):
        return self._syncmanager_make(RLockProxy, name, release_on_exit=release_on_exit)

    def RWLock(self, *, name="", release_on_exit=False):
        """Many readers or one writer."""
        return self._syncmanager_make(RWLockProxy, name, release_on_exit=release_on_exit)

    def Semaphore(self, value=1, *, name="", release_on_exit=False):
        return _semaphore(self, SemaphoreProxy, value, name, release_on_exit)

    def BoundedSemaphore(self, value=1, *, name="", release_on_exit=False):
        return _semaphore(self, BoundedSemaphoreProxy, value, name, release_on_exit)

    def Condition(self, lock=None, *, name=""):
        return self._syncmanager_make(ConditionProxy, name,
                          lock=... if lock is None else lock._syncmanager_reference.id)

    def Barrier(self, parties, action=None, timeout=None, *, name=""):
        """`action` is called by whichever process arrives last, before anybody goes on."""
        options = {"parties": parties,
                   "timeout_us": ... if timeout is None else round(timeout * 1e6)}
        if action is None:
            return self._syncmanager_make(BarrierProxy, name, **options)
        return _barrier_with_action(self, action, name, options)

    def CountDownLatch(self, count, *, name=""):
        """Opens when it has been counted down to 0."""
        return self._syncmanager_make(LatchProxy, name, count=count)

    def Counter(self, initial=0, *, name=""):
        """Counts what any process adds. A process can wait until it is at least some number."""
        return self._syncmanager_make(CounterProxy, name, initial=initial)

    def TaskPool(self, *, name=""):
        """Named tasks and their workers: what Pool, Executor and Worker work on."""
        return self._syncmanager_make(TaskPoolProxy, name)

    def list(self, elements=(), *, name=""):
        return _filled(self, ListProxy, name, "values", elements, "extend")

    def dict(self, other=(), /, **entries):
        """`deep=True`: nested dicts and lists are shared, too. A plain one that is stored becomes
        an object of the manager, and what is read is its proxy."""
        _warn_of_name(self, "dict", entries)
        if entries.get("deep") is True:
            del entries["deep"]
            made = self._syncmanager_make(DeepDictProxy)
            made.update(other, **entries)
            return made
        entries = dict(other, **entries)
        return _filled(self, DictProxy, "", "entries", entries.items(), "update")

    def set(self, elements=(), *, name=""):
        return _filled(self, SetProxy, name, "values", elements, "update")

    def Namespace(self, /, **attributes):
        _warn_of_name(self, "Namespace", attributes)
        return self._syncmanager_make(NamespaceProxy, attributes=attributes)

    def Value(self, typecode, value, lock=True, *, name=""):
        return self._syncmanager_make(
            ValueProxy, name, typecode=_letter_of(typecode), initial=value)

    def Array(self, typecode, sequence, lock=True, *, name=""):
        return self._syncmanager_make(ArrayProxy, name, typecode=typecode, values=sequence)


# What the manager has itself, and what needs a host.
for _typeid, _proxytype in {
        "Queue": QueueProxy, "JoinableQueue": QueueProxy, "LifoQueue": LifoQueueProxy,
        "PriorityQueue": PriorityQueueProxy, "Event": EventProxy, "Lock": AcquirerProxy,
        "RLock": RLockProxy, "RWLock": RWLockProxy, "Semaphore": SemaphoreProxy,
        "BoundedSemaphore": BoundedSemaphoreProxy, "Condition": ConditionProxy,
        "Barrier": BarrierProxy, "CountDownLatch": LatchProxy, "Counter": CounterProxy,
        "list": ListProxy,
        "dict": DictProxy, "set": SetProxy, "Namespace": NamespaceProxy, "Value": ValueProxy,
        "Array": ArrayProxy, "TaskPool": TaskPoolProxy}.items():
    SyncManager._registry[_typeid] = None, _proxytype._exposed_, None, _proxytype
SyncManager._syncmanager_native = dict(SyncManager._registry)
SyncManager.register("Pool", pool.Pool, PoolProxy)
SyncManager.register("Iterator", proxytype=IteratorProxy, create_method=False)
SyncManager.register("AsyncResult", create_method=False)
SyncManager._syncmanager_late = {"Pool": SyncManager._registry["Pool"]}
BaseManager._syncmanager_class_of_objects = SyncManager


def Manager(ctx=None, *, limits=None):
    """A SyncManager that was started. `limits` as BaseManager has it."""
    manager = SyncManager(ctx=ctx, limits=limits)
    manager.start()
    return manager


def connect(url="", *, authkey=None, key_file="", session_timeout=10.0, connect_timeout=None,
            on_session_lost=None, pickle=True):
    """A SyncManager connected to the manager at `url`; "": $SYNCMANAGER_URL, else this user's own.
    A URL is unix:/path, syncmanager+tls://host:port on another machine, or syncmanager://host:port
    on this one.

    The key is `authkey`, or that of `key_file`, or what $SYNCMANAGER_AUTHKEY_FILE says.
    `connect_timeout`: for how many seconds it tries, also while no manager listens there yet; None:
    it raises at once if nobody listens there, and waits 5 s for an answer.
    """
    manager = SyncManager(url, authkey, key_file=sessions.key_file_of(authkey, key_file),
                          session_timeout=session_timeout, connect_timeout=connect_timeout,
                          on_session_lost=on_session_lost,
                          pickle=pickle)
    manager.connect()
    return manager


def _warn_of_name(manager, method, keywords):
    """Warns the program that calls `method` if it may take `name=` for the name of the object:
    where other programs find objects by name, and where no program of multiprocessing runs."""
    name = keywords.get("name")
    shared = manager._syncmanager_warns_of_names or manager._syncmanager_own.running is None
    if isinstance(name, str) and shared and not manager._syncmanager_name:
        warnings.warn(f"{method}(name={name!r}) makes an entry whose key is 'name'; to find or "
                      f"make the object of that name write manager.named({name!r}).{method}(...)",
                      stacklevel=3)


@maybe_async
def _filled(manager, proxytype, name, option, elements, add):
    """Makes a container with those elements. A long one without a name is filled in pages by its
    method `add`: no other client knows of it yet, and between two pages others are served."""
    rest = iter(elements)
    page = list(itertools.islice(rest, _PAGE))
    if name or manager._syncmanager_name:
        page += rest
    made = yield manager._syncmanager_make(proxytype, name, **{option: page})
    while page := list(itertools.islice(rest, _PAGE)):
        yield getattr(made, add)(page)
    return made


def _queue(manager, proxytype, maxsize, name, reliable, max_deliveries, dead_letters, max_bytes,
           most_deliveries):
    if most_deliveries:
        warnings.warn("say max_deliveries in place of most_deliveries, which 0.2 will not have",
                      DeprecationWarning, stacklevel=3)
    return manager._syncmanager_make(
        proxytype, name, maxsize=maxsize, reliable=reliable,
        max_deliveries=max_deliveries or most_deliveries,
        dead_letters=... if dead_letters is None else dead_letters._syncmanager_reference.id,
        max_bytes=max_bytes)


def _semaphore(manager, proxytype, value, name, release_on_exit):
    if value < 0:
        raise ValueError("semaphore initial value must be >= 0")
    return manager._syncmanager_make(proxytype, name, value=value, release_on_exit=release_on_exit)


@maybe_async
def _barrier_with_action(manager, action, name, options):
    gathering = yield manager._syncmanager_make(BarrierProxy, name, **options)
    leaving = yield manager._syncmanager_make(BarrierProxy, name and name + "/leaving", **options)
    return BarrierWithActionProxy(gathering, leaving, action)


def _letter_of(typecode):
    """The letter of a typecode or of a class of ctypes; "" for anything else."""
    letter = getattr(typecode, "_type_", typecode)
    return letter if isinstance(letter, str) and len(letter) == 1 and letter.isalpha() else ""


def __getattr__(name):
    """Whatever else multiprocessing.managers has: Server, State, public_methods() ..."""
    if hasattr(managers, name):
        return getattr(managers, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted({*globals(), *dir(managers)})
