"""How values travel that aren't of Python's own types: by a codec, which only clients ever use.

Pickle is one, and takes what no other codec does. A manager with `pickle=False` neither sends
pickles nor opens any. NumPy's arrays have a codec of their own, "npy"; others can be registered:

    syncmanager.values.register(Frame, "frame", dump=Frame.to_bytes, load=Frame.from_bytes)
"""

import collections
import functools
import io
import os
import pickle
import socket
import sys
import threading
import weakref
from multiprocessing import context, managers, process, reduction
from multiprocessing.connection import Connection, rebuild_connection, reduce_connection
from multiprocessing.resource_sharer import DupFd

from . import _native

_PROTOCOL = 5  # The newest that every Python which has this package reads.

_codecs = {}  # By class: (name, dump).
_loaders = {}  # By name.
_loading = threading.local()  # Its `session` and `parts`: those of the pickle that is being opened.


class PickleRefused(pickle.PicklingError, pickle.UnpicklingError):
    """The value would have to be pickled, and pickles aren't allowed with this manager."""


def register(cls, name, dump, load):
    """Instances of exactly `cls` travel as `dump(value)` and come back by `load(content)`.

    `dump` returns an object with the buffer protocol (bytes, a memoryview), or a list of such whose
    bytes come one after the other; they are sent without a copy in between. `load` gets a bytearray
    of its own. `name` is of 1 to 64 of a-z, 0-9, dot, dash and underscore, and the same in every
    process.
    """
    _codecs[cls] = (name, dump)
    _loaders[name] = load


def register_parts(name, load):
    """Tuples of values that a proxy makes of itself for that codec come back by `load(tuple)`."""
    _loaders[name] = load


def session_of_pickle():
    """The session that brought the pickle that this thread is opening, or None."""
    return getattr(_loading, "session", None)


class Translation:
    """How a session's values travel, and what else Python keeps with a session.

    `proxy` makes the proxies of the references in values. `name` is what the session is called; ""
    is the process's own name. `address`, `authkey` and `key_file` lead other processes to the
    session's manager. `manager()` is the manager object that the session belongs to, or None. `id`
    is the session's alone, among all processes.
    """

    def __init__(self, proxy, pickle, name, *, address, authkey, key_file, manager):
        self.id = os.urandom(8).hex()
        self.proxy = proxy
        self.pickle = pickle
        self._name = name
        self.address = address
        self.authkey = authkey
        self.key_file = key_file
        self.manager = (lambda: None) if manager is None else weakref.ref(manager)
        self.custodian = None  # Of descriptors on this host, once it is known.
        self.session = lambda: None  # A weak reference, once it is there.

    def session_name(self):
        """Where somebody asks who holds what, or waits."""
        return self._name or process.current_process().name

    def dump(self, value, pickled):
        """A reference; or a codec's name, and a buffer or a list of them or a tuple of values; not
        the object's own references if it is to be `pickled`."""
        from .hosted import BaseProxy

        if isinstance(value, _native.Reference):
            return value
        if isinstance(value, BaseProxy) and not pickled:
            return value._syncmanager_parts()
        codec = _codec_of(type(value))
        if codec is not None and (content := codec[1](value)) is not NotImplemented:
            return codec[0], content
        function = value.function if type(value) is ByValue else None
        if not self.pickle:
            what = type(value) if function is None else function
            raise PickleRefused(
                f"{getattr(what, '__qualname__', what)} would have to be pickled, and the manager "
                "is used with pickle=False: send values of Python's own types, or register a codec")
        if function is not None:
            return _dump_function(function, self.session())
        return _dump_pickle(value, self.session())

    def load(self, codec, content):
        """The value of such a buffer, as a bytearray, or such a tuple."""
        if codec in ("pickle", "pickle.proxies"):
            if not self.pickle:
                raise PickleRefused("somebody sent a pickle, and the manager is used with "
                                    "pickle=False")
            return self._unpickle(*([content] if codec == "pickle" else content))
        if codec == "npy":
            from . import _numpy  # noqa: F401: it registers itself.
        loader = _loaders.get(codec)
        if loader is None:
            raise LookupError(f"there is no codec {codec!r} here: register it as its sender did")
        return loader(content)

    def _unpickle(self, content, *proxies):
        before = dict(_loading.__dict__)
        _loading.session, _loading.parts = self.session(), proxies
        try:
            return context.reduction.ForkingPickler.loads(content)
        finally:
            _loading.__dict__.clear()
            _loading.__dict__.update(before)


def _codec_of(cls):
    if cls.__module__ == "numpy" and cls.__name__ == "ndarray":
        from . import _numpy  # noqa: F401: it registers itself.
    return _codecs.get(cls)


# ---- Pickles, as multiprocessing makes them. Proxies in them travel beside them as values, so that
# who stores the pickle keeps their objects alive.

