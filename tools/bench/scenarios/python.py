"""The commands of python.cc."""

import time

VALUE = "v" * 32


def iterate(client, count, end):
    """Iterates a dict of `count` entries again and again until `end`. Answers ops: entries a
    second."""
    entries = client.manager.dict()
    for first in range(0, int(count), 10_000):
        entries.update({"k%015d" % i: VALUE for i in range(first, first + 10_000)})
    return _repeat(end, lambda: sum(1 for _ in entries))


def proxies(client, end):
    """Makes lists, with their proxies, until `end`. Answers ops: lists a second."""
    def make():
        client.manager.list()
        return 1
    return _repeat(end, make)


def _repeat(end, act):
    """Acts until `end`, once at least. Answers ops: the sum of what `act` returns, a second."""
    start, done = time.monotonic_ns(), 0
    while True:
        done += act()
        now = time.monotonic_ns()
        if now >= int(end):
            return {"ops": done / (now - start) * 1e9}
