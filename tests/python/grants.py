"""The operations that give something, for tests of those who lose interest in it."""

import collections
import functools
import queue
import threading

from syncmanager._session.operations import registry

# `make`: of a manager, the object. `withhold`: `take` of it has to wait from now on; `give` ends
# that, by the same thread. `left`: how much there is to take: 1 if nobody has
# taken it, otherwise 0.
Grant = collections.namedtuple("Grant", "make withhold take give left")


def _of_queue(make, take=lambda q: q.get()):
    return Grant(make, lambda q: None, take, lambda q: q.put(7), lambda q: q.qsize())


def _of_lock(make, take=lambda l: l.acquire(), withhold=lambda l: l.acquire()):
    return Grant(make, withhold, take, lambda l: l.release(), lambda l: int(not l.locked()))


def _of_semaphore(make, n=1):
    return Grant(make, lambda s: s.acquire(n=n), lambda s: s.acquire(n=n), lambda s: s.release(n),
                 lambda s: s.get_value() // n)


GRANTS = {
    "Queue.get": _of_queue(lambda m: m.Queue()),
    "LifoQueue.get": _of_queue(lambda m: m.LifoQueue()),
    "PriorityQueue.get": _of_queue(lambda m: m.PriorityQueue()),
    "Queue.get of a reliable one": _of_queue(lambda m: m.Queue(reliable=True)),
    "Queue.take": _of_queue(lambda m: m.Queue(reliable=True), lambda q: q.take()),
    "Lock.acquire": _of_lock(lambda m: m.Lock()),
    "RLock.acquire": _of_lock(lambda m: m.RLock()),
    "Condition.acquire": _of_lock(lambda m: m.Condition()),
    "RWLock.acquire_read": _of_lock(
        lambda m: m.RWLock(), lambda l: l.acquire_read(), lambda l: l.acquire_write()),
    "RWLock.acquire_write": _of_lock(
        lambda m: m.RWLock(), lambda l: l.acquire_write(), lambda l: l.acquire_write()),
    "Semaphore.acquire": _of_semaphore(lambda m: m.Semaphore(1)),
    "Semaphore.acquire of three": _of_semaphore(lambda m: m.Semaphore(3), 3),
    "BoundedSemaphore.acquire": _of_semaphore(lambda m: m.BoundedSemaphore(1)),
}


def parked(proxy):
    """How many calls wait in the manager of that object: those that wait for a Condition's lock,
    too."""
    return registry.stats(proxy._syncmanager_reference.session.registry(), None)["parked"]


def source_of(grant, shared):
    """Returns the method of `grant` with its arguments, as wait_any() expects it."""
    class Recorder:
        def __getattr__(self, name):
            return lambda *args, **kwargs: functools.partial(getattr(shared, name), *args, **kwargs)

    return grant.take(Recorder())


class Other:
    """A thread that does what another program would do."""

    def __init__(self):
        self._calls = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def start(self, function, *args):
        """Calls it there. What this returns waits until that is done."""
        done = threading.Event()
        self._calls.put((function, args, done))
        return done.wait

    def __call__(self, function, *args):
        """Calls it there, and waits."""
        self.start(function, *args)()

    def end(self):
        self._calls.put(None)
        self._thread.join()

    def _run(self):
        while (call := self._calls.get()) is not None:
            function, args, done = call
            try:
                function(*args)
            finally:
                done.set()
