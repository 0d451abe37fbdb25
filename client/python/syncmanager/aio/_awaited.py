"""How the proxies of syncmanager.aio are made from those that block."""

import functools
from types import CoroutineType

from .._session.awaiting import perform
from .._session.proxy_types import type_named
from ._refusals import INSTEAD, refusal

CLASSES = {}  # By the classes of the proxies that block.

# Methods that have another name here, by that name.
_names = {
    "__aenter__": "__enter__", "__aexit__": "__exit__", "contains": "__contains__",
    "delete": "__delitem__", "length": "__len__", "set": "__setitem__",
}


class Awaited:
    """The common part of awaited proxies. A pickled one becomes a proxy that blocks."""

    _syncmanager_watched = False

    def __init__(self, reference):
        super().__init__(reference.via(perform))

    def __repr__(self):
        reference = self._syncmanager_reference
        name = repr(reference.name) if reference.name else f"{reference.id:#x}"
        return (f"<{type(self).__module__}.{type(self).__name__} {name} of the manager at "
                f"{reference.session.translation.address!r}>")

    __str__ = __repr__

    def __deepcopy__(self, memo):
        if hasattr(self, "copy"):
            raise TypeError("write `await proxy.copy()`: copy.deepcopy() can't await a proxy")
        raise TypeError(f"a {self._syncmanager_type} can't be copied")

    def __reduce__(self):
        function, (_, *arguments) = super().__reduce__()
        return function, (type_named(self._syncmanager_type), *arguments)


class Pages:
    """Mixin for proxies that `async for` goes through."""

    def __aiter__(self):
        return _pages(self._syncmanager_page)


async def _pages(read):
    cursor = version = 0
    while True:
        values, cursor, version = await read(cursor, version)
        for value in values:
            yield value
        if cursor == 0:
            return


def awaited(waiting, *bases, **members):
    """The class of proxies that is to `waiting` what syncmanager.aio is to syncmanager."""
    for name, other in _names.items():
        if hasattr(waiting, other) and (name.startswith("__") or not hasattr(waiting, name)):
            members.setdefault(name, getattr(waiting, other))
    for name in INSTEAD:
        if hasattr(waiting, name):
            members.setdefault(name, refusal(name))
    members |= {"__doc__": waiting.__doc__, "__module__": __package__}
    made = type(waiting.__name__, (*bases, Awaited, waiting), members)
    CLASSES[waiting] = made
    return made


def always_awaited(method):
    """The method, whose result is awaited even if it had no call to make."""
    @functools.wraps(method)
    def awaited_method(*args, **kwargs):
        result = method(*args, **kwargs)
        return result if type(result) is CoroutineType else _at_once(result)

    return awaited_method


async def _at_once(result):
    return result


def proxy_of(reference):
    """The proxy of an object that was met inside a value."""
    waiting = type_named(reference.type)
    return CLASSES.get(waiting, waiting)(reference)
