"""How values travel that aren't of Python's own types: by a codec, which only clients ever use.

Pickle is one, and takes what no other codec does. A manager with `pickle=False` neither sends
pickles nor opens any. NumPy's arrays have a codec of their own, "npy"; others can be registered:

    syncmanager.values.register(Frame, "frame", dump=Frame.to_bytes, load=Frame.from_bytes)

The manager compares what it doesn't know by a key that travels with it. A class that defines its
own equality or order can have one:

    syncmanager.values.register(Version, key=lambda version: (version.major, version.minor))
"""

from ._session import codecs, keys
from ._session.translation import PickleRefused

__all__ = ["PickleRefused", "register"]


def register(cls, name=None, dump=None, load=None, *, key=None):
    """Instances of exactly `cls` travel as `dump(value)` and come back by `load(content)`; without
    those three as they do now, usually as pickles.

    `dump` returns an object with the buffer protocol (bytes, a memoryview), or a list of such whose
    bytes come one after the other. They are sent without a copy, so they must not change before the
    call that sends them returns. `load` gets a bytearray of its own. `name` is of 1 to 64 of a-z,
    0-9, dot, dash and underscore, and the same in every process.

    `key(value)` is what the manager compares instances of `cls` by: a value of Python's own types,
    or of others that have keys, which is equal for two instances exactly where they are equal, and
    less where one is less if the class has `<`. It must be the same in every process.
    """
    if (name is None, dump is None, load is None) not in ((True,) * 3, (False,) * 3):
        raise TypeError("register() takes a name, a dump and a load, or none of the three")
    if name is None and key is None:
        raise TypeError("register() takes a key if it takes no name, no dump and no load")
    if name is not None:
        codecs.register(cls, name, dump, load)
    if key is not None:
        keys.register(cls, key)
