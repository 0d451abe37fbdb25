"""Who submits tasks to a pool, and hears of their results."""

import itertools
import os
import threading
import traceback

from .._native import EncodedValue
from .._session.completions import Arrivals
from .._session.operations import pool
from ..errors import Cancelled, Disconnected, InvalidArgument, LimitExceeded, NoSuchObject, PoolLost
from . import functions
from .outcomes import PROGRESS, Outcomes

_MAX_TASKS = 1000  # Of one submit.
_MAX_SENDING = 2  # Submits under way; what comes meanwhile goes together.
_names = itertools.count(1)


class Terms:
    """How a task is done. `attempts`: how many workers may die with it. `retry_delay`: seconds
    before it is tried again, doubled each time. `rerun_after`: seconds after which an idle worker
    tries it as well. A task that isn't `idempotent` is begun once."""

    def __init__(self, attempts=3, retry_delay=0, rerun_after=0, idempotent=True):
        if attempts < 1:
            raise ValueError("attempts must be at least 1")
        if not idempotent:
            attempts, rerun_after = 1, 0
        self.fields = attempts, round(retry_delay * 1e6), round(rerun_after * 1e6)


class _Task:
    __slots__ = ("ticket", "function", "encoded", "terms", "done", "progress", "kept")

    def __init__(self, function, encoded, kept):
        self.function, self.encoded, self.kept = function, encoded, kept

    def entry(self):
        return self.ticket, self.function, self.encoded, *self.terms.fields


