"""Locks of threads: an RLock whose thread ends goes to the next waiter, as abandoned.

Of the main thread it is left behind, as the process ends with that; and a task's end isn't known.
"""

import os
import threading

from .._session.operations import lock, registry
from .._session.caller import caller
from ..errors import SyncManagerError
from . import printing

_of_thread = threading.local()


def took(reference):
    """The caller has an RLock, or a Condition's lock, one level deeper."""
    if ends_before_the_process():
        _of_thread.__dict__.setdefault("owned", _Owned()).add(reference, 1)


def gave(reference):
    """It has let go of a level."""
    if "owned" in _of_thread.__dict__ and caller() == 0:
        _of_thread.owned.add(reference, -1)


def ends_before_the_process():
    """Whether what the caller has acquired is released when its thread ends."""
    thread = threading.current_thread()
    return caller() == 0 and thread is not threading.main_thread() and not isinstance(
        thread, threading._DummyThread)  # Nobody knows when such a one ends.


class _Owned:
    """Ends with its thread. It keeps no object alive: a lock that nobody refers to any more ends,
    whether a thread owns it or not."""

    _FEW = 100

    def __init__(self):
        self._thread = threading.get_ident(), os.getpid()
        self._levels = {}  # With an uncounted reference, by sessions and numbers.
        self._room = self._FEW

    def add(self, reference, levels):
        key = reference.session, reference.id
        if key in self._levels:
            reference, owned = self._levels.pop(key)
            levels += owned
        else:
            reference = reference.uncounted()
        if levels > 0:
            self._levels[key] = reference, levels
        if len(self._levels) > self._room:
            self._forget_what_has_ended()

    def _forget_what_has_ended(self):
        self._levels = {key: (reference, levels) for key, (reference, levels) in
                        self._levels.items() if _exists(reference)}
        self._room = max(self._FEW, 2 * len(self._levels))

    def __del__(self):
        if self._thread != (threading.get_ident(), os.getpid()):
            return  # A forked child forgets its parent's threads.
        for reference, levels in self._levels.values():
            _abandon(reference, levels)


def _exists(reference):
    try:
        registry.inspect(reference.session.registry(), None, "", reference.id)
    except SyncManagerError:  # The lock has ended, or the session with all that it held.
        return False
    return True


def _abandon(reference, levels):
    try:
        owned = reference if reference.type == "RLock" else printing.lock_of(reference)
        if owned.type == "RLock":  # Anybody may still release a Lock.
            for _ in range(levels):
                lock.release(owned, None, 0, True)
    except (SyncManagerError, RuntimeError):
        pass  # The manager has ended, or it is somebody else's by now.
