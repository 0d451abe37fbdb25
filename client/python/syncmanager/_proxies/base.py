"""Proxies of what the manager itself has: references to objects, and multiprocessing's manners."""

import copy
import types
from multiprocessing.managers import Token

from .._session import proxy_types, sessions
from .._session.operations import opening, registry
from .._session.maybe_async import maybe_async
from ..errors import RemoteError
from . import printing
from .hosted import BaseProxy, announce_pickle


class ManagedProxy(BaseProxy):
    """The stand-in for an object that the manager itself has."""

    _exposed_ = ()
    _serializer = "pickle"
    _syncmanager_type = None  # The manager's name for it.
    _syncmanager_opening = None  # The operation that finds or makes one.
    _syncmanager_awaits = None  # The method that wait_any() is about.
    _syncmanager_watched = True  # For updates that are lost.
    __class_getitem__ = classmethod(types.GenericAlias)  # `QueueProxy[int]`, in annotations.

    def __init__(self, reference):
        translation = reference.session.translation
        self._syncmanager_reference = reference
        self._manager = translation.manager()
        self._authkey = translation.authkey

    def __init_subclass__(cls, type=None, options=None, awaits=None, **kwargs):
        """`type`: the manager's name for the type of objects; `options`: the field of its options
        in RegistryOp.Open; `awaits`: the method that wait_any() is about."""
        super().__init_subclass__(**kwargs)
        if type is not None:
            cls._syncmanager_type = type
            proxy_types.register(type, cls)
        if options is not None:
            cls._syncmanager_opening = opening(options)
        if awaits is not None:
            cls._syncmanager_awaits = awaits

    @property
    def _token(self):
        address = self._syncmanager_reference.session.translation.address
        return Token(self._syncmanager_type, address, self._id)

    @property
    def _id(self):
        return f"{self._syncmanager_reference.id:x}"

    def _callmethod(self, methodname, args=(), kwds={}):
        """Calls a method of the referent by its name, as CPython's proxies do."""
        if methodname not in self._exposed_:
            raise RemoteError(f"method {methodname!r} of {self._syncmanager_type!r} object is not "
                              f"in exposed={tuple(self._exposed_)!r}")
        return getattr(type(self), methodname)(self, *args, **kwds)

    def _getvalue(self):
        """A copy of the referent."""
        raise RemoteError(f"Unserializable message: a {self._syncmanager_type} can't be copied")

    def __deepcopy__(self, memo):
        """A copy of the referent; for one that can't be copied (a Queue, a Lock) another proxy."""
        if type(self)._getvalue is ManagedProxy._getvalue:
            return copy.copy(self)
        return self._getvalue()

    def _syncmanager_parts(self):
        """How it travels as a value of its manager."""
        return self._syncmanager_reference

    def _syncmanager_in_pickle(self):
        """How it goes into the pickle of a value. A proxy of a class of its own, such as a deep
        dict's, is AS_REFERENCE unless it is pickled in a way of its own."""
        if proxy_types.is_plain(self):
            return proxy_types.AS_VALUE
        if type(self).__reduce__ is ManagedProxy.__reduce__:
            return proxy_types.AS_REFERENCE
        return super()._syncmanager_in_pickle()

    def __reduce__(self):
        announce_pickle(self._syncmanager_reference)
        return adopted, (type(self), self._token,
                         sessions.way_of(self._syncmanager_reference.session))

    def __str__(self):
        try:
            if printing.has_look(self._syncmanager_type):
                return printing.look(self)
            return repr(self._getvalue())
        except Exception:
            return repr(self)[:-1] + "; '__str__()' failed>"


@maybe_async
def make(cls, registry, name="", **options):
    """Finds the object of that name, or makes one; a proxy of it, of the class `cls`."""
    return cls((yield cls._syncmanager_opening(registry, None, name, False, options)))


def with_reference(proxy, reference):
    """A proxy like `proxy`, with another reference to the same object."""
    other = object.__new__(type(proxy))
    other.__dict__.update(proxy.__dict__, _syncmanager_reference=reference)
    return other


def adopted(cls, token, way):
    """A proxy of the manager's object that the token says, in whatever process this is."""
    return cls(sessions.adopt(token.address, way, int(token.id, 16)))


def inspect(proxy):
    """Who holds the object, and who waits for it: a dict, as `syncctl show` has it."""
    reference = proxy._syncmanager_reference
    return registry.inspect(reference.session.registry(), None, "", reference.id)
