#!/usr/bin/env python3
"""Prints the results of Python's slices, lists and dicts, for container_oracle_test.cc.

Run as: container_oracle.py slices|lists|dicts SEED CASES. One line a case, its fields between tabs.
slices: size, start, stop, step (- for None), then the first place and the number of places.
lists, dicts: an operation, its numbers, its values, the result, and all that is in the container
afterwards. Values are encoded and in hex. A result is "." (nothing), "V" and a value, "P" and the
values of a page, or "E", the exception's name and its message. The operation "new" begins again.
"""

import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))
from value_oracle import encode  # noqa: E402

EXTREMES = [-2**63, -2**63 + 1, -2**62, -2**31, 2**31, 2**62, 2**63 - 2, 2**63 - 1]
KEYS = [0, False, 0.0, -0.0, 1, True, 1.0, 2, "a", "b", "", b"a", (1, 2), (True, 2.0), None, 2**70,
        float(2**70), 0.5, frozenset([1]), frozenset([1.0]), (), ("a", (0, None)), [], {}, ([1],)]
VALUES = [0, 1, True, 2, 2.0, 3, -1, 0.5, 7]
ODD_VALUES = VALUES + ["a", "b", None, [1], (1, "a")]


def bound(rng, size):
    kind = rng.randrange(8)
    if kind == 0:
        return None
    if kind == 1:
        return rng.choice(EXTREMES)
    return rng.randint(-size - 2, size + 2)


def step(rng):
    kind = rng.randrange(10)
    if kind < 3:
        return None
    if kind == 3:
        return rng.choice(EXTREMES)
    return rng.choice([-3, -2, -1, 1, 1, 2, 3])


def shown(number):
    return "-" if number is None else str(number)


def slices(rng, cases):
    for _ in range(cases):
        size = rng.choice([0, 1, 2, 3, 5, 10, 100, 2**40])
        part = slice(bound(rng, size), bound(rng, size), step(rng))
        # As PySlice_Unpack does, and slice.indices() doesn't.
        start, stop, by = slice(part.start, part.stop,
                                None if part.step is None else max(part.step, -2**63 + 1)
                                ).indices(size)
        print(size, shown(part.start), shown(part.stop), shown(part.step), start,
              len(range(start, stop, by)), sep="\t")


def answer(action):
    """Returns the result of one operation, as a result field."""
    try:
        result = action()
    except (KeyError, IndexError, ValueError, TypeError, OverflowError) as error:
        return f"E {type(error).__name__} {error}"
    if result is None:
        return "."
    if isinstance(result, list):
        return " ".join(["P"] + [encode(value).hex() for value in result])
    return "V " + encode(result[0]).hex()


def line(operation, numbers, values, result, content):
    print(operation, " ".join(map(shown, numbers)), " ".join(encode(v).hex() for v in values),
          result, " ".join(encode(v).hex() for v in content), sep="\t")


def list_case(rng, items):
    size = len(items)
    index = rng.randint(-size - 2, size + 2)
    part = (bound(rng, size), bound(rng, size), step(rng))
    odd = rng.random() < 0.1
    value = rng.choice(ODD_VALUES if odd else VALUES)
    values = [rng.choice(VALUES) for _ in range(rng.randrange(5))]
    if rng.random() < 0.5:
        values = values[:1] * len(items[slice(*part)])

    def store():
        items[index] = value

    def remove_at():
        del items[index]

    def set_slice():
        items[slice(*part)] = values

    def delete_slice():
        del items[slice(*part)]

    def sort(reverse):
        items[:] = sorted(items, reverse=reverse)

    def repeat(times):
        items[:] = items * times

    bounds = [0 if b is None else b for b in part[:2]]
    times = rng.choice([-1, 0, 1, 1, 2]) if size < 12 else 0
    return rng.choice([
        ("get", [index], [], lambda: (items[index],)),
        ("set", [index], [value], store),
        ("delete", [index], [], remove_at),
        ("append", [], [value], lambda: items.append(value)),
        ("append", [], [value], lambda: items.append(value)),
        ("extend", [], values, lambda: items.extend(values)),
        ("insert", [index], [value], lambda: items.insert(index, value)),
        ("pop", [None], [], lambda: (items.pop(),)),
        ("pop", [index], [], lambda: (items.pop(index),)),
        ("remove", [], [value], lambda: items.remove(value)),
        ("index", [], [value], lambda: (items.index(value),)),
        ("index", bounds, [value], lambda: (items.index(value, *bounds),)),
        ("count", [], [value], lambda: (items.count(value),)),
        ("contains", [], [value], lambda: (value in items,)),
        ("length", [], [], lambda: (len(items),)),
        ("reverse", [], [], lambda: items.reverse()),
        ("sort", [0], [], lambda: sort(False)),
        ("sort", [1], [], lambda: sort(True)),
        ("repeat", [times], [], lambda: repeat(times)),
        ("read", part, [], lambda: items[slice(*part)]),
        ("set_slice", part, values, set_slice),
        ("set_slice", part, values, set_slice),
        ("delete_slice", part, [], delete_slice)])


def lists(rng, cases):
    items = []
    for case in range(cases):
        if case % 50 == 0:
            items = [rng.choice(VALUES) for _ in range(rng.randrange(12))]
            line("new", [], [], ".", items)
            continue
        operation, numbers, values, action = list_case(rng, items)
        result = answer(action)
        line(operation, numbers, values, result, items)


def dict_case(rng, entries):
    key, value = rng.choice(KEYS), rng.choice(ODD_VALUES)
    fresh = [(rng.choice(KEYS), rng.choice(VALUES)) for _ in range(rng.randrange(4))]
    flat = [part for entry in fresh for part in entry]

    def store():
        entries[key] = value

    def remove():
        del entries[key]

    def update():
        for fresh_key, _ in fresh:
            hash(fresh_key)  # All or nothing.
        entries.update(fresh)

    return rng.choice([
        ("get", [key], lambda: (entries[key],)),
        ("set", [key, value], store),
        ("set", [key, value], store),
        ("set", [key, value], store),
        ("delete", [key], remove),
        ("contains", [key], lambda: (key in entries,)),
        ("length", [], lambda: (len(entries),)),
        ("pop", [key], lambda: (hash(key), entries.pop(key))[1:]),  # An empty dict asks no hash.
        ("pop_item", [], lambda: (entries.popitem(),)),
        ("set_default", [key, value], lambda: (entries.setdefault(key, value),)),
        ("update", flat, update),
        ("keys", [], lambda: list(entries)),
        ("values", [], lambda: list(entries.values())),
        ("reversed", [], lambda: list(reversed(entries)))])


def dicts(rng, cases):
    entries = {}
    for case in range(cases):
        if case % 200 == 0:
            entries = {}
            line("new", [], [], ".", [])
            continue
        operation, values, action = dict_case(rng, entries)
        result = answer(action)
        line(operation, [], values, result, [part for entry in entries.items() for part in entry])


def main():
    rng = random.Random(int(sys.argv[2]))
    {"slices": slices, "lists": lists, "dicts": dicts}[sys.argv[1]](rng, int(sys.argv[3]))


if __name__ == "__main__":
    main()