class ByValue:
    """A callable on its way, which arrives as itself: if it has no name that it could be found by,
    as its code, for which cloudpickle has to be installed."""

    def __init__(self, function):
        self.function = function


def private_pickle(value):
    """The pickle of a value, whose proxies are announced one by one. Raises PicklingError for an
    open descriptor, and what else pickling raises."""
    return bytes(_dump_pickle(value, None)[1])


def _dump_function(function, session):
    try:
        return _dump_pickle(function, session)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        try:
            import cloudpickle
        except ImportError:
            raise pickle.PicklingError(
                f"{error}; define the function in a module, or install cloudpickle "
                "(python3-cloudpickle) here and where the workers are") from None
        return _dump_pickle(function, session, cloudpickle.CloudPickler)


def _dump_pickle(value, session, base=None):
    """By the pickler that the program has chosen (`context.reducer = ...`), or another one."""
    file = io.BytesIO()
    pickler = _pickler(base or context.reduction.ForkingPickler)(file, session)
    if base is not None:
        pickler.dispatch_table = collections.ChainMap(reduction.ForkingPickler._extra_reducers,
                                                      pickler.dispatch_table)
    spawning = context.get_spawning_popen()
    context.set_spawning_popen(None)  # A value is for any process, not for the one being started.
    try:
        pickler.dump(value)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        if sys.version_info >= (3, 11):
            error.add_note(
                f"The value, a {type(value).__qualname__}, can't be sent: a function or a class is "
                "sent as its name in its module; a file, a lock of threads, a generator or a "
                "module can't be sent: send what the receiver can make it of.")
        raise
    finally:
        context.set_spawning_popen(spawning)
    if not pickler.proxies:
        return "pickle", file.getbuffer()
    return "pickle.proxies", (file.getvalue(), *pickler.proxies)


@functools.lru_cache
def _pickler(base):
    return type("Pickler", (_Pickler, base), {"_overrides": hasattr(base, "reducer_override")})


class _Pickler:
    """What a pickler class gets in addition. Without a session nothing travels beside a pickle."""

    def __init__(self, file, session):
        super().__init__(file, _PROTOCOL)
        self._session = session
        self.proxies = []

    def reducer_override(self, value):
        reduced = NotImplemented
        if issubclass(type(value), managers.BaseProxy):
            reduced = self._reduce_proxy(value)
        if reduced is NotImplemented and self._overrides:
            reduced = super().reducer_override(value)
        if reduced is NotImplemented:
            reduced = self._reduce_descriptor(value)
        return reduced

    def _reduce_proxy(self, value):
        from .hosted import BaseProxy, is_hosted
        from .proxies import is_derived, is_plain

        if not isinstance(value, BaseProxy):
            return NotImplemented  # One of multiprocessing's own.
        if value._syncmanager_reference.session is not self._session:
            return NotImplemented
        if is_plain(value) or is_hosted(value):
            self.proxies.append(value)
            return _part, (len(self.proxies) - 1,)
        if is_derived(value):
            self.proxies.append(value._syncmanager_reference)
            return _derived_part, (type(value), len(self.proxies) - 1)
        return NotImplemented

    def _reduce_descriptor(self, value):
        cls = type(value)
        if cls is DupFd:
            return _reduce_shared(value, self._session)
        if cls in _with_descriptor and self._session is not None:
            theirs, ours = _with_descriptor[cls]
            if getattr(self, "dispatch_table", {}).get(cls) is theirs:
                return ours(value, self._session)
        return NotImplemented


def _reduce_shared(shared, session):
    from .descriptors import KeptDescriptor, keep

    descriptor = shared.detach()
    try:
        if session is None:
            raise pickle.PicklingError("an open descriptor (a socket, or an end of a pipe) can be "
                                       "in a value, and not in an exception")
        return KeptDescriptor, keep(descriptor, session)
    finally:
        os.close(descriptor)


# As multiprocessing reduces them, without the way by its resource sharer's thread.

def _reduce_socket(value, session):
    from .descriptors import KeptDescriptor, keep

    kept = KeptDescriptor(*keep(value.fileno(), session))
    return reduction._rebuild_socket, (kept, value.family, value.type, value.proto)


def _reduce_connection(value, session):
    from .descriptors import KeptDescriptor, keep

    kept = KeptDescriptor(*keep(value.fileno(), session))
    return rebuild_connection, (kept, value.readable, value.writable)


# By class: what multiprocessing has for it, unless a program has registered another one, and ours.
_with_descriptor = {
    socket.socket: (reduction._reduce_socket, _reduce_socket),
    Connection: (reduce_connection, _reduce_connection),
}


def _reduce_view(view):
    return list, (list(view),)


# multiprocessing.managers does so with the views of a dict.
for _name in ("items", "keys", "values"):
    reduction.register(type(getattr(collections.OrderedDict(), _name)()), _reduce_view)


def _part(number):
    return _loading.parts[number]


def _derived_part(cls, number):
    return cls(_part(number)._syncmanager_reference)
