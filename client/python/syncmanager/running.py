"""A manager that was started here: its process, this process's session with it, and its host."""

import functools
from multiprocessing import connection, process
from multiprocessing.managers import State

from . import _sessions, calls
from ._operations import queue
from .errors import SyncManagerError
from .host import serve
from .own_manager import OwnManager


class Running:
    """`objects` is the class of managers that makes a host's own objects."""

    def __init__(self, address, authkey, objects):
        self._authkey = authkey
        self._objects = objects
        self._manager = OwnManager(address, authkey)
        self.address = self._manager.address
        self.host = None  # A Process.
        self.session = None

    @property
    def pid(self):
        """The manager's."""
        return self._manager.pid

    @property
    def key_file(self):
        return self._manager.key_file

    def connect(self, **options):
        self.session = _sessions.connect(self._manager.unix, self._authkey, **options)
        _sessions.share(self.session, self.address, self._authkey)

    def start_host(self, context, name, registry, initializer=None, initargs=()):
        """Returns when it is ready. EOFError if it ended before."""
        reader, writer = connection.Pipe(duplex=False)
        objects = functools.partial(attached, self._objects, self.address, self._manager.unix,
                                    process.AuthenticationString(self._authkey))
        host = context.Process(
            target=serve, args=(registry, objects, writer, initializer, initargs))
        number = ":".join(str(part) for part in host._identity)
        host.name = f"{name}-{number}"
        host.start()
        self.host = host
        writer.close()
        with reader:
            reader.recv()

    def join(self, timeout=None):
        """Waits until both processes have ended."""
        if self.host is not None:
            self.host.join(timeout)
        self._manager.join(timeout)

    def end(self, state, shutdown_timeout):
        """Ends the host first, by force if it takes longer than that, and then the manager."""
        state.value = State.SHUTDOWN
        if self.host is not None:
            self._end_host(shutdown_timeout)
        if self.session is not None:
            _sessions.forget(self.session)
            self.session.close()
        self._manager.close()

    def _end_host(self, timeout):
        if self.session is not None:
            registry = self.session.registry()
            try:
                queue.shut_down(calls.callers_of(registry), None)
            except SyncManagerError:  # The manager has ended, or is about to.
                pass
            self.host.join(timeout)
        for end in (self.host.terminate, self.host.kill):
            if self.host.is_alive():
                end()
                self.host.join(timeout)
        self.host.join()


def attached(objects, address, unix, authkey):
    """A manager for what a host has in the manager at the socket `unix`."""
    manager = objects(address, authkey)
    manager._session = _sessions.connect(unix, authkey)
    _sessions.share(manager._session, address, authkey)
    manager._state.value = State.STARTED
    return manager
