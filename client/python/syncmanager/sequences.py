"""list and Array."""

import array as arrays
import collections.abc
import operator
import sys

from . import _updates
from ._operations import array, list as list_
from ._steps import steps
from .proxies import ManagedProxy, all_pages, pages


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
        return list(new)
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


collections.abc.MutableSequence.register(BaseListProxy)
