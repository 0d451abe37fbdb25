"""Equal means equal: the manager finds what Python would find, whatever it is made of."""

import asyncio
import multiprocessing
import os
import random
import unittest

import values_with_keys as values_
from support import ManagerTest
from syncmanager import aio, values
from values_with_keys import anything, fresh, hashable

# A fast slice of what `SYNCMANAGER_VALUES=100000` goes through.
VALUES = int(os.environ.get("SYNCMANAGER_VALUES", "1500"))
BATCH = 60


class Version:
    """With an equality of its own."""

    def __init__(self, text):
        self.text = text

    def __eq__(self, other):
        return isinstance(other, Version) and self.text.lower() == other.text.lower()

    def __hash__(self):
        return hash(self.text.lower())

    def __repr__(self):
        return f"Version({self.text!r})"


class Registered(Version):
    pass


class Ordered(Version):
    def __lt__(self, other):
        return self.text < other.text


class Mutable:
    def __init__(self, number):
        self.number = number

    def __eq__(self, other):
        return self.number == other.number


class Plain:
    def __init__(self, *parts):
        self.parts = parts


values.register(Registered, key=lambda version: version.text.lower())


def batches():
    for first in range(0, VALUES, BATCH):
        yield range(first, min(first + BATCH, VALUES))


class OracleTest(ManagerTest):
    def test_lists_find_what_python_finds(self):
        for numbers in batches():
            mine = [fresh(anything, number) for number in numbers]
            shared = self.manager.list(mine)
            for number in random.Random(numbers[0]).sample(numbers, len(numbers) // 3):
                wanted = fresh(anything, number)
                with self.subTest(number, wanted=wanted):
                    self.assertEqual(shared.index(wanted), mine.index(wanted))
                    self.assertEqual(shared.count(wanted), mine.count(wanted))

    def test_dicts_and_sets_have_the_keys_that_python_has(self):
        for numbers in batches():
            mine, shared = {}, self.manager.dict()
            elements = self.manager.set()
            for number in numbers:
                key = fresh(hashable, number)
                mine[self.key_or_none(key)] = shared[self.key_or_none(key)] = number
                elements.add(self.key_or_none(key))
            self.assertEqual(len(shared), len(mine))
            self.assertEqual(len(elements), len(mine))
            for number in numbers:
                key = self.key_or_none(fresh(hashable, number))
                with self.subTest(number, key=key):
                    self.assertEqual(shared[key], mine[key])

    def key_or_none(self, key):
        """The key, or None for one that can't be one: a range's fields may be unhashable."""
        try:
            hash(key)
        except TypeError:
            return None
        return key

    def test_unequal_values_are_told_apart(self):
        one = self.manager.Value("v", None)
        for number in range(VALUES // 10):
            first, second = fresh(anything, number), fresh(anything, number + 1)
            one.value = first
            with self.subTest(number, first=first, second=second):
                self.assertEqual(one.compare_and_set(second, None), first == second)


class KeyTest(ManagerTest):
    def test_what_occurs_twice_is_the_same_key(self):
        shared = self.manager.dict()
        name = "".join("ann")
        shared[values_.Job(name, name)] = 1
        shared[values_.Job("".join("ann"), "".join("ann"))] = 2
        self.assertEqual(len(shared), 1)
        self.assertEqual(shared[values_.Job("ann", "ann", "note")], 2)

    def test_what_is_unhashable_is_no_key(self):
        shared = self.manager.dict()
        for key in (values_.Item(1), bytearray(b"a"), values_.Job([1], 2), Mutable(1)):
            with self.subTest(key=key), self.assertRaisesRegex(TypeError, "unhashable type"):
                shared[key] = 1

    def test_an_unhashable_value_is_found_in_a_list(self):
        shared = self.manager.list([values_.Item([1]), values_.Item({"a": 1})])
        self.assertEqual(shared.index(values_.Item({"a": 1.0})), 1)
        shared.remove(values_.Item([1]))
        self.assertEqual(shared[:], [values_.Item({"a": 1})])

    def test_values_come_back_as_they_were(self):
        inner = [1]
        shared = self.manager.list([values_.Item([inner, inner]), values_.Level.LOW])
        item, level = shared
        self.assertIs(item.parts[0], item.parts[1])
        self.assertIs(level, values_.Level.LOW)

    def test_a_value_that_contains_itself(self):
        loop = values_.Item([])
        loop.parts.append(loop)
        copy = self.manager.list([loop])[0]
        self.assertIs(copy.parts[0], copy)

    def test_a_value_that_is_too_long_for_a_key(self):
        shared = self.manager.dict()
        for end in ("b", "b", "c"):
            shared[values_.Job("a" * 2**20 + end, end)] = end
        self.assertEqual(list(shared.values()), ["b", "c"])

    def test_a_value_with_a_proxy_keeps_the_object(self):
        shared = self.manager.list()
        shared.append(values_.Item(self.manager.list([1, 2])))
        self.assertEqual(shared[0].parts[:], [1, 2])

    def test_scalars_of_numpy_are_numbers(self):
        try:
            import numpy
        except ImportError:
            self.skipTest("without NumPy")
        shared = self.manager.dict({numpy.int64(1): "one", numpy.float64(0.5): "half"})
        self.assertEqual((shared[1], shared[0.5], shared[numpy.int8(1)]), ("one", "half", "one"))

    def test_large_and_odd_numbers(self):
        from decimal import Decimal
        shared = self.manager.list([Decimal("1e5000"), Decimal("nan"), Decimal("-0")])
        self.assertEqual(shared.index(Decimal("10e4999")), 0)
        self.assertEqual(shared.count(Decimal("nan")), 0)
        self.assertEqual(shared.index(0), 2)


class RegisteredTest(ManagerTest):
    def test_a_class_is_compared_by_its_key(self):
        shared = self.manager.dict({Registered("A"): 1})
        self.assertEqual(shared[Registered("a")], 1)
        self.assertNotIn("a", shared)
        self.assertEqual(self.manager.list([Registered("x")]).count(Registered("X")), 1)

    def test_register_says_what_it_takes(self):
        with self.assertRaisesRegex(TypeError, "a key if it takes no name"):
            values.register(Registered)
        with self.assertRaisesRegex(TypeError, "none of the three"):
            values.register(Registered, "name", dump=bytes)


class OwnEqualityTest(ManagerTest):
    """Values of classes whose equality only Python knows."""

    def test_dicts(self):
        shared = self.manager.dict({Version("ABC"): 1, "plain": 0})
        self.assertEqual(shared[Version("abc")], 1)
        shared[Version("abc")] = 2
        self.assertEqual(shared.setdefault(Version("Abc"), 9), 2)
        shared.update({Version("aBC"): 3, Version("new"): 4})
        self.assertEqual(len(shared), 3)
        self.assertIn(Version("NEW"), shared)
        self.assertEqual(shared.add(Version("NEW"), 1), 5)
        self.assertTrue(shared.compare_and_set(Version("NEW"), 5, 6))
        self.assertEqual(shared.pop(Version("NEW")), 6)
        with self.assertRaises(KeyError) as caught:
            shared[Version("new")]
        self.assertEqual(caught.exception.args, (Version("new"),))
        self.assertEqual(shared.get(("in a tuple", Version("x"))), None)
        del shared[Version("abc")]
        self.assertEqual(shared.copy(), {"plain": 0})

    def test_sets(self):
        shared = self.manager.set([Version("a")])
        shared.add(Version("A"))
        shared |= {Version("A"), Version("b")}
        self.assertEqual(len(shared), 2)
        self.assertIn(Version("B"), shared)
        shared.discard(Version("B"))
        shared.difference_update([Version("A")])
        self.assertEqual(len(shared), 0)
        with self.assertRaises(KeyError):
            shared.remove(Version("A"))

    def test_lists(self):
        shared = self.manager.list([0.25, Version("a"), Version("b"), Version("A")])
        self.assertEqual(shared.index(Version("A")), 1)
        self.assertEqual(shared.index(Version("A"), 2), 3)
        self.assertEqual(shared.count(Version("A")), 2)
        shared.remove(Version("B"))
        self.assertNotIn(Version("b"), shared)
        with self.assertRaisesRegex(ValueError, "not in list"):
            shared.remove(Version("b"))
        self.assertTrue(shared.compare_and_set(1, Version("A"), "new"))
        self.assertFalse(shared.compare_and_set(0, Version("A"), "new"))

    def test_single_values(self):
        one, attributes = self.manager.Value("v", Version("a")), self.manager.Namespace()
        self.assertTrue(one.compare_and_set(Version("A"), 1))
        self.assertFalse(one.compare_and_set(Version("A"), 2))
        attributes.version = Version("a")
        self.assertTrue(attributes.compare_and_set("version", Version("A"), 1))
        self.assertFalse(attributes.compare_and_set("other", Version("A"), 1))
        shared = self.manager.dict({Version("k"): Version("v")})
        self.assertTrue(shared.compare_and_set(Version("K"), Version("V"), "done"))
        self.assertEqual(shared[Version("k")], "done")

    def test_two_that_are_equal_are_never_in_it(self):
        shared, elements = self.manager.dict(), self.manager.set()
        workers = [multiprocessing.Process(target=fill, args=(shared, elements, spelling))
                   for spelling in (str.lower, str.upper)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.assertEqual((len(shared), len(elements)), (20, 20))

    def test_asyncio(self):
        async def use():
            async with aio.Manager() as manager:
                shared = await manager.dict({Version("a"): 1})
                await shared.set(Version("A"), 2)
                elements = await manager.list([Version("b")])
                waiting = await manager.PriorityQueue()
                for text in ("2", "1"):
                    await waiting.put(Ordered(text))
                return (await shared.length(), await shared.get(Version("a")),
                        await elements.contains(Version("B")), (await waiting.get()).text)

        self.assertEqual(asyncio.run(use()), (1, 2, True, "1"))

    def test_identity_is_found_by_the_same_object(self):
        one = Plain("a", "b")
        shared = self.manager.list([one, 1])
        self.assertEqual(shared.index(one), 0)


def fill(shared, elements, spelling):
    for number in range(20):
        shared[Version(spelling(f"v{number}"))] = number
        elements.add(Version(spelling(f"v{number}")))


if __name__ == "__main__":
    unittest.main()
