"""Dicts and lists all the way down: `d["a"]["x"] = 1` is seen by everybody.

    d = manager.dict({"a": {}}, deep=True)

A plain dict or list that is stored in one becomes a managed object; what is read is its proxy. What
is inside of tuples, sets and one's own objects is copied, as in other dicts. Proxies remember that
they are deep as long as they are reached through deep ones, or pickled.
"""

from .base import make
from .dicts import DictProxy
from .sequences import ListProxy


class DeepDictProxy(DictProxy):
    """A dict whose nested dicts and lists are shared, too. Copies (`copy()`, `str`, deepcopy) are
    plain throughout."""

    def __getitem__(self, key):
        return _deep(super().__getitem__(key))

    def __setitem__(self, key, new):
        super().__setitem__(key, _stored(self, new))

    def get(self, key, default=None, /):
        return _deep(super().get(key, default))

    def pop(self, key, *default):
        return _deep(super().pop(key, *default))

    def popitem(self):
        key, value = super().popitem()
        return key, _deep(value)

    def setdefault(self, key, default=None, /):
        return _deep(super().setdefault(key, _stored(self, default)))

    def update(self, other=(), /, **entries):
        known = {}
        super().update({key: _stored(self, value, known)
                        for key, value in dict(other, **entries).items()})

    def values(self):
        return [_deep(value) for value in super().values()]

    def items(self):
        return [(key, _deep(value)) for key, value in super().items()]

    def copy(self):
        return _plain(self, {})

    _getvalue = copy


class DeepListProxy(ListProxy):
    """A list whose nested dicts and lists are shared, too. `copy()`, `str` and deepcopy are plain
    throughout; a slice is a list of proxies."""

    def __getitem__(self, key):
        found = super().__getitem__(key)
        return [_deep(value) for value in found] if isinstance(key, slice) else _deep(found)

    def __setitem__(self, key, new):
        if isinstance(key, slice):
            new = _all_stored(self, new)
        else:
            new = _stored(self, new)
        super().__setitem__(key, new)

    def __iter__(self):
        return map(_deep, super().__iter__())

    def append(self, element):
        super().append(_stored(self, element))

    def extend(self, elements):
        super().extend(_all_stored(self, elements))

    def insert(self, index, element):
        super().insert(index, _stored(self, element))

    def pop(self, *index):
        return _deep(super().pop(*index))

    def copy(self):
        return _plain(self, {})

    _getvalue = copy


_DEEP = {DictProxy: DeepDictProxy, ListProxy: DeepListProxy}


def _deep(value):
    """Returns a deep proxy for a dict or a list, and any other value as it is."""
    cls = _DEEP.get(type(value))
    return value if cls is None else cls(value._syncmanager_reference)


def _stored(owner, value, known=None):
    """Returns the value to store. `known` has the stored values by the ids of the originals."""
    known = {} if known is None else known
    if type(value) not in (dict, list):
        return value
    if id(value) not in known:
        cls = DeepDictProxy if type(value) is dict else DeepListProxy
        made = known[id(value)] = make(cls, owner._syncmanager_reference.session.registry())
        if type(value) is dict:
            entries = {key: _stored(owner, element, known) for key, element in value.items()}
            DictProxy.update(made, entries)
        else:
            ListProxy.extend(made, [_stored(owner, element, known) for element in value])
    return known[id(value)]


def _all_stored(owner, elements):
    known = {}
    return [_stored(owner, element, known) for element in elements]


def _plain(value, known):
    """A copy without proxies of dicts and lists."""
    if not isinstance(value, (DeepDictProxy, DeepListProxy)):
        return value
    if value._id in known:
        return known[value._id]
    if isinstance(value, DeepDictProxy):
        copy = known[value._id] = {}
        copy.update((key, _plain(element, known)) for key, element in value.items())
    else:
        copy = known[value._id] = []
        copy.extend(_plain(element, known) for element in value)
    return copy
