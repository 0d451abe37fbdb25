"""Pool: multiprocessing's, whose workers may die, and come from other hosts.

    from syncmanager import Pool

    with Pool(4) as pool:
        print(pool.map(square, range(10)))
"""

import functools
import itertools
import math
import multiprocessing
import threading
import warnings
import weakref
from multiprocessing import pool, util

from ._pool_backend import HasBackend, PoolBackend
from ._tasks import functions, progress_bar
from ._tasks.submitter import Terms, call_guarded
from .errors import Cancelled

__all__ = ["Pool"]

_SLICED = (list, tuple, range)  # A part of these is there at once; others are read one by one.
_SHARES = 4  # Chunks for each worker that a map is divided into, as multiprocessing does.
_ROOM = 128  # Chunks for each worker that an imap has under way, or that nobody has asked for yet.


class Pool(HasBackend, pool.Pool):
    """`processes` workers are children of this process (None: one for each core; 0, for a pool with
    a name: none), others may join: `python3 -m syncmanager.worker`. Methods, results and errors are
    multiprocessing's.

    A worker that dies takes only its task along, which is tried again on the `terms`: keywords of
    Terms. `manager`, `name` and `keep` are PoolBackend's.

    As with multiprocessing's, one that is replaced by fork has what other threads had open just
    then: a program whose threads start programs meanwhile takes a context of "forkserver".
    """

    def __init__(self, processes=None, initializer=None, initargs=(), maxtasksperchild=None,
                 context=None, *, manager=None, name="", keep="", **terms):
        self._state = pool.INIT  # For __del__, should what follows raise.
        if processes is not None and processes < (0 if name else 1):
            raise ValueError("Number of processes must be at least 1, or 0 for a pool with a name")
        if maxtasksperchild is not None and (
                not isinstance(maxtasksperchild, int) or maxtasksperchild <= 0):
            raise ValueError("maxtasksperchild must be a positive int or None")
        if initializer is not None and not callable(initializer):
            raise TypeError("initializer must be a callable")
        self._ctx = context or multiprocessing.get_context()
        self._cache = {}
        self._backend = PoolBackend(
            processes, initializer, tuple(initargs), maxtasksperchild, self._ctx, manager, name,
            keep, Terms(**terms), daemon=True)
        self._taskqueue = _Feed(self)
        self._feeders = weakref.WeakKeyDictionary()  # Threads, by the iterators that they feed.
        self._terminate = util.Finalize(self, _terminate, args=(self._backend,), exitpriority=15)
        self._state = pool.RUN

    @property
    def _pool(self):
        """The workers that are children; if others do the work, as many as they are."""
        return self._backend.workers.processes or range(self._backend.size())

    @property
    def _processes(self):
        """How many they are, which programs read of multiprocessing's."""
        return len(self._pool)

    @property
    def name(self):
        return self._backend.proxy._syncmanager_reference.name

    # ---- multiprocessing's, with what it hasn't.

    def map(self, func, iterable, chunksize=None, *, progress=False):
        """`progress`: shows how far it is on standard error."""
        if not progress:
            return super().map(func, iterable, chunksize)
        items = iterable if hasattr(iterable, "__len__") else list(iterable)
        chunksize = chunksize or len(items) // (_SHARES * self._backend.size()) + 1
        return list(self.imap(func, items, chunksize, progress=True))

    def imap(self, func, iterable, chunksize=1, *, progress=False):
        """In order. Only so much of `iterable` is taken at a time as keeps the workers busy, and
        the rest when its results are taken."""
        return self._imap(_Ordered, func, iterable, chunksize, progress)

    def imap_unordered(self, func, iterable, chunksize=1, *, progress=False):
        """As they come."""
        return self._imap(_AsTheyCome, func, iterable, chunksize, progress)

    def _imap(self, kind, func, iterable, chunksize, progress):
        self._check_running()
        if chunksize < 1:
            raise ValueError(f"Chunksize must be 1+, not {chunksize}")
        results = kind(self, _ROOM * self._backend.size())
        chunks = iterable if chunksize == 1 else pool.Pool._get_tasks(func, iterable, chunksize)
        feed = self._guarded_task_generation(
            results._job, func if chunksize == 1 else pool.mapstar, chunks)
        feeder = threading.Thread(
            target=self._taskqueue.put_as_taken, name="syncmanager feeder", daemon=True,
            args=(results._job, feed, weakref.ref(results), results._room))
        self._feeders[results] = feeder
        feeder.start()
        if chunksize > 1:
            results = (item for chunk in results for item in chunk)
        return progress_bar.over(results, iterable) if progress else results

    def apply_async(self, func, args=(), kwds={}, callback=None, error_callback=None):
        return super().apply_async(func, args, kwds, _guarded(callback), _guarded(error_callback))

    def _map_async(self, func, iterable, mapper, chunksize=None, callback=None,
                   error_callback=None):
        callback, error_callback = _guarded(callback), _guarded(error_callback)
        plain = mapper is pool.mapstar and type(iterable) in _SLICED and len(iterable) > 0
        if not plain or (chunksize is not None and chunksize < 1):
            return super()._map_async(func, iterable, mapper, chunksize, callback, error_callback)
        self._check_running()
        size = chunksize or math.ceil(len(iterable) / (_SHARES * len(self._pool)))
        result = pool.MapResult(self, size, len(iterable), callback, error_callback)
        for number, begin in enumerate(range(0, len(iterable), size)):
            self._taskqueue.submit_chunk(result._job, number, func, iterable[begin:begin + size])
        return result

    # ---- Its end.

    def close(self):
        if self._state == pool.RUN:
            self._state = pool.CLOSE

    def terminate(self):
        self._state = pool.TERMINATE
        self._terminate()

    def join(self):
        if self._state == pool.RUN:
            raise ValueError("Pool is still running")
        if self._terminate.still_active():
            for results, feeder in list(self._feeders.items()):
                results._room.open()
                feeder.join()
            self._backend.finish()
            self._terminate.cancel()  # Not before: a join() that is interrupted leaves it to do.

    def __del__(self, _warn=warnings.warn):
        if self._state == pool.RUN:
            _warn(f"unclosed running multiprocessing pool {self!r}", ResourceWarning, source=self)

    def __repr__(self):
        return (f"<{type(self).__module__}.{type(self).__qualname__} state={self._state} "
                f"pool_size={len(self._backend.workers.processes)}>")


