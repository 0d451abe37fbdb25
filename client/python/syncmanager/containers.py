"""list, dict, set, Namespace, Value and Array."""

import array as arrays
import collections.abc
import operator
import sys

from . import _referents, _updates
from ._operations import array, dict as dict_, list as list_, namespace, set as set_, value
from ._steps import steps
from .proxies import ManagedProxy, all_pages, pages, steady_pages

_dict, _list, _set = dict, list, set
_MISSING = object()


def _slice(key):
    """A Python slice as the wire has it."""
    bounds = {"start": key.start, "stop": key.stop, "step": key.step}
    try:
        return {name: max(-sys.maxsize, min(operator.index(bound), sys.maxsize))
                for name, bound in bounds.items() if bound is not None}
    except TypeError:
        raise TypeError(
            "slice indices must be integers or None or have an __index__ method") from None


def _assignable(new, part):
    """The elements that a slice is to have."""
    try:
        return _list(new)
    except TypeError:
        if hasattr(new, "__iter__"):
            raise
        words = "can only assign an iterable"
        if part.step not in (None, 1):
            words = "must assign iterable to extended slice"
        raise TypeError(words) from None


class _Sequence(ManagedProxy):
    """What a list and an Array have in common. `_operations` are its own."""

    _operations = None
    _BAD_INDEX = "list indices must be integers or slices, not {}"

    def _index(self, key):
        if not hasattr(key, "__index__"):
            raise TypeError(self._BAD_INDEX.format(type(key).__name__))
        index = operator.index(key)
        if abs(index) > sys.maxsize:
            raise IndexError("cannot fit 'int' into an index-sized integer")
        return index

    def __len__(self):
        return self._operations.length(self._reference, None)

    def __getitem__(self, key):
        if isinstance(key, slice):
            return self._read(_slice(key))
        return _updates.read(self._operations, self, self._index(key))

    def __setitem__(self, key, new):
        if isinstance(key, slice):
            return self._operations.set_slice(self._reference, None, _slice(key),
                                              _assignable(new, key))
        return _updates.assign(self._operations, self, (self._index(key),), new)

    @steps
    def _read(self, part):
        return (yield self._versioned(part))[0]

    def _versioned(self, part):
        return all_pages(lambda cursor, version: self._operations.read_slice(
            self._reference, None, part, cursor, version))

    def __iter__(self):
        """As a list's: sees what is appended meanwhile. A page at a time, not an element."""
        return pages(self._page)

    @steps
    def _page(self, position, _):
        some = (yield self._operations.read_slice(
            self._reference, None, {"start": position, "stop": position + 1000}, 0, 0))[0]
        return some, position + len(some) if some else 0, 0

    def _getvalue(self):
        return self[:]

    def add(self, index, amount):
        """Adds to the element in one step, and returns the sum."""
        return self._operations.add(self._reference, None, index, amount)

    def compare_and_set(self, index, expected, desired):
        """Sets the element if it equals `expected`; whether it did."""
        return self._operations.compare_and_set(self._reference, None, index, expected, desired)


class BaseListProxy(_Sequence):
    """A list without operators that change it in place, as CPython has it."""

    _exposed_ = ("__add__", "__contains__", "__delitem__", "__getitem__", "__imul__", "__len__",
                 "__mul__", "__reversed__", "__rmul__", "__setitem__", "append", "clear", "copy",
                 "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort")
    _operations = list_

    def __add__(self, other):
        return self[:] + (other[:] if isinstance(other, BaseListProxy) else other)

    def __mul__(self, times):
        return self[:] * times

    __rmul__ = __mul__

    def __contains__(self, element):
        return list_.contains(self._reference, None, element)

    def __delitem__(self, key):
        if isinstance(key, slice):
            return list_.delete_slice(self._reference, None, _slice(key))
        return list_.delete(self._reference, None, self._index(key))

    def __reversed__(self):
        return reversed(self[:])

    def append(self, element):
        return list_.append(self._reference, None, element)

    def clear(self):
        return list_.clear(self._reference, None)

    def copy(self):
        return self[:]

    def count(self, element):
        return list_.count(self._reference, None, element)

    def extend(self, elements):
        return list_.extend(self._reference, None, elements)

    def index(self, element, start=..., stop=...):
        return list_.index(self._reference, None, element, start, stop)

    def insert(self, index, element):
        return list_.insert(self._reference, None, index, element)

    def pop(self, index=...):
        return list_.pop(self._reference, None, index)

    def remove(self, element):
        return list_.remove(self._reference, None, element)

    def reverse(self):
        return list_.reverse(self._reference, None)

    @steps
    def sort(self, *, key=None, reverse=False):
        """By `key` it is sorted here, and done if nobody has changed the list meanwhile."""
        if key is None:
            yield list_.sort(self._reference, None, reverse)
            return
        while True:
            values, version = yield self._versioned({})
            values.sort(key=key, reverse=reverse)
            try:
                yield list_.replace(self._reference, None, version, values)
                return
            except RuntimeError:
                continue


