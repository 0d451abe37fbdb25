"""Sorted as Python sorts: by the manager where it knows the order, and by the client where not."""

import dataclasses
import datetime
import decimal
import fractions
import functools
import multiprocessing
import queue
import typing
import unittest

from support import ManagerTest
from syncmanager import values
from syncmanager._session.operations import list_
from test_equality import VALUES
from values_with_keys import Color, Job, anything, fresh


@dataclasses.dataclass(order=True)
class Task:
    priority: int
    data: typing.Any = dataclasses.field(compare=False, default=None)


@functools.total_ordering
class Backwards:
    """With an order that only Python knows."""

    def __init__(self, number):
        self.number = number

    def __eq__(self, other):
        return self.number == other.number

    def __lt__(self, other):
        return self.number > other.number


class Known(Backwards):
    pass


values.register(Known, key=lambda known: -known.number)


def pythons(elements):
    """As Python sorts them; None where it raises TypeError."""
    try:
        return sorted(elements)
    except TypeError:
        return None


class OracleTest(ManagerTest):
    def test_pairs_are_sorted_as_python_sorts_them(self):
        for number in range(VALUES):
            pair = [fresh(anything, number), fresh(anything, number * 7 + 1)]
            for elements in (pair, pair[::-1]):
                with self.subTest(number, elements=elements):
                    self.assertEqual(self.managers(elements), pythons(elements))

    def managers(self, elements):
        """Without the client's help."""
        shared = self.manager.list(elements)
        try:
            list_.sort(shared, None, False)
        except TypeError:
            return None
        return shared[:]


class SortTest(ManagerTest):
    def sorted(self, elements, **how):
        shared = self.manager.list(elements)
        shared.sort(**how)
        return shared[:]

    def test_dates_numbers_and_dataclasses(self):
        dates = [datetime.date(2024, 1, day) for day in (9, 10, 1)]
        self.assertEqual(self.sorted(dates), sorted(dates))
        numbers = [decimal.Decimal("0.1"), 0.1, fractions.Fraction(1, 10), 0]
        self.assertEqual(self.sorted(numbers), sorted(numbers))
        jobs = [Job("b", 1), Job("a", 2), Job("a", 1)]
        self.assertEqual(self.sorted(jobs, reverse=True), sorted(jobs, reverse=True))

    def test_a_class_with_an_order_of_its_own(self):
        elements = [Backwards(number) for number in (1, 3, 2)]
        self.assertEqual([one.number for one in self.sorted(elements)], [3, 2, 1])
        self.assertEqual([one.number for one in self.sorted(elements, reverse=True)], [1, 2, 3])

    def test_what_has_no_order_says_so_as_python(self):
        for elements in ([1, "a"], [Color.RED, Color.BLUE], [datetime.date(2024, 1, 1), 1]):
            with self.assertRaises(TypeError) as pythons:
                sorted(elements)
            with self.assertRaises(TypeError) as ours:
                self.sorted(elements)
            self.assertEqual(str(ours.exception), str(pythons.exception))


class PriorityQueueTest(ManagerTest):
    def through(self, items):
        items, waiting = list(items), self.manager.PriorityQueue()
        for item in items:
            waiting.put(item)
        return [waiting.get() for _ in items]

    def test_items_with_keys(self):
        self.assertEqual([one.priority for one in self.through(map(Task, (3, 1, 2)))], [1, 2, 3])
        self.assertEqual([one.data for one in self.through([Task(1, {}), Task(0, [])])], [[], {}])
        numbers = [decimal.Decimal("2.5"), 1, decimal.Decimal("0.1"), 2]
        self.assertEqual(self.through(numbers), sorted(numbers))
        self.assertEqual([one.number for one in self.through(map(Known, (1, 3, 2)))], [3, 2, 1])

    def test_items_that_only_python_can_compare(self):
        numbers = [5, 1, 4, 1, 3, 9, 2]
        got = [one.number for one in self.through(map(Backwards, numbers))]
        self.assertEqual(got, sorted(numbers, reverse=True))
        got = [(first, one.number) for first, one in self.through(
            (number % 2, Backwards(number)) for number in numbers)]
        self.assertEqual(got, [(0, 4), (0, 2), (1, 9), (1, 5), (1, 3), (1, 1), (1, 1)])

    def test_equal_items_come_as_they_went(self):
        pairs = self.through([(1, {"b": 1}), (0, {"a": 1})])
        self.assertEqual(pairs, [(0, {"a": 1}), (1, {"b": 1})])

    def test_an_item_that_only_python_can_compare_has_no_delay(self):
        with self.assertRaisesRegex(TypeError, "values.register"):
            self.manager.PriorityQueue().put(Backwards(1), delay=1)

    def test_an_item_without_an_order_says_so_as_python(self):
        waiting = self.manager.PriorityQueue()
        waiting.put(1)
        with self.assertRaisesRegex(TypeError, "'<' not supported between instances of 'str' and "
                                               "'int'"):
            waiting.put("a")
        self.assertEqual(waiting.get(), 1)

    def test_a_full_queue_takes_no_item_in_place(self):
        waiting = self.manager.PriorityQueue(1)
        waiting.put(Backwards(1))
        with self.assertRaises(queue.Full):
            waiting.put(Backwards(2), timeout=0.01)
        with self.assertRaises(queue.Full):
            waiting.put_nowait(Backwards(2))

    def test_many_put_in_place_at_once(self):
        waiting = self.manager.PriorityQueue()
        workers = [multiprocessing.Process(target=put_all, args=(waiting, first))
                   for first in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        got = [waiting.get().number for _ in range(30)]
        self.assertEqual(got, list(range(29, -1, -1)))


def put_all(waiting, first):
    for number in range(first, 30, 3):
        waiting.put(Backwards(number))


if __name__ == "__main__":
    unittest.main()
