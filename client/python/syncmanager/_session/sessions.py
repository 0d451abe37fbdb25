"""This process's sessions with managers, and which of them a proxy from elsewhere belongs to."""

import base64
import hashlib
import os
import threading
import weakref
from multiprocessing import context, process, util

from .. import _native
from ..errors import SessionLost
from .pickles import session_of_pickle
from .proxy_types import proxy_of
from .translation import Translation

_lock = threading.RLock()
_open = weakref.WeakValueDictionary()  # All sessions that aren't over, by `translation.id`.
_kept = []  # Those that no manager of this process keeps.


def _after_fork_in_child():
    global _lock
    _lock = threading.RLock()
    _native.after_fork_in_child()


os.register_at_fork(after_in_child=_after_fork_in_child)


def _say_goodbye():
    for session in list(_open.values()):
        session.close()


def _end_in_order(*_):
    """A process that multiprocessing ends leaves, and doesn't die: what it holds stays held."""
    util.Finalize(None, _say_goodbye, exitpriority=-100)


_end_in_order()
util.register_after_fork(_say_goodbye, _end_in_order)


def key_line(authkey):
    """The line of a key file that stands for `authkey`, which may have any length."""
    key = base64.urlsafe_b64encode(hashlib.sha256(bytes(authkey)).digest())
    return f"authkey rw - - {key.decode().rstrip('=')}"


def key_file_of(authkey, key_file):
    """The `key_file` of a manager or a session where the environment is asked unless `authkey` or
    `key_file` is given."""
    return None if authkey is not None and not key_file else key_file


def to_url(address):
    """The URL of `address`: a pair of host and port, a path, or a URL; "" is the one that the
    environment names. Another machine is reached over TLS."""
    if isinstance(address, tuple):
        host, port = address
        here = host in ("", "localhost", "::1") or host.startswith("127.")
        name = f"[{host}]" if ":" in host else host or "127.0.0.1"
        return f"{'syncmanager' if here else 'syncmanager+tls'}://{name}:{port}"
    if not address or address.startswith("unix:") or "://" in address:
        return address or ""
    return "unix:" + os.path.abspath(address)


def to_address(address):
    """An address as multiprocessing writes it: of a URL its path, or its pair of host and port. A
    URL that says more than that stays a URL."""
    url = to_url(address)
    if url != address:
        return address
    scheme, _, rest = url.partition(":")
    if scheme == "unix":
        return rest or url
    host, _, port = rest.removeprefix("//").rpartition(":")
    if not port.isdigit() or set(host) & set("@,/[]?"):
        return url
    pair = host, int(port)
    schemes = {"tcp": "syncmanager", "tls": "syncmanager+tls"}
    return pair if to_url(pair) == f"{schemes.get(scheme, scheme)}:{rest}" else url


def connect(address, authkey=None, *, key_file=None, shown=None, name="", session_timeout=10.0,
            connect_timeout=None, on_session_lost=None, proxy=proxy_of, pickle=True, manager=None,
            fresh=True):
    """A new session with the manager at `address`. If it isn't `fresh`, it is there as long as this
    process, and for proxies from elsewhere.

    The key is that of `key_file`; "" is the key that the environment names. Without `key_file` it
    is `authkey`, or the process's own authkey if that is None.

    `shown` is the address that other processes are told; None: `address`. `proxy` makes the proxies
    of objects that are met inside of values. `pickle`: whether pickles are sent and opened.
    `manager` is the manager that the session belongs to, if there is one.
    """
    url = to_url(address) or os.environ.get("SYNCMANAGER_URL", "")
    if key_file == "":
        key_file = os.environ.get("SYNCMANAGER_AUTHKEY_FILE", "")
    if authkey is None:
        authkey = process.current_process().authkey
    authkey = process.AuthenticationString(authkey)
    translation = Translation(
        proxy, pickle, name, authkey=authkey, key_file=key_file, manager=manager,
        address=to_address(url) if shown is None else shown)
    session = _native.Session(
        url=url, key_file=key_file or "",
        key=key_line(authkey) if key_file is None else "", session_timeout=float(session_timeout),
        connect_timeout=None if connect_timeout is None else float(connect_timeout),
        on_session_lost=on_session_lost, translation=translation)
    translation.session = weakref.ref(session)
    with _lock:
        _open[translation.id] = session
        if not fresh:
            _kept.append(session)
    return session


def forget(session):
    """No proxy from elsewhere gets this session from now on."""
    with _lock:
        _open.pop(session.translation.id, None)
        if session in _kept:
            _kept.remove(session)


# ---- The way to a session's manager, for proxies that travel to other processes.

def way_of(session):
    """The part of a pickled proxy that says how to get a session at its address. It contains the
    key only while multiprocessing starts a child with it."""
    translation = session.translation
    way = {"session": translation.id, "pickle": translation.pickle}
    if session.url.startswith("unix:") and to_url(translation.address) != session.url:
        way["near"] = session.url
    if translation.key_file is not None:
        way["key_file"] = translation.key_file and os.path.abspath(translation.key_file)
    elif context.get_spawning_popen() is not None:
        way["authkey"] = translation.authkey
    return way


def adopt(address, way, number):
    """This process's reference to the object of that number in the manager at `address`, for a
    proxy that says this way there; a pickle of the proxy has arrived with this. Raises
    NoSuchObject, and what connect() raises."""
    session = shared(address, way)
    try:
        return session.adopt(number, sent=True)
    except SessionLost:  # There is another manager at the address by now, or none.
        forget(session)
        return shared(address, way).adopt(number, sent=True)


def shared(address, way, **options):
    """Returns the session that brought the pickle that is being opened, if it is with that manager;
    else the one that made the proxy, if that is this process's; else one that no connect() of the
    program ends. `options` are those of connect(), for a session that has to be made."""
    urls = {to_url(address), way.get("near", to_url(address))}
    pickles = way.get("pickle", True)
    asking = session_of_pickle()
    if asking is not None and _is_at(asking, urls):
        return asking
    with _lock:
        own = _open.get(way.get("session"))
        if own is not None and _makes_proxies(own, pickles):
            return own
        for session in list(_open.values()):
            if _stays(session) and _is_at(session, urls) and _makes_proxies(session, pickles):
                return session
        return _made(address, way, urls, pickle=pickles, fresh=False, **options)


def _made(address, way, urls, **options):
    near = way.get("near", "").removeprefix("unix:")
    if near and os.path.exists(near):
        options["shown"], address = address, near
    keys = {name: way[name] for name in ("authkey", "key_file") if way.get(name) is not None}
    if not keys:  # The process's own key, unless it has another one for this manager.
        for session in list(_open.values()):
            if _is_at(session, urls):
                keys = {"authkey": session.translation.authkey,
                        "key_file": session.translation.key_file}
    return connect(address, **keys, **options)


def _is_at(session, urls):
    return session.url in urls or to_url(session.translation.address) in urls


def _makes_proxies(session, pickles):
    return session.translation.proxy is proxy_of and session.translation.pickle == pickles


def _stays(session):
    """Whether it is there as long as its manager, or this process."""
    manager = session.translation.manager()
    return session in _kept or (manager is not None and manager._syncmanager_own.stays)
