"""The exceptions of calls. Where CPython has an exception for a cause, it is the same class."""

from concurrent.futures.process import BrokenProcessPool
from multiprocessing import AuthenticationError, ProcessError
from multiprocessing.managers import RemoteError
from queue import Empty, Full
from socket import gaierror
from threading import BrokenBarrierError

try:
    from queue import ShutDown  # From Python 3.13 on.
except ImportError:

    class ShutDown(Exception):
        """The queue was shut down."""


class SyncManagerError(ProcessError):
    """A call that failed. The message names the object, the call and the reason."""


class Disconnected(SyncManagerError, ConnectionError):
    """Nobody answers at the address, or this process has closed its session. Raised by what
    connects it has an `errno`; the classes below are also those that CPython raises then."""


class NotListening(Disconnected, ConnectionRefusedError):
    """Nobody listens at the address, or the manager that made the unix socket has ended."""


class SocketNotFound(Disconnected, FileNotFoundError):
    """There is no unix socket at the path: no manager is running there."""


class SocketForbidden(Disconnected, PermissionError):
    """The unix socket belongs to another user."""


class ConnectTimeout(Disconnected, TimeoutError):
    """There was no answer in time."""


class ConnectReset(Disconnected, ConnectionResetError):
    """The connection was ended before the manager let this process in: no manager listens there, or
    it is full or about to end."""


class HostNotFound(Disconnected, gaierror):
    """The host of the address can't be resolved."""


class AddressInUse(SyncManagerError, OSError):
    """A manager can't be started, because another program listens at its address."""


_CONNECT_FAILURES = {failure.__bases__[1]: failure for failure in (
    NotListening, SocketNotFound, SocketForbidden, ConnectTimeout, ConnectReset, HostNotFound)}


def _connect_failed(number, why, of_system):
    """The exception for an errno, or for a number of getaddrinfo() if that isn't `of_system`."""
    theirs = type(OSError(number, why)) if of_system else gaierror
    return _CONNECT_FAILURES.get(theirs, Disconnected)(number, why)


class SessionLost(Disconnected, EOFError):
    """The session is over with all that it held: the manager has ended, or the connection couldn't
    be brought back in time. What was under way may have been done or not."""


class HostLost(Disconnected, EOFError):
    """The process that hosts the object has ended, and its objects with it; or there is none."""


class DescriptorLost(SyncManagerError, OSError):
    """A value has an open descriptor, a socket or an end of a pipe, that this process can't have:
    it is on another host, or the process that had it for the manager has ended. Or it can't be
    sent, because that process can't begin, or has as many as it may."""


class Draining(Disconnected, EOFError):
    """The manager is ending, and lets nobody wait any more."""


class NoSuchObject(RemoteError, SyncManagerError):
    """The object has ended, or was never there."""


class WrongType(SyncManagerError, TypeError):
    """The name is that of an object of another type, or made with other options."""


class InvalidArgument(SyncManagerError, ValueError):
    """A name, a key, a URL or an option that can't be."""


class LimitExceeded(SyncManagerError):
    """A limit of the manager, which the message names. Nothing was changed."""


class PermissionDenied(SyncManagerError, PermissionError):
    """The key's role or prefix doesn't allow it."""


class LockLost(SyncManagerError):
    """The grant that the call depended on is over: somebody else may hold the lock."""


class Cancelled(SyncManagerError):
    """The call was cancelled before it did anything."""


class TaskFailed(SyncManagerError):
    """Stands for an exception of a task's function that this process can't rebuild."""

    def __init__(self, type, message):
        super().__init__(type, message)
        self.type = type
        self.message = message

    def __str__(self):
        return f"{self.type}: {self.message}"


class PoolLost(SessionLost, BrokenProcessPool):
    """The manager of a Pool or Executor has ended, or the connection to it is lost: the results of
    tasks that were under way don't arrive, and new tasks are refused."""


class WorkerLost(SyncManagerError, BrokenProcessPool):
    """As many workers died with a task as may. It is among the pool's dead tasks, and can be put in
    line again: `syncctl pool NAME --retry`, or the pool's retry(). Other tasks aren't affected, and
    the pool goes on."""

    def __init__(self, task, pool, workers):
        super().__init__(task, pool, workers)
        self.task, self.pool, self.workers = task, pool, workers

    def __str__(self):
        died = ", ".join(self.workers)
        pool = f"pool {self.pool!r}" if self.pool else "its pool"
        return (f"task {self.task} was lost with {died}; it is among the dead tasks of {pool}, "
                "where retry() puts it in line again")


__all__ = [
    "AddressInUse", "AuthenticationError", "BrokenBarrierError", "Cancelled", "ConnectReset",
    "ConnectTimeout", "DescriptorLost", "Disconnected", "Draining", "Empty", "Full", "HostLost",
    "HostNotFound", "InvalidArgument", "LimitExceeded", "LockLost", "NoSuchObject", "NotListening",
    "PermissionDenied", "PoolLost", "ProcessError", "RemoteError", "SessionLost", "ShutDown",
    "SocketForbidden", "SocketNotFound", "SyncManagerError", "TaskFailed", "WorkerLost",
    "WrongType",
]
