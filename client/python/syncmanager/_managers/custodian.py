"""The process that has the open descriptors of values, for one manager on one host: a client of the
manager, which it ends with. _session/descriptors.py starts it, and says what it is for."""

import functools
import hmac
import os
import pickle
import resource
import struct
import sys
import threading
from multiprocessing import connection, reduction

from .._proxies.synchronization import LatchProxy
from .._session import sessions
from .._session.descriptors import KEEP, REQUEST, name_of_all
from .._session.operations import opening
from ..errors import Disconnected, NoSuchObject, SyncManagerError
from .host import Watch

_BACKLOG = 128
_PATIENCE = 10.0  # Seconds in which a client sends its request.
_SPARE = 40  # Descriptors that are left for those that connect, and for the session.


class Custodian:
    """Listens at `address` for those that know the `secret`. This process may have `most` open
    descriptors."""

    def __init__(self, session, most):
        self.address = f"\0syncmanager-descriptors-{os.urandom(16).hex()}"
        self.secret = os.urandom(32)
        self._session = session
        self._most = most - _SPARE
        self._listener = connection.Listener(self.address, "AF_UNIX", _BACKLOG)
        self._lock = threading.Lock()
        self._descriptors = {}  # By the numbers of the latches that stand for them.
        self._watch = Watch()
        # By a name, so that it is no row of the program's objects.
        self._end = LatchProxy(opening("latch")(
            session.registry(), None, name_of_all() + "/end", False, {"count": 1}))

    def run(self):
        """Returns when the manager has ended."""
        # So that the manager's end is seen.
        self._watch.end_of(self._end, functools.partial(os._exit, 0))
        threading.Thread(target=self._accept, daemon=True).start()
        try:
            while True:
                self._watch.await_one()
        except Disconnected:
            pass

    def _accept(self):
        while True:
            try:
                client = self._listener.accept()
            except OSError:  # Too many are connected.
                continue
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            with client:
                if not client.poll(_PATIENCE):
                    return
                secret, verb, number = REQUEST.unpack(client.recv_bytes(REQUEST.size))
                if not hmac.compare_digest(secret, self.secret):
                    return
                if verb == KEEP:
                    refusal = self._keep(number, reduction.recv_handle(client))
                    client.send_bytes(refusal.encode())
                    if not refusal:  # The sender doesn't wait for this.
                        self._close_with(number)
                else:
                    self._give(number, client)
        except (OSError, EOFError, KeyError, RuntimeError, struct.error):
            pass  # It has ended, it asks for what is gone, or it isn't one of our clients.

    def _keep(self, number, descriptor):
        """Returns why not; "" if it does."""
        with self._lock:
            count = len(self._descriptors)
            if count < self._most:
                self._descriptors[number] = descriptor
        if count >= self._most:
            os.close(descriptor)
            return (f"the values of the manager have {count} open descriptors of this host, as "
                    "many as one process may have (ulimit -Hn): take some of them out, or raise "
                    "the limit for the program that sends the first one")
        return ""

    def _close_with(self, number):
        """Closes the descriptor when the latch has ended."""
        try:
            stands = LatchProxy(self._session.adopt(number))
        except NoSuchObject:
            self._close(number)
            return
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
    """The whole life of such a process. It says on standard output where it is, or why not."""
    url, authkey, key_file = pickle.load(sys.stdin.buffer)
    if os.fork() != 0:  # It is no child of the sender's, and outlives it.
        os._exit(0)
    os.setsid()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        session = sessions.connect(url, authkey, key_file=key_file, pickle=False,
                                    name="custodian of descriptors")
        custodian = Custodian(session, most)
    except SyncManagerError as error:
        _say(str(error))
        os._exit(1)
    os.chdir("/")
    nothing = os.open(os.devnull, os.O_RDWR)
    _say((custodian.address, os.geteuid(), custodian.secret))
    for standard in range(3):  # A reader of the sender's output doesn't wait for this process.
        os.dup2(nothing, standard)
    os.close(nothing)
    custodian.run()
    os._exit(0)


def _say(what):
    sys.stdout.buffer.write(pickle.dumps(what))
    sys.stdout.buffer.flush()
