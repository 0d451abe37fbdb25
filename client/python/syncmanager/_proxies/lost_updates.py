"""Finds lost updates: `d[k] += 1` reads and then writes, and overwrites what another process wrote
between the two."""

import os
import pickle
import sys
import threading
import warnings

from .._session.pickles import private_pickle

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_UNCHANGING = (bool, bytes, complex, float, int, str, type(None), type(...))

watched = sys.flags.dev_mode or os.environ.get("SYNCMANAGER_WARN_LOST_UPDATES", "0") != "0"
_latest = threading.local()  # Its `read`: what this thread has read last.


class LostUpdateWarning(RuntimeWarning):
    """A value was changed by somebody else between its being read and its being set."""


def warn_lost_updates(on=True):
    """Whether an assignment to what the thread has read just before, as in `d[k] += 1`, warns if
    somebody else's update is lost by it. The warning names both lines. It is set all the same.

    Of dicts, lists, Arrays, Namespaces and Values. It costs a copy of what is read, and is off
    unless Python is in development mode (-X dev) or $SYNCMANAGER_WARN_LOST_UPDATES is 1.
    """
    global watched
    watched = bool(on)


def read(operations, proxy, *key):
    """Reads the value at `key`, the arguments that `operations` take for it."""
    value = operations.get(proxy, None, *key)
    if watched:
        saw(proxy, key, value)
    return value


def saw(proxy, key, value):
    """This thread has read that value (`...`: none)."""
    if not proxy._syncmanager_watched:
        return
    _latest.read = None
    try:
        copy = value if type(value) in _UNCHANGING else pickle.loads(private_pickle(value))
    except Exception:  # Whatever pickling raises: it can't be compared.
        return
    _latest.read = (proxy._syncmanager_reference.id, key, copy, _place())


def assign(operations, proxy, key, new):
    """Sets the value at `key`, a tuple; warns if what was read before has changed since."""
    if watched and proxy._syncmanager_watched:
        latest, _latest.read = getattr(_latest, "read", None), None
        if latest is not None and latest[:2] == (proxy._syncmanager_reference.id, key):
            _, _, value, place = latest
            if operations.compare_and_set(proxy, None, *key, value, new):
                return None
            _warn(operations, proxy, key, value, place)
    return operations.set(proxy, None, *key, new)


def _warn(operations, proxy, key, value, place):
    try:
        now = operations.get(proxy, None, *key)
    except (LookupError, AttributeError):
        now = ...
    if type(now) is type(value) and now == value:  # Equal, though not to the manager.
        return
    what = f"{proxy._syncmanager_type} {proxy._syncmanager_reference.name or proxy._id}"
    where = f", {key[0]!r}" if key else ""
    file, line = _place()
    warnings.warn_explicit(
        f"an update of {what}{where} is lost: it was read at {place[0]}:{place[1]}, then changed "
        f"by somebody else, and is set at {file}:{line}; add(), compare_and_set() or a lock would "
        "have kept both", LostUpdateWarning, file, line)


def _place():
    """File and line outside of this package."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE + os.sep):
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno
