"""Proxies of what the manager itself has: references to objects, and multiprocessing's manners."""

from multiprocessing import context, process
from multiprocessing.managers import Token

from . import _referents, _sessions
from ._operations import opening, registry
from ._steps import steps
from .errors import RemoteError
from .hosted import BaseProxy

_types = {}  # Proxy classes, by the manager's names of types.


class ManagedProxy(BaseProxy):
    """The stand-in for an object that the manager itself has."""

    _exposed_ = ()
    _type = None  # The manager's name for it.
    _open = None  # The field of its options in RegistryOp.Open.
    _manager = None
    _awaits = None  # The method that wait_any() is about.
    _watched = True  # For updates that are lost.

    def __init__(self, reference, authkey=None):
        self._reference = reference
        self._authkey = authkey

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "_open" in cls.__dict__:
            cls._opening = opening(cls._open)
        if "_type" in cls.__dict__:
            _types[cls._type] = cls

    @classmethod
    @steps
    def _make(cls, registry, authkey, name="", **options):
        """Finds the object of that name, or makes one."""
        reference = yield cls._opening(registry, None, name, False, options)
        return cls(reference, authkey)

    @property
    def _token(self):
        return Token(self._type, self._reference.session.url, self._id)

    @property
    def _id(self):
        return f"{self._reference.id:x}"

    def _callmethod(self, methodname, args=(), kwds={}):
        """Calls a method of the referent by its name, as CPython's proxies do."""
        if methodname not in self._exposed_:
            raise RemoteError(f"method {methodname!r} of {self._type!r} object is not in "
                              f"exposed={tuple(self._exposed_)!r}")
        return getattr(type(self), methodname)(self, *args, **kwds)

    def _getvalue(self):
        """A copy of the referent."""
        raise RemoteError(f"Unserializable message: a {self._type} can't be copied")

    def _parts(self):
        return self._reference

    def _fenced(self, lock, number):
        return self._with(self._reference.fenced(lock, number))

    def _with(self, reference):
        """A proxy like this one, of that reference to the same object."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__, _reference=reference)
        return other

    def __reduce__(self):
        authkey = None
        if context.get_spawning_popen() is not None and self._authkey is not None:
            authkey = process.AuthenticationString(self._authkey)
        return adopted, (type(self), self._token, authkey,
                         self._reference.session.translation.pickle)

    def __str__(self):
        try:
            if _referents.has_look(self._type):
                return _referents.look(self)
            return repr(self._getvalue())
        except Exception:
            return repr(self)[:-1] + "; '__str__()' failed>"


def adopted(cls, token, authkey, pickle):
    """A proxy of the manager's object that the token says, in whatever process this is."""
    session = _sessions.connect(token.address, authkey, pickle=pickle)
    return cls(session.adopt(int(token.id, 16)), authkey)


def is_plain(value):
    """Whether it is such a proxy as proxy_of() makes."""
    return isinstance(value, ManagedProxy) and type(value) is _types.get(value._type)


def type_named(name):
    """The class of proxies of a type, by the manager's name for it."""
    return _types[name]


def proxy_of(reference):
    """The proxy of an object that was met inside a value."""
    return _types[reference.type](reference, None)


def pages(read):
    """The values of a container as they are when they are read, a page of `read(cursor, 0)` at a
    time."""
    cursor = None
    while cursor != 0:
        values, cursor, _ = read(cursor or 0, 0)
        yield from values


def steady_pages(read, length, changed):
    """The same. Raises RuntimeError, with these words, at the beginning or the end of a page if
    there are more or fewer of them than there were when this was called: as CPython does, but not
    at once."""
    return _steady_pages(read, length, length(), changed)


def _steady_pages(read, length, size, changed):
    values, cursor, _ = read(0, 0)
    if (length() if cursor else len(values)) != size:
        raise RuntimeError(changed)
    while True:
        yield from values
        if length() != size:
            raise RuntimeError(changed)
        if cursor == 0:
            return
        values, cursor, _ = read(cursor, 0)


@steps
def all_pages(read):
    """All values at once and of one version, and which version that is."""
    while True:
        values, cursor, version = yield read(0, 0)
        try:
            while cursor:
                more, cursor, version = yield read(cursor, version)
                values += more
            return values, version
        except RuntimeError:  # It was changed meanwhile.
            continue


def inspect(proxy):
    """Who holds the object, and who waits for it: a dict, as `syncctl show` has it."""
    return registry.inspect(proxy._reference.session.registry(), None, "", proxy._reference.id)
