"""Proxies of objects that a process hosts, and how types of them are made and travel."""

import sys
from multiprocessing import context, process
from multiprocessing.managers import Token, convert_to_error

from . import _sessions, calls, values

_made = {}  # Proxy types, by name and what they expose.


class HeldToken(Token):
    """A token whose object lives as long as it does: of one that has no proxy yet."""

    __slots__ = ("reference",)

    def __init__(self, typeid, address, reference):
        super().__init__(typeid, address, f"{reference.id:x}")
        self.reference = reference


class BaseProxy:
    """The stand-in for an object. Proxies can be pickled, without the key, put into containers, and
    used by any thread; each thread is a caller of its own. A forked child may use its parent's.

    What has a proxy of this class, or of one that a program derives from it, is hosted by the
    process that started or serves the manager. `_reference` is to a latch that stands for the
    object, which lives as long as somebody refers to that.
    """

    _isauto = False

    def __init__(self, token, serializer, manager=None, authkey=None, exposed=None, incref=True,
                 manager_owned=False):
        if authkey is None and manager is not None:
            authkey = manager._authkey
        self._manager = manager
        self._authkey = authkey
        self._serializer = serializer
        self._reference = _reference_of(token, authkey)
        self._token = Token(token.typeid, token.address, token.id)
        self._id = token.id

    def _callmethod(self, methodname, args=(), kwds={}):
        """Calls a method of the object: its result, or a proxy of it."""
        self._reference.type  # From here on a forked child has a reference of its own.
        kind, result = calls.ask(self._reference.session, self._id, methodname, args, kwds)
        if kind == "#RETURN":
            return result
        if kind == "#PROXY":
            return self._proxy_of(*result)
        try:
            raise convert_to_error(kind, result)
        finally:
            del result  # Or the error and this frame had each other, and this proxy.

    def _proxy_of(self, anchor, typeid, exposed, name):
        token = HeldToken(typeid, self._token.address, anchor._reference)
        known = {} if self._manager is None else self._manager._registry
        proxytype = known[typeid][-1] if typeid in known else _type_named(
            name, anchor._reference.session)
        return proxytype(token, self._serializer, manager=self._manager, authkey=self._authkey,
                         exposed=exposed)

    def _getvalue(self):
        """A copy of the object."""
        return self._callmethod("#GETVALUE")

    def _parts(self):
        """How it travels as a value of its manager: so that the object lives as long as that."""
        exposed = tuple(getattr(self, "_exposed_", ()))
        name = name_of(self._maker(), self._reference.session)
        return "hosted", (self._reference, self._token.typeid, exposed, name)

    def _maker(self):
        """What makes such a proxy in another process."""
        return AutoProxy if self._isauto else getattr(self, "_form", type(self))

    def __reduce__(self):
        keywords = {"exposed": self._exposed_} if self._isauto else {}
        if not self._reference.session.translation.pickle:
            keywords["pickle"] = False
        if context.get_spawning_popen() is not None and self._authkey is not None:
            keywords["authkey"] = process.AuthenticationString(self._authkey)
        return RebuildProxy, (self._maker(), self._token, self._serializer, keywords)

    def __deepcopy__(self, memo):
        return self._getvalue()

    def __repr__(self):
        # By the object's number: a list in a list prints the same each time, as in CPython.
        return (f"<{type(self).__name__} object, typeid {self._token.typeid!r} "
                f"at {self._reference.id:#x}>")

    def __str__(self):
        try:
            return self._callmethod("__repr__")
        except Exception:
            return repr(self)[:-1] + "; '__str__()' failed>"


def _reference_of(token, authkey):
    if isinstance(token, HeldToken):
        return token.reference
    return _sessions.connect(token.address, authkey).adopt(int(token.id, 16))


def RebuildProxy(func, token, serializer, kwds):
    """A proxy of what the token says, in whatever process this is."""
    if "pickle" in kwds:  # Proxies ask for the session that is there.
        _sessions.connect(token.address, kwds.get("authkey"), pickle=kwds.pop("pickle"))
    return func(token, serializer, **kwds)


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
        exposed = calls.ask_host(reference.session, "get_methods", token.id)
    proxy = MakeProxyType(f"AutoProxy[{token.typeid}]", exposed)(
        token, serializer, manager=manager, authkey=authkey)
    proxy._isauto = True
    return proxy


# ---- How they travel.

def name_of(proxytype, session):
    """What other processes find a proxy type by; b"" if they can't."""
    try:
        return session.translation.dump(proxytype, True)[1]
    except Exception:  # Whatever its pickling raises.
        return b""


def _type_named(name, session):
    try:
        return session.translation.load("pickle", name)
    except Exception:  # It isn't there, or isn't to be opened: any proxy will do.
        return AutoProxy


def _load(parts):
    anchor, typeid, exposed, name = parts
    token = HeldToken(typeid, anchor._reference.session.url, anchor._reference)
    return _type_named(name, anchor._reference.session)(token, "pickle", exposed=exposed)


values.register_parts("hosted", _load)
