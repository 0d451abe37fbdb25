"""Managers: a drop-in for multiprocessing.managers.

    from syncmanager import Manager

    with Manager() as manager:
        jobs = manager.Queue()
"""

from multiprocessing import pool
from multiprocessing.managers import Namespace, RemoteError, Token, Value

from ._steps import steps
from .barriers import BarrierWithActionProxy
from .base_manager import BaseManager
from .deep import DeepDictProxy
from .dicts import DictProxy
from .forms import IteratorProxy, PoolProxy
from .hosted import AutoProxy, BaseProxy, MakeProxyType, RebuildProxy
from .namespaces import NamespaceProxy, ValueProxy
from .queues import LifoQueueProxy, PriorityQueueProxy, QueueProxy
from .sequences import ArrayProxy, ListProxy
from .sets import SetProxy
from .task_pools import TaskPoolProxy
from .synchronization import (
    AcquirerProxy, BarrierProxy, BoundedSemaphoreProxy, ConditionProxy, EventProxy, LatchProxy,
    RLockProxy, RWLockProxy, SemaphoreProxy)


class SyncManager(BaseManager):
    """A manager whose objects are those of threading, queue and the builtins.

    Each method makes an object; with `name=` it finds the one of that name, if there is one, for
    programs that have no other way to meet.
    """

    _registry = {}

    def Queue(self, maxsize=0, *, name="", reliable=False, most_deliveries=0, dead_letters=None,
              max_bytes=0):
        """`reliable`: an item stays in its taker's hand until it is done, and comes back if the
        taker dies; after `most_deliveries` it goes to the queue `dead_letters`."""
        return self._queue(QueueProxy, maxsize, name, reliable, most_deliveries,
                           dead_letters, max_bytes)

    JoinableQueue = Queue

    def LifoQueue(self, maxsize=0, *, name="", reliable=False, most_deliveries=0,
                  dead_letters=None, max_bytes=0):
        """The newest item first; otherwise as Queue()."""
        return self._queue(LifoQueueProxy, maxsize, name, reliable, most_deliveries,
                           dead_letters, max_bytes)

    def PriorityQueue(self, maxsize=0, *, name="", reliable=False, most_deliveries=0,
                      dead_letters=None, max_bytes=0):
        """The smallest item first; otherwise as Queue()."""
        return self._queue(PriorityQueueProxy, maxsize, name, reliable, most_deliveries,
                           dead_letters, max_bytes)

    def _queue(self, proxytype, maxsize, name, reliable, most_deliveries, dead_letters, max_bytes):
        return self._make(
            proxytype, name, maxsize=maxsize, reliable=reliable, most_deliveries=most_deliveries,
            dead_letters=... if dead_letters is None else dead_letters._reference.id,
            max_bytes=max_bytes)

    def Event(self, *, name=""):
        return self._make(EventProxy, name)

    def Lock(self, *, name="", release_on_exit=False):
        """`release_on_exit`: given back when its holder ends in order, too."""
        return self._make(AcquirerProxy, name, release_on_exit=release_on_exit)

    def RLock(self, *, name="", release_on_exit=False):
        return self._make(RLockProxy, name, release_on_exit=release_on_exit)

    def RWLock(self, *, name="", release_on_exit=False):
        """Many readers or one writer."""
        return self._make(RWLockProxy, name, release_on_exit=release_on_exit)

    def Semaphore(self, value=1, *, name="", release_on_exit=False):
        return self._semaphore(SemaphoreProxy, value, name, release_on_exit)

    def BoundedSemaphore(self, value=1, *, name="", release_on_exit=False):
        return self._semaphore(BoundedSemaphoreProxy, value, name, release_on_exit)

    def _semaphore(self, proxytype, value, name, release_on_exit):
        if value < 0:
            raise ValueError("semaphore initial value must be >= 0")
        return self._make(proxytype, name, value=value, release_on_exit=release_on_exit)

    def Condition(self, lock=None, *, name=""):
        return self._make(ConditionProxy, name,
                          lock=... if lock is None else lock._reference.id)

    def Barrier(self, parties, action=None, timeout=None, *, name=""):
        """`action` is called by whichever process arrives last, before anybody goes on."""
        options = {"parties": parties,
                   "timeout_us": ... if timeout is None else round(timeout * 1e6)}
        if action is None:
            return self._make(BarrierProxy, name, **options)
        return self._barrier_with_action(action, name, options)

    @steps
    def _barrier_with_action(self, action, name, options):
        gathering = yield self._make(BarrierProxy, name, **options)
        leaving = yield self._make(BarrierProxy, name and name + "/leaving", **options)
        return BarrierWithActionProxy(gathering, leaving, action)

    def CountDownLatch(self, count, *, name=""):
        """Opens when it has been counted down to 0."""
        return self._make(LatchProxy, name, count=count)

    def TaskPool(self, *, name=""):
        """Named tasks and their workers: what Pool, Executor and Worker work on."""
        return self._make(TaskPoolProxy, name)

    def list(self, elements=(), *, name=""):
        return self._make(ListProxy, name, values=elements)

    def dict(self, other=(), /, **entries):
        """`deep=True`: nested dicts and lists are shared, too; see syncmanager.deep."""
        if entries.get("deep") is True:
            del entries["deep"]
            made = self._make(DeepDictProxy)
            made.update(other, **entries)
            return made
        return self._make(DictProxy, entries=dict(other, **entries))

    def set(self, elements=(), *, name=""):
        return self._make(SetProxy, name, values=elements)

    def Namespace(self, /, **attributes):
        return self._make(NamespaceProxy, attributes=attributes)

    def Value(self, typecode, value, lock=True, *, name=""):
        return self._make(ValueProxy, name, typecode=_letter_of(typecode), initial=value)

    def Array(self, typecode, sequence, lock=True, *, name=""):
        return self._make(ArrayProxy, name, typecode=typecode, values=sequence)


