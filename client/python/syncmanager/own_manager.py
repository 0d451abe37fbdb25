"""The syncmanagerd that a manager of this process is."""

import os
import select
import signal
import socket
import weakref

from . import _native, _sessions

_all = weakref.WeakSet()


def _after_fork_in_child():
    for own in _all:
        own._process.abandon()


os.register_at_fork(after_in_child=_after_fork_in_child)


class OwnManager:
    """Started at once; ends at close(), with this object, or with this process, and not with its
    forked children. `unix` is the socket that it always has, `address` where it was asked to
    listen."""

    # Its own clients are trusted to wait for as much as they like: a host waits for the end of each
    # of its objects.
    _FLAGS = ["--max-parked-per-session=20000"]

    def __init__(self, address, authkey):
        self._process = _native.OwnManager(
            program=_program(), listen=_listen(address), key=_sessions.key_line(authkey),
            flags=self._FLAGS + _flags(address))
        self.pid = self._process.pid
        _all.add(self)
        self.unix, *others = self._process.addresses
        self.address = _address_of(others[0] if others else self.unix, address)

    @property
    def key_file(self):
        return self._process.key_file

    def close(self):
        self._process.stop()

    # ---- What multiprocessing's Process has.

    name = "syncmanagerd"

    def is_alive(self):
        return self.exitcode is None

    @property
    def exitcode(self):
        """None while it runs; minus the number of a signal that ended it."""
        try:
            ended = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:  # close() has seen its end.
            return 0
        if ended is None:
            return None
        return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status

    def terminate(self):
        self._signal(signal.SIGTERM)

    def kill(self):
        self._signal(signal.SIGKILL)

    def _signal(self, number):
        if self.is_alive():
            os.kill(self.pid, number)

    def join(self, timeout=None):
        """Waits until it has ended."""
        try:
            descriptor = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return
        try:
            select.select([descriptor], [], [], timeout)
        finally:
            os.close(descriptor)


def _program():
    """The syncmanagerd that belongs to this package, if one does."""
    named = os.environ.get("SYNCMANAGER_DAEMON")
    if named:
        return named
    here = os.path.dirname(os.path.abspath(_native.__file__))
    for place in ("bin",                 # In a wheel,
                  "../../../../bin",     # installed by CMake,
                  "../../manager"):      # in a build tree.
        program = os.path.normpath(os.path.join(here, place, "syncmanagerd"))
        if os.access(program, os.X_OK):
            return program
    return ""


def _listen(address):
    """What syncmanagerd is to listen at beside its unix socket."""
    if address is None:
        return []
    if isinstance(address, tuple):
        host, port = address
        return [f"tcp://{host or '0.0.0.0'}:{port}"]
    return [_sessions.to_url(address)]


def _flags(address):
    """Whoever names an address of the network means it."""
    return ["--trust-network"] if isinstance(address, tuple) else []


def _address_of(url, wanted):
    """The real address, as multiprocessing has it: of a host the number, and the real port."""
    if not isinstance(wanted, tuple):
        return _sessions.to_address(wanted or url)
    host, port = _sessions.to_address(url)
    try:
        return socket.gethostbyname(host), port
    except OSError:  # It isn't of IPv4.
        return host, port
