#!/usr/bin/env python3
"""Prints how array.array converts values, for array_test.cc to compare with.

Run as: array_oracle.py. One line for each typecode and value, its fields between tabs: the
typecode, the value encoded and in hex, and either "V" and what the array then holds, or "E", the
exception's name and its message.
"""

import array
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "protocol"))
from value_oracle import encode  # noqa: E402

EDGES = [0, 2**7, 2**8, 2**15, 2**16, 2**31, 2**32, 2**63, 2**64, 2**70, 2**1023, 2**1024]
VALUES = sorted({sign * edge + near for edge in EDGES for sign in (1, -1) for near in (-1, 0, 1)})
VALUES += [True, False, 0.5, -0.0, 1e300, 3.4e38, 1.1, float("inf"), None, "a", b"a", [1], (1,), {},
           frozenset(), "", "\0", "é", "€", "\U0001f600", "ab"]


def main():
    for code in "bBuhHiIlLqQfd":
        cells = array.array(code, "\0" if code == "u" else [0])
        for value in VALUES:
            try:
                cells[0] = value
                result = "V " + encode(cells[0]).hex()
            except (TypeError, OverflowError) as error:
                result = f"E {type(error).__name__} {error}"
            print(code, encode(value).hex(), result, sep="\t")


if __name__ == "__main__":
    main()
