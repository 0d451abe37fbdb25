"""Counters, which multiprocessing doesn't have: a number that processes add to and wait for."""

import multiprocessing
import unittest

from support import ManagerTest


def add_each(counter, amounts):
    for amount in amounts:
        counter.add(amount)


class CountersTest(ManagerTest):

    def test_processes_count_together_and_one_waits_for_them(self):
        done = self.manager.Counter()
        workers = [multiprocessing.Process(target=add_each, args=(done, [1] * 25))
                   for _ in range(4)]
        for worker in workers:
            worker.start()
        self.assertTrue(done.wait(100, timeout=30))
        self.assertEqual(done.get(), 100)
        for worker in workers:
            worker.join()

    def test_adding_returns_the_sum(self):
        counter = self.manager.Counter(5)
        self.assertEqual(counter.add(), 6)
        self.assertEqual(counter.add(-7), -1)
        self.assertEqual(counter.get(), -1)

    def test_a_wait_that_isnt_in_time_is_false(self):
        counter = self.manager.Counter()
        self.assertTrue(counter.wait(0, timeout=0))
        self.assertFalse(counter.wait(1, timeout=0))
        self.assertFalse(counter.wait(at_least=1, timeout=0.01))

    def test_counters_of_a_name_are_one(self):
        self.manager.Counter(name="progress").add(3)
        self.assertEqual(self.manager.Counter(name="progress").get(), 3)
        with self.assertRaisesRegex(TypeError, "progress"):
            self.manager.Counter(1, name="progress")

    def test_numbers_that_dont_fit_are_refused_and_change_nothing(self):
        counter = self.manager.Counter(2**63 - 1)
        with self.assertRaises(OverflowError):
            counter.add()
        for amount in (2**63, -2**63 - 1):
            with self.assertRaises((OverflowError, ValueError)):
                counter.add(amount)
        for amount in (1.5, "1", None):
            with self.assertRaises(TypeError):
                counter.add(amount)
        self.assertEqual(counter.get(), 2**63 - 1)


if __name__ == "__main__":
    unittest.main()