# What the manager has itself, and what needs a host.
for _typeid, _proxytype in {
        "Queue": QueueProxy, "JoinableQueue": QueueProxy, "LifoQueue": LifoQueueProxy,
        "PriorityQueue": PriorityQueueProxy, "Event": EventProxy, "Lock": AcquirerProxy,
        "RLock": RLockProxy, "RWLock": RWLockProxy, "Semaphore": SemaphoreProxy,
        "BoundedSemaphore": BoundedSemaphoreProxy, "Condition": ConditionProxy,
        "Barrier": BarrierProxy, "CountDownLatch": LatchProxy, "list": ListProxy,
        "dict": DictProxy, "set": SetProxy, "Namespace": NamespaceProxy, "Value": ValueProxy,
        "Array": ArrayProxy, "TaskPool": TaskPoolProxy}.items():
    SyncManager._registry[_typeid] = None, _proxytype._exposed_, None, _proxytype
SyncManager.NATIVE = dict(SyncManager._registry)
SyncManager.register("Pool", pool.Pool, PoolProxy)
SyncManager.register("Iterator", proxytype=IteratorProxy, create_method=False)
SyncManager.register("AsyncResult", create_method=False)
SyncManager._LATE = {"Pool": SyncManager._registry["Pool"]}
BaseManager._OBJECTS = SyncManager


def Manager(ctx=None):
    """A SyncManager that was started."""
    manager = SyncManager(ctx=ctx)
    manager.start()
    return manager


def connect(url="", *, authkey=None, key_file="", session_timeout=10.0, on_session_lost=None,
            pickle=True):
    """A SyncManager connected to the manager at `url`; "": $SYNCMANAGER_URL, else this user's own.

    The key is `authkey`, or that of `key_file`, or what $SYNCMANAGER_AUTHKEY_FILE says.
    """
    manager = SyncManager(url, b"" if authkey is None else authkey, key_file=key_file,
                          session_timeout=session_timeout, on_session_lost=on_session_lost,
                          pickle=pickle)
    manager.connect()
    return manager


def _letter_of(typecode):
    """Of a typecode, or of a class of ctypes; nothing for what has none."""
    letter = getattr(typecode, "_type_", typecode)
    return letter if isinstance(letter, str) and len(letter) == 1 and letter.isalpha() else ""
