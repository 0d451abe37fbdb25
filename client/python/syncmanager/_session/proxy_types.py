"""The session's view of proxies: how a proxy travels, and the class for each type."""

_classes = {}  # Proxy classes, by the manager's names of types.

# How a proxy goes into the pickle of a value.
AS_ITSELF = 0  # By its __reduce__.
AS_VALUE = 1  # Beside the pickle, as it travels without one.
AS_REFERENCE = 2  # Its reference beside the pickle, and its class by name.


class AnyProxy:
    """The base of all proxies. `_syncmanager_reference` is the reference to a proxy's object."""

    __slots__ = ()

    def _syncmanager_parts(self):
        """How the proxy travels as a value of its manager: a reference, or the name of a codec and
        a tuple of values."""
        raise NotImplementedError

    def _syncmanager_in_pickle(self):
        """How the proxy goes into the pickle of a value of its manager."""
        return AS_ITSELF


def register(type_, cls):
    """Objects of that type, by the manager's name for it, have proxies of the class `cls`."""
    _classes[type_] = cls


def type_named(name):
    """The class of proxies of a type, by the manager's name for it."""
    return _classes[name]


def is_plain(proxy):
    """Whether it is such a proxy as proxy_of() makes. REQUIRES: it is a ManagedProxy."""
    return type(proxy) is _classes.get(proxy._syncmanager_type)


def proxy_of(reference):
    """The proxy of an object that was met inside a value."""
    return _classes[reference.type](reference)
