"""The commands of hand_over.cc."""

import time

from figures import summary

STAMPS = "bench-stamps"
LAST = "last"


def put(client, end):
    """Puts the time into a queue, once a millisecond until `end`."""
    stamps = client.manager.shared_queue(STAMPS)
    while time.monotonic_ns() < int(end):
        time.sleep(0.001)
        stamps.put(time.monotonic_ns())
    stamps.put(LAST)


def take(client):
    """Takes these times until the putter has ended. Answers p50_us and p99_us."""
    stamps = client.manager.shared_queue(STAMPS)
    latencies = []
    while (item := stamps.get()) != LAST:
        latencies.append(time.monotonic_ns() - item)
    return summary(latencies)
