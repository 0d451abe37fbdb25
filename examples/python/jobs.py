"""Job n in process p: imap gives results in the order of the jobs, imap_unordered as they come.

The first job is slow: it waits until the fifth has begun. With chunks several jobs travel together,
and their results too.
"""

import os

from syncmanager import Manager, Pool
from syncmanager.managers import EventProxy

JOBS = range(8)
fifth_has_begun: EventProxy  # In a worker.


def initialize(event):
    global fifth_has_begun
    fifth_has_begun = event


def job(n):
    if n == 0:
        fifth_has_begun.wait()
    if n == 4:
        fifth_has_begun.set()
    return f"job {n} in process {os.getpid()}"


def show(title, results):
    print(title)
    for line in results:
        print(" ", line)


def main():
    with Manager() as manager:
        event = manager.Event()
        with Pool(2, initialize, (event,), manager=manager) as pool:
            show("imap", pool.imap(job, JOBS))
            event.clear()
            show("imap_unordered", pool.imap_unordered(job, JOBS))
            event.clear()
            show("imap_unordered, chunks of 2", pool.imap_unordered(job, JOBS, chunksize=2))


if __name__ == "__main__":
    main()
