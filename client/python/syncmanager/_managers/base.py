"""Managers of registered types, after multiprocessing's."""

import copy
import multiprocessing
from multiprocessing import managers, process, util
from multiprocessing.managers import State

from .._proxies import host_calls
from .._proxies.base import make
from .._proxies.hosted import AutoProxy, HeldToken
from .._session import sessions
from .._session.operations import registry
from .._session.proxy_types import proxy_of
from .._session.reserved_names import HOST
from .._session.maybe_async import maybe_async
from ..errors import ProcessError
from .foreign_proxies import maker_of
from .host import Server
from .own_manager import OwnManager
from .running import Running, attached


class _Own:
    """The attributes of a BaseManager beside CPython's."""

    def __init__(self, key_file, limits, options):
        self.key_file = key_file
        self.limits = limits  # Those of a manager that is started here.
        self.options = options  # Those of connect().
        self.running = self.end = None  # If the manager was started here.
        self.session = None
        self.stays = False  # Whether the session is there as long as its manager.


class _Shown:
    """A property that a subclass may have as an attribute of its own."""

    def __init__(self, read):
        self.__doc__ = read.__doc__
        self._read = read

    def __get__(self, manager, cls):
        return self if manager is None else self._read(manager)


class BaseManager(managers.BaseManager):
    """Starts a manager of its own, or connects to one that is there. A manager that was started
    ends at shutdown(), with this process, or when neither this object nor a proxy of it is left.

    `address`: a pair of host and port, a path, or a URL; None: a unix socket that nobody else can
    enter. Between machines there is TLS, by the key. `authkey`: bytes of any length that the
    manager and its clients share; None: the process's own, which its children inherit. It never
    shows in a process list. `key_file`: the file of the key, in place of `authkey`, for connect();
    "": the one that the environment names.
    `pickle=False`: no pickles are sent or opened; what needs one raises values.PickleRefused.

    `limits`: a dict of the limits of a manager that is started here, by their names in
    own_manager.LIMITS, as {"object_bytes": 2 << 30}. Without it one object may take a quarter of
    the machine's memory, and all together half. `shutdown_timeout`: seconds after which its
    processes are killed if they haven't ended.

    Objects of registered types live in a process that belongs to the manager: a child of the one
    that starts it, made when there is something to host, or the one that serves it.

    A subclass may use any attribute but those of multiprocessing's BaseManager, and those that
    begin with `_syncmanager_`.
    """

    _registry = {}
    _syncmanager_native = {}  # What of `_registry` the manager has itself.
    _syncmanager_late = {}  # What of `_registry` starts no host before it is wanted.
    _syncmanager_proxy_of = staticmethod(proxy_of)
    _syncmanager_class_of_objects = None  # SyncManager: a host makes its own objects by it.
    _syncmanager_name = ""  # That of the objects that it makes.

    def __init__(self, address=None, authkey=None, serializer="pickle", ctx=None, *,
                 shutdown_timeout=1.0, key_file=None, session_timeout=10.0, connect_timeout=None,
                 on_session_lost=None, pickle=True, limits=None):
        if authkey is None:
            authkey = process.current_process().authkey
        self._address = address
        self._authkey = process.AuthenticationString(authkey)
        self._serializer = serializer
        self._Listener, self._Client = managers.listener_client[serializer]
        self._ctx = ctx or multiprocessing.get_context()
        self._shutdown_timeout = shutdown_timeout
        self._state = State()
        self._state.value = State.INITIAL
        self._syncmanager_own = _Own(key_file, limits, {
            "session_timeout": session_timeout, "connect_timeout": connect_timeout,
            "on_session_lost": on_session_lost, "proxy": self._syncmanager_proxy_of,
            "pickle": pickle})

    # ---- A manager's life.

    def start(self, initializer=None, initargs=()):
        """Starts a manager. Raises EOFError if the initializer fails."""
        _require_initial(self._state)
        if initializer is not None and not callable(initializer):
            raise TypeError("initializer must be a callable")
        running = Running(self._address, self._authkey, self._syncmanager_class_of_objects,
                          self._syncmanager_own.limits)
        own = self._syncmanager_own
        own.running = running
        own.end = self.shutdown = util.Finalize(
            self, running.end, args=(self._state, self._shutdown_timeout), exitpriority=0)
        try:
            running.connect(manager=self, **own.options)
            host = self._ctx, type(self).__name__, self._registry
            if initializer is not None or self._syncmanager_needs_host():
                running.start_host(*host, initializer, initargs)
            else:
                running.start_host_when_needed(*host)
        except BaseException:
            own.end()
            raise
        self._address = running.address
        self._syncmanager_use(running.session, stays=True)

    def connect(self):
        """Connects to the manager at `address`, with a session that this object alone ends."""
        own = self._syncmanager_own
        self._syncmanager_use(sessions.connect(
            self._address, self._authkey, key_file=own.key_file, manager=self, **own.options))
        self._address = own.session.translation.address

    def _syncmanager_use(self, session, stays=False):
        """Makes objects by that session from now on."""
        self._syncmanager_own.session, self._syncmanager_own.stays = session, stays
        self._state.value = State.STARTED

    def get_server(self):
        """A server whose serve_forever() hosts the objects in this process."""
        _require_initial(self._state)
        own = OwnManager(self._address, self._authkey, self._syncmanager_own.limits)
        objects = attached(self._syncmanager_class_of_objects, own.address, own.unix,
                           self._authkey)
        return Server(self._registry, objects, own)

    def join(self, timeout=None):
        """Waits until the manager that was started here has ended."""
        if self._syncmanager_own.running is not None:
            self._syncmanager_own.running.join(timeout)

    @property
    def address(self):
        """A path, or a pair of host and port; the final one from start() on."""
        return self._address

    @_Shown
    def _running(self):
        """The manager that was started here, with its `pid`; None if there is none."""
        return self._syncmanager_own.running

    @_Shown
    def _process(self):
        """The host's Process, or what is like it of the manager, if there is no host."""
        return self._syncmanager_own.running.process

    @_Shown
    def key_file(self):
        """The file of the key, for programs in other languages; "" if there is none."""
        own = self._syncmanager_own
        return own.running.key_file if own.running is not None else own.key_file or ""

    def __enter__(self):
        if self._state.value == State.INITIAL:
            self.start()
        if self._state.value == State.SHUTDOWN:
            raise ProcessError("Manager has shut down")
        return self

    def __exit__(self, exc_type, exc_val, exc_tb):
        if self._syncmanager_own.running is not None:
            self.shutdown()
        else:
            self._syncmanager_end()

    def _syncmanager_end(self):
        """Ends the manager if it was started here, and otherwise the session."""
        own = self._syncmanager_own
        if own.running is not None:
            own.end()
        elif self._state.value == State.STARTED:
            self._state.value = State.SHUTDOWN
            sessions.forget(own.session)
            own.session.close()

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
                return self._syncmanager_make_hosted(typeid, args, kwds)
            make.__name__ = typeid
            setattr(cls, typeid, make)

    def _syncmanager_needs_host(self):
        """Whether something is registered that a host has to be there for."""
        return any(entry[0] is not None and self._syncmanager_late.get(typeid) is not entry
                   for typeid, entry in self._registry.items())


    def _create(self, typeid, /, *args, **kwds):
        """Makes an object that is hosted; its token, and what is exposed of it."""
        assert self._state.value == State.STARTED, "server not yet started"
        session = self._syncmanager_own.session
        anchor, exposed = host_calls.ask_host(session, "create", typeid, *args, **kwds)
        return HeldToken(typeid, self._address, anchor._syncmanager_reference), exposed

    def _syncmanager_make_hosted(self, typeid, args, kwds):
        token, exposed = self._create(typeid, *args, **kwds)
        return self._registry[typeid][-1](token, self._serializer, manager=self,
                                          authkey=self._authkey, exposed=exposed)

    # ---- Its objects.

    def _syncmanager_registry(self):
        """The reference to the registry, which makes objects and lists them."""
        assert self._state.value == State.STARTED, "server not yet started"
        return self._syncmanager_own.session.registry()

    def named(self, name):
        """This manager for objects of that name: `manager.named("jobs").dict()` finds that dict, or
        makes it. A dict's and a Namespace's keywords are their entries, so they have no `name=`."""
        view = copy.copy(self)
        view._syncmanager_name = name
        view._syncmanager_whole = self  # With which the manager would end.
        return view

    def _syncmanager_make(self, proxytype, name="", **options):
        """Finds the object of that name, or makes one."""
        name = name or self._syncmanager_name
        return make(proxytype, self._syncmanager_registry(), name, **options)

    @maybe_async
    def _syncmanager_rows(self):
        """The rows of all but what is there for a host's own sake or for pickles only, with what
        the host says of its own."""
        root = self._syncmanager_registry()
        texts, internals = host_calls.objects_of_host(self._syncmanager_own.session)
        rows, after = [], 0
        while True:
            page = yield registry.list(root, None, "", after, True)
            rows += ((row, texts.get(row["object"])) for row in page["objects"]
                     if not (row["in_flight"] or row["object"] in internals
                             or row["name"].startswith(HOST)))
            after = page["after"]
            if after == 0:
                return rows

    def _objects(self):
        """Returns the rows that _number_of_objects() counts: pairs of what the manager says of an
        object, a dict, and what its host says, or None."""
        return self._syncmanager_rows()

    @maybe_async
    def _number_of_objects(self):
        return len((yield self._syncmanager_rows()))

    @maybe_async
    def _debug_info(self):
        """A line for each object, for people."""
        return "\n".join(
            f"{row['object']:>5}  {row['type'] if text is None else 'hosted':<17} "
            f"{row['name'] or '-':<20} size {row['size']}, {row['parked']} waiting {text or ''}"
            for row, text in (yield self._syncmanager_rows()))


def _require_initial(state):
    if state.value == State.STARTED:
        raise ProcessError("Already started server")
    if state.value == State.SHUTDOWN:
        raise ProcessError("Manager has shut down")
