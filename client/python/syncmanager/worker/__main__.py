"""The program `python3 -m syncmanager.worker`."""

import argparse
import multiprocessing
import os
import signal
import sys
import threading

from .._tasks.local_workers import LocalWorkers

EXAMPLES = """
Examples:
  python3 -m syncmanager.worker --pool squares
      a worker for each core, for a pool of the manager that $SYNCMANAGER_URL names, or of
      this user's own
  python3 -m syncmanager.worker --connect syncmanager+tls://10.0.0.5:7411 \\
      --key-file fleet.key --pool squares --processes 4
"""


def arguments(words=None):
    parser = argparse.ArgumentParser(
        prog="python3 -m syncmanager.worker", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Workers for a pool, on whatever host: they do its tasks until they are told "
                    "to end by Ctrl-C or SIGTERM, finish what they are doing then, and are "
                    "replaced when they die. A program that may submit tasks to the pool can make "
                    "these workers run any function that they can import.")
    parser.add_argument("--connect", default="", metavar="URL",
                        help="the manager; without it $SYNCMANAGER_URL, or this user's own")
    parser.add_argument("--key-file", default="", metavar="FILE", help="the key of the manager")
    parser.add_argument("--pool", default="pool", metavar="NAME", help="which pool (%(default)s)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="N",
                        help="how many workers (one for each core: %(default)s)")
    parser.add_argument("--max-tasks", type=int, metavar="N",
                        help="replace each worker after this number of tasks")
    parser.add_argument("--session-timeout", type=float, default=10.0, metavar="SECONDS",
                        help="over TCP, how long the manager may hear nothing of a worker before "
                             "another worker gets its task (%(default)s)")
    chosen = parser.parse_args(words)
    if chosen.processes < 1:
        parser.error("--processes must be at least 1")
    return chosen


def main(words=None):
    chosen = arguments(words)
    ended, why = threading.Event(), []

    def broken(error):
        why.append(error)
        ended.set()

    ignore_interrupts = signal.signal, (signal.SIGINT, signal.SIG_IGN)
    work = (chosen.connect, None, chosen.key_file, chosen.pool, *ignore_interrupts,
            chosen.max_tasks, chosen.session_timeout)
    workers = LocalWorkers(multiprocessing.get_context("fork"), chosen.processes, work,
                           broken, daemon=True)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    print(f"{chosen.processes} workers for pool {chosen.pool!r}; Ctrl-C ends them when their tasks "
          "are done", flush=True)
    ended.wait()
    workers.end()
    return 1 if why else 0


if __name__ == "__main__":
    sys.exit(main())
