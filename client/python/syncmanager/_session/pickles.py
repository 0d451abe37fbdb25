"""Pickles, as multiprocessing makes them. Proxies in them travel beside them as values, so that who
stores the pickle keeps their objects alive; and open descriptors by descriptors.py."""

import collections
import functools
import os
import pickle
import socket
import sys
import threading
from multiprocessing import context, managers, reduction
from multiprocessing.connection import Connection, rebuild_connection, reduce_connection
from multiprocessing.resource_sharer import DupFd

from .buffers import divided, joined
from .descriptors import KeptDescriptor, keep
from .proxy_types import AS_REFERENCE, AS_VALUE, AnyProxy

_PROTOCOL = 5  # The newest that every Python which has this package reads.
_LARGE = 64 << 10  # A smaller buffer goes into the pickle.
_WITH_BUFFERS = "pickle.buffers"

_loading = threading.local()  # Its `session` and `parts`: those of the pickle that is being opened.


def session_of_pickle():
    """The session that brought the pickle that this thread is opening, or None."""
    return getattr(_loading, "session", None)


def unpickled(session, codec, content):
    """The value of a pickle that came by that session. `codec` and `content` are as pickled_value()
    returned them."""
    content, *proxies = content if type(content) is tuple else (content,)
    options = {}
    if codec.startswith(_WITH_BUFFERS):
        content, options["buffers"] = divided(bytearray(content) if proxies else content)
    before = dict(_loading.__dict__)
    _loading.session, _loading.parts = session, proxies
    try:
        return context.reduction.ForkingPickler.loads(content, **options)
    finally:
        _loading.__dict__.clear()
        _loading.__dict__.update(before)


class ByValue:
    """A callable on its way, which arrives as itself: if it has no name that it could be found by,
    as its code, for which cloudpickle has to be installed."""

    def __init__(self, function):
        self.function = function


def private_pickle(value):
    """The pickle of a value, whose proxies are announced one by one. Raises PicklingError for an
    open descriptor, and what else pickling raises."""
    return b"".join(_dumped(value, None, context.reduction.ForkingPickler).pieces)


def pickled_function(function, session):
    """The same for a callable that may have no name that it could be found by."""
    try:
        return pickled_value(function, session)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        try:
            import cloudpickle
        except ImportError:
            raise pickle.PicklingError(
                f"{error}; define the function in a module, or install cloudpickle "
                "(python3-cloudpickle) here and where the workers are") from None
        return pickled_value(function, session, cloudpickle.CloudPickler)


def pickled_value(value, session, base=None):
    """Returns a codec's name, and a list of buffers that come one after the other, or a tuple of
    one and the proxies in the value. By the pickler that the program has chosen
    (`context.reducer = ...`), or another one."""
    dumped = _dumped(value, session, base or context.reduction.ForkingPickler)
    codec, pieces = "pickle", dumped.pieces
    if dumped.buffers:
        codec, pieces = _WITH_BUFFERS, joined(pieces, dumped.buffers)
    if not dumped.proxies:
        return codec, pieces
    return f"{codec}.proxies", (b"".join(pieces), *dumped.proxies)


def _dumped(value, session, base):
    pickler = _pickler(base)(session)
    if base is not context.reduction.ForkingPickler:
        pickler.dispatch_table = collections.ChainMap(reduction.ForkingPickler._extra_reducers,
                                                      pickler.dispatch_table)
    spawning = context.get_spawning_popen()
    context.set_spawning_popen(None)  # A value is for any process, not for the one being started.
    try:
        pickler.dump(value)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        if sys.version_info >= (3, 11):
            error.add_note(
                f"The value, a {type(value).__qualname__}, can't be sent: a function or a class is "
                "sent as its name in its module; a file, a lock of threads, a generator or a "
                "module can't be sent: send what the receiver can make it of.")
        raise
    finally:
        context.set_spawning_popen(spawning)
    return pickler


