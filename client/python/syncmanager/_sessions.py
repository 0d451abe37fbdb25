"""Sessions: one for each manager that this process talks to, whoever asks for it."""

import base64
import hashlib
import os
import threading
import weakref
from multiprocessing import process, util

from . import _native, values

_lock = threading.RLock()
_sessions = {}
_all = weakref.WeakSet()


def _after_fork_in_child():
    global _lock
    _lock = threading.RLock()
    _native.after_fork_in_child()


os.register_at_fork(
    before=_native.before_fork,
    after_in_parent=_native.after_fork_in_parent,
    after_in_child=_after_fork_in_child,
)


def _say_goodbye():
    for session in list(_all):
        session.close()


def _end_in_order(*_):
    """A process that multiprocessing ends leaves, and doesn't die: what it holds stays held."""
    util.Finalize(None, _say_goodbye, exitpriority=-100)


_end_in_order()
util.register_after_fork(_say_goodbye, _end_in_order)


def key_line(authkey):
    """The key of a manager whose authkey, of any length, is that: a line of a key file."""
    key = base64.urlsafe_b64encode(hashlib.sha256(bytes(authkey)).digest())
    return f"authkey rw - - {key.decode().rstrip('=')}"


def to_url(address):
    """What `address` is as a URL: a pair of host and port, a path, or a URL already."""
    if isinstance(address, tuple):
        host, port = address
        return f"syncmanager://{host or '127.0.0.1'}:{port}"
    if not address or address.startswith(("unix:", "syncmanager:", "tcp:")):
        return address
    return "unix:" + os.path.abspath(address)


def proxy_of(reference):
    from . import proxies
    return proxies.proxy_of(reference)


def connect(address, authkey=None, *, key_file="", name="", session_timeout=10.0,
            connect_timeout=5.0, on_session_lost=None, fresh=False, proxy=proxy_of, pickle=None):
    """The process's session with the manager at `address`, made at the first call.

    `proxy` makes the proxies of objects that are met inside of values; another one needs another
    session, and so does another `pickle`: whether pickles are sent and opened. None: as the session
    that is there.

    The key is `authkey`, or that of `key_file`; without both that of the session whose pickle is
    being opened, or the process's own authkey, which children of multiprocessing inherit. An empty
    authkey: what the environment says. `fresh` makes a session that nobody else gets.
    """
    url = to_url(address)
    key = ""
    if authkey is None and not key_file:
        asking = values.session_of_pickle()
        if asking is not None and asking.url == url and not fresh:
            return asking
        authkey = process.current_process().authkey
    if authkey and not key_file:
        key = key_line(authkey)
    with _lock:
        for pickles in (False, True) if pickle is None else (pickle,):
            known = (url, key, key_file, proxy, pickles)
            if not fresh and known in _sessions:
                return _sessions[known]
        translation = values.Translation(proxy, pickles, name)
        session = _native.Session(
            url=url, key_file=key_file, key=key, session_timeout=session_timeout,
            connect_timeout=connect_timeout, on_session_lost=on_session_lost,
            translation=translation)
        translation.session = weakref.ref(session)
        _all.add(session)
        if not fresh:
            _sessions[known] = session
        return session


def share(session, address, authkey, proxy=proxy_of):
    """Whoever asks for that address gets this session, too."""
    with _lock:
        _sessions[to_url(address), key_line(authkey), "", proxy,
                  session.translation.pickle] = session


def forget(session):
    """Nobody gets this session any more; it ends with its last proxy."""
    with _lock:
        for known in [known for known, other in _sessions.items() if other is session]:
            del _sessions[known]
