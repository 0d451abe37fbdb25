"""Proxies of objects that a process hosts, and how types of them are made and travel."""

import sys
from multiprocessing import managers, process
from multiprocessing.managers import Token, convert_to_error

from .._session import codecs, sessions
from .._session.operations import registry
from .._session.proxy_types import AS_ITSELF, AS_VALUE, AnyProxy
from ..errors import SyncManagerError
from . import host_calls

_made = {}  # Proxy types, by name and what they expose.


class HeldToken(Token):
    """A token whose object lives as long as it does: of one that has no proxy yet."""

    __slots__ = ("reference",)

    def __init__(self, typeid, address, reference):
        super().__init__(typeid, address, f"{reference.id:x}")
        self.reference = reference


class BaseProxy(managers.BaseProxy, AnyProxy):
    """The stand-in for an object. Proxies can be pickled, without the key, put into containers, and
    used by any thread; each thread is a caller of its own. A forked child may use its parent's.
    The pickle of a proxy keeps the object until it is opened once, for five minutes at most.

    What has a proxy of this class, or of one that a program derives from it, is hosted by the
    process that started or serves the manager. `_syncmanager_reference` is to a latch that stands
    for the object, which lives as long as somebody refers to that. A proxy keeps its `_manager`.

    A subclass may use any attribute but those of multiprocessing's BaseProxy, and those that begin
    with `_syncmanager_`.
    """

    _isauto = False

    def __init__(self, token, serializer, manager=None, authkey=None, exposed=None, incref=True,
                 manager_owned=False):
        reference = _reference_of(token, authkey)
        translation = reference.session.translation
        manager = translation.manager() if manager is None else manager
        if authkey is None:
            authkey = translation.authkey if manager is None else manager._authkey
        self._manager = manager
        self._authkey = process.AuthenticationString(authkey)
        self._serializer = serializer
        self._syncmanager_reference = reference
        self._token = Token(token.typeid, token.address, token.id)
        self._id = token.id

    def _callmethod(self, methodname, args=(), kwds={}):
        """Calls a method of the object: its result, or a proxy of it."""
        reference = self._syncmanager_reference
        reference.type  # From here on a forked child has a reference of its own.
        kind, result = host_calls.ask(reference.session, self._id, methodname, args, kwds)
        if kind == "#RETURN":
            return result
        if kind == "#PROXY":
            return self._syncmanager_proxy_of(*result)
        try:
            raise convert_to_error(kind, result)
        finally:
            del result  # Or the error and this frame had each other, and this proxy.

    def _syncmanager_proxy_of(self, anchor, typeid, exposed, name):
        reference = anchor._syncmanager_reference
        token = HeldToken(typeid, self._token.address, reference)
        known = {} if self._manager is None else self._manager._registry
        proxytype = known[typeid][-1] if typeid in known else _type_named(
            name, reference.session)
        return proxytype(token, self._serializer, manager=self._manager, authkey=self._authkey,
                         exposed=exposed)

    def _getvalue(self):
        """A copy of the object."""
        return self._callmethod("#GETVALUE")

    def _syncmanager_parts(self):
        """How it travels as a value of its manager: so that the object lives as long as that."""
        reference = self._syncmanager_reference
        exposed = tuple(getattr(self, "_exposed_", ()))
        name = name_of(self._syncmanager_maker(), reference.session)
        return "hosted", (reference, self._token.typeid, exposed, name)

    def _syncmanager_in_pickle(self):
        """How it goes into the pickle of a value: AS_VALUE unless it is pickled in a way of its
        own."""
        return AS_VALUE if type(self).__reduce__ is BaseProxy.__reduce__ else AS_ITSELF

    def _syncmanager_maker(self):
        """Returns the function and arguments that make this proxy in another process."""
        return AutoProxy if self._isauto else getattr(self, "_syncmanager_form", type(self))

    def __reduce__(self):
        announce_pickle(self._syncmanager_reference)
        keywords = {"exposed": self._exposed_} if self._isauto else {}
        keywords["way"] = sessions.way_of(self._syncmanager_reference.session)
        return RebuildProxy, (self._syncmanager_maker(), self._token, self._serializer, keywords)

    def __deepcopy__(self, memo):
        return self._getvalue()

    def __repr__(self):
        # By the object's number: a list in a list prints the same each time, as in CPython.
        reference, name = self._syncmanager_reference, ""
        if reference.name:
            name = f", {reference.name!r} of the manager at {self._token.address!r}"
        return (f"<{type(self).__name__} object, typeid {self._token.typeid!r} "
                f"at {reference.id:#x}{name}>")

    def __str__(self):
        try:
            return self._callmethod("__repr__")
        except Exception:
            return repr(self)[:-1] + "; '__str__()' failed>"


def _reference_of(token, authkey):
    if isinstance(token, HeldToken):
        return token.reference
    way = {} if authkey is None else {"authkey": authkey}
    return sessions.adopt(token.address, way, int(token.id, 16))


def RebuildProxy(func, token, serializer, kwds):
    """A proxy of what the token says, in whatever process this is."""
    reference = sessions.adopt(token.address, kwds.pop("way", {}), int(token.id, 16))
    return func(HeldToken(token.typeid, token.address, reference), serializer, **kwds)


def MakeProxyType(name, exposed):
    """A proxy type with those methods."""
    exposed = tuple(exposed)
    made = _made.get((name, exposed))
    if made is None:
        methods = {method: forward(method) for method in exposed}
        module = sys._getframe(1).f_globals.get("__name__")  # Where it can be pickled by its name.
        made = type(name, (BaseProxy,),
                    {**methods, "_exposed_": exposed, "__module__": module})
        _made[name, exposed] = made
    return made


def forward(name):
    """A proxy's method that calls that of the object."""
    def method(self, /, *args, **kwds):
        return self._callmethod(name, args, kwds)

    method.__name__ = name
    return method


def AutoProxy(token, serializer, manager=None, authkey=None, exposed=None, incref=True,
              manager_owned=False):
    """A proxy with the object's public methods, or those that are exposed."""
    if exposed is None:
        reference = _reference_of(token, authkey)
        token = HeldToken(token.typeid, token.address, reference)
        exposed = host_calls.ask_host(reference.session, "get_methods", token.id)
    proxy = MakeProxyType(f"AutoProxy[{token.typeid}]", exposed)(
        token, serializer, manager=manager, authkey=authkey)
    proxy._isauto = True
    return proxy


# ---- How they travel.

def announce_pickle(reference):
    """Makes the manager keep the object until the pickle of a proxy is opened, even if the sender
    drops its own proxy, or ends, before that. The manager forgets it after its
    --in-flight-timeout."""
    try:
        registry.send(reference.session.registry(), None, reference.id)
    except SyncManagerError:  # The process that opens the pickle gets the error.
        pass


def name_of(proxytype, session):
    """The bytes by which other processes find a proxy type; b"" if they can't."""
    try:
        return bytes(session.translation.dump(proxytype, True)[1])
    except Exception:  # Whatever its pickling raises.
        return b""


def _type_named(name, session):
    try:
        return session.translation.load("pickle", name)
    except Exception:  # It isn't there, or isn't to be opened: any proxy will do.
        return AutoProxy


def _load(parts):
    anchor, typeid, exposed, name = parts
    reference = anchor._syncmanager_reference
    session = reference.session
    token = HeldToken(typeid, session.translation.address, reference)
    return _type_named(name, session)(token, "pickle", exposed=exposed)


codecs.register_parts("hosted", _load)
