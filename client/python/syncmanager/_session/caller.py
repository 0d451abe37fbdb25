"""The caller of a call: the thread or the asyncio task that owns what the call acquires."""

import contextlib
import contextvars
import itertools
import sys
import weakref

# The caller of the calls that are made here, if it is neither the running task nor the thread: all
# calls of a method have the caller of its first one.
_mine = contextvars.ContextVar("syncmanager.caller", default=None)
_numbers = itertools.count(1 << 32)  # Of tasks; those of threads count from 1.
_tasks = weakref.WeakKeyDictionary()  # Their numbers.


def caller():
    """Whose call it is that is made now: the number of the running task; outside of tasks 0, which
    is the thread's."""
    whose = _mine.get()
    if whose is not None:
        return whose
    return _number_of_task()


@contextlib.contextmanager
def calls_of(whose):
    """The calls that are made in this context are that caller's."""
    before = _mine.set(whose)
    try:
        yield
    finally:
        _mine.reset(before)


def _number_of_task():
    """The running task's number as a caller; 0 outside of tasks."""
    # A program that hasn't imported asyncio has no tasks, and no need to import it for this.
    current_task = getattr(sys.modules.get("asyncio"), "current_task", None)
    if current_task is None:
        return 0
    try:
        task = current_task()
    except RuntimeError:
        return 0
    if task is None:
        return 0
    if task not in _tasks:
        _tasks[task] = next(_numbers)
    return _tasks[task]
