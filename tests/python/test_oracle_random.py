"""Random programs, from seeds, do the same with CPython's managers and with ours."""

import random
import unittest

import oracle
from support import TwoManagersTest

STEPS, SEEDS = 300, range(4)


class Dice:
    """Makes the random choices of the steps. The same seed makes the same steps."""

    def __init__(self, seed):
        self._random = random.Random(seed)

    def one_of(self, *choices):
        return self._random.choice(choices)

    def number(self):
        return self.one_of(0, 1, 2, -1, 5, 2**40, -(2**70))

    def value(self):
        return self.one_of(0, 1, True, 1.0, -0.5, "a", "b", "", None, b"a", (1, "a"), (), 2**70,
                           frozenset([1]))

    def values(self):
        return [self.value() for _ in range(self.one_of(0, 1, 2, 3))]

    def index(self):
        return self.one_of(0, 1, 2, 3, -1, -2, -7, 40)

    def part(self):
        bounds = [self.one_of("", self.index()) for _ in range(2)]
        return "{}:{}:{}".format(*bounds, self.one_of("", "", 1, 2, -1, -3))


def list_step(dice):
    return dice.one_of(
        "x.append({value!r})", "x.append({value!r})", "x.extend({values!r})",
        "x.insert({index}, {value!r})", "x.pop()", "x.pop({index})", "x.remove({value!r})",
        "x.index({value!r})", "x.index({value!r}, {index})", "x.index({value!r}, {index}, {other})",
        "x.count({value!r})", "{value!r} in x", "x.reverse()", "x.sort()", "x.sort(key=str)",
        "x.sort(key=repr, reverse=True)", "len(x)", "bool(x)", "x[{index}]", "x[{part}]",
        "x[{index}] = {value!r}", "x[{part}] = {values!r}", "x[{index}:{other}] = {values!r}",
        "del x[{index}]", "del x[{part}]", "x += {values!r}", "x + {values!r}", "x * 2",
        "x *= {times}", "list(x)", "str(x)", "x[:]")


def dict_step(dice):
    return dice.one_of(
        "x[{value!r}]", "x[{value!r}] = {value2!r}", "x[{value!r}] = {value2!r}",
        "x[{value!r}] = {values!r}", "x[{values!r}]", "del x[{value!r}]", "{value!r} in x",
        "len(x)",
        "x.get({value!r})", "x.get({value!r}, {value2!r})", "x.pop({value!r})",
        "x.pop({value!r}, {value2!r})", "x.popitem()", "x.setdefault({value!r})",
        "x.setdefault({value!r}, {values!r})", "x.update({{{value!r}: {value2!r}}})",
        "x.update([({value!r}, 1), ({value2!r}, 2)])", "x.keys()", "x.values()", "x.items()",
        "list(x)", "str(x)", "x.copy()")


def set_step(dice):
    operand = "{{{value!r}, {value2!r}}}"
    return dice.one_of(
        "x.add({value!r})", "x.add({value!r})", "x.remove({value!r})", "x.discard({value!r})",
        "{value!r} in x", "len(x)", "x.update({values!r})", "x.difference_update({values!r})",
        "x.intersection_update(['a', 0, None, (1, 'a')])",
        "x.symmetric_difference_update({values!r})",
        *(f"x {sign} {operand}" for sign in ("|", "&", "-", "^", "<", "<=", ">", ">=", "|=",
                                             "-=", "^=")),
        "x.union({values!r})", "x.isdisjoint({values!r})", "x.issubset({values!r})", "x.copy()")


def array_step(dice):
    return dice.one_of(
        "x[{index}]", "x[{index}] = {number}", "x[{index}] = {value!r}", "x[{part}]", "len(x)",
        "x[1:3] = type(x[:])('i', [{index}, {other}])", "{number} in x", "list(x)", "str(x)")


def namespace_step(dice):
    return dice.one_of(
        "x.{name} = {value!r}", "x.{name} = {values!r}", "x.{name}", "del x.{name}", "str(x)",
        "hasattr(x, {name!r})", "x.{name} += 1", "getattr(x, {name!r}, {value!r})")


class RandomProgramsTest(TwoManagersTest):
    def run_programs(self, start, step_of, theirs):
        for seed in SEEDS:
            dice = Dice(seed)
            sides = [oracle.Side(theirs), oracle.Side(self.manager)]
            program = [start]
            for _ in range(STEPS):
                program.append(step_of(dice).format(
                    value=dice.value(), value2=dice.value(), values=dice.values(),
                    index=dice.index(), other=dice.index(), part=dice.part(),
                    number=dice.number(), times=dice.one_of(0, 1, 1, 2),
                    name=dice.one_of("a", "b", "c", "_d")))
                # Such a list outgrows its use.
                program.append("while len(x) > 50: x.pop()" if "list" in start else "0")
            with self.subTest(seed=seed):
                for text, expected, found in oracle.compare_steps("\n".join(program), *sides):
                    self.assertEqual(found, expected, text)

    def test_lists(self):
        self.run_programs("x = manager.list([3, 1, 2])", list_step, self.theirs)

    def test_dicts(self):
        self.run_programs("x = manager.dict(a=1)", dict_step, self.theirs)

    def test_sets(self):
        self.run_programs("x = manager.set([1, 'a'])", set_step, oracle.Builtins)

    def test_arrays(self):
        self.run_programs("x = manager.Array('i', range(5))", array_step, self.theirs)

    def test_namespaces(self):
        self.run_programs("x = manager.Namespace(a=1)", namespace_step, self.theirs)


if __name__ == "__main__":
    unittest.main()
