"""The translation of a session: how its values become bytes and references, and values again."""

import os
import pickle
import weakref
from multiprocessing import process

from .. import _native
from . import codecs, keys
from .pickles import ByValue, pickled_function, pickled_value, unpickled
from .proxy_types import AnyProxy


class PickleRefused(pickle.PicklingError, pickle.UnpicklingError):
    """The value would have to be pickled, and pickles aren't allowed with this manager."""

    __module__ = "syncmanager.values"  # Where programs find it.


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
        if isinstance(value, _native.Reference):
            return value
        if isinstance(value, AnyProxy) and not pickled:
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
            _register_numpy()
        loader = codecs.load_of(codec)
        if loader is None:
            raise LookupError(f"there is no codec {codec!r} here: register it as its sender did")
        return loader(content)


def _codec_of(cls):
    if cls.__module__ == "numpy" and cls.__name__ == "ndarray":
        _register_numpy()
    return codecs.dump_of(cls)


def _register_numpy():
    """Registers the codec of NumPy's arrays. NumPy is imported where a program uses it, only."""
    from . import numpy_codec  # noqa: F401: it registers itself.
