"""Managers: a drop-in for multiprocessing.managers.

    from syncmanager import Manager

    with Manager() as manager:
        jobs = manager.Queue()
"""

import copy
import os
from multiprocessing import process
from multiprocessing.managers import State

from . import _native, _sessions, containers, deep, queues, synchronization
from ._operations import registry
from ._steps import steps
from .errors import ProcessError


class BaseManager:
    """Starts a manager of its own, or connects to one that is there.

    `address`: a pair of host and port, a path, or a URL; None: a unix socket that nobody else can
    enter. `authkey`: bytes of any length that the manager and its clients share; None: the
    process's own, which its children inherit. It never shows in a process list.
    """

    _registry = {}
    _name = ""  # Of the objects that it makes.
    _proxy_of = staticmethod(_sessions.proxy_of)

    def __init__(self, address=None, authkey=None, serializer="syncmanager", ctx=None, *,
                 shutdown_timeout=1.0, key_file="", session_timeout=10.0, on_session_lost=None):
        if authkey is None:
            authkey = process.current_process().authkey
        self._address = address
        self._authkey = process.AuthenticationString(authkey)
        self._key_file = key_file
        self._session_timeout = session_timeout
        self._on_session_lost = on_session_lost
        self._state = State()
        self._state.value = State.INITIAL
        self._manager = None
        self._session = None

    # ---- A manager's life.

    def start(self, initializer=None, initargs=()):
        """Starts a manager, which ends with this process or at shutdown()."""
        self._require_initial()
        self._manager = _native.OwnManager(
            program=_program(), listen=_listen(self._address),
            key=_sessions.key_line(self._authkey), flags=_flags(self._address))
        unix, *others = self._manager.addresses
        self._address = _address_of(others[0], self._address) if others else unix
        self._session = _sessions.connect(
            unix, self._authkey, session_timeout=self._session_timeout,
            on_session_lost=self._on_session_lost, proxy=self._proxy_of)
        self._state.value = State.STARTED

    def connect(self):
        """Connects to the manager at `address`."""
        self._session = _sessions.connect(
            self._address, self._authkey, key_file=self._key_file,
            session_timeout=self._session_timeout, on_session_lost=self._on_session_lost,
            proxy=self._proxy_of)
        registry.ping(self._session.registry(), None)
        self._state.value = State.STARTED

    def _shutdown(self):
        if self._state.value == State.SHUTDOWN:
            return
        self._state.value = State.SHUTDOWN
        if self._session is not None:
            _sessions.forget(self._session)
            self._session.close()
        if self._manager is not None:
            self._manager.stop()

    def __getattr__(self, name):
        # As CPython's: only a manager that was started here can be shut down.
        if name == "shutdown" and self.__dict__.get("_manager") is not None:
            return self._shutdown
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def join(self, timeout=None):
        """Waits until the manager that was started here has ended."""

    @property
    def address(self):
        return self._address

    @property
    def key_file(self):
        """The file of the key, for programs in other languages; "" if there is none."""
        return self._manager.key_file if self._manager is not None else self._key_file

    def __enter__(self):
        if self._state.value == State.INITIAL:
            self.start()
        return self

    def __exit__(self, exc_type, exc_val, exc_tb):
        self._shutdown()

    def _require_initial(self):
        if self._state.value == State.STARTED:
            raise ProcessError("Already started server")
        if self._state.value == State.SHUTDOWN:
            raise ProcessError("Manager has shut down")

    # ---- Its objects.

    def _root(self):
        """What makes objects and knows them all."""
        assert self._state.value == State.STARTED, "server not yet started"
        return self._session.registry()

    def named(self, name):
        """This manager for objects of that name: `manager.named("jobs").dict()` finds that dict, or
        makes it. A dict's and a Namespace's keywords are their entries, so they have no `name=`."""
        view = copy.copy(self)
        view._name = name
        return view

    def _make(self, proxytype, name="", **options):
        return proxytype._make(self._root(), self._authkey, name or self._name, **options)

    def _statistics(self):
        return registry.stats(self._root(), None)

    @steps
    def _number_of_objects(self):
        return (yield self._statistics())["objects"]

    @steps
    def _debug_info(self):
        """A line for each object, for people."""
        lines, after = [], 0
        while True:
            page = yield registry.list(self._root(), None, "", after, True)
            lines += (f"{o['object']:>5}  {o['type']:<17} {o['name'] or '-':<20} size {o['size']}, "
                      f"{o['parked']} waiting" for o in page["objects"])
            after = page["after"]
            if after == 0:
                return "\n".join(lines)


