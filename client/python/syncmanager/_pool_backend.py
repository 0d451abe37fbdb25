"""The common part of Pool and Executor: a pool of the manager, a submitter, and workers."""

import functools
import itertools
import multiprocessing
import os
import threading

from ._session.operations import registry
from ._tasks.functions import divided, is_large
from ._tasks.local_workers import LocalWorkers
from ._tasks.submitter import Submitter
from ._tasks.task_pools import TaskPoolProxy
from .errors import Disconnected
from .managers import SyncManager


class _Whole:
    """The result of several tasks: all of theirs, or the first error."""

    def __init__(self, count, done):
        self._parts = [None] * count
        self._left = count
        self._success, self._error, self._workers = True, None, []
        self._done = done

    def part_is_done(self, number, success, value, workers):
        """By the submitter's thread, as all results come."""
        self._left -= 1
        self._parts[number] = value
        self._workers += workers
        if not success and self._success:
            self._success, self._error = False, value
        if self._left == 0:
            self._done(self._success, list(itertools.chain(*self._parts)) if self._success
                       else self._error, self._workers)


class PoolBackend:
    """`manager` is a SyncManager, or None for one of its own; `name` names the pool, so that
    workers from elsewhere can come; `processes` are started here, None: one for each core. With
    `keep`, a name, results that nobody took outlive this process, and anybody may collect them by
    it. `daemon`: whether the processes are daemons, which can't have children of their own."""

    def __init__(self, processes, initializer, initargs, max_tasks, context, manager, name, keep,
                 terms, daemon):
        self._own = None
        self._ending = threading.Lock()
        self._ended = False
        if manager is None:
            manager = self._own = SyncManager(ctx=context)
            manager.start()
        self.proxy = manager._syncmanager_make(TaskPoolProxy, name)
        self._deletes = not name
        self.terms = terms
        self.submitter = Submitter(self.proxy, keep)
        reference = self.proxy._syncmanager_reference
        translation = reference.session.translation
        work = (reference.session.url, bytes(translation.authkey), translation.key_file,
                name or reference.id, initializer, initargs, max_tasks)
        self.count = os.cpu_count() or 1 if processes is None else processes
        try:
            self.workers = LocalWorkers(context or multiprocessing.get_context(), self.count,
                                        work, self.submitter.fail, daemon)
        except BaseException:
            self._discard()
            raise

    def submit(self, function, arguments, done):
        """As Submitter's, on the backend's terms. If it can't travel, that is its result, as with
        CPython's."""
        self._submit(lambda: [self.submitter.task(function, arguments)], done)

    def submit_chunk(self, function, calls, done):
        """The same for calls whose results are one list, in as many tasks as they need. `calls`: an
        iterable; what it raises is the result, too."""
        self._submit(lambda: self.tasks(function, list(calls)), done)

    def _submit(self, make, done):
        try:
            parts = make()
        except Exception as error:
            done(False, error, ())
            return
        if len(parts) == 1:
            self.submitter.submit(parts[0], self.terms, done)
            return
        whole = _Whole(len(parts), done)
        for number, task in enumerate(parts):
            self.submitter.submit(task, self.terms,
                                  functools.partial(whole.part_is_done, number))

    def tasks(self, function, calls):
        """For the submitter: one for all calls, or several if that would be too large."""
        return divided(calls, lambda part, _: self.submitter.task(function, part),
                       lambda task: is_large(task.encoded))

    def size(self):
        """How many workers there are, wherever; at least one, who may be yet to come."""
        return max(len(self.workers.processes), len(self.proxy.state()["workers"]), 1)

    def finish(self):
        """Ends the backend when all submitted tasks are done. Any thread may call it, and every
        caller waits for the end."""
        with self._ending:
            if self._ended:
                return
            self.submitter.wait()
            self.workers.end()
            self._ended = True
            self.submitter.close()
            self._discard()

    def finish_later(self):
        """The same in the background."""
        threading.Thread(target=self.finish, name="syncmanager end of a pool").start()

    def kill(self, error):
        """Ends the backend at once: tasks that aren't done are done with that error, and workers
        are killed. Thread-safe: a finish() that waits in another thread ends, too."""
        self.submitter.fail(error)
        if not self._ended:
            self.submitter.cancel_all()
            self.workers.kill()
        self.finish()

    def _discard(self):
        """The pool in the manager, or the manager with it."""
        if self._own is not None:
            self._own.shutdown()
        elif self._deletes:
            reference = self.proxy._syncmanager_reference
            try:
                registry.delete(reference.session.registry(), None, "", reference.id)
            except Disconnected:  # The manager has ended, and the pool with it.
                pass


class HasBackend:
    """The questions that Pool and Executor answer about their `_backend`."""

    def state(self):
        """Who works, what waits and what is dead: a dict, as `syncctl pool` shows it."""
        return self._backend.proxy.state()

    def retry(self, *numbers):
        """Puts these dead tasks in line again, or all of them; how many that were."""
        return self._backend.proxy.retry(*numbers)
