"""A manager that was started here: its process, this process's session with it, and its host."""

import functools
import threading
from multiprocessing import connection, process
from multiprocessing.managers import State

from .._proxies import host_calls
from .._session import sessions
from .._session.operations import queue
from ..errors import Disconnected, SyncManagerError
from .host import serve
from .own_manager import OwnManager


class Running:
    """`objects` is the class of managers that makes a host's own objects; `limits` are the
    manager's."""

    def __init__(self, address, authkey, objects, limits):
        self._authkey = authkey
        self._objects = objects
        self._manager = OwnManager(address, authkey, limits)
        self._door = None  # Of the host that is to be started.
        self._starter = None  # A thread, if the host is to be started when a client needs it.
        self._starting = threading.RLock()
        self._ended = False
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

    @property
    def process(self):
        """The counterpart of the Process of multiprocessing's manager: the host, or the manager if
        there is no host yet."""
        return self._manager if self.host is None else self.host

    def connect(self, **options):
        self.session = sessions.connect(
            self._manager.unix, self._authkey, shown=self.address, **options)
        self._door = host_calls.Door.make(self.session)

    def start_host(self, context, name, registry, initializer=None, initargs=()):
        """Returns when the host is ready. Raises EOFError if it ended before."""
        door, self._door = self._door, None  # It ends with the host, or if there is none.
        reader, writer = connection.Pipe(duplex=False)
        objects = functools.partial(attached, self._objects, self.address, self._manager.unix,
                                    process.AuthenticationString(self._authkey))
        host = context.Process(
            target=serve, args=(registry, objects, door.numbers, writer, initializer, initargs))
        number = ":".join(str(part) for part in host._identity)
        host.name = f"{name}-{number}"
        with self._starting:
            if self._ended:
                raise Disconnected("the manager was shut down before its host had started")
            host.start()
            self.host = host
        writer.close()
        with reader:
            reader.recv()

    def start_host_when_needed(self, context, name, registry):
        """Starts the host when a thread calls it for the first time, in whatever client of the
        manager. If that fails the thread's call raises HostLost, and standard error says why."""
        def start():
            try:
                host_calls.await_caller(self.session)
                self.start_host(context, name, registry)
            except Disconnected:  # The manager has ended.
                pass

        self._starter = threading.Thread(target=start, name="syncmanager host starter", daemon=True)
        self._starter.start()

    def join(self, timeout=None):
        """Waits until both processes have ended."""
        if self.host is not None:
            self.host.join(timeout)
        self._manager.join(timeout)

    def end(self, state, shutdown_timeout):
        """Ends the host first, by force if it takes longer than that, and then the manager."""
        state.value = State.SHUTDOWN
        with self._starting:
            self._ended = True
        if self.host is not None:
            self._end_host(shutdown_timeout)
        if self.session is not None:
            sessions.forget(self.session)
            self.session.close()
        self._manager.close(shutdown_timeout)
        if self._starter not in (None, threading.current_thread()):
            self._starter.join(shutdown_timeout)

    def _end_host(self, timeout):
        if self.session is not None:
            try:
                queue.shut_down(host_calls.Door.of(self.session).callers, None)
            except SyncManagerError:  # The host or the manager has ended, or is about to.
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
    session = sessions.connect(unix, authkey, shown=address, manager=manager)
    manager._syncmanager_use(session, stays=True)
    return manager
