"""The checks of `python3 -m syncmanager`: each check is a sentence and a function of a manager."""

import multiprocessing
import threading

from .errors import AuthenticationError
from .managers import connect

PATIENCE = 20  # Seconds; a check that works takes none.


def check_queue(manager):
    jobs, results = manager.Queue(), manager.Queue()
    child = multiprocessing.get_context("spawn").Process(target=square, args=(jobs, results))
    child.start()
    for number in (2, 3, 4):
        jobs.put(number)
    expect([results.get(timeout=PATIENCE) for _ in range(3)], [4, 9, 16])
    child.join(PATIENCE)
    expect(child.exitcode, 0)


def square(jobs, results):
    """Runs in a child process."""
    for _ in range(3):
        results.put(jobs.get(timeout=PATIENCE) ** 2)


def check_lock(manager):
    lock, refused = manager.Lock(), []
    with lock:
        other = threading.Thread(target=lambda: refused.append(lock.acquire(blocking=False)))
        other.start()
        other.join(PATIENCE)
    expect(refused, [False])
    expect(lock.acquire(timeout=PATIENCE), True)
    lock.release()


def check_event(manager):
    event = manager.Event()
    setter = threading.Timer(0.01, event.set)
    setter.start()
    expect(event.wait(PATIENCE), True)
    setter.join()


def check_wrong_key(manager):
    try:
        connect(f"unix:{manager.address}", authkey=b"a wrong key").shutdown()
    except AuthenticationError:
        return
    raise AssertionError("the manager let it in")


def expect(was, wanted):
    if was != wanted:
        raise AssertionError(f"{wanted!r} was expected, and it was {was!r}")


CHECKS = (
    ("a child process takes from a queue and puts into another", check_queue),
    ("a lock that is held waits for its holder", check_lock),
    ("an event wakes who waits for it", check_event),
    ("a wrong key is refused", check_wrong_key),
)
