"""set."""

import collections.abc

from .._session.operations import set_
from .._session.maybe_async import maybe_async
from .base import ManagedProxy
from .paging import all_pages, steady_pages

_UNION, _INTERSECTION, _DIFFERENCE, _SYMMETRIC_DIFFERENCE = range(4)


class SetProxy(ManagedProxy, type="set", options="set"):
    """After set. Its operators make sets of one's own."""

    _exposed_ = ("__and__", "__class_getitem__", "__contains__", "__iand__", "__ior__", "__isub__",
                 "__iter__", "__ixor__", "__len__", "__or__", "__rand__", "__ror__", "__rsub__",
                 "__rxor__", "__sub__", "__xor__", "__ge__", "__gt__", "__le__", "__lt__", "add",
                 "clear", "copy", "difference", "difference_update", "discard", "intersection",
                 "intersection_update", "isdisjoint", "issubset", "issuperset", "pop", "remove",
                 "symmetric_difference", "symmetric_difference_update", "union", "update")

    def __contains__(self, element):
        return set_.contains(self, None, element)

    def __len__(self):
        return set_.length(self, None)

    def __iter__(self):
        """RuntimeError if elements come or go meanwhile, as a set's own."""
        return steady_pages(
            self._syncmanager_page, self.__len__, "Set changed size during iteration")

    def _syncmanager_page(self, cursor, version):
        return set_.read_page(self, None, cursor, version)

    @maybe_async
    def copy(self):
        return set((yield all_pages(self._syncmanager_page))[0])

    _getvalue = copy

    @maybe_async
    def add(self, element):
        yield set_.insert(self, None, element)

    def clear(self):
        return set_.clear(self, None)

    @maybe_async
    def discard(self, element):
        yield set_.discard(self, None, element)

    def pop(self):
        return set_.pop(self, None)

    def remove(self, element):
        return set_.remove(self, None, element)

    @maybe_async
    def _syncmanager_combine(self, operator_, *others):
        for other in others:
            plain = yield _elements(other)
            yield set_.combine(self, None, operator_, list(plain))

    def update(self, *others):
        return self._syncmanager_combine(_UNION, *others)

    def intersection_update(self, *others):
        return self._syncmanager_combine(_INTERSECTION, *others)

    def difference_update(self, *others):
        return self._syncmanager_combine(_DIFFERENCE, *others)

    def symmetric_difference_update(self, other):
        return self._syncmanager_combine(_SYMMETRIC_DIFFERENCE, other)

    def __ior__(self, other):
        self._syncmanager_combine(_UNION, _operand("|=", other))
        return self

    def __iand__(self, other):
        self._syncmanager_combine(_INTERSECTION, _operand("&=", other))
        return self

    def __isub__(self, other):
        self._syncmanager_combine(_DIFFERENCE, _operand("-=", other))
        return self

    def __ixor__(self, other):
        self._syncmanager_combine(_SYMMETRIC_DIFFERENCE, _operand("^=", other))
        return self


def _elements(other):
    """A set's proxy as a set; anything else as it is."""
    return other.copy() if isinstance(other, SetProxy) else other


def _operand(sign, other):
    """A set for an operator, which takes nothing else."""
    if isinstance(other, SetProxy):
        return other.copy()
    if not isinstance(other, (set, frozenset)):
        raise TypeError(
            f"unsupported operand type(s) for {sign}: 'set' and {type(other).__name__!r}")
    return other


def _add_set_methods():
    """Those that make a new set, and those that compare, are a set's own, of a copy."""
    def named(name):
        @maybe_async
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
collections.abc.MutableSet.register(SetProxy)
