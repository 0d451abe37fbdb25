"""Calls of objects that a process hosts: how a thread reaches it, and hears that it has ended.

A thread brings the host a queue of its requests, one for the replies, and a latch that nobody else
refers to: when the latch ends so has the thread, or its process. The other way round the host holds
a lock that each thread waits for: who gets it has lost the host.
"""

import os
import threading
from multiprocessing.managers import convert_to_error

from ._arrivals import Arrivals
from ._operations import opening, queue, rwlock
from .errors import HostLost, NoSuchObject, ShutDown

HOST = "syncmanager/host/present"
CALLERS = "syncmanager/host/callers"

_open_queue, _open_latch, _open_rwlock = opening("queue"), opening("latch"), opening("rwlock")
_of_thread = threading.local()


def _after_fork_in_child():
    global _of_thread
    _of_thread = threading.local()


os.register_at_fork(after_in_child=_after_fork_in_child)


def ask(session, ident, methodname, args=(), kwds={}):
    """What the host answers: multiprocessing's pair of a kind and what belongs to it.

    Raises HostLost if it ends, EOFError if it has no answer, and what pickling raises.
    """
    connections = _of_thread.__dict__.setdefault("connections", {})
    # A call that is interrupted may be answered all the same: the next one has other queues.
    connection = connections.pop(session, None) or _Connection(session)
    reply = connection.ask((ident, methodname, args, kwds))
    connections[session] = connection
    try:
        return reply.result()
    except ShutDown:
        del connections[session]
        raise EOFError("the host has no answer") from None


def ask_host(session, verb, *args, **kwds):
    """What the host itself says."""
    kind, result = ask(session, None, verb, args, kwds)
    if kind != "#RETURN":
        raise convert_to_error(kind, result)
    return result


def callers_of(registry):
    """The queue of a manager's host. NoSuchObject if it has none."""
    return _open_queue(registry, None, CALLERS, True, {})


class _Connection:
    """A thread's way to the host of a manager."""

    def __init__(self, session):
        registry = session.registry()
        self._arrivals = Arrivals()
        try:
            host = _open_rwlock(registry, None, HOST, True, {"release_on_exit": True})
            callers = callers_of(registry)
        except NoSuchObject:
            raise HostLost("there is no host of objects at " + session.url) from None
        self._end_of_host = rwlock.acquire_read.start(host, None, 0, self._arrivals.completions)
        self._requests = _open_queue(registry, None, "", False, {})
        self._replies = _open_queue(registry, None, "", False, {})
        self._presence = _open_latch(registry, None, "", False, {"count": 1})
        queue.put(callers, None, (self._requests, self._replies, self._presence))

    def ask(self, request):
        """Puts a request, and returns the call that has brought the reply."""
        queue.put(self._requests, None, request)
        reply = queue.get.start(self._replies, None, 0, self._arrivals.completions)
        while not reply.ready():
            if self._end_of_host.ready() and not reply.ready():
                raise HostLost("the process that hosts the object has ended")
            self._arrivals.tokens()
        return reply
