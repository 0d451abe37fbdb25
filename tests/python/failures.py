"""Failures of multiprocessing's managers, as scripts that run with any manager.

    python3 failures.py multiprocessing waiter_killed

prints what came of it. test_failures.py runs them all, and says what is right.
"""

import importlib
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time


class Library:
    """The managers to try, and what can be asked about them."""

    def __init__(self, name):
        self.ours = name == "syncmanager"
        self.module = importlib.import_module(name)
        # Who gets what they wait for gets it at once; who doesn't needn't be waited for long.
        self.patience = 20 if self.ours else 1

    def pid_of(self, manager):
        return manager._process.pid

    def await_waiting(self, proxy, child, count=1):
        """Blocks until `count` calls wait at the object, the latest one the child's."""
        if self.ours:
            while self.module.inspect(proxy)["summary"]["parked"] != count:
                os.sched_yield()
            return
        awake = time.monotonic()
        while time.monotonic() - awake < 0.3:  # Nobody to ask: a process that sleeps so long waits.
            with open(f"/proc/{child.pid}/stat") as stat:
                if stat.read().rpartition(")")[2].split()[0] != "S":
                    awake = time.monotonic()
            os.sched_yield()

    def await_gone(self, proxy, left=0):
        """Returns when the manager knows that who waited is dead. Theirs never will."""
        if self.ours:
            self.await_waiting(proxy, None, left)


def start(target, *args):
    child = multiprocessing.get_context("fork").Process(target=target, args=args, daemon=True)
    child.start()
    return child


def kill(child):
    child.kill()
    child.join()


def outcome(function, *args):
    """Its result, or the name of its error."""
    try:
        return function(*args)
    except Exception as error:
        return type(error).__name__


def call_interrupted(library, manager):
    """F1: what the calls after one that an exception ended return."""
    queue, entries = manager.Queue(), manager.dict(a=1)

    def ring(*_):
        raise InterruptedError

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    assert outcome(queue.get) == "InterruptedError"
    putter = threading.Thread(target=queue.put, args=("item",))
    putter.start()
    putter.join()
    return [entries["a"], queue.qsize()]


def waiter_killed(library, manager):
    """F2: an item that is put when a process that waited for one is dead."""
    queue = manager.Queue()
    child = start(queue.get)
    library.await_waiting(queue, child)
    kill(child)
    library.await_gone(queue)
    queue.put("item")
    return outcome(queue.get, True, library.patience)


def hold(lock, told):
    lock.acquire()
    told.send(None)
    signal.pause()


def holder_killed(library, manager):
    """F3: the lock, and the permit, of a process that is dead."""
    got = []
    for lock in manager.Lock(), manager.Semaphore(1):
        told, teller = multiprocessing.Pipe(duplex=False)
        child = start(hold, lock, teller)
        told.recv()
        kill(child)
        got.append(lock.acquire(True, library.patience))
    return got


def owners_thread_ended(library, manager):
    """F4: the RLock, and the Condition, of a thread that has ended."""
    got = []
    for lock in manager.RLock(), manager.Condition():
        owner = threading.Thread(target=lock.acquire)
        owner.start()
        owner.join()
        got.append(lock.acquire(True, library.patience))
    return got


def wait_and_tell(condition, notified):
    with condition:
        condition.wait()
        notified.put("notified")


def notified_killed(library, manager):
    """F5: who hears a notification if the process that has waited longest is dead."""
    condition, notified = manager.Condition(), manager.Queue()
    dead = start(wait_and_tell, condition, notified)
    library.await_waiting(condition, dead)
    live = start(wait_and_tell, condition, notified)
    library.await_waiting(condition, live, 2)
    kill(dead)
    library.await_gone(condition, 1)
    with condition:
        condition.notify()
    return outcome(notified.get, True, library.patience)


def party_killed(library, manager):
    """F6: a barrier for two, of which one is dead."""
    barrier = manager.Barrier(2)
    child = start(barrier.wait)
    library.await_waiting(barrier, child)
    kill(child)
    library.await_gone(barrier)
    return outcome(barrier.wait, library.patience)


def client_killed(library, manager):
    """F7: the objects of a process that is dead."""
    before = manager._number_of_objects()
    shared, (told, teller) = manager.list(), multiprocessing.Pipe(duplex=False)

    def keep(mine):
        mine.append(1)
        teller.send(None)
        signal.pause()

    child = start(keep, shared)
    told.recv()
    del shared
    kill(child)
    return manager._number_of_objects() - before


def manager_killed(library, manager):
    """F8: whether each call, of any thread, is told the same of a manager that is dead."""
    queue, errors = manager.Queue(), []
    os.kill(library.pid_of(manager), signal.SIGKILL)

    def get():
        try:
            queue.get()
        except Exception as error:
            errors.append(error)

    get()
    get()
    other = threading.Thread(target=get)
    other.start()
    other.join()
    return [isinstance(error, EOFError) for error in errors]


def dict_iterated_after_fork(library, manager):
    """F9: the keys of a dict in a forked child."""
    entries, (told, teller) = manager.dict(a=1), multiprocessing.Pipe(duplex=False)
    start(lambda: teller.send(outcome(lambda: [key for key in entries])))
    return told.recv()


def silent_stranger(library, manager):
    """F10: a client that connects and stays silent is disconnected."""
    family = socket.AF_INET if isinstance(manager.address, tuple) else socket.AF_UNIX
    with socket.socket(family) as stranger:
        stranger.connect(str(manager.address).removeprefix("unix:"))
        while stranger.recv(4096):
            pass
    return "shown out"


def unknown_class(library, manager):
    """F11: an object of a class that the manager hasn't heard of."""
    global Late

    class Late:
        number = 7

    Late.__qualname__ = "Late"
    queue = manager.Queue()
    return outcome(lambda: (queue.put(Late()), queue.get().number)[1])


def count(entries, gate, times):
    gate.wait()
    for _ in range(times):
        if hasattr(entries, "add"):
            entries.add("n", 1)
        else:
            entries["n"] += 1


def two_who_count(library, manager):
    """F12: what two processes add to one entry."""
    entries, gate = manager.dict(n=0), manager.Barrier(2)
    children = [start(count, entries, gate, 2000) for _ in range(2)]
    for child in children:
        child.join()
    return entries["n"]


if __name__ == "__main__":
    tried = Library(sys.argv[1])
    print(repr(globals()[sys.argv[2]](tried, tried.module.Manager())), flush=True)
    os._exit(0)  # Whatever hangs.
