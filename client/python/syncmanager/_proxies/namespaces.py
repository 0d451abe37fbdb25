"""Namespace and Value."""

from multiprocessing import managers

from .._session.operations import namespace, value as value_
from .._session.maybe_async import maybe_async
from . import lost_updates, printing
from .base import ManagedProxy
from .paging import all_pages


class _GivesWay:
    """A method of the manager's own Namespaces, unless there is an attribute of that name."""

    def __init__(self, function):
        self._function = function

    def __get__(self, proxy, cls):
        if proxy is None:
            return self._function
        try:
            return proxy._callmethod("__getattribute__", (self._function.__name__,))
        except AttributeError:
            if hasattr(cls, "_syncmanager_form"):
                raise
            return self._function.__get__(proxy)


class NamespaceProxy(ManagedProxy, managers.NamespaceProxy, type="Namespace", options="namespace"):
    """Attributes that everybody shares. Names that begin with `_` are the proxy's own."""

    _exposed_ = ("__getattribute__", "__setattr__", "__delattr__")

    def __getattr__(self, name):
        if name[0] == "_":
            return object.__getattribute__(self, name)
        return lost_updates.read(namespace, self, name)

    def __setattr__(self, name, new):
        if name[0] == "_":
            return object.__setattr__(self, name, new)
        return lost_updates.assign(namespace, self, (name,), new)

    def __delattr__(self, name):
        if name[0] == "_":
            return object.__delattr__(self, name)
        return namespace.delete(self, None, name)

    def _callmethod(self, methodname, args=(), kwds={}):
        if methodname == "__getattribute__":
            return namespace.get(self, None, *args)
        return super()._callmethod(methodname, args, kwds)

    @maybe_async
    def _getvalue(self):
        values, _ = yield all_pages(lambda cursor, version: namespace.read_page(
            self, None, cursor, version))
        both = iter(values)
        return managers.Namespace(**dict(zip(both, both)))

    @_GivesWay
    def add(self, name, amount, initial=0):
        """Adds to the attribute in one step, to `initial` if there is none, and returns the sum."""
        return namespace.add(self, None, name, amount, initial)

    @_GivesWay
    def compare_and_set(self, name, expected, desired):
        """Sets the attribute if it equals `expected`; whether it did. `...` is no attribute."""
        return namespace.compare_and_set(self, None, name, expected, desired)


class ValueProxy(ManagedProxy, managers.ValueProxy, type="Value", options="value"):
    """One value. After multiprocessing's manager: the typecode is kept and not enforced."""

    _exposed_ = ("get", "set")

    def get(self):
        return lost_updates.read(value_, self)

    def set(self, value):
        return lost_updates.assign(value_, self, (), value)

    value = property(get, set)

    def add(self, amount):
        """Adds in one step, and returns the sum."""
        return value_.add(self, None, amount)

    def compare_and_set(self, expected, desired):
        """Sets the value if it equals `expected`; whether it did."""
        return value_.compare_and_set(self, None, expected, desired)

    @maybe_async
    def _getvalue(self):
        return managers.Value((yield printing.typecode(self)), (yield self.get()))
