"""Managers of registered types, after multiprocessing's."""

import copy
import multiprocessing
from multiprocessing import managers, process, util
from multiprocessing.managers import State

from . import _sessions, calls
from ._operations import registry
from ._steps import steps
from .errors import ProcessError, SessionLost
from .forms import maker_of
from .host import Server
from .hosted import AutoProxy, HeldToken
from .own_manager import OwnManager
from .running import Running, attached


class BaseManager:
    """Starts a manager of its own, or connects to one that is there.

    `address`: a pair of host and port, a path, or a URL; None: a unix socket that nobody else can
    enter. `authkey`: bytes of any length that the manager and its clients share; None: the
    process's own, which its children inherit. It never shows in a process list. `pickle=False`: no
    pickles are sent or opened; what needs one raises values.PickleRefused.

    Objects of registered types live in a process that belongs to the manager: a child of the one
    that starts it, made when there is something to host, or the one that serves it.
    """

    _registry = {}
    _name = ""  # Of the objects that it makes.
    _proxy_of = staticmethod(_sessions.proxy_of)
    NATIVE = {}  # What of it the manager has itself.
    _LATE = {}  # What of it starts no host before it is wanted.
    _OBJECTS = None  # The class of managers that a host has for its own objects: SyncManager.

    def __init__(self, address=None, authkey=None, serializer="pickle", ctx=None, *,
                 shutdown_timeout=1.0, key_file="", session_timeout=10.0, on_session_lost=None,
                 pickle=True):
        if authkey is None:
            authkey = process.current_process().authkey
        managers.listener_client[serializer]  # KeyError for what multiprocessing doesn't know.
        self._address = address
        self._authkey = process.AuthenticationString(authkey)
        self._serializer = serializer
        self._ctx = ctx or multiprocessing.get_context()
        self._shutdown_timeout = shutdown_timeout
        self._key_file = key_file
        self._connecting = {"session_timeout": session_timeout,
                            "on_session_lost": on_session_lost, "proxy": self._proxy_of,
                            "pickle": pickle}
        self._state = State()
        self._state.value = State.INITIAL
        self._running = None  # If this has started it.
        self._session = None

    # ---- A manager's life.

    def start(self, initializer=None, initargs=()):
        """Starts a manager, which ends with this process or at shutdown()."""
        self._require_initial()
        if initializer is not None and not callable(initializer):
            raise TypeError("initializer must be a callable")
        running = Running(self._address, self._authkey, self._OBJECTS)
        self._end = util.Finalize(
            self, running.end, args=(self._state, self._shutdown_timeout), exitpriority=0)
        self._running = running
        try:
            running.connect(**self._connecting)
            host = self._ctx, type(self).__name__, self._registry
            if initializer is not None or self._hosts():
                running.start_host(*host, initializer, initargs)
            else:
                running.start_host_when_needed(*host)
        except BaseException:
            self._end()
            raise
        self._address = running.address
        self._session = running.session
        self._state.value = State.STARTED

    def connect(self):
        """Connects to the manager at `address`."""
        self._session = self._connected()
        try:
            registry.ping(self._session.registry(), None)
        except SessionLost:  # There is another manager at the address by now, or none.
            _sessions.forget(self._session)
            self._session = self._connected()
        self._state.value = State.STARTED

    def _connected(self):
        return _sessions.connect(self._address, self._authkey, key_file=self._key_file,
                                 **self._connecting)

    def get_server(self):
        """A server whose serve_forever() hosts the objects in this process."""
        self._require_initial()
        own = OwnManager(self._address, self._authkey)
        objects = attached(self._OBJECTS, own.address, own.unix, self._authkey)
        return Server(self._registry, objects, own)

    def join(self, timeout=None):
        """Waits until the manager that was started here has ended."""
        if self._running is not None:
            self._running.join(timeout)

    @property
    def address(self):
        return self._address

    @property
    def key_file(self):
        """The file of the key, for programs in other languages; "" if there is none."""
        return self._running.key_file if self._running is not None else self._key_file

    def __enter__(self):
        if self._state.value == State.INITIAL:
            self.start()
        if self._state.value == State.SHUTDOWN:
            raise ProcessError("Manager has shut down")
        return self

    def __exit__(self, exc_type, exc_val, exc_tb):
        self._shutdown()

    def __getattr__(self, name):
        # As CPython's: only a manager that was started here can be shut down.
        if name == "shutdown" and self.__dict__.get("_running") is not None:
            return self._shutdown
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _shutdown(self):
        if self._running is not None:
            self._end()
        elif self._state.value == State.STARTED:
            self._state.value = State.SHUTDOWN
            _sessions.forget(self._session)
            self._session.close()

    def _require_initial(self):
        if self._state.value == State.STARTED:
            raise ProcessError("Already started server")
        if self._state.value == State.SHUTDOWN:
            raise ProcessError("Manager has shut down")

    # ---- Its host.

    @classmethod
    def register(cls, typeid, callable=None, proxytype=None, exposed=None, method_to_typeid=None,
                 create_method=True):
        """Registers a type of objects, or what makes one. Without `callable` it is for those that
        connect to where it has one, or for what methods return."""
        if "_registry" not in cls.__dict__:
            cls._registry = cls._registry.copy()
        proxytype = AutoProxy if proxytype is None else proxytype
        exposed = exposed or getattr(proxytype, "_exposed_", None)
        method_to_typeid = method_to_typeid or getattr(proxytype, "_method_to_typeid_", None)
        for name, made in dict(method_to_typeid or {}).items():
            assert type(name) is str, f"{name!r} is not a string"
            assert type(made) is str, f"{made!r} is not a string"
        cls._registry[typeid] = callable, exposed, method_to_typeid, maker_of(proxytype)
        if create_method:
            def make(self, /, *args, **kwds):
                return self._make_hosted(typeid, args, kwds)
            make.__name__ = typeid
            setattr(cls, typeid, make)

    def _hosts(self):
        """Whether something is registered that a host has to be there for."""
        return any(entry[0] is not None and self._LATE.get(typeid) is not entry
                   for typeid, entry in self._registry.items())

    @property
    def _process(self):
        """The host, if there is one; the manager isn't a Process."""
        return self._running.host

    def _create(self, typeid, /, *args, **kwds):
        """Makes an object that is hosted; its token, and what is exposed of it."""
        assert self._state.value == State.STARTED, "server not yet started"
        anchor, exposed = calls.ask_host(self._session, "create", typeid, *args, **kwds)
        return HeldToken(typeid, self._address, anchor._reference), exposed

    def _make_hosted(self, typeid, args, kwds):
        token, exposed = self._create(typeid, *args, **kwds)
        return self._registry[typeid][-1](token, self._serializer, manager=self,
                                          authkey=self._authkey, exposed=exposed)

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
        view._whole = self  # With which the manager would end.
        return view

    def _make(self, proxytype, name="", **options):
        return proxytype._make(self._root(), self._authkey, name or self._name, **options)

    @steps
    def _objects(self):
        """The rows of all but what is there for a host's own sake, with what it says of its own."""
        root = self._root()
        texts, internals = calls.objects_of_host(self._session)
        rows, after = [], 0
        while True:
            page = yield registry.list(root, None, "", after, True)
            rows += ((row, texts.get(row["object"])) for row in page["objects"]
                     if row["object"] not in internals and not row["name"].startswith(calls.HOST))
            after = page["after"]
            if after == 0:
                return rows

    @steps
    def _number_of_objects(self):
        return len((yield self._objects()))

    @steps
    def _debug_info(self):
        """A line for each object, for people."""
        return "\n".join(
            f"{row['object']:>5}  {row['type'] if text is None else 'hosted':<17} "
            f"{row['name'] or '-':<20} size {row['size']}, {row['parked']} waiting {text or ''}"
            for row, text in (yield self._objects()))
