"""A worker takes tasks of a pool, calls their functions, and tells the manager the results."""

import collections
import contextvars
import itertools
import os
import socket
import threading
import time

from .._native import EncodedValue, WorkerPolicy
from .._session.completions import Arrivals
from .._session.operations import pool
from ..errors import Cancelled, Disconnected, InvalidArgument, LimitExceeded, NoSuchObject
from . import functions
from .outcomes import Part

_callers = itertools.count(1 << 62)  # Numbers that no thread has, and no task of asyncio.
_doing = contextvars.ContextVar("doing")  # The worker, and the number of its task.


def progress(value):
    """Tells the submitter of the task that this thread is doing how far it is: calls the functions
    that were given to Future.add_progress_callback() with `value`. Raises RuntimeError outside of a
    task, in a thread that the task has started, too; and what sending the value raises."""
    if (doing := _doing.get(None)) is None:
        raise RuntimeError("progress() is called outside of a task: call it in the function that "
                           "was submitted, in the thread that the worker calls it in")
    worker, number = doing
    pool.progress(worker._reference, None, number, value)


def name_of_process():
    """The name of this worker in answers about who did, or lost, a task."""
    return f"worker {os.getpid()} on {socket.gethostname()}"


class Worker:
    """Does a pool's tasks in the thread that calls run(). It offers every function that Python can
    import, and those that were added by name. One thread at a time, but for stop().

    It follows the C++ worker's policy and has a loop of its own: a signal's function may call
    stop() or interrupt() at any point of it, and a task's SystemExit or KeyboardInterrupt is a
    result like any other. The C++ worker has no place for Python code between its calls."""

    def __init__(self, proxy):
        self._proxy = proxy
        self._session = proxy._syncmanager_reference.session
        self._added = {}
        self._arrivals = Arrivals()
        self._caller = next(_callers)
        self._lock = threading.RLock()  # A signal's function may come while this thread has it.
        self._stopping = False
        self._calling = False  # A task's function.
        self._taking = False
        self._leaving = None
        self._hand = collections.deque()  # What was taken and isn't begun.
        self._begun = 0  # It changes with each task.
        self._finished, self._bytes = [], 0  # What the manager isn't told yet, and its size.
        self._sent = 0  # When it last was.
        self._finishing = None  # A call, and what it finishes.
        self._room = 1  # The number of tasks to take next.
        self._several = threading.Event()  # There is something to watch.
        self._watcher = None

    def add(self, name, function):
        """`function` does the tasks that ask for `name`, in whatever language that was."""
        self._added[name] = function

    def stop(self):
        """run() returns when the task that is being done is done. From any thread, or a signal's
        function."""
        with self._lock:
            self._stopping = True
            if self._taking:  # The call is cancelled; if it has brought tasks, they go back.
                self._leaving = self._start(pool.leave)

    def interrupt(self):
        """Raises KeyboardInterrupt if a task's function is running, and does nothing otherwise: the
        task ends, and the worker goes on. For a signal's function in the thread of run()."""
        if self._calling:
            self._calling = False
            raise KeyboardInterrupt

    def run(self, tasks=None):
        """Works until stop(), the end of its number of tasks, or the end of pool or manager."""
        offers = [*self._added, *functions.OFFERS]
        try:
            while tasks != 0 and (
                    taken := self._take(offers, min(self._room, tasks or self._room))):
                done = self._do(taken)
                if tasks is not None:
                    tasks -= done
            self._look_at_finishing()
            self._start(pool.leave).result()
        except (Disconnected, NoSuchObject):
            return
        finally:
            self._watcher = None
            self._several.set()

    @property
    def _reference(self):
        return self._proxy._syncmanager_reference

    def _start(self, operation, *arguments):
        return operation.start(
            self._reference, None, self._caller, self._arrivals.completions, *arguments)

    def _take(self, offers, most):
        """Some tasks; none if it is to stop."""
        with self._lock:
            if self._stopping:
                return []
            taking = self._start(pool.take, offers, most)
            self._taking = True
            if self._stopping:  # By a signal just now.
                self.stop()
        self._look_at_finishing()  # Before this waits for long: a result may be refused.
        try:
            taken = taking.result()
        except Cancelled:
            taken = []
        with self._lock:
            self._taking = False
            if self._stopping:
                return []
        self._arrivals.completions.take()
        return taken

    def _do(self, taken):
        """Does the tasks and returns their number, which is lower if some were given back."""
        began, done = time.monotonic(), 0
        with self._lock:
            self._hand = collections.deque(taken)
            self._begun += 1
            self._sent = began
            if len(taken) > 1:
                self._several.set()
                if self._watcher is None:
                    self._watcher = threading.Thread(
                        target=self._watch, name="syncmanager watcher", daemon=True)
                    self._watcher.start()
        while (task := self._next()) is not None:
            number, function, arguments, _ = task
            before = time.monotonic()
            finished = (number, *self._result(number, function, arguments))
            now = time.monotonic()
            with self._lock:
                self._add_finished(finished)
                if now - self._sent > WorkerPolicy.REPORT_AFTER:
                    self._finish()
                if now - before > WorkerPolicy.GIVE_BACK_AFTER:
                    self._give_back()
            done += 1
        with self._lock:
            self._finish()
        self._room = WorkerPolicy.next_batch(done, time.monotonic() - began)
        return done

    def _next(self):
        with self._lock:
            self._begun += 1
            return self._hand.popleft() if self._hand else None

    def _watch(self):
        """While one task takes long: what was done before it is told, and the rest goes back."""
        try:
            while True:
                self._several.wait()
                begun = self._begun
                time.sleep(WorkerPolicy.GIVE_BACK_AFTER)
                with self._lock:
                    if self._watcher is not threading.current_thread():
                        return
                    if self._begun == begun:
                        self._finish()
                        self._give_back()
                        self._several.clear()
        except (Disconnected, NoSuchObject):  # run() hears of it, too.
            pass

    def _result(self, number, function, arguments):
        token = _doing.set((self, number))
        try:
            self._calling = True
            is_chunk, value = functions.perform(function, arguments, self._added)
            self._calling = False
            raised, encoded = functions.encoded_result(value, self._session)
            if is_chunk and not raised and functions.is_large(encoded):
                encoded = self._last_part(number, value)
            return raised, encoded
        except BaseException as error:  # A task's sys.exit() ends the task.
            self._calling = False
            return True, functions.encoded_error(error, self._session)
        finally:
            _doing.reset(token)

    def _last_part(self, number, results):
        """Sends all parts of a chunk's large results but the last, and returns the last."""
        run = os.urandom(8)
        *ahead, last = functions.divided(
            results, lambda part, before: EncodedValue(Part(run, before, part), self._session),
            functions.is_large)
        for part in ahead:
            pool.progress(self._reference, None, number, part)
        return last

    # Results leave together with the next request; what became of them is seen after that. The
    # watcher touches them only while a task is being done, and with the lock.

    def _add_finished(self, finished):
        size = len(finished[2])
        if self._bytes + size > functions.MAX_BYTES:
            self._finish()
        self._finished.append(finished)
        self._bytes += size

    def _finish(self):
        if self._finished:
            finished, self._finished, self._bytes = self._finished, [], 0
            self._sent = time.monotonic()
            self._send(finished)

    def _give_back(self):
        if self._hand:
            self._start(pool.give_back, [one[0] for one in self._hand]).result()
            self._hand.clear()

    def _send(self, finished):
        self._look_at_finishing()
        try:
            self._finishing = self._start(pool.finish, finished), finished
        except InvalidArgument as error:  # It is larger than the manager takes.
            self._send_refused(finished, error)

    def _look_at_finishing(self):
        if self._finishing is None:
            return
        (call, finished), self._finishing = self._finishing, None
        try:
            call.result()
        except (InvalidArgument, LimitExceeded) as error:
            self._send_refused(finished, error)

    def _send_refused(self, finished, error):
        if len(finished) == 1:
            finished = [(finished[0][0], True, functions.encoded_error(error, self._session))]
            self._start(pool.finish, finished).result()
            return
        for one in finished:
            self._send([one])
        self._look_at_finishing()
