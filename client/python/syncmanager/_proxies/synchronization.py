"""The objects of threading, and those that it lacks: RWLock, CountDownLatch, Counter."""

import threading
import time
from multiprocessing import managers

from .._session.operations import barrier, condition, counter, event, latch, lock, rwlock, semaphore
from .._session.maybe_async import maybe_async
from . import thread_locks
from .base import ManagedProxy, with_reference


def _timeout_of_lock(blocking, timeout):
    """As threading.Lock.acquire takes them, with its errors."""
    if timeout is None:
        timeout = -1
    if timeout != -1 or type(blocking) is not bool:
        threading.Lock().acquire(blocking, timeout)  # Raises, in the words of this Python.
    if timeout == -1:
        return None if blocking else 0
    return timeout


class AcquirerProxy(ManagedProxy, managers.AcquirerProxy,
                    type="Lock", options="lock", awaits="acquire"):
    """A lock after threading.Lock: any process and thread may release it."""

    _exposed_ = ("acquire", "release", "locked")
    _syncmanager_operations = lock

    def acquire(self, blocking=True, timeout=None):
        """Whether it was in time. `abandoned` and `fence` are of the latest grant then."""
        return self._syncmanager_operations.acquire(self, _timeout_of_lock(blocking, timeout))

    def release(self):
        return self._syncmanager_operations.release(self, None)

    def locked(self):
        return self._syncmanager_operations.locked(self, None)

    @property
    def abandoned(self):
        """Whether the holder before died holding it: what it guards may be half done."""
        return self._syncmanager_reference.grant[1]

    @property
    def fence(self):
        """The fence for with_fence(): the lock and the number of its grant, 0 before the first."""
        return (self._syncmanager_reference.id, self._syncmanager_reference.grant[0])

    def __enter__(self):
        return self.acquire()

    def __exit__(self, exc_type, exc_val, exc_tb):
        return self.release()


class _OwnedProxy(AcquirerProxy):
    """A lock that a thread owns, and gives back when the thread ends."""

    def acquire(self, blocking=True, timeout=None):
        """Whether it was in time. `abandoned` and `fence` are of the latest grant then."""
        if thread_locks.ends_before_the_process():
            return self._syncmanager_acquire(blocking, timeout)
        return super().acquire(blocking, timeout)

    @maybe_async
    def _syncmanager_acquire(self, blocking, timeout):
        got = yield super().acquire(blocking, timeout)
        if got:
            thread_locks.took(self._syncmanager_reference)
        return got

    @maybe_async
    def release(self):
        yield super().release()
        thread_locks.gave(self._syncmanager_reference)


class RLockProxy(_OwnedProxy, type="RLock", options="rlock"):
    """A lock that its owner, a thread of a process, may acquire again. After threading.RLock. That
    of a thread that has ended goes to the next one, who finds it `abandoned`."""



def with_fence(proxy, fence):
    """The same object, each of whose calls is performed only while that grant of a lock is current;
    otherwise it raises LockLost. `fence` is a lock's `fence`."""
    return with_reference(proxy, proxy._syncmanager_reference.fenced(*fence))


class SemaphoreProxy(AcquirerProxy, type="Semaphore", options="semaphore"):
    """After threading.Semaphore. Permits of a process that dies come back."""

    _exposed_ = ("acquire", "release", "locked", "get_value")

    def acquire(self, blocking=True, timeout=None, n=1):
        if not blocking and timeout is not None:
            raise ValueError("can't specify timeout for non-blocking acquire")
        patience = timeout if blocking else 0
        return semaphore.acquire(self, patience, n)

    def release(self, n=1):
        if n < 1:
            raise ValueError("n must be one or more")
        return semaphore.release(self, None, n)

    def get_value(self):
        """How many permits are free."""
        return semaphore.value(self, None)

    @maybe_async
    def locked(self):
        return (yield self.get_value()) == 0


class BoundedSemaphoreProxy(SemaphoreProxy, type="BoundedSemaphore", options="bounded_semaphore"):
    """After threading.BoundedSemaphore."""



