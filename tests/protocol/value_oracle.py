#!/usr/bin/env python3
"""Prints Python's answers about pairs of values, for value_oracle_test.cc to compare with.

Run as: value_oracle.py SEED PAIRS. One line a pair, its fields between tabs: both encodings in hex,
"1" if a == b, then <, >, = or ? (or T and the TypeError's text) for their order, what each is as a
key (K, or T and the text, or N if a NaN is in it), a + b (V and hex, N for NaN, T or O and the
error's text), and the hex of repr(a) in UTF-8 (- where they may differ).
The same seed gives the same lines in every run.
The encoder is written from the table in encoded_value.h and shares nothing with the C++ one.
"""

import random
import struct
import sys


class proxy:  # Named as the manager names its type.
    def __init__(self, number):
        self.number = number

    def __eq__(self, other):
        return type(other) is proxy and self.number == other.number

    def __hash__(self):
        return hash(("proxy", self.number))


Opaque = type("object", (), {
    "__init__": lambda self, codec, content: setattr(self, "all", (codec, content)),
    "__eq__": lambda self, other: type(other) is Opaque and self.all == other.all,
    "__hash__": lambda self: hash(self.all)})


def varint(number):
    groups = bytearray()
    while number >= 0x80:
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(groups) + bytes([number])


def block(content):
    return varint(len(content)) + content


def encode(value, rng=None):
    """Sets go in an order that only `rng` decides: Python's own differs from run to run."""
    if value is None:
        return b"\x00"
    if isinstance(value, bool):
        return b"\x02" if value else b"\x01"
    if isinstance(value, int):
        if -2**63 <= value < 2**63:
            return b"\x03" + varint(2 * value if value >= 0 else -2 * value - 1)
        size = ((value if value >= 0 else ~value).bit_length() + 8) // 8
        return b"\x04" + block(value.to_bytes(size, "little", signed=True))
    if isinstance(value, float):
        return b"\x05" + struct.pack("<d", value)
    if isinstance(value, str):
        return b"\x06" + block(value.encode())
    if isinstance(value, bytes):
        return b"\x07" + block(value)
    if isinstance(value, dict):
        return b"\x0c" + varint(len(value)) + b"".join(
            encode(key, rng) + encode(entry, rng) for key, entry in value.items())
    if isinstance(value, proxy):
        return b"\x0d" + varint(value.number) + block(b"Queue")
    if isinstance(value, Opaque):
        return b"\x0e" + block(value.all[0]) + block(value.all[1])
    tag = {list: b"\x08", tuple: b"\x09", set: b"\x0a", frozenset: b"\x0b"}[type(value)]
    elements = list(value)
    if isinstance(value, (set, frozenset)):
        elements.sort(key=encode)
        if rng is not None:
            rng.shuffle(elements)
    return tag + varint(len(value)) + b"".join(encode(element, rng) for element in elements)


INTEGERS = [0, 1, 2, -1, 63, 64, 255, 2**31, 2**53 - 1, 2**53, 2**53 + 1, 2**62, 2**63 - 1, 2**63,
            2**63 + 1, 2**64, 2**70, 2**70 + 1, 2**127, 2**200 + 2**147, 2**1000 + 1,
            10**308, 10**309, 2**1024, 2**1024 - 2**970 - 1, 2**1024 - 2**970, 2**1024 - 2**971]
REALS = [0.0, 0.5, 1.0, 1.5, 0.1, 255.0, 2.0**31, 2.0**53, 2.0**53 + 2, 2.0**63, 2.0**64, 2.0**70,
         2.0**127, 1e16, 1e15, 1e-4, 1e-5, 1e22, 1e308, 1.7976931348623157e308, 5e-324,
         123456789012345680.0, float("inf"), float("nan")]
LETTERS = ["a", "b", "Z", " ", "'", '"', "\\", "\n", "\t", "\0", "\x7f", "\x85", "\xa0", "\xad",
           "\xe9", "\u20ac", "\uffff", "\u2028", "\u202e", "\ufeff", "\ue000", "\u3000",
           "\U0001f600", "\U000e0001"]


def number(rng, nan=True):
    kind = rng.randrange(6)
    if kind == 0:
        return rng.random() < 0.5
    if kind == 1:
        return rng.randint(-3, 3)
    if kind == 2:
        return rng.choice([1, -1]) * (rng.choice(INTEGERS) + rng.randint(-1, 1))
    if kind == 3:
        return rng.getrandbits(rng.randrange(1, 1100)) - rng.getrandbits(64)
    if kind == 4:
        real = struct.unpack("<d", rng.getrandbits(64).to_bytes(8, "little"))[0]
    else:
        real = rng.choice([1, -1]) * rng.choice(REALS)
    # A NaN of its own: Python's containers take the same object to be equal.
    return float("nan") if real != real and nan else 0.0 if real != real else real


