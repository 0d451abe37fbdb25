"""How values travel that aren't of Python's own types: by a codec, which only clients ever use.

Pickle is one, and takes what no other codec does. A manager with `pickle=False` neither sends
pickles nor opens any. NumPy's arrays have a codec of their own, "npy"; others can be registered:

    syncmanager.values.register(Frame, "frame", dump=Frame.to_bytes, load=Frame.from_bytes)

The manager compares what it doesn't know by a key that travels with it. A class that
defines its own equality or order can have one:

    syncmanager.values.register(Version, key=lambda version: (version.major, version.minor))
"""

import os
import pickle
import weakref
from multiprocessing import process

from . import _native
from ._session import keys
from ._session.pickles import ByValue, pickled_function, pickled_value, unpickled

_codecs = {}  # By class: (name, dump).
_loaders = {}  # By name.


class PickleRefused(pickle.PicklingError, pickle.UnpicklingError):
    """The value would have to be pickled, and pickles aren't allowed with this manager."""


def register(cls, name=None, dump=None, load=None, *, key=None):
    """Instances of exactly `cls` travel as `dump(value)` and come back by `load(content)`; without
    those three as they do now, usually as pickles.

    `dump` returns an object with the buffer protocol (bytes, a memoryview), or a list of such whose
    bytes come one after the other. They are sent without a copy, so they must not change before the
    call that sends them returns. `load` gets a bytearray of its own. `name` is of 1 to 64 of a-z,
    0-9, dot, dash and underscore, and the same in every process.

    `key(value)` is what the manager compares instances of `cls` by: a value of Python's own types,
    or of others that have keys, which is equal for two instances exactly where they are equal, and
    less where one is less if the class has `<`. It must be the same in every process.
    """
    if (name is None, dump is None, load is None) not in ((True,) * 3, (False,) * 3):
        raise TypeError("register() takes a name, a dump and a load, or none of the three")
    if name is None and key is None:
        raise TypeError("register() takes a key if it takes no name, no dump and no load")
    if name is not None:
        _codecs[cls] = (name, dump)
        _loaders[name] = load
    if key is not None:
        keys.register(cls, key)


def register_parts(name, load):
    """Tuples of values that a proxy makes of itself for that codec come back by `load(tuple)`."""
    _loaders[name] = load


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
        from ._proxies.hosted import BaseProxy

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
            return pickled_function(function, self.session())
        return pickled_value(value, self.session())

    key = staticmethod(keys.key_of)
    refuse = staticmethod(keys.refuse)

    def load(self, codec, content):
        """The value of such a buffer, as a bytearray, or such a tuple."""
        if codec.split(".")[0] == "pickle":
            if not self.pickle:
                raise PickleRefused("somebody sent a pickle, and the manager is used with "
                                    "pickle=False")
            return unpickled(self.session(), codec, content)
        if codec == "npy":
            from ._session import numpy_codec  # noqa: F401: it registers itself.
        loader = _loaders.get(codec)
        if loader is None:
            raise LookupError(f"there is no codec {codec!r} here: register it as its sender did")
        return loader(content)


def _codec_of(cls):
    if cls.__module__ == "numpy" and cls.__name__ == "ndarray":
        from ._session import numpy_codec  # noqa: F401: it registers itself.
    return _codecs.get(cls)
