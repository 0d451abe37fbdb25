"""A program of multiprocessing with three errors. test_types.py has a type checker look at it, and
again with `from syncmanager import Manager`. Nobody runs this file."""

import queue
from multiprocessing import Manager
from multiprocessing.managers import DictProxy, SyncManager


def work(jobs: "queue.Queue[int]", sums: "DictProxy[int, int]") -> None:
    for number in iter(jobs.get, 0):
        sums[number] = number + sums.get(number, 0)


def run(manager: SyncManager) -> None:
    jobs: "queue.Queue[int]" = manager.Queue()
    sums: "DictProxy[int, int]" = manager.dict()
    with manager.Lock():
        jobs.put("one")  # The first error.
    sums["one"] = 1  # The second error.
    work(jobs, sums)
    names = manager.list(["a"])
    names.append(2)  # The third error.


if __name__ == "__main__":
    with Manager() as manager:
        run(manager)
