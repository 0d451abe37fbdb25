"""Calls of objects that a process hosts: how a thread reaches the host, and learns of its end.

The host has a door: a queue from which it takes callers, and a latch. Only the host refers to them,
so they end when it does. A value named HOST tells clients their numbers, and whether the host has
started; an event has it started. A thread that calls puts into the door's queue a queue for its
requests, a queue for the replies, and a latch that nothing else refers to: the latch ends with the
thread or its process.
"""

import os
import threading
import time
import typing
import weakref
from multiprocessing.managers import convert_to_error

from .._session.completions import Arrivals
from .._session.operations import event, latch, opening, queue, registry, value
from .._session.reserved_names import HOST
from ..errors import Draining, HostLost, NoSuchObject, PermissionDenied, ShutDown

_WANTED = HOST + "/wanted"

_STARTS_WITHIN = 5e6  # Microseconds that a manager may be up before it has a door.
_RETRY = 0.01  # Seconds between two looks for the door of a manager that has just started.

_open_event, _open_latch = opening("event"), opening("latch")
_open_queue, _open_value = opening("queue"), opening("value")
_of_thread = threading.local()


def _after_fork_in_child():
    global _of_thread
    _of_thread = threading.local()


os.register_at_fork(after_in_child=_after_fork_in_child)


# ---- The door.

class Door(typing.NamedTuple):
    """References to what a host has for its callers."""

    callers: object  # The queue.
    presence: object  # The latch.

    @property
    def numbers(self):
        return self.callers.id, self.presence.id

    @classmethod
    def make(cls, session):
        """Makes the door of the manager's host, and tells clients of it. The door lives as long as
        the result."""
        root = session.registry()
        _open_event(root, None, _WANTED, False, {})
        door = cls(_open_queue(root, None, "", False, {}),
                   _open_latch(root, None, "", False, {"count": 1}))
        _open_value(root, None, HOST, False, {"initial": (*door.numbers, False)})
        return door

    @classmethod
    def adopt(cls, session, numbers):
        """Raises NoSuchObject if its host has ended."""
        return cls(*(session.adopt(number) for number in numbers))

    @classmethod
    def of(cls, session):
        """Raises NoSuchObject if there is none, or its host has ended."""
        return cls.adopt(session, _state(session)[0])


def announce(session, door):
    """Tells clients that a host takes callers from the door."""
    value.set(_named(_open_value, session, HOST), None, (*door.numbers, True))


def await_caller(session):
    """Returns when somebody wants the host, which has not started."""
    event.wait(_named(_open_event, session, _WANTED), None)


def _state(session):
    """The numbers of the door, and whether a host has started. Raises NoSuchObject if there is no
    door."""
    *numbers, hosting = value.get(_named(_open_value, session, HOST), None)
    return numbers, hosting


def _named(open_, session, name):
    return open_(session.registry(), None, name, True, {})


def _wanted_door(session):
    """The door. Has the host started if need be. Raises NoSuchObject if nothing hosts."""
    while True:
        try:
            numbers, hosting = _state(session)
            break
        except NoSuchObject:
            # A manager listens before the process that starts it has made the door.
            if registry.stats(session.registry(), None)["uptime_us"] > _STARTS_WITHIN:
                raise
        time.sleep(_RETRY)
    door = Door.adopt(session, numbers)
    if not hosting:
        event.set(_named(_open_event, session, _WANTED), None)
    return door


# ---- Calls.

def ask(session, ident, methodname, args=(), kwds={}):
    """Returns the host's answer: multiprocessing's pair of a kind and what belongs to it.

    Raises HostLost if the host or the manager has ended or there is none, EOFError if it has no
    answer, and what pickling raises.
    """
    # Weak: the thread keeps nothing of a manager that the program has done with.
    connections = _of_thread.__dict__.setdefault("connections", weakref.WeakKeyDictionary())
    # A call that is interrupted may be answered all the same: the next one has other queues.
    connection = connections.pop(session, None) or _Connection(session)
    reply = connection.ask((ident, methodname, args, kwds))
    connections[session] = connection
    try:
        return reply.result()
    except Draining:
        raise HostLost("the manager is ending, and the process that hosts the object with it"
                       ) from None
    except ShutDown:
        del connections[session]
        raise EOFError("the host has no answer") from None


def ask_host(session, verb, *args, **kwds):
    """Asks the host itself, and returns its answer."""
    kind, result = ask(session, None, verb, args, kwds)
    if kind != "#RETURN":
        raise convert_to_error(kind, result)
    return result


def objects_of_host(session):
    """Returns descriptions of the host's objects by their numbers, and the numbers of the objects
    that the manager has for calls of the host. Starts no host."""
    try:
        door, hosting = _state(session)
        if not hosting:
            return {}, door
        looks, internals = ask_host(session, "objects")
        return looks, door + internals
    except (HostLost, NoSuchObject, PermissionDenied):
        return {}, []


class _Connection:
    """A thread's way to the host of a manager."""

    def __init__(self, session):
        try:
            door = _wanted_door(session)
        except NoSuchObject:
            raise HostLost(
                f"no process hosts objects for the manager at {session.url}: it has ended, or the "
                "manager was not started from Python") from None
        root = session.registry()
        self._arrivals = Arrivals()
        self._requests = _open_queue(root, None, "", False, {})
        self._replies = _open_queue(root, None, "", False, {})
        self._presence = _open_latch(root, None, "", False, {"count": 1})
        queue.put(door.callers, None, (self._requests, self._replies, self._presence))
        self._end_of_host = latch.wait.start(
            door.presence.uncounted(), None, 0, self._arrivals.completions)

    def ask(self, request):
        """Puts a request, and returns the call that has brought the reply."""
        queue.put(self._requests, None, request)
        reply = queue.get.start(self._replies, None, 0, self._arrivals.completions)
        while not reply.ready():
            if self._end_of_host.ready() and not reply.ready():
                raise HostLost("the process that hosts the object has ended")
            self._arrivals.tokens()
        return reply
