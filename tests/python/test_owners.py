"""Locks that a thread owned when it ended."""

import threading
import unittest

import syncmanager
from support import ManagerTest, run
from syncmanager import inspect


def in_a_thread(function):
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()


def nothing():
    pass


class OwnersTest(ManagerTest):
    def assert_free(self, lock):
        """Asserts that the lock is free and was abandoned by its owner."""
        self.assertTrue(lock.acquire(False))
        self.assertTrue(lock.abandoned)
        lock.release()

    def test_an_rlock_goes_to_the_next_however_often_it_was_taken(self):
        lock = self.manager.RLock()
        in_a_thread(lambda: [lock.acquire() for _ in range(3)])
        self.assert_free(lock)

    def test_a_conditions_own_lock_goes_to_the_next(self):
        condition = self.manager.Condition()
        in_a_thread(condition.acquire)
        self.assert_free(condition)

    def test_an_rlock_that_was_taken_by_a_condition_and_without(self):
        lock = self.manager.RLock()
        condition = self.manager.Condition(lock)

        def take_both():
            lock.acquire()
            condition.acquire()
            lock.release()

        in_a_thread(take_both)
        self.assert_free(lock)

    def test_an_rlock_that_wait_any_has_acquired(self):
        lock = self.manager.RLock()
        in_a_thread(lambda: syncmanager.wait_any([lock, self.manager.Event()]))
        self.assert_free(lock)

    def test_what_was_given_back_is_somebody_elses(self):
        lock = self.manager.RLock()

        def take_and_release():
            with lock:
                pass
            taken_by_main.acquire()

        taken_by_main = self.manager.RLock()
        taken_by_main.acquire()
        thread = threading.Thread(target=take_and_release)
        thread.start()
        self.await_waiting(taken_by_main)
        lock.acquire()
        taken_by_main.release()
        thread.join()
        self.assertEqual(len(inspect(lock)["holders"]), 1)
        self.assert_free(taken_by_main)

    def test_a_lock_is_anybodys_to_release(self):
        lock, condition = self.manager.Lock(), self.manager.Condition(self.manager.Lock())
        for taken in lock, condition:
            in_a_thread(taken.acquire)
            self.assertFalse(taken.acquire(False))
            taken.release()

    def test_a_forked_child_leaves_alone_what_its_parents_threads_own(self):
        lock, taken, over = self.manager.RLock(), threading.Event(), threading.Event()

        def own():
            lock.acquire()
            taken.set()
            over.wait()

        owner = threading.Thread(target=own)
        owner.start()
        self.addCleanup(over.set)
        taken.wait()
        with run("fork", nothing):
            pass
        self.assertFalse(lock.acquire(False))
        over.set()
        owner.join()
        self.assert_free(lock)


if __name__ == "__main__":
    unittest.main()