class Submitter:
    """Thread-safe. `keep`: the name of an inbox that outlives this process, and whose results
    somebody else can collect; "" is one that ends with it, and its tasks too."""

    def __init__(self, proxy, keep=""):
        self._proxy = proxy
        self._session = proxy._syncmanager_reference.session
        name = keep or f"{os.getpid()}-{next(_names)}"
        self._inbox = {"name": name, "kept": bool(keep)}
        first = int.from_bytes(os.urandom(5), "big") << 20 if keep else 0
        self._tickets = itertools.count(first + 1)
        # Threads enter the lock, not the condition on it: Condition.__enter__ keeps the lock for
        # ever if Ctrl-C is raised as it returns.
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self._waiting = {}  # Tasks by ticket.
        self._unsent = []
        self._sending = []  # Calls, each with its tasks.
        self._outcomes = Outcomes(proxy)
        self._arrivals = Arrivals()
        self._collecting = None
        self._thread = None
        self._closing = False
        self._error = None  # What a submit raises from now on.

    def task(self, function, arguments):
        """Makes the task to submit; raises the errors of pickling. Objects that it refers to are
        kept until it has arrived."""
        name, named = functions.named(function, arguments)
        return _Task(name, EncodedValue(named, self._session), named)

    def submit(self, task, terms, done, progress=None):
        """The new task's ticket. `done(success, value or exception, names of the workers that died
        with it)` is called once, by a thread of this submitter, or by this one if the task can't
        be sent; `progress(value)` before that, whenever the task tells of some."""
        task.terms, task.done, task.progress = terms, done, progress
        refused = []
        with self._lock:
            if self._error is not None:
                raise self._error
            task.ticket = next(self._tickets)
            self._waiting[task.ticket] = task
            self._unsent.append(task)
            if self._thread is None:
                self._start()
            if len(self._sending) < _MAX_SENDING:
                refused = self._send()
        self._end_refused(refused)
        return task.ticket

    def flush(self):
        """Until the manager has all that was submitted."""
        with self._lock:
            self._idle.wait_for(lambda: not self._unsent and not self._sending)

    def cancel(self, ticket):
        """Whether the task won't be done, and its `done` isn't called."""
        with self._lock:
            task = self._waiting.get(ticket)
            if task is not None and task in self._unsent:
                self._unsent.remove(task)
                del self._waiting[ticket]
                return True
        if task is None or not pool.cancel(self._reference, None, self._inbox, [ticket]):
            return False
        with self._lock:
            self._waiting.pop(ticket, None)
            self._idle.notify_all()
        return True

    def has_begun(self, ticket):
        """Whether a worker has the task in hand."""
        if ticket not in self._waiting:
            return False
        return pool.begun(self._reference, None, self._inbox, [ticket]) > 0

    def cancel_all(self):
        """The manager forgets what isn't done; fail() says so here."""
        try:
            pool.cancel(self._reference, None, self._inbox, [])
        except (Disconnected, NoSuchObject):
            pass

    def fail(self, error):
        """Ends all unfinished tasks with that error, which every later submit raises."""
        with self._lock:
            self._error = self._error or error
            self._unsent.clear()
            ended, self._waiting = self._waiting, {}
            self._idle.notify_all()
        for task in ended.values():
            call_guarded(task.done, False, error, [])

    def wait(self):
        """Until everything that was submitted is done."""
        with self._lock:
            self._idle.wait_for(lambda: not self._waiting)

    def close(self):
        """REQUIRES: nothing is outstanding, or nobody wants it."""
        with self._lock:
            self._closing = True
            self._error = self._error or Cancelled("the pool was closed")
            if self._collecting is not None:
                self._collecting.cancel()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    @property
    def _reference(self):
        return self._proxy._syncmanager_reference

    # ---- The thread that collects. It sends too, what came together while a submit was under way.

    def _start(self):
        self._collect()
        self._thread = threading.Thread(target=self._run, name="syncmanager collector", daemon=True)
        self._thread.start()

    def _collect(self):
        self._collecting = pool.collect.start(
            self._reference, None, 0, self._arrivals.completions, self._inbox, 0)

    def _send(self):
        """Those that the manager refuses, each with the error."""
        sent, size = [], 0
        for task in self._unsent[:_MAX_TASKS]:
            size += len(task.encoded)
            if sent and size > functions.MAX_BYTES:
                break
            sent.append(task)
        del self._unsent[:len(sent)]
        return self._start_sending(sent)

    def _start_sending(self, sent):
        try:
            call = pool.submit.start(self._reference, None, 0, self._arrivals.completions,
                                     self._inbox, [task.entry() for task in sent])
        except InvalidArgument as error:
            if len(sent) == 1:
                return [(sent[0], error)]
            half = len(sent) // 2
            return self._start_sending(sent[:half]) + self._start_sending(sent[half:])
        self._sending.append((call, sent))
        return []

    def _end_refused(self, refused):
        for task, error in refused:
            self._end(task, False, error, [])

    def _run(self):
        try:
            while True:
                self._arrivals.tokens()
                while self._look_at_sending():
                    pass
                while (results := self._collected()) is not None:
                    for result in results:
                        self._hear(*result)
                if self._closing:
                    return
        except Disconnected as error:
            self.fail(_as_pool_lost(error))
        except Exception as error:  # close(), or the pool was deleted.
            self.fail(error)

    def _collected(self):
        """Takes the collected results; None if there are none yet, or after close()."""
        with self._lock:
            if self._closing or not self._collecting.ready():
                return None
            collecting, self._collecting = self._collecting, None
            results = collecting.result()
            self._collect()
            return results

    def _look_at_sending(self):
        """Whether one has been answered."""
        with self._lock:
            if not self._sending or not self._sending[0][0].ready():
                return False
            call, sent = self._sending.pop(0)
        refused = []
        try:
            call.result()
        except (InvalidArgument, LimitExceeded) as error:
            refused = [(sent[0], error)] if len(sent) == 1 else self._one_by_one(sent)
        for task in sent:
            task.encoded = task.kept = None
        with self._lock:
            if self._unsent:
                refused += self._send()
            if not self._sending:
                self._idle.notify_all()
        self._end_refused(refused)
        return True

    def _one_by_one(self, sent):
        refused = []
        for task in sent:
            try:
                pool.submit(self._reference, None, self._inbox, [task.entry()])
            except (InvalidArgument, LimitExceeded) as error:
                refused.append((task, error))
        return refused

    def _hear(self, ticket, kind, value, number, workers):
        task = self._waiting.get(ticket)
        if task is None:
            return
        result = self._outcomes.add(ticket, kind, value, number, workers)
        if result is None:
            return
        success, value = result
        if kind != PROGRESS:
            self._end(task, success, value, workers)
        elif not success:  # What the task told can't be opened here.
            traceback.print_exception(value)
        elif task.progress is not None:
            call_guarded(task.progress, value)

    def _end(self, task, success, value, workers):
        with self._lock:
            if self._waiting.pop(task.ticket, None) is None:
                return
        call_guarded(task.done, success, value, workers)
        if not self._waiting:
            with self._lock:
                self._idle.notify_all()


def _as_pool_lost(error):
    lost = PoolLost(str(error))
    lost.__cause__ = error
    return lost


def call_guarded(function, *arguments):
    """Calls a function that may call the program's own, and prints what that raises: the thread has
    the results of other tasks to go on with."""
    try:
        function(*arguments)
    except BaseException:
        traceback.print_exc()
