"""Functions for workers."""

import os
import signal
import sys

from syncmanager import Executor, PermissionDenied
from syncmanager.worker import Worker, progress


def square(x):
    return x * x


def add(a, b=0, *, c=0):
    return a + b + c


def fail(x):
    raise ValueError(f"no {x}")


def fail_on_3(x):
    if x == 3:
        raise KeyError(x)
    return x


def pid(_=None):
    return os.getpid()


def die(_=None):
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(path, result):
    """Kills the first worker that does it."""
    if not os.path.exists(path):
        open(path, "w").close()
        die()
    return result


def first(items):
    return items[0]


def row(x):
    return [x] * 20


def refuse_tasks():
    """For an initializer: as if the manager took these processes' key for a submitter's."""
    def refused(*_):
        raise PermissionDenied("this key is for putting into queues and pools only")

    Worker._take = refused


def break_worker():
    """Makes the worker fail after this task, where it catches no errors."""
    Worker._finish = None


def unpicklable():
    return lambda: 0


def ready_then_wait(ready, event):
    ready.release()
    event.wait()


def wait_for(event, result=None):
    event.wait()
    return result


def halfway(event):
    progress(0.5)
    event.wait()
    return 1


def wait_for_then_progress(event):
    event.wait()
    progress(0.5)
    return 1


def progress_with(function):
    progress(function())


def slow_the_first_time(path, event):
    if os.path.exists(path):
        return "again"
    open(path, "w").close()
    event.wait()
    return "first"


class Stranger(Exception):
    """Can be pickled, and not opened."""

    def __init__(self, one, two):
        super().__init__(one)


def raise_stranger():
    raise Stranger(1, 2)


_initialized = []


def initialize(value):
    _initialized.append(value)


def initialized():
    return list(_initialized)


def initialize_slowly(begun, never, ended):
    """Takes a second."""
    begun.release()
    never.wait(1)
    ended.append(os.getpid())


def clean_up_at_sigterm(path):
    def clean_up(*_):
        open(path, "w").close()
        sys.exit()

    signal.signal(signal.SIGTERM, clean_up)


def square_in_a_child(x):
    with Executor(1) as executor:
        return executor.submit(square, x).result()


def initialize_badly():
    raise RuntimeError("no licence")