class ListProxy(BaseListProxy):
    """After list. Slices, `copy()` and `+` make lists of one's own."""

    _type = "list"
    _open = "list"

    def __iadd__(self, elements):
        self.extend(elements)
        return self

    def __imul__(self, times):
        list_.repeat(self._reference, None, times)
        return self


class ArrayProxy(_Sequence):
    """After array.array, of a fixed length."""

    _exposed_ = ("__len__", "__getitem__", "__setitem__")
    _type = "Array"
    _open = "array"
    _operations = array
    _BAD_INDEX = "array indices must be integers"

    def __setitem__(self, key, new):
        if isinstance(key, slice) and not isinstance(new, arrays.array):
            raise TypeError(f'can only assign array (not "{type(new).__name__}") to array slice')
        return super().__setitem__(key, new)

    @property
    def typecode(self):
        return array.typecode(self._reference, None)

    @steps
    def _read(self, part):
        typecode = yield self.typecode
        return arrays.array(typecode, (yield super()._read(part)))


class DictProxy(ManagedProxy):
    """After dict. `keys()`, `values()` and `items()` return lists, as CPython's managers do."""

    _exposed_ = ("__contains__", "__delitem__", "__getitem__", "__ior__", "__iter__", "__len__",
                 "__or__", "__reversed__", "__ror__", "__setitem__", "clear", "copy", "fromkeys",
                 "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values")
    _type = "dict"
    _open = "dict"
    _ITEMS, _KEYS, _VALUES = range(3)

    def __contains__(self, key):
        return dict_.contains(self._reference, None, key)

    def __delitem__(self, key):
        return dict_.delete(self._reference, None, key)

    def __getitem__(self, key):
        return _updates.read(dict_, self, key)

    def __setitem__(self, key, new):
        return _updates.assign(dict_, self, (key,), new)

    def __len__(self):
        return dict_.length(self._reference, None)

    def __iter__(self):
        """RuntimeError if entries come or go meanwhile, as a dict's own."""
        return self._keys(self._page)

    def _keys(self, read):
        return steady_pages(read, self.__len__, "dictionary changed size during iteration")

    def _page(self, cursor, version, backwards=False):
        return dict_.read_page(
            self._reference, None, self._KEYS, cursor, version, backwards)

    def __reversed__(self):
        return self._keys(lambda cursor, version: self._page(cursor, version, True))

    def __or__(self, other):
        return self.copy() | _plain(other)

    def __ror__(self, other):
        return _plain(other) | self.copy()

    def __ior__(self, other):
        self.update(other)
        return self

    @steps
    def _all(self, kind):
        return (yield all_pages(lambda cursor, version: dict_.read_page(
            self._reference, None, kind, cursor, version)))[0]

    def keys(self):
        return self._all(self._KEYS)

    def values(self):
        return self._all(self._VALUES)

    @steps
    def items(self):
        both = iter((yield self._all(self._ITEMS)))
        return _list(zip(both, both))

    @steps
    def copy(self):
        return _dict((yield self.items()))

    _getvalue = copy

    @staticmethod
    def fromkeys(keys, value=None):
        return _dict.fromkeys(keys, value)

    def clear(self):
        return dict_.clear(self._reference, None)

    @steps
    def get(self, key, default=None, /):
        try:
            value = found = yield dict_.get(self._reference, None, key)
        except KeyError:
            value, found = default, ...
        if _updates.watched:
            _updates.saw(self, (key,), found)
        return value

    @steps
    def pop(self, key, default=_MISSING, /):
        try:
            return (yield dict_.pop(self._reference, None, key))
        except KeyError:
            if default is _MISSING:
                raise
            return default

    def popitem(self):
        return dict_.pop_item(self._reference, None)

    def setdefault(self, key, default=None, /):
        return dict_.set_default(self._reference, None, key, default)

    @steps
    def update(self, other=(), /, **entries):
        plain = yield _plain(other)
        yield dict_.update(self._reference, None, _dict(plain, **entries))

    def add(self, key, amount, initial=0):
        """Adds to the entry in one step, to `initial` if there is none, and returns the sum."""
        return dict_.add(self._reference, None, key, amount, initial)

    def compare_and_set(self, key, expected, desired):
        """Sets the entry if it equals `expected`; whether it did. `...` is no entry: it makes one
        if there is none, or deletes."""
        return dict_.compare_and_set(self._reference, None, key, expected, desired)


