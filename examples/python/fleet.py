"""A fleet whose consumers are killed: every job is done all the same.

A reliable queue's item stays in its taker's hand until it is acked. When the taker dies, here by
SIGKILL, it is at the head of the queue again for the next one.
"""

import hashlib
import multiprocessing
import random
import sys

from syncmanager import Manager

JOBS = 300


def work(jobs, sums):
    while True:
        with jobs.take() as number:
            sums[number] = hashlib.sha256(str(number).encode() * 1_000_000).hexdigest()


def main():
    with Manager() as manager:
        jobs, sums = manager.Queue(reliable=True), manager.dict()
        for number in range(JOBS):
            jobs.put(number)

        def consumer():
            child = multiprocessing.Process(target=work, args=(jobs, sums))
            child.start()
            return child

        consumers, killed = [consumer() for _ in range(4)], 0
        while not jobs.join(timeout=0.1):
            victim = random.randrange(len(consumers))
            consumers[victim].kill()
            consumers[victim].join()
            consumers[victim] = consumer()
            killed += 1
        for child in consumers:
            child.kill()
            child.join()
        right = sum(sums[number] == hashlib.sha256(str(number).encode() * 1_000_000).hexdigest()
                    for number in range(JOBS))
        print(f"{right} of {JOBS} jobs done, {killed} consumers killed")
        return 0 if right == JOBS else 1


if __name__ == "__main__":
    sys.exit(main())