def scalar(rng, nan=True):
    kind = rng.randrange(10)
    if kind < 5:
        return number(rng, nan)
    if kind < 7:
        return "".join(rng.choices(LETTERS, k=rng.randrange(5)))
    if kind == 7:
        return bytes(rng.choices(b"ab'\"\\\n\0\x7f\xff", k=rng.randrange(4)))
    return rng.choice([None, proxy(rng.randrange(3)),
                       Opaque(rng.choice([b"pickle", b"json"]), bytes(rng.choices(b"xy", k=1)))])


def key(rng, depth):
    kind = rng.randrange(6) if depth > 0 else 0
    if kind < 4:
        return scalar(rng, nan=False)
    elements = [key(rng, depth - 1) for _ in range(rng.randrange(4))]
    return tuple(elements) if kind == 4 else frozenset(elements)


def value(rng, depth):
    kind = rng.randrange(9) if depth > 0 else 0
    if kind < 4:
        return scalar(rng)
    if kind == 4:
        return key(rng, depth)
    size = rng.randrange(4)
    if kind == 5:
        return {key(rng, depth - 1): value(rng, depth - 1) for _ in range(size)}
    if kind == 6:
        return {key(rng, depth - 1) for _ in range(size)}
    return (list if kind == 7 else tuple)(value(rng, depth - 1) for _ in range(size))


def twin(rng, a):
    """Something equal to `a`, or nearly, and written otherwise."""
    if rng.random() < 0.05:
        return value(rng, 1)
    if isinstance(a, (bool, int, float)):
        if a != a:
            return float("nan")
        choices = [a, -a]
        if abs(a) < 10**308:
            choices += [float(a), float(a), int(a), int(a), int(a) + 1, a + 0.5]
            if a in (0, 1):
                choices += [bool(a)] * 2
        return rng.choice(choices)
    if isinstance(a, (list, tuple)):
        elements = [twin(rng, element) for element in a]
        if rng.random() < 0.1:
            elements.append(scalar(rng))
        return type(a)(elements)
    if isinstance(a, (set, frozenset)):
        elements = sorted(a, key=encode)
        if rng.random() < 0.3:
            elements = elements[1:] if rng.random() < 0.5 else elements + [key(rng, 1)]
        return rng.choice([set, frozenset])(elements)
    if isinstance(a, dict):
        entries = [(name, twin(rng, entry)) for name, entry in a.items()]
        rng.shuffle(entries)
        return dict(entries)
    return a


def holds(kinds, a):
    if kinds(a):
        return True
    if isinstance(a, dict):
        return any(holds(kinds, part) for entry in a.items() for part in entry)
    if isinstance(a, (list, tuple, set, frozenset)):
        return any(holds(kinds, part) for part in a)
    return False


def shows_otherwise(part):
    """Whether ours prints it in another way on purpose, or Python in another way each run."""
    many = isinstance(part, (set, frozenset)) and len(part) > 1
    return many or isinstance(part, (proxy, Opaque))


def order(a, b):
    try:
        less = a < b
        greater = b < a
    except TypeError as error:
        return "T" + str(error)
    return "<" if less else ">" if greater else "=" if a == b else "?"


def as_key(a):
    if holds(lambda part: isinstance(part, float) and part != part, a):
        return "N"
    try:
        hash(a)
        return "K"
    except TypeError as error:
        return "T" + str(error)


def total(a, b):
    both = (type(a).__name__, type(b).__name__)
    if not all(isinstance(term, (bool, int, float)) for term in (a, b)):
        return "Tunsupported operand type(s) for +: '%s' and '%s'" % both
    try:
        result = a + b
    except OverflowError as error:
        return "O" + str(error)
    return "N" if result != result else "V" + encode(result).hex()


def main():
    rng = random.Random(int(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        a = value(rng, 3)
        b = twin(rng, a) if rng.random() < 0.6 else value(rng, 3)
        if rng.random() < 0.3:
            a, b = number(rng), number(rng)
        shown = "-" if holds(shows_otherwise, a) else repr(a)
        print(encode(a, rng).hex(), encode(b, rng).hex(), int(a == b), order(a, b),
              as_key(a), as_key(b), total(a, b),
              shown if shown == "-" else shown.encode().hex(), sep="\t")


if __name__ == "__main__":
    main()
