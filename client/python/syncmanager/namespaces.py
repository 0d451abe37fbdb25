"""Namespace and Value."""

from . import _referents, _updates
from ._operations import namespace, value
from ._steps import steps
from .proxies import ManagedProxy, all_pages


class NamespaceProxy(ManagedProxy):
    """Attributes that everybody shares. Names that begin with `_` are the proxy's own, as are `add`
    and `compare_and_set`."""

    _exposed_ = ("__getattribute__", "__setattr__", "__delattr__")
    _type = "Namespace"
    _open = "namespace"

    def __getattr__(self, name):
        if name[0] == "_":
            return object.__getattribute__(self, name)
        return _updates.read(namespace, self, name)

    def __setattr__(self, name, new):
        if name[0] == "_":
            return object.__setattr__(self, name, new)
        return _updates.assign(namespace, self, (name,), new)

    def __delattr__(self, name):
        if name[0] == "_":
            return object.__delattr__(self, name)
        return namespace.delete(self._reference, None, name)

    def _callmethod(self, methodname, args=(), kwds={}):
        if methodname == "__getattribute__":
            return namespace.get(self._reference, None, *args)
        return super()._callmethod(methodname, args, kwds)

    @steps
    def _getvalue(self):
        values, _ = yield all_pages(lambda cursor, version: namespace.read_page(
            self._reference, None, cursor, version))
        from multiprocessing.managers import Namespace
        both = iter(values)
        return Namespace(**dict(zip(both, both)))

    def add(self, name, amount, initial=0):
        """Adds to the attribute in one step, to `initial` if there is none, and returns the sum."""
        return namespace.add(self._reference, None, name, amount, initial)

    def compare_and_set(self, name, expected, desired):
        """Sets the attribute if it equals `expected`; whether it did. `...` is no attribute."""
        return namespace.compare_and_set(self._reference, None, name, expected, desired)


class ValueProxy(ManagedProxy):
    """One value. After multiprocessing's manager: the typecode is kept and not enforced."""

    _exposed_ = ("get", "set")
    _type = "Value"
    _open = "value"

    def get(self):
        return _updates.read(value, self)

    def set(self, new):
        return _updates.assign(value, self, (), new)

    value = property(get, set)

    def add(self, amount):
        """Adds in one step, and returns the sum."""
        return value.add(self._reference, None, amount)

    def compare_and_set(self, expected, desired):
        """Sets the value if it equals `expected`; whether it did."""
        return value.compare_and_set(self._reference, None, expected, desired)

    @steps
    def _getvalue(self):
        from multiprocessing.managers import Value
        return Value((yield _referents.typecode(self)), (yield self.get()))
