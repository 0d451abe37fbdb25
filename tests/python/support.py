"""Shared by the package's tests: a manager of their own, and children of every kind."""

import faulthandler
import multiprocessing
import os
import signal
import threading
import time
import unittest

import syncmanager
from syncmanager import inspect

METHODS = ("fork", "spawn", "forkserver")
HANGS = 400
SOON = 30  # Seconds after which what a test waits for doesn't come any more.

faulthandler.dump_traceback_later(HANGS, exit=True)


class ManagerTest(unittest.TestCase):
    """With a manager for all cases of the class."""

    @classmethod
    def setUpClass(cls):
        cls.manager = syncmanager.Manager()

    @classmethod
    def tearDownClass(cls):
        cls.manager.shutdown()

    def await_waiting(self, proxy, calls=1):
        """Blocks until `calls` calls wait on the object."""
        while inspect(proxy)["summary"]["parked"] != calls:
            os.sched_yield()


def await_that(condition):
    """Returns whether the condition is true within SOON."""
    deadline = time.monotonic() + SOON
    while not condition():
        if time.monotonic() > deadline:
            return False
        os.sched_yield()
    return True


def state_of(pid):
    """The letter of /proc: R, S, T ...; "" if there is no such process."""
    try:
        with open(f"/proc/{pid}/stat") as status:
            return status.read().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def ended(pid):
    return state_of(pid) in ("", "Z")


class TwoManagersTest(ManagerTest):
    """With one of multiprocessing's, `theirs`, beside it."""

    @classmethod
    def setUpClass(cls):
        cls.theirs = multiprocessing.get_context("spawn").Manager()
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.theirs.shutdown()


class interrupting:
    """Ends a call of the main thread by InterruptedError, once, when `await_call()` has returned:

        with interrupting(await_call), self.assertRaises(InterruptedError):
            queue.get()

    The signal comes to another thread, so that nothing but Python's word tells the main one of it.
    """

    def __init__(self, await_call):
        self._await_call = await_call
        self._thread = threading.Thread(target=self._interrupt)

    def _interrupt(self):
        self._await_call()
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)

    def __enter__(self):
        self._before = signal.signal(signal.SIGUSR1, self._ring)
        self._thread.start()

    def __exit__(self, *_):
        self._thread.join()
        signal.signal(signal.SIGUSR1, self._before)

    def _ring(self, *_):
        raise InterruptedError


def counting(numbers, taken):
    """These numbers; `taken` has those that somebody took."""
    for number in numbers:
        taken.append(number)
        yield number


def suite_of(loader, classes, exceptions):
    """The cases of CPython's classes of tests. `exceptions`: "class.test", and why it isn't run."""
    suite = unittest.TestSuite()
    for cls in classes:
        for exception, reason in exceptions.items():
            of_class, _, test = exception.partition(".")
            if of_class == cls.__name__:
                setattr(cls, test, unittest.skip(reason)(getattr(cls, test)))
        suite.addTests(loader.loadTestsFromTestCase(cls))
    return suite


def run(method, target, *args):
    """Starts `target` in a child of that kind; a context that ends with it."""
    return _Child(multiprocessing.get_context(method).Process(target=target, args=args))


class _Child:
    def __init__(self, child):
        self._child = child

    def __enter__(self):
        self._child.start()
        return self._child

    def __exit__(self, exc_type, exc_val, exc_tb):
        if exc_type is not None:
            self._child.kill()
        self._child.join()
