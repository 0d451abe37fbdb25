"""The command of connecting.cc."""

import time

from figures import summary


def connect(client, end):
    """Connects again and again until `end`. Answers p50_us and p99_us."""
    latencies = []
    now = time.monotonic_ns()
    while now < int(end):
        client.connected()
        connected = time.monotonic_ns()
        latencies.append(connected - now)
        now = connected
    return summary(latencies)
