"""list and Array."""

import array as arrays
import collections.abc
import operator
import sys
from multiprocessing import managers

from .._session.operations import array, list_
from .._session.maybe_async import maybe_async
from . import lost_updates
from .base import ManagedProxy
from .paging import all_pages, pages


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
    """The common part of list and Array, which differ in `_syncmanager_operations`."""

    _syncmanager_operations = None
    _syncmanager_bad_index = "list indices must be integers or slices, not {}"

    def _syncmanager_index(self, key):
        if not hasattr(key, "__index__"):
            raise TypeError(self._syncmanager_bad_index.format(type(key).__name__))
        index = operator.index(key)
        if abs(index) > sys.maxsize:
            raise IndexError("cannot fit 'int' into an index-sized integer")
        return index

    def __len__(self):
        return self._syncmanager_operations.length(self, None)

    def __getitem__(self, key):
        if isinstance(key, slice):
            return self._syncmanager_read(_slice(key))
        return lost_updates.read(self._syncmanager_operations, self, self._syncmanager_index(key))

    def __setitem__(self, key, new):
        if isinstance(key, slice):
            return self._syncmanager_operations.set_slice(self, None, _slice(key),
                                              _assignable(new, key))
        index = self._syncmanager_index(key)
        return lost_updates.assign(self._syncmanager_operations, self, (index,), new)

    @maybe_async
    def _syncmanager_read(self, part):
        return (yield self._syncmanager_versioned(part))[0]

    def _syncmanager_versioned(self, part):
        return all_pages(lambda cursor, version: self._syncmanager_operations.read_slice(
            self, None, part, cursor, version))

    def __iter__(self):
        """As a list's: sees what is appended meanwhile. A page at a time, not an element."""
        return pages(self._syncmanager_page)

    @maybe_async
    def _syncmanager_page(self, position, _):
        some = (yield self._syncmanager_operations.read_slice(
            self, None, {"start": position, "stop": position + 1000}, 0, 0))[0]
        return some, position + len(some) if some else 0, 0

    def _getvalue(self):
        return self[:]

    def add(self, index, amount):
        """Adds to the element in one step, and returns the sum."""
        return self._syncmanager_operations.add(self, None, index, amount)

    def compare_and_set(self, index, expected, desired):
        """Sets the element if it equals `expected`; whether it did."""
        return self._syncmanager_operations.compare_and_set(self, None, index, expected, desired)


class BaseListProxy(_Sequence, managers.BaseListProxy):
    """A list without operators that change it in place, as CPython has it."""

    _exposed_ = ("__add__", "__contains__", "__delitem__", "__getitem__", "__imul__", "__len__",
                 "__mul__", "__reversed__", "__rmul__", "__setitem__", "append", "clear", "copy",
                 "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort")
    _syncmanager_operations = list_

    def __add__(self, other):
        return self[:] + (other[:] if isinstance(other, BaseListProxy) else other)

    def __mul__(self, times):
        return self[:] * times

    __rmul__ = __mul__

    def __contains__(self, element):
        return list_.contains(self, None, element)

    def __delitem__(self, key):
        if isinstance(key, slice):
            return list_.delete_slice(self, None, _slice(key))
        return list_.delete(self, None, self._syncmanager_index(key))

    def __reversed__(self):
        return reversed(self[:])

    def append(self, element):
        return list_.append(self, None, element)

    def clear(self):
        return list_.clear(self, None)

    def copy(self):
        return self[:]

    def count(self, element):
        return list_.count(self, None, element)

    def extend(self, elements):
        return list_.extend(self, None, elements)

    def index(self, element, start=..., stop=...):
        return list_.index(self, None, element, start, stop)

    def insert(self, index, element):
        return list_.insert(self, None, index, element)

    def pop(self, index=...):
        return list_.pop(self, None, index)

    def remove(self, element):
        return list_.remove(self, None, element)

    def reverse(self):
        return list_.reverse(self, None)

    @maybe_async
    def sort(self, *, key=None, reverse=False):
        """By `key`, or with elements that only Python can compare, it is sorted here, and done if
        nobody has changed the list meanwhile."""
        if key is None:
            try:
                yield list_.sort(self, None, reverse)
                return
            except TypeError:  # Or nobody can compare them: Python says so below.
                pass
        while True:
            values, version = yield self._syncmanager_versioned({})
            values.sort(key=key, reverse=reverse)
            try:
                yield list_.replace(self, None, version, values)
                return
            except RuntimeError:
                continue


class ListProxy(BaseListProxy, managers.ListProxy, type="list", options="list"):
    """After list. Slices, `copy()` and `+` make lists of one's own."""


    def __iadd__(self, elements):
        self.extend(elements)
        return self

    def __imul__(self, times):
        list_.repeat(self, None, times)
        return self


class ArrayProxy(_Sequence, managers.ArrayProxy, type="Array", options="array"):
    """After array.array, of a fixed length."""

    _exposed_ = ("__len__", "__getitem__", "__setitem__")
    _syncmanager_operations = array
    _syncmanager_bad_index = "array indices must be integers"

    def __setitem__(self, key, new):
        if isinstance(key, slice) and not isinstance(new, arrays.array):
            raise TypeError(f'can only assign array (not "{type(new).__name__}") to array slice')
        return super().__setitem__(key, new)

    @property
    def typecode(self):
        return array.typecode(self, None)

    @maybe_async
    def _syncmanager_read(self, part):
        typecode = yield self.typecode
        return arrays.array(typecode, (yield super()._syncmanager_read(part)))


collections.abc.MutableSequence.register(BaseListProxy)