def _guarded(callback):
    """A callback that raises has that printed, and the result arrives all the same."""
    return callback and functools.partial(call_guarded, callback)


def _terminate(backend):
    backend.kill(Cancelled("the pool was terminated"))


class _Feed:
    """Where multiprocessing's Pool puts its tasks."""

    def __init__(self, pool):
        self._backend = pool._backend
        self._cache = pool._cache

    def put(self, work):
        feed, _ = work
        for task in feed:
            self.submit(task)

    def put_as_taken(self, job, feed, results, room):
        """Each when there is room for it. A weak reference: what nobody takes any more needs no
        more tasks."""
        count = 0
        try:
            for task in feed:
                room.take()
                if results() is None:
                    return
                self.submit(task)
                count += 1
        except BaseException as error:  # The pool has ended, its workers can't begin, or `feed`
            self._done(job, count, False, error)  # raises what ends a thread.
            count += 1
        if (taken := results()) is not None:
            taken._set_length(count)

    def submit_chunk(self, job, i, function, items):
        self._backend.submit_chunk(function, functions.chunk_of(items),
                                functools.partial(self._done, job, i))

    def submit(self, task):
        job, i, function, args, kwds = task

        done = functools.partial(self._done, job, i)
        if function is pool.mapstar:
            (function, chunk), = args
            self._backend.submit_chunk(function, functions.chunk_of(chunk), done)
        elif function is pool.starmapstar:
            (function, chunk), = args
            self._backend.submit_chunk(function, map(tuple, chunk), done)
        elif function is pool._helper_reraises_exception:  # What the iterable of an imap raised.
            done(False, *args)
        else:
            self._backend.submit(function, functions.arguments_of(args, kwds), done)

    def _done(self, job, i, success, value, workers=()):
        """`value`: the result, or the exception if not `success`."""
        cause = None if success else value.__cause__
        if isinstance(cause, functions.UnsentResult):
            value = _maybe_encoding_error(value, cause)
        result = self._cache.get(job)
        if result is not None:
            result._set(i, (success, value))


def _maybe_encoding_error(error, cause):
    """The exception of multiprocessing.Pool for a result that can't be pickled."""
    made = pool.MaybeEncodingError(error, None)
    made.value = cause.result
    made.args = made.exc, made.value
    made.__cause__ = cause
    return made


class _Room:
    """A counting semaphore that hands permits back in batches of a quarter of its size, because
    waking the taking thread for every result would dominate. open() removes the bound."""

    def __init__(self, size):
        self._taken = 0  # At once, by who takes, and not used yet.
        self._left = size
        self._quarter = max(size // 4, 1)
        self._given = itertools.count(1)
        self._changed = threading.Condition()

    def take(self):
        if self._taken == 0:
            with self._changed:
                self._changed.wait_for(lambda: self._left > 0)
                self._taken, self._left = self._left, 0
        self._taken -= 1

    def give(self):
        if next(self._given) % self._quarter == 0:
            with self._changed:
                self._left += self._quarter
                self._changed.notify()

    def open(self):
        with self._changed:
            self._left = math.inf
            self._changed.notify_all()


class _Taken:
    """Mixin for the iterators of imap: taking a result makes room for another task."""

    def __init__(self, pool, room):
        super().__init__(pool)
        self._room = _Room(room)

    def next(self, timeout=None):
        try:
            result = super().next(timeout)
        except (StopIteration, multiprocessing.TimeoutError):
            raise
        except BaseException:
            self._room.give()
            raise
        self._room.give()
        return result

    __next__ = next

    def __del__(self):
        self._room.open()


class _Ordered(_Taken, pool.IMapIterator):
    pass


class _AsTheyCome(_Taken, pool.IMapUnorderedIterator):
    pass
