"""The codecs by which values travel that aren't of Python's own types. values.py describes them."""

_dumps = {}  # By class: (name, dump).
_loads = {}  # By name.


def register(cls, name, dump, load):
    """As values.register()."""
    _dumps[cls] = (name, dump)
    _loads[name] = load


def register_parts(name, load):
    """Tuples of values that a proxy makes of itself for that codec come back by `load(tuple)`."""
    _loads[name] = load


def dump_of(cls):
    """The name and the `dump` of the codec for instances of `cls`, or None."""
    return _dumps.get(cls)


def load_of(name):
    """The `load` of the codec of that name, or None."""
    return _loads.get(name)
