"""How values travel that aren't of Python's own types: by a codec, which only clients ever use.

Pickle is one, and is used for what no other codec takes:

    syncmanager.values.register(numpy.ndarray, "numpy", dump=..., load=...)

With `pickle_allowed(False)` this process neither sends pickles nor opens any.
"""

import pickle

from . import _native

_codecs = {}  # By class: (name, dump).
_loaders = {}  # By name.
_allowed = True


class PickleRefused(pickle.PicklingError, pickle.UnpicklingError):
    """The value would have to be pickled, and pickles aren't allowed here."""


def pickle_allowed(allowed):
    """Whether this process sends and opens pickles; it does unless told otherwise."""
    global _allowed
    _allowed = bool(allowed)


def register(cls, name, dump, load):
    """Instances of exactly `cls` travel as `dump(value)`, bytes, and come back by `load(bytes)`.

    `name` is of 1 to 64 of a-z, 0-9, dot, dash and underscore, and the same in every process.
    """
    _codecs[cls] = (name, dump)
    _loaders[name] = load


def register_parts(name, load):
    """Tuples of values that a proxy makes of itself for that codec come back by `load(tuple)`."""
    _loaders[name] = load


def dump(value, pickled):
    """For the native module: a reference, or a codec's name and bytes or a tuple of values; not the
    object's own references if it is to be `pickled`."""
    from .proxies import BaseProxy

    if isinstance(value, _native.Reference):
        return value
    if isinstance(value, BaseProxy) and not pickled:
        return value._parts()
    codec = _codecs.get(type(value))
    if codec is not None:
        return codec[0], bytes(codec[1](value))
    if not _allowed:
        raise PickleRefused(
            f"{type(value).__qualname__} would have to be pickled, and pickles aren't allowed here: "
            "send values of Python's own types, or register a codec")
    return "pickle", pickle.dumps(value, protocol=4)


def load(codec, content):
    """For the native module: the value of such an opaque."""
    if codec == "pickle":
        if not _allowed:
            raise PickleRefused("somebody sent a pickle, and pickles aren't allowed here")
        return pickle.loads(content)
    loader = _loaders.get(codec)
    if loader is None:
        raise LookupError(f"there is no codec {codec!r} here: register it as its sender did")
    return loader(content)
