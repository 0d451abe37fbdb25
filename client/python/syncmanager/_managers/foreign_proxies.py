"""Which proxy type stands for a hosted object, whatever type was registered for it."""

import functools
import itertools
import types
from multiprocessing import managers
from multiprocessing.managers import AutoProxy as TheirAutoProxy, BaseProxy as TheirProxy

from .._proxies.base import ManagedProxy
from .._proxies.hosted import AutoProxy, BaseProxy, forward

_forms = {}  # By the types that they are forms of.
_THEIRS = dict(vars(managers))
_IN_PLACE = ("__iadd__", "__iand__", "__imul__", "__ior__", "__isub__", "__ixor__")


def form_of(proxytype):
    """The type to use where `proxytype` was registered.

    multiprocessing's own proxies, ours that stand for an object of the manager, and what is derived
    from either make all their calls as multiprocessing's class of that name does.
    """
    if proxytype is TheirAutoProxy:
        return AutoProxy
    if not isinstance(proxytype, type) or not issubclass(proxytype, TheirProxy):
        return proxytype
    if issubclass(proxytype, BaseProxy) and not issubclass(proxytype, ManagedProxy):
        return proxytype
    if proxytype not in _forms:
        _forms[proxytype] = _made(proxytype)
    return _forms[proxytype]


def _made(proxytype):
    hosted = _hosted(proxytype)
    bases = (hosted,) if hosted.__base__ is proxytype else (proxytype, hosted)
    return type(proxytype.__name__, bases, {
        "__module__": proxytype.__module__,
        "_syncmanager_form": functools.partial(_make, proxytype)})


def maker_of(proxytype):
    """Returns a callable that makes proxies of that form; it pickles if `proxytype` does."""
    form = form_of(proxytype)
    return getattr(form, "_syncmanager_form", form)


def _make(proxytype, *args, **kwds):
    return form_of(proxytype)(*args, **kwds)


def _hosted(proxytype):
    """The class whose methods come after the program's own, and before all others of `proxytype`.
    It makes its calls as multiprocessing's class of that name does."""
    if not issubclass(proxytype, ManagedProxy):
        return BaseProxy
    ours = next(cls for cls in proxytype.__mro__ if _is_ours(cls))
    namesake = next((_THEIRS[cls.__name__] for cls in ours.__mro__
                     if _is_ours(cls) and cls.__name__ in _THEIRS), TheirProxy)
    exposed = proxytype._exposed_
    if namesake is TheirProxy:
        members = {name: forward(name) for name in exposed}
    else:
        members = _members(namesake, _is_theirs)
    for name, member in _members(ours, _is_ours).items():
        if name not in members and _is_method(name, member):
            members[name] = _method_of_hosted(name, exposed)
    members |= {name: member for name, member in vars(BaseProxy).items()
                if name not in ("__dict__", "__weakref__", "__module__")}
    members |= {"_token": None, "_id": None, "_exposed_": ours._exposed_}
    return type(ours.__name__, (ours,), members)


def _is_method(name, member):
    """Whether programs call it: it is public, or an operator."""
    if name.startswith("_") and (not name.endswith("__") or hasattr(object, name)):
        return False
    return isinstance(member, (types.FunctionType, property))


def _method_of_hosted(name, exposed):
    """Stands in a proxy of a hosted object for a method that only this package defines."""
    if name == "__iter__":
        return _items
    if name in exposed:
        return _operate_in_place(name) if name in _IN_PLACE else forward(name)
    return None if name.startswith("__") else _absent(name)


def _items(self):
    """As Python iterates over what has no __iter__()."""
    for index in itertools.count():
        try:
            item = self[index]
        except IndexError:
            return
        yield item


def _operate_in_place(name):
    def method(self, value):
        self._callmethod(name, (value,))
        return self

    return method


def _absent(name):
    """A NamespaceProxy asks its object for what raises AttributeError."""
    def attribute(self):
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    return property(attribute)


def _is_ours(cls):
    return cls.__module__.partition(".")[0] == __package__.partition(".")[0]


def _is_theirs(cls):
    return cls.__module__ == managers.__name__


def _members(proxytype, chosen):
    """The attributes that the chosen base classes define, without the base of all proxies."""
    members = {}
    for cls in reversed(proxytype.__mro__):
        if chosen(cls) and cls not in TheirProxy.__mro__:
            members |= vars(cls)
    return {name: member for name, member in members.items()
            if name not in ("__dict__", "__weakref__")}


IteratorProxy = form_of(managers.IteratorProxy)
PoolProxy = form_of(managers.PoolProxy)
