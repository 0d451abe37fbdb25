"""A fleet over TCP whose workers are killed, one a second: every result comes, once.

    fleet_with_deaths.py             # kills one a second
    fleet_with_deaths.py RESULTS     # kills one after every RESULTS results

A pool is where a submitter and workers meet that know nothing but its name, the manager's address
and the key. Here three programs have two workers each, as they would on three hosts.
"""

import contextlib
import hashlib
import itertools
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import as_completed

from syncmanager import Executor, SyncManager

TASKS = 2000
FOLDER = os.path.dirname(os.path.abspath(__file__))


def is_stamp(number, stamp):
    return hashlib.sha256(f"{number} {stamp}".encode()).hexdigest().startswith("000")


def stamp_of(number):
    """Takes 4,000 tries to find, on the average, and one to check. Returns the number with it."""
    return number, next(stamp for stamp in itertools.count() if is_stamp(number, stamp))


@contextlib.contextmanager
def host(manager):
    # In this folder they can import this file. Over TCP a dead worker is a silent one: who is
    # silent for two seconds is dead.
    workers = subprocess.Popen(
        [sys.executable, "-m", "syncmanager.worker", "--pool", "stamps", "--processes", "2",
         "--connect", "syncmanager://{}:{}".format(*manager.address),
         "--key-file", manager.key_file, "--session-timeout", "2"],
        cwd=FOLDER, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        workers.terminate()
        workers.wait()


def kill_one(workers, killed):
    """One of those that are at work; `killed` has the numbers of those that are dead."""
    pids = {int(worker["client"].split()[1]) for worker in workers if worker["in_hand"]} - killed
    if pids:
        pid = random.choice(list(pids))
        os.kill(pid, signal.SIGKILL)
        killed.add(pid)


def main(every=None):
    from fleet_with_deaths import stamp_of  # By the name that the workers find it by.

    with contextlib.ExitStack() as stack:
        manager = stack.enter_context(SyncManager(("127.0.0.1", 0)))
        for _ in range(3):
            stack.enter_context(host(manager))
        executor = stack.enter_context(Executor(0, manager=manager, name="stamps", attempts=10))
        futures = [executor.submit(stamp_of, number) for number in range(TASKS)]
        killed: set[int] = set()
        right, due = 0, time.monotonic() + 1
        for count, future in enumerate(as_completed(futures), 1):
            right += is_stamp(*future.result())
            if count % every == 0 if every else time.monotonic() >= due:
                kill_one(executor.state()["workers"], killed)
                due = time.monotonic() + 1
        again = sum(len(future.lost) for future in futures)
    print(f"{right} of {TASKS} results are right; {len(killed)} workers were killed, "
          f"{again} tasks were tried again")
    return 0 if right == TASKS else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