@functools.lru_cache
def _pickler(base):
    return type("Pickler", (_Pickler, base), {
        "_overrides": hasattr(base, "reducer_override"),
        "_takes_buffers": base is reduction.ForkingPickler})


def _goes_into_pickle(buffers, buffer):
    """Whether a buffer of an object goes into the pickle. Otherwise it joins `buffers`."""
    try:
        bytes_ = buffer.raw()
    except BufferError:  # Its bytes aren't in a row.
        return True
    if bytes_.nbytes < _LARGE:
        return True
    buffers.append(bytes_)
    return False


class _Pieces(list):
    """A file that is only written to. Large bytes are written as the object that they are, without
    a copy."""

    write = list.append


class _Pickler:
    """Added to a pickler class. Without a session nothing travels beside the pickle."""

    def __init__(self, session):
        self._session = session
        self.pieces, self.proxies, self.buffers = _Pieces(), [], []
        if self._takes_buffers and session is not None:
            # A method of the pickler would make a cycle, which keeps the pickled objects alive.
            super().__init__(self.pieces, _PROTOCOL, True,
                             functools.partial(_goes_into_pickle, self.buffers))
        else:
            super().__init__(self.pieces, _PROTOCOL)

    def reducer_override(self, value):
        reduced = NotImplemented
        if issubclass(type(value), managers.BaseProxy):
            reduced = self._reduce_proxy(value)
        if reduced is NotImplemented and self._overrides:
            reduced = super().reducer_override(value)
        if reduced is NotImplemented:
            reduced = self._reduce_descriptor(value)
        return reduced

    def _reduce_proxy(self, value):
        if not isinstance(value, AnyProxy):
            return NotImplemented  # One of multiprocessing's own.
        if value._syncmanager_reference.session is not self._session:
            return NotImplemented
        way = value._syncmanager_in_pickle()
        if way == AS_VALUE:
            self.proxies.append(value)
            return _part, (len(self.proxies) - 1,)
        if way == AS_REFERENCE:
            self.proxies.append(value._syncmanager_reference)
            return _derived_part, (type(value), len(self.proxies) - 1)
        return NotImplemented

    def _reduce_descriptor(self, value):
        cls = type(value)
        if cls is DupFd:
            return _reduce_shared(value, self._session)
        if cls in _with_descriptor and self._session is not None:
            theirs, ours = _with_descriptor[cls]
            if getattr(self, "dispatch_table", {}).get(cls) is theirs:
                return ours(value, self._session)
        return NotImplemented


def _reduce_shared(shared, session):
    descriptor = shared.detach()
    try:
        if session is None:
            raise pickle.PicklingError("an open descriptor (a socket, or an end of a pipe) can be "
                                       "in a value, and not in an exception")
        return KeptDescriptor, keep(descriptor, session)
    finally:
        os.close(descriptor)


# As multiprocessing reduces them, without the way by its resource sharer's thread.

def _reduce_socket(value, session):
    kept = KeptDescriptor(*keep(value.fileno(), session))
    return reduction._rebuild_socket, (kept, value.family, value.type, value.proto)


def _reduce_connection(value, session):
    kept = KeptDescriptor(*keep(value.fileno(), session))
    return rebuild_connection, (kept, value.readable, value.writable)


# By class: what multiprocessing has for it, unless a program has registered another one, and ours.
_with_descriptor = {
    socket.socket: (reduction._reduce_socket, _reduce_socket),
    Connection: (reduce_connection, _reduce_connection),
}


def _reduce_view(view):
    return list, (list(view),)


# multiprocessing.managers does so with the views of a dict.
for _name in ("items", "keys", "values"):
    reduction.register(type(getattr(collections.OrderedDict(), _name)()), _reduce_view)


def _part(number):
    return _loading.parts[number]


def _derived_part(cls, number):
    return cls(_part(number)._syncmanager_reference)