class ConditionProxy(_OwnedProxy, managers.ConditionProxy,
                     type="Condition", options="condition", awaits="wait"):
    """After threading.Condition."""

    _exposed_ = ("acquire", "release", "locked", "wait", "notify", "notify_all")
    _syncmanager_operations = condition

    def wait(self, timeout=None):
        """Whether somebody notified it in time; the lock is held again in any case."""
        return condition.wait(self, timeout)

    def notify(self, n=1):
        return condition.notify(self, None, max(n, 0))

    def notify_all(self):
        return condition.notify_all(self, None)

    @maybe_async
    def wait_for(self, predicate, timeout=None):
        result = predicate()
        if timeout is not None:
            end = time.monotonic() + timeout
        while not result:
            left = None if timeout is None else end - time.monotonic()
            if left is not None and left <= 0:
                break
            yield self.wait(left)
            result = predicate()
        return result


class EventProxy(ManagedProxy, managers.EventProxy, type="Event", options="event", awaits="wait"):
    """After threading.Event."""

    _exposed_ = ("is_set", "set", "clear", "wait")

    def is_set(self):
        return event.is_set(self, None)

    def set(self):
        return event.set(self, None)

    def clear(self):
        return event.clear(self, None)

    def wait(self, timeout=None):
        return event.wait(self, timeout)


class BarrierProxy(ManagedProxy, managers.BarrierProxy,
                   type="Barrier", options="barrier", awaits="wait"):
    """After threading.Barrier. A party that dies breaks it.

    An `action` is run by the process that arrives last, before anybody goes on.
    """

    _exposed_ = ("__getattribute__", "wait", "abort", "reset")

    def wait(self, timeout=None):
        return barrier.wait(self, timeout)

    def abort(self):
        return barrier.abort(self, None)

    def reset(self):
        return barrier.reset(self, None)

    @property
    def parties(self):
        return self._syncmanager_state("parties")

    @property
    def n_waiting(self):
        return self._syncmanager_state("waiting")

    @property
    def broken(self):
        return self._syncmanager_state("broken")

    @maybe_async
    def _syncmanager_state(self, name):
        return (yield barrier.inspect(self, None))[name]


class RWLockProxy(ManagedProxy, type="RWLock", options="rwlock"):
    """Many readers or one writer, first come, first served.

        with rwlock.reading(): ...
        with rwlock.writing(): ...
    """

    _exposed_ = ("acquire_read", "acquire_write", "release", "locked")

    class _syncmanager_Side:
        def __init__(self, acquire, release):
            self._acquire, self._release = acquire, release

        def __enter__(self):
            return self._acquire()

        def __exit__(self, exc_type, exc_val, exc_tb):
            return self._release()

    def acquire_read(self, blocking=True, timeout=None):
        """Whether it was in time."""
        return rwlock.acquire_read(self, _timeout_of_lock(blocking, timeout))

    def acquire_write(self, blocking=True, timeout=None):
        """Whether it was in time."""
        return rwlock.acquire_write(self, _timeout_of_lock(blocking, timeout))

    def release(self):
        """Releases the side that this thread holds: the write side, or one read."""
        return rwlock.release(self, None)

    def locked(self):
        """0: it is free, -1: a writer has it, else how many readers do."""
        return rwlock.locked(self, None)

    def reading(self):
        """A context that holds it as one of its readers."""
        return self._syncmanager_Side(self.acquire_read, self.release)

    def writing(self):
        """A context that holds it as its writer."""
        return self._syncmanager_Side(self.acquire_write, self.release)


class LatchProxy(ManagedProxy, type="Latch", options="latch", awaits="wait"):
    """Opens once, when its count has come down to 0. After Java's CountDownLatch."""

    _exposed_ = ("count_down", "wait", "count")

    def count_down(self, n=1):
        """Brings the count down by `n`, to 0 at the least."""
        return latch.count_down(self, None, n)

    def wait(self, timeout=None):
        """Whether it was open in time."""
        return latch.wait(self, timeout)

    @property
    def count(self):
        return latch.count(self, None)


class CounterProxy(ManagedProxy, type="Counter", options="counter", awaits="wait"):
    """A number that any process adds to and can wait for. The opposite of a CountDownLatch."""

    _exposed_ = ("add", "get", "wait")

    def add(self, amount=1):
        """Adds `amount`, which may be negative, and returns the sum.

        Raises OverflowError if the sum doesn't fit into 64 bits."""
        return counter.add(self, None, amount)

    def get(self):
        """Returns the number."""
        return counter.get(self, None)

    def wait(self, at_least, timeout=None):
        """Blocks until the number is `at_least` or more. Returns whether it was in time."""
        return counter.wait(self, timeout, at_least)
