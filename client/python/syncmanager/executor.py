"""Executor: concurrent.futures', whose workers may die, and come from other hosts.

    from syncmanager import Executor

    with Executor() as executor:
        future = executor.submit(pow, 2, 10)
"""

import collections
import copy
import itertools
import time
import traceback
import weakref
from concurrent import futures
from multiprocessing import util

from ._pool_backend import HasBackend, PoolBackend
from ._tasks import functions
from ._tasks.submitter import Terms
from .errors import Cancelled

__all__ = ["Executor", "Future"]


class Future(futures.Future):
    """One task of an Executor. `ticket`: what a kept inbox knows it by. `lost`, when it is done:
    the names of the workers that died with it."""

    def __init__(self):
        super().__init__()
        self.ticket = None
        self.lost = []
        self._submitter = None
        self._hear = []
        self._told = []  # What the task told last.

    def cancel(self):
        """As concurrent.futures': False once a worker has begun with it."""
        if not self.done() and not self._submitter.cancel(self.ticket):
            return False
        if super().cancel():
            self.set_running_or_notify_cancel()
        return self.cancelled()

    def running(self):
        """Whether a worker has begun with it, or has it in hand and will; this asks the manager."""
        return not self.done() and self._submitter.has_begun(self.ticket)

    def add_progress_callback(self, function):
        """`function(value)` is called, by a thread of the executor, whenever the task calls
        `syncmanager.worker.progress(value)`; with the last one before, if there was one, at once.
        What it raises is printed."""
        with self._condition:
            self._hear.append(function)
            told = self._told
        if told:
            _call(function, told)

    def _progress(self, value):
        with self._condition:
            self._told, hear = [value], list(self._hear)
        for function in hear:
            _call(function, self._told)

    def _done(self, success, value, workers):
        if self.cancelled():
            return
        self.lost = workers
        (self.set_result if success else self.set_exception)(value)


def _call(function, arguments):
    try:
        function(*arguments)
    except Exception:
        traceback.print_exc()


class Executor(HasBackend, futures.Executor):
    """`max_workers` processes are children of this one (None: one for each core; 0: none), others
    may join: `python3 -m syncmanager.worker`.

    A worker that dies takes only its task along, which is tried again on the `terms`: keywords of
    Terms. `manager`, `name` and `keep` are PoolBackend's.
    """

    def __init__(self, max_workers=None, mp_context=None, initializer=None, initargs=(), *,
                 max_tasks_per_child=None, manager=None, name="", keep="", **terms):
        if max_workers is not None and max_workers < (0 if name else 1):
            raise ValueError("max_workers must be greater than 0, or 0 for a pool with a name")
        if initializer is not None and not callable(initializer):
            raise TypeError("initializer must be a callable")
        if max_tasks_per_child is not None and max_tasks_per_child <= 0:
            raise ValueError("max_tasks_per_child must be >= 1")
        self._terms = Terms(**terms)
        self._backend = PoolBackend(max_workers, initializer, tuple(initargs), max_tasks_per_child,
                          mp_context, manager, name, keep, self._terms, daemon=False)
        self._futures = weakref.WeakSet()
        self._closed = util.Finalize(self, _finish, args=(self._backend,), exitpriority=20)

    # Programs read these two of concurrent.futures'.

    @property
    def _max_workers(self):
        return self._backend.count

    @property
    def _processes(self):
        return {worker.pid: worker for worker in self._backend.workers.processes}

    def options(self, **terms):
        """This executor for tasks on other terms: `executor.options(attempts=1).submit(...)`."""
        other = copy.copy(self)
        other._terms = Terms(**terms)
        return other

    def submit(self, fn, /, *args, **kwargs):
        """`fn`: a callable, or the name of a function that some worker has added."""
        arguments = functions.arguments_of(args, kwargs)
        future, = self._submit(lambda: [self._backend.submitter.task(fn, arguments)])
        return future

    def map(self, fn, *iterables, timeout=None, chunksize=1, buffersize=None):
        """Yields the results in order, as concurrent.futures does. `buffersize`, from 3.14, is how
        many chunks are submitted before the results of the first are taken."""
        if chunksize < 1:
            raise ValueError("chunksize must be >= 1.")
        if buffersize is not None and buffersize < 1:
            raise ValueError("buffersize must be None or > 0")
        end = None if timeout is None else time.monotonic() + timeout
        calls = zip(*iterables)
        chunks = iter(lambda: list(itertools.islice(calls, chunksize)), [])
        pending = collections.deque()
        for chunk in itertools.islice(chunks, buffersize):
            pending += self._submit_chunk(fn, chunk)
        return self._results(fn, chunks, pending, end)

    def _results(self, fn, chunks, pending, end):
        try:
            while pending:
                first = pending.popleft()
                try:
                    results = first.result(None if end is None else end - time.monotonic())
                except futures.TimeoutError:
                    first.cancel()
                    raise
                if (chunk := next(chunks, None)) is not None:
                    pending += self._submit_chunk(fn, chunk)
                del first
                results.reverse()
                while results:  # Of a result that was taken nothing is kept here.
                    yield results.pop()
        finally:
            for future in pending:
                future.cancel()

    def shutdown(self, wait=True, *, cancel_futures=False):
        if cancel_futures:
            for future in list(self._futures):
                future.cancel()
        if self._closed.still_active():
            self._closed.cancel()
            self._backend.finish_later()
        if wait:
            self._backend.finish()

    def _submit_chunk(self, fn, calls):
        """Futures of lists of results; several, if one task would be too large."""
        return self._submit(lambda: self._backend.tasks(fn, calls))

    def _submit(self, make):
        """Futures of the tasks that make() returns, or of what it raises: as CPython's, what can't
        travel is heard of there."""
        if not self._closed.still_active():
            raise RuntimeError("cannot schedule new futures after shutdown")
        try:
            made = make()
        except Exception as error:
            future = Future()
            future.set_exception(error)
            return [future]
        return [self._future(task) for task in made]

    def _future(self, task):
        future = Future()
        future._submitter = self._backend.submitter
        future.ticket = self._backend.submitter.submit(
            task, self._terms, future._done, future._progress)
        self._futures.add(future)
        return future


def _finish(backend):
    """When nobody refers to an executor any more, or the program ends: its tasks are done first."""
    if not util.is_exiting():
        backend.finish_later()
        return
    try:
        backend.finish()
    except BaseException:  # Ctrl-C, for one: the program shall end.
        backend.kill(Cancelled("the program ends"))
        raise
