"""The `str` of a proxy: the `repr` of the object that CPython's manager would have."""

import re

from .._session.operations import registry
from .._session.maybe_async import maybe_async


def look(proxy):
    """REQUIRES: the type is none of the containers, whose values are copied for it."""
    state = _inspect(proxy, proxy._syncmanager_reference.id)
    return _LOOKS[proxy._syncmanager_type](proxy, state).format(f"{id(proxy):#x}")


def has_look(type_):
    return type_ in _LOOKS


def lock_of(reference):
    """A Condition's, by a reference."""
    state = registry.inspect(reference.session.registry(), None, "", reference.id)
    return reference.session.adopt(_lock_number(state))


def _inspect(proxy, number):
    return registry.inspect(proxy._syncmanager_reference.session.registry(), None, "", number)


def _lock(proxy, state):
    return f"<{_word(state)} _thread.lock object at {{0}}>"


def _rlock(proxy, state):
    owner, count = next(((h["caller"], h["count"]) for h in state["holders"]), (0, 0))
    return f"<{_word(state)} _thread.RLock object owner={owner} count={count} at {{0}}>"


def _word(state):
    return "locked" if state["holders"] else "unlocked"


def _semaphore(proxy, state):
    return f"<threading.Semaphore at {{0}}: value={state['summary']['size']}>"


def _bounded_semaphore(proxy, state):
    first = _number(state, "initially")
    return f"<threading.BoundedSemaphore at {{0}}: value={state['summary']['size']}/{first}>"


def _condition(proxy, state):
    lock = _inspect(proxy, _lock_number(state))
    look_of_lock = _LOOKS[lock["summary"]["type"]](proxy, lock)
    return f"<Condition({look_of_lock}, {len(state['waiters'])})>"


def _event(proxy, state):
    return f"<threading.Event at {{0}}: {'set' if state['detail'] == 'set' else 'unset'}>"


def _barrier(proxy, state):
    if proxy.broken:
        return "<threading.Barrier at {0}: broken>"
    return f"<threading.Barrier at {{0}}: waiters={proxy.n_waiting}/{proxy.parties}>"


def _queue(proxy, state):
    return f"<queue.{proxy._syncmanager_type} object at {{0}}>"


@maybe_async
def typecode(proxy):
    """A Value's."""
    state = yield _inspect(proxy, proxy._syncmanager_reference.id)
    return state["detail"].partition("'")[2][:-1]


def _lock_number(state):
    return _number(state, "on lock")


def _number(state, word):
    return int(re.search(rf"{word} (\d+)", state["detail"]).group(1))


_LOOKS = {
    "Barrier": _barrier, "BoundedSemaphore": _bounded_semaphore, "Condition": _condition,
    "Event": _event, "LifoQueue": _queue, "Lock": _lock, "PriorityQueue": _queue, "Queue": _queue,
    "RLock": _rlock, "Semaphore": _semaphore,
}