class SyncManager(BaseManager):
    """A manager whose objects are those of threading, queue and the builtins.

    Each method makes an object; with `name=` it finds the one of that name, if there is one, for
    programs that have no other way to meet.
    """

    def Queue(self, maxsize=0, *, name="", reliable=False, most_deliveries=0, dead_letters=None,
              max_bytes=0):
        """`reliable`: an item stays in its taker's hand until it is done, and comes back if the
        taker dies; after `most_deliveries` it goes to the queue `dead_letters`."""
        return self._queue(queues.QueueProxy, maxsize, name, reliable, most_deliveries,
                           dead_letters, max_bytes)

    JoinableQueue = Queue

    def LifoQueue(self, maxsize=0, *, name="", reliable=False, most_deliveries=0,
                  dead_letters=None, max_bytes=0):
        """The newest item first; otherwise as Queue()."""
        return self._queue(queues.LifoQueueProxy, maxsize, name, reliable, most_deliveries,
                           dead_letters, max_bytes)

    def PriorityQueue(self, maxsize=0, *, name="", reliable=False, most_deliveries=0,
                      dead_letters=None, max_bytes=0):
        """The smallest item first; otherwise as Queue()."""
        return self._queue(queues.PriorityQueueProxy, maxsize, name, reliable, most_deliveries,
                           dead_letters, max_bytes)

    def _queue(self, proxytype, maxsize, name, reliable, most_deliveries, dead_letters, max_bytes):
        return self._make(
            proxytype, name, maxsize=maxsize, reliable=reliable, most_deliveries=most_deliveries,
            dead_letters=... if dead_letters is None else dead_letters._reference.id,
            max_bytes=max_bytes)

    def Event(self, *, name=""):
        return self._make(synchronization.EventProxy, name)

    def Lock(self, *, name="", release_on_exit=False):
        """`release_on_exit`: given back when its holder ends in order, too."""
        return self._make(synchronization.AcquirerProxy, name, release_on_exit=release_on_exit)

    def RLock(self, *, name="", release_on_exit=False):
        return self._make(synchronization.RLockProxy, name, release_on_exit=release_on_exit)

    def RWLock(self, *, name="", release_on_exit=False):
        """Many readers or one writer."""
        return self._make(synchronization.RWLockProxy, name, release_on_exit=release_on_exit)

    def Semaphore(self, value=1, *, name="", release_on_exit=False):
        return self._semaphore(synchronization.SemaphoreProxy, value, name, release_on_exit)

    def BoundedSemaphore(self, value=1, *, name="", release_on_exit=False):
        return self._semaphore(synchronization.BoundedSemaphoreProxy, value, name, release_on_exit)

    def _semaphore(self, proxytype, value, name, release_on_exit):
        if value < 0:
            raise ValueError("semaphore initial value must be >= 0")
        return self._make(proxytype, name, value=value, release_on_exit=release_on_exit)

    def Condition(self, lock=None, *, name=""):
        return self._make(synchronization.ConditionProxy, name,
                          lock=... if lock is None else lock._reference.id)

    def Barrier(self, parties, action=None, timeout=None, *, name=""):
        return self._make(synchronization.BarrierProxy, name, parties=parties,
                          timeout_us=... if timeout is None else round(timeout * 1e6))

    def CountDownLatch(self, count, *, name=""):
        """Opens when it has been counted down to 0."""
        return self._make(synchronization.LatchProxy, name, count=count)

    def list(self, elements=(), *, name=""):
        return self._make(containers.ListProxy, name, values=elements)

    def dict(self, other=(), /, **entries):
        """`deep=True`: nested dicts and lists are shared, too; see syncmanager.deep."""
        if entries.get("deep") is True:
            del entries["deep"]
            made = self._make(deep.DeepDictProxy)
            made.update(other, **entries)
            return made
        return self._make(containers.DictProxy, entries=dict(other, **entries))

    def set(self, elements=(), *, name=""):
        return self._make(containers.SetProxy, name, values=elements)

    def Namespace(self, /, **attributes):
        return self._make(containers.NamespaceProxy, attributes=attributes)

    def Value(self, typecode, value, lock=True, *, name=""):
        return self._make(containers.ValueProxy, name, typecode=_letter_of(typecode), initial=value)

    def Array(self, typecode, sequence, lock=True, *, name=""):
        return self._make(containers.ArrayProxy, name, typecode=typecode, values=sequence)


def Manager(ctx=None):
    """A SyncManager that was started."""
    manager = SyncManager()
    manager.start()
    return manager


def connect(url="", *, authkey=None, key_file="", session_timeout=10.0, on_session_lost=None):
    """A SyncManager connected to the manager at `url`; "": $SYNCMANAGER_URL, else this user's own.

    The key is `authkey`, or that of `key_file`, or what $SYNCMANAGER_AUTHKEY_FILE says.
    """
    manager = SyncManager(url, b"" if authkey is None else authkey, key_file=key_file,
                          session_timeout=session_timeout, on_session_lost=on_session_lost)
    manager.connect()
    return manager


def _letter_of(typecode):
    """Of a typecode, or of a class of ctypes; nothing for what has none."""
    letter = getattr(typecode, "_type_", typecode)
    return letter if isinstance(letter, str) and len(letter) == 1 and letter.isalpha() else ""


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
    """The real address in the form in which it was asked for."""
    if not isinstance(wanted, tuple):
        return wanted
    return wanted[0], int(url.rpartition(":")[2])
