"""The syncmanagerd that a manager of this process is."""

import operator
import os
import select
import signal
import socket

from .. import _native
from .._session import sessions
from . import programs

# What `limits` may have; syncmanagerd has a flag for each: --max-sessions and so on.
LIMITS = frozenset((
    "sessions", "sessions_per_key", "objects", "anonymous", "value_bytes", "object_bytes",
    "total_bytes", "parked", "parked_per_session", "readers", "pool_tasks", "pool_functions",
    "pool_offers", "dead_tasks", "unacknowledged_bytes", "visitors"))


class OwnManager:
    """Started at once; ends at close(), with this object, or with this process, and not with its
    forked children. `unix` is the socket that it always has, `address` where it was asked to
    listen. `limits`: a dict of numbers by the names in LIMITS, or None."""

    def __init__(self, address, authkey, limits=None):
        self._process = _native.OwnManager(
            program=programs.manager(), listen=_listen(address), key=sessions.key_line(authkey),
            flags=flags_of(limits or {}))
        self.pid = self._process.pid
        self.unix, *others = self._process.addresses
        self.address = _address_of(others[0] if others else self.unix, address)

    @property
    def key_file(self):
        return self._process.key_file

    def close(self, patience=1.0):
        """Ends it, by force if that takes longer than `patience` seconds. None: never by force."""
        self._process.stop(patience)

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


def _listen(address):
    """The addresses of syncmanagerd beside its unix socket."""
    if address is None:
        return []
    if isinstance(address, tuple):
        host, port = address
        return [f"tcp://{host or '0.0.0.0'}:{port}"]
    return [sessions.to_url(address)]


def flags_of(limits):
    """The flags of syncmanagerd for these limits. Raises ValueError for a name that isn't in LIMITS
    and for a number below 1, TypeError for what is no integer."""
    for name, number in limits.items():
        if name not in LIMITS:
            raise ValueError(f"limits: {name!r} is no limit of a manager; expected one of "
                             f"{', '.join(sorted(LIMITS))}")
        if operator.index(number) < 1:
            raise ValueError(f"limits: {name!r} is {number}; expected 1 or more")
    return [f"--max-{name.replace('_', '-')}={operator.index(number)}"
            for name, number in limits.items()]


def _address_of(url, wanted):
    """The real address, as multiprocessing has it: of a host the number, and the real port."""
    if not isinstance(wanted, tuple):
        return sessions.to_address(wanted or url)
    host, _, port = url.partition("//")[2].rpartition(":")
    host, port = host.strip("[]"), int(port)
    try:
        return socket.gethostbyname(host), port
    except OSError:  # It isn't of IPv4, or nothing says what localhost is.
        return "127.0.0.1" if host == "localhost" else host, port
