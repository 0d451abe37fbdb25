"""dict."""

import collections.abc
from multiprocessing import managers

from .._session.operations import dict_
from .._session.maybe_async import maybe_async
from . import lost_updates
from .base import ManagedProxy
from .paging import all_pages, steady_pages

_MISSING = object()
_ITEMS, _KEYS, _VALUES = range(3)  # What pages are of.


class DictProxy(ManagedProxy, managers.DictProxy, type="dict", options="dict"):
    """After dict. `keys()`, `values()` and `items()` return lists, as CPython's managers do."""

    _exposed_ = ("__contains__", "__delitem__", "__getitem__", "__ior__", "__iter__", "__len__",
                 "__or__", "__reversed__", "__ror__", "__setitem__", "clear", "copy", "fromkeys",
                 "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values")

    def __contains__(self, key):
        return dict_.contains(self, None, key)

    def __delitem__(self, key):
        return dict_.delete(self, None, key)

    def __getitem__(self, key):
        return lost_updates.read(dict_, self, key)

    def __setitem__(self, key, new):
        return lost_updates.assign(dict_, self, (key,), new)

    def __len__(self):
        return dict_.length(self, None)

    def __iter__(self):
        """RuntimeError if entries come or go meanwhile, as a dict's own."""
        return steady_pages(
            self._syncmanager_page, self.__len__, "dictionary changed size during iteration")

    def _syncmanager_page(self, cursor, version):
        return dict_.read_page(self, None, _KEYS, cursor, version)

    def __reversed__(self):
        """The keys that there are now, from the last to the first, as CPython's from 3.14 on."""
        return iter(self.keys()[::-1])

    def __or__(self, other):
        return self.copy() | _plain(other)

    def __ror__(self, other):
        return _plain(other) | self.copy()

    def __ior__(self, other):
        self.update(other)
        return self

    @maybe_async
    def _syncmanager_all(self, kind):
        return (yield all_pages(lambda cursor, version: dict_.read_page(
            self, None, kind, cursor, version)))[0]

    def keys(self):
        return self._syncmanager_all(_KEYS)

    def values(self):
        return self._syncmanager_all(_VALUES)

    @maybe_async
    def items(self):
        both = iter((yield self._syncmanager_all(_ITEMS)))
        return list(zip(both, both))

    @maybe_async
    def copy(self):
        return dict((yield self.items()))

    _getvalue = copy

    @staticmethod
    def fromkeys(keys, value=None):
        return dict.fromkeys(keys, value)

    def clear(self):
        return dict_.clear(self, None)

    @maybe_async
    def get(self, key, default=None, /):
        try:
            value = found = yield dict_.get(self, None, key)
        except KeyError:
            value, found = default, ...
        if lost_updates.watched:
            lost_updates.saw(self, (key,), found)
        return value

    @maybe_async
    def pop(self, key, default=_MISSING, /):
        try:
            return (yield dict_.pop(self, None, key))
        except KeyError:
            if default is _MISSING:
                raise
            return default

    def popitem(self):
        return dict_.pop_item(self, None)

    def setdefault(self, key, default=None, /):
        return dict_.set_default(self, None, key, default)

    @maybe_async
    def update(self, other=(), /, **entries):
        plain = yield _plain(other)
        yield dict_.update(self, None, dict(plain, **entries))

    def add(self, key, amount, initial=0):
        """Adds to the entry in one step, to `initial` if there is none, and returns the sum."""
        return dict_.add(self, None, key, amount, initial)

    def compare_and_set(self, key, expected, desired):
        """Sets the entry if it equals `expected`; whether it did. `...` is no entry: it makes one
        if there is none, or deletes."""
        return dict_.compare_and_set(self, None, key, expected, desired)


def _plain(other):
    """A dict's proxy as a dict; anything else as it is."""
    return other.copy() if isinstance(other, DictProxy) else other


collections.abc.MutableMapping.register(DictProxy)
