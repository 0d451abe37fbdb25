"""A C++ program produces (examples/producer.cc), and Python processes consume.

    from_cpp.py PATH_OF_PRODUCER

Numbers, texts, lists, tuples and maps are the same in both languages.
"""

import multiprocessing
import subprocess
import sys

from syncmanager import SyncManager
from syncmanager.managers import QueueProxy


def consume(readings: QueueProxy[tuple[str, list[float]]], means):
    for sensor, values in iter(readings.get, None):
        means.put((sensor, sum(values) / len(values)))


def main():
    with SyncManager() as manager:
        readings, means = manager.Queue(name="readings"), manager.Queue()
        consumers = [multiprocessing.Process(target=consume, args=(readings, means))
                     for _ in range(2)]
        for consumer in consumers:
            consumer.start()
        subprocess.run([sys.argv[1], manager.address, manager.key_file], check=True)
        for _ in consumers:
            readings.put(None)
        for consumer in consumers:
            consumer.join()
        for line in sorted("%s: %.1f" % means.get() for _ in range(means.qsize())):
            print(line)


if __name__ == "__main__":
    main()
