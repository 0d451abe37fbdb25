"""The process that has the open descriptors of values, for one manager on one host: a client of the
manager, which it ends with. descriptors.py starts it, and says what it is for."""

import functools
import hmac
import os
import pickle
import resource
import struct
import sys
import threading
from multiprocessing import connection, reduction

from . import _sessions
from ._operations import opening
from .descriptors import KEEP, REQUEST, name_of_all
from .errors import Disconnected, NoSuchObject
from .host import Watch
from .synchronization import LatchProxy

_BACKLOG = 128


class Custodian:
    """Listens at `address` for those that know the `secret`."""

    def __init__(self, session):
        self.address = f"\0syncmanager-descriptors-{os.urandom(16).hex()}"
        self.secret = os.urandom(32)
        self._session = session
        self._listener = connection.Listener(self.address, "AF_UNIX", _BACKLOG)
        self._lock = threading.Lock()
        self._descriptors = {}  # By the numbers of the latches that stand for them.
        self._watch = Watch()
        # By a name, so that it is no row of the program's objects.
        self._end = LatchProxy(opening("latch")(
            session.registry(), None, name_of_all() + "/end", False, {"count": 1}))

    def run(self):
        """Returns when the manager has ended."""
        self._watch.end_of(self._end, lambda: None)  # So that the manager's end is seen.
        threading.Thread(target=self._accept, daemon=True).start()
        try:
            while True:
                self._watch.await_one()
        except Disconnected:
            pass

    def _accept(self):
        while True:
            client = self._listener.accept()
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            with client:
                secret, verb, number = REQUEST.unpack(client.recv_bytes(REQUEST.size))
                if not hmac.compare_digest(secret, self.secret):
                    return
                if verb == KEEP:
                    self._keep(number, reduction.recv_handle(client))
                    client.send_bytes(b"")
                else:
                    self._give(number, client)
        except (OSError, EOFError, struct.error):  # It has ended, or isn't one of our clients.
            pass

    def _keep(self, number, descriptor):
        try:
            stands = LatchProxy(self._session.adopt(number))
        except NoSuchObject:  # The sender has ended.
            os.close(descriptor)
            return
        with self._lock:
            self._descriptors[number] = descriptor
        self._watch.end_of(stands, functools.partial(self._close, number))

    def _give(self, number, client):
        with self._lock:
            descriptor = os.dup(self._descriptors[number])
        try:
            client.send_bytes(b"")
            reduction.send_handle(client, descriptor, None)
        finally:
            os.close(descriptor)

    def _close(self, number):
        with self._lock:
            os.close(self._descriptors.pop(number))


def main():
    """The whole life of such a process. It says where it is on standard output."""
    url, authkey, key_file = pickle.load(sys.stdin.buffer)
    if os.fork() != 0:  # It is no child of the sender's, and outlives it.
        os._exit(0)
    os.setsid()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    session = _sessions.connect(url, authkey, key_file=key_file, name="custodian of descriptors",
                                pickle=False)
    os.chdir("/")
    custodian = Custodian(session)
    sys.stdout.buffer.write(pickle.dumps((custodian.address, os.geteuid(), custodian.secret)))
    sys.stdout.buffer.flush()
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):  # Whoever reads what the sender writes doesn't wait for this.
        os.dup2(nothing, standard)
    custodian.run()
    os._exit(0)
