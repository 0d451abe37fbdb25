"""Proxies in other processes, however those were started, and in threads that are interrupted."""

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import unittest

import syncmanager
from support import METHODS, ManagerTest, interrupting, run


def square(numbers, squares, status):
    """A worker: until it is told that there are no more."""
    for number in iter(numbers.get, None):
        squares.put(number * number)
    with status["lock"]:
        status["ended"] = status.get("ended", 0) + 1


def hold(lock, held):
    lock.acquire()
    held.set()
    signal.pause()


def hold_as_a_parent(lock, held, over):
    lock.acquire()
    if os.fork() == 0:
        held.set()
        over.wait(60)
        os._exit(0)
    signal.pause()


def put_by_threads(queues, count):
    """Each of `count` threads puts into all of the queues. All begin at once."""
    ready, failed = threading.Barrier(count), []

    def put_into_all():
        try:
            ready.wait()
            for queue in queues:
                queue.put(1)
        except BaseException as error:
            failed.append(error)
            raise

    threads = [threading.Thread(target=put_into_all) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.exit(len(failed))


def sockets():
    """How many this process has."""
    with os.scandir("/proc/self/fd") as descriptors:
        return sum(os.readlink(one.path).startswith("socket:") for one in descriptors
                   if os.path.islink(one.path))


def take(queue, taken):
    taken.put(queue.get())


FORKS_BEFORE_IT_HAS_A_MANAGER = """
import os, syncmanager
if os.fork() == 0:
    os._exit(0)
os.wait()
with syncmanager.Manager() as manager:
    entries = manager.dict(a=1)
    if os.fork() == 0:
        os._exit(entries["a"])
    print(os.waitstatus_to_exitcode(os.wait()[1]))
"""


class ChildrenTest(ManagerTest):
    def test_a_fleet_of_workers_shares_queues_and_a_status(self):
        for method in METHODS:
            with self.subTest(method):
                numbers, squares = self.manager.Queue(), self.manager.Queue()
                status = self.manager.dict(lock=self.manager.Lock())
                with run(method, square, numbers, squares, status) as one, \
                        run(method, square, numbers, squares, status) as two:
                    for number in [*range(10), None, None]:
                        numbers.put(number)
                    self.assertEqual(sorted(squares.get() for _ in range(10)),
                                     [number * number for number in range(10)])
                self.assertEqual([one.exitcode, two.exitcode, status["ended"]], [0, 0, 2])

    def test_a_bare_fork_uses_its_parents_proxies_while_other_threads_wait(self):
        queue, found = self.manager.Queue(), self.manager.Queue()
        waiters = [threading.Thread(target=take, args=(queue, found)) for _ in range(4)]
        for waiter in waiters:
            waiter.start()
        self.await_waiting(queue, 4)
        children = []
        for number in range(10):
            children.append(os.fork())
            if children[-1] == 0:
                found.put(("child", number))
                os._exit(0)
        self.assertEqual(sorted(found.get() for _ in children),
                         [("child", number) for number in range(10)])
        for child in children:
            self.assertEqual(os.waitpid(child, 0)[1], 0)
        for number in range(4):
            queue.put(number)
        self.assertEqual(sorted(found.get() for _ in waiters), [0, 1, 2, 3])
        for waiter in waiters:
            waiter.join()

    def test_garbage_is_collected_before_a_fork_or_after_it(self):
        self.addCleanup(gc.set_threshold, *gc.get_threshold())
        queue = self.manager.Queue()
        for allocations in range(1, 80):  # At one of them Python would collect in the middle.
            child = multiprocessing.get_context("fork").Process(target=queue.put, args=(1,))
            gc.disable()
            garbage = [self.manager.Lock()]
            garbage.append(garbage)
            del garbage
            gc.set_threshold(allocations)
            gc.enable()
            child.start()
            child.join(60)
            if child.exitcode is None:
                child.kill()
            self.assertEqual(child.exitcode, 0)
        self.assertEqual(queue.qsize(), allocations)

    def test_a_program_that_forked_before_its_first_manager_forks_as_any_other(self):
        done = subprocess.run([sys.executable, "-c", FORKS_BEFORE_IT_HAS_A_MANAGER], timeout=60,
                              capture_output=True, text=True)
        self.assertEqual((done.stdout, done.stderr), ("1\n", ""))

    def test_many_threads_of_a_forked_child_use_its_parents_proxies_at_once(self):
        names = ["threads of a child " + "x" * 200 + str(number) for number in range(50)]
        queues = [self.manager.Queue(name=name) for name in names]
        for _ in range(5):
            with run("fork", put_by_threads, queues, 8) as child:
                pass
            self.assertEqual(child.exitcode, 0)
        self.assertEqual([queue.qsize() for queue in queues], [5 * 8] * len(queues))

    def test_a_killed_parent_is_gone_though_its_forked_child_lives(self):
        lock, held, over = self.manager.Lock(), self.manager.Event(), self.manager.Event()
        with run("fork", hold_as_a_parent, lock, held, over) as parent:
            self.assertTrue(held.wait())
            parent.kill()
            self.assertTrue(lock.acquire(timeout=30))
            over.set()

    def test_a_forked_child_has_no_socket_of_its_parents(self):
        with syncmanager.SyncManager(("127.0.0.1", 0), authkey=b"key") as manager:
            url = "syncmanager://{}:{}".format(*manager.address)
            self.assertTrue(syncmanager.connect(url, authkey=b"key").Queue().empty())
            self.assertGreaterEqual(sockets(), 2)
            child = os.fork()
            if child == 0:
                os._exit(sockets())
            self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)

    def test_a_killed_childs_lock_goes_to_the_next_as_abandoned(self):
        lock, held = self.manager.Lock(), self.manager.Event()
        with run("fork", hold, lock, held) as child:
            self.assertTrue(held.wait())
            self.assertFalse(lock.acquire(False))
            child.kill()
            self.assertTrue(lock.acquire())
            self.assertTrue(lock.abandoned)
            lock.release()


class InterruptTest(ManagerTest):
    def interrupted(self, proxy, blocking):
        """Calls, and ends the call by a signal when it waits on the object."""
        with interrupting(lambda: self.await_waiting(proxy)), self.assertRaises(InterruptedError):
            blocking()

    def test_an_interrupted_acquire_holds_nothing(self):
        lock = self.manager.Semaphore(0)
        self.interrupted(lock, lock.acquire)
        lock.release()
        self.assertEqual(lock.get_value(), 1)

    def test_an_interrupted_wait_comes_back_with_the_lock(self):
        condition = self.manager.Condition()
        with condition:
            self.interrupted(condition, condition.wait)
            condition.notify()

    def test_an_interrupted_wait_for_any_takes_nothing(self):
        queue, event = self.manager.Queue(), self.manager.Event()
        self.interrupted(queue, lambda: syncmanager.wait_any([queue, event]))
        queue.put("item")
        self.assertEqual(queue.get(timeout=30), "item")


if __name__ == "__main__":
    unittest.main()
