"""Open descriptors inside of values: sockets, and ends of pipes.

The bytes of a value can't hold an open descriptor. Each host has a process with the manager's
sessions for that, the custodian. The sender gives it a copy of the descriptor. A process that opens
the value on that host gets a copy from it, as often as the value is opened and also when the sender
has ended. A latch of the manager stands for the descriptor: the value refers to the latch, and the
custodian closes its copy when the latch ends. _managers/custodian.py is that process.
"""

import os
import pickle
import socket
import struct
import subprocess
import typing
from multiprocessing import connection, reduction, spawn

from .. import _native
from ..errors import DescriptorLost
from .operations import lock, opening, value
from .proxy_types import type_named
from .reserved_names import HOST

# A request to the custodian: its secret, what is asked, and the number of the latch.
REQUEST = struct.Struct("<32sBQ")
KEEP, GIVE = range(2)

_CREDENTIALS = struct.Struct("3i")  # The struct ucred of SO_PEERCRED: pid, uid, gid.

_PROGRAM = ("import sys; sys.path.insert(0, sys.argv[1]); "
            "from syncmanager._managers import custodian; custodian.main()")

_open_latch, _open_lock, _open_value = opening("latch"), opening("lock"), opening("value")


class Place(typing.NamedTuple):
    """Where a custodian is."""

    machine: str  # The result of machine() there.
    host: str  # The name of the host, for people.
    address: str
    user: int
    secret: bytes  # Shared by the custodian and the readers of the manager's values.


def name_of_all():
    """The name in the manager of what is said of this host's custodian, and the beginning of other
    names that belong to that."""
    return f"{HOST}/descriptors/{machine()}"


def machine():
    """Returns a text that is the same in two processes exactly if they can reach each other's
    descriptors."""
    with open("/proc/sys/kernel/random/boot_id") as boot:
        return f"{boot.read().strip()}/{os.stat('/proc/self/ns/net').st_ino}"


class KeptDescriptor:
    """A descriptor that a custodian has. In place of multiprocessing.resource_sharer's DupFd."""

    def __init__(self, latch, place):
        self._latch = latch
        self._place = place

    def detach(self):
        """Returns a new descriptor of this process's. Raises DescriptorLost if this is another
        host, or the custodian has ended."""
        if self._place.machine != machine():
            raise DescriptorLost(
                "the value has an open descriptor (a socket, or an end of a pipe) of the host "
                f"{self._place.host!r}, and this process is on {socket.gethostname()!r} or in "
                "another container: a descriptor can't leave its host; send an address to connect "
                "to in its place")
        number = self._latch._syncmanager_reference.id
        try:
            with asked(self._place, GIVE, number) as custodian:
                custodian.recv_bytes()
                descriptor = reduction.recv_handle(custodian)
        except (OSError, EOFError) as error:
            raise DescriptorLost(
                "the value has an open descriptor (a socket, or an end of a pipe), and the process "
                f"that had it for the manager has ended or has it no longer: {error!r}; send it "
                "again") from error
        os.set_inheritable(descriptor, False)
        return descriptor


def keep(descriptor, session):
    """Has the custodian of this host copy the descriptor. Returns the pair that KeptDescriptor() is
    called with."""
    opened = _open_latch(session.registry(), None, "", False, {"count": 1})
    stands = type_named("Latch")(opened)
    number = stands._syncmanager_reference.id
    place = session.translation.custodian or _found(session)
    try:
        _hand_over(descriptor, number, place)
    except (ConnectionError, EOFError):  # It was killed.
        place = _found(session, dead=place)
        _hand_over(descriptor, number, place)
    session.translation.custodian = place
    return stands, place


def _hand_over(descriptor, number, place):
    with asked(place, KEEP, number) as custodian:
        reduction.send_handle(custodian, descriptor, None)
        if refusal := custodian.recv_bytes():
            raise DescriptorLost("a socket or an end of a pipe can't be sent: " + refusal.decode())


def asked(place, verb, number):
    """A connection with the custodian, which has got that request. Raises OSError."""
    custodian = connection.Client(place.address, "AF_UNIX")
    if _user_of(custodian) != place.user:  # It has taken the name of one that has ended.
        custodian.close()
        raise ConnectionRefusedError(f"a process of another user listens at {place.address!r}")
    custodian.send_bytes(REQUEST.pack(place.secret, verb, number))
    return custodian


def _user_of(peer):
    with socket.fromfd(peer.fileno(), socket.AF_UNIX, socket.SOCK_STREAM) as same:
        credentials = same.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return _CREDENTIALS.unpack(credentials)[1]


# ---- Which process it is.

def _found(session, dead=None):
    """The custodian of this host, which is started if there is none but `dead`."""
    root, name = session.registry(), name_of_all()
    starting = _open_lock(root, None, name + "/starting", False, {"release_on_exit": True})
    known = _open_value(root, None, name, False, {"initial": None})
    lock.acquire(starting, None)
    try:
        place = value.get(known, None)
        if place is None or Place(*place) == dead:
            place = _started(session)
            value.set(known, None, tuple(place))
        return Place(*place)
    finally:
        lock.release(starting, None)


def _started(session):
    translation = session.translation
    key_file = translation.key_file and os.path.abspath(translation.key_file)
    root = os.path.dirname(os.path.dirname(os.path.abspath(_native.__file__)))
    # Not a fork: that would have copies of everything that is open in this process.
    written = subprocess.run(
        [spawn.get_executable(), "-I", "-S", "-c", _PROGRAM, root], stdout=subprocess.PIPE,
        input=pickle.dumps((session.url, bytes(translation.authkey), key_file))).stdout
    said = pickle.loads(written) if written else "what it wrote to standard error says why"
    if isinstance(said, str):
        raise DescriptorLost("a socket or an end of a pipe can't be sent: the process that has it "
                             f"for the manager can't begin: {said}")
    return Place(machine(), socket.gethostname(), *said)