def _plain(other):
    """A dict's proxy as a dict; anything else as it is."""
    return other.copy() if isinstance(other, DictProxy) else other


class SetProxy(ManagedProxy):
    """After set. Its operators make sets of one's own."""

    _exposed_ = ("__and__", "__class_getitem__", "__contains__", "__iand__", "__ior__", "__isub__",
                 "__iter__", "__ixor__", "__len__", "__or__", "__rand__", "__ror__", "__rsub__",
                 "__rxor__", "__sub__", "__xor__", "__ge__", "__gt__", "__le__", "__lt__", "add",
                 "clear", "copy", "difference", "difference_update", "discard", "intersection",
                 "intersection_update", "isdisjoint", "issubset", "issuperset", "pop", "remove",
                 "symmetric_difference", "symmetric_difference_update", "union", "update")
    _type = "set"
    _open = "set"
    _UNION, _INTERSECTION, _DIFFERENCE, _SYMMETRIC_DIFFERENCE = range(4)

    def __contains__(self, element):
        return set_.contains(self._reference, None, element)

    def __len__(self):
        return set_.length(self._reference, None)

    def __iter__(self):
        """RuntimeError if elements come or go meanwhile, as a set's own."""
        return steady_pages(self._page, self.__len__, "Set changed size during iteration")

    def _page(self, cursor, version):
        return set_.read_page(self._reference, None, cursor, version)

    @steps
    def copy(self):
        return _set((yield all_pages(self._page))[0])

    _getvalue = copy

    @steps
    def add(self, element):
        yield set_.insert(self._reference, None, element)

    def clear(self):
        return set_.clear(self._reference, None)

    @steps
    def discard(self, element):
        yield set_.discard(self._reference, None, element)

    def pop(self):
        return set_.pop(self._reference, None)

    def remove(self, element):
        return set_.remove(self._reference, None, element)

    @steps
    def _combine(self, operator_, *others):
        for other in others:
            plain = yield _elements(other)
            yield set_.combine(self._reference, None, operator_, plain)

    def update(self, *others):
        return self._combine(self._UNION, *others)

    def intersection_update(self, *others):
        return self._combine(self._INTERSECTION, *others)

    def difference_update(self, *others):
        return self._combine(self._DIFFERENCE, *others)

    def symmetric_difference_update(self, other):
        return self._combine(self._SYMMETRIC_DIFFERENCE, other)

    def __ior__(self, other):
        self._combine(self._UNION, _operand("|=", other))
        return self

    def __iand__(self, other):
        self._combine(self._INTERSECTION, _operand("&=", other))
        return self

    def __isub__(self, other):
        self._combine(self._DIFFERENCE, _operand("-=", other))
        return self

    def __ixor__(self, other):
        self._combine(self._SYMMETRIC_DIFFERENCE, _operand("^=", other))
        return self


def _elements(other):
    """A set's proxy as a set; anything else as it is."""
    return other.copy() if isinstance(other, SetProxy) else other


def _operand(sign, other):
    """A set for an operator, which takes nothing else."""
    if isinstance(other, SetProxy):
        return other.copy()
    if not isinstance(other, (_set, frozenset)):
        raise TypeError(
            f"unsupported operand type(s) for {sign}: 'set' and {type(other).__name__!r}")
    return other


def _add_set_methods():
    """Those that make a new set, and those that compare, are a set's own, of a copy."""
    def named(name):
        @steps
        def method(self, *others):
            mine, plain = (yield self.copy()), []
            for other in others:
                plain.append((yield _elements(other)))
            return getattr(mine, name)(*plain)
        method.__name__ = name
        return method

    for name in ("__and__", "__or__", "__rand__", "__ror__", "__rsub__", "__rxor__", "__sub__",
                 "__xor__", "__ge__", "__gt__", "__le__", "__lt__", "difference", "intersection",
                 "isdisjoint", "issubset", "issuperset", "symmetric_difference", "union"):
        setattr(SetProxy, name, named(name))


_add_set_methods()
collections.abc.MutableSequence.register(BaseListProxy)
collections.abc.MutableMapping.register(DictProxy)
collections.abc.MutableSet.register(SetProxy)


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
        return Namespace(**_dict(zip(both, both)))

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
