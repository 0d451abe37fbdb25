"""The commands of memory.cc, for managers of multiprocessing."""

import time

WAKING = "bench-waking"


def fill(client, count):
    """Sets `count` entries of the dict."""
    for first in range(0, int(count), 10_000):
        last = min(first + 10_000, int(count))
        # Each value is an object of its own, as it is in other systems.
        client.dict.update({"f%015d" % i: "v%031d" % i for i in range(first, last)})


def sessions(client, count):
    """Opens `count` connections, which stay open."""
    for _ in range(int(count)):
        client.open_session()


def park(client, calls):
    """Makes a call on each of these connections that waits for an item."""
    if int(calls) != 1:
        raise ValueError("a connection of multiprocessing's carries one call")
    token = client.manager.shared_queue(WAKING)._token
    for connection in client.sessions:
        connection.send((token.id, "get", (), {}))


def wake(client, _):
    """Puts an item for each of these calls. Answers wake_seconds, until all have theirs."""
    start = time.monotonic_ns()
    waking = client.manager.shared_queue(WAKING)
    for _ in client.sessions:
        waking.put("item")
    for connection in client.sessions:
        connection.recv()
    return {"wake_seconds": (time.monotonic_ns() - start) / 1e9}
