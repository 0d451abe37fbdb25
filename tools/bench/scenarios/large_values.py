"""The command of large_values.cc."""

import time

CARRIED = "bench-carried"


def carry(client, place, mebibytes, end):
    """Sets and gets a value of `mebibytes` MiB in a dict, or puts and gets it in a queue, until
    `end`, once at least. Answers bytes_s: the value counts on both ways."""
    there_and_back = _set_and_get if place == "dict" else _put_and_get
    value = b"v" * (int(mebibytes) << 20)
    start, carried = time.monotonic_ns(), 0
    while True:
        if there_and_back(client, value) != value:
            raise ValueError("a large value that isn't what was sent")
        carried += 2 * len(value)
        now = time.monotonic_ns()
        if now >= int(end):
            break
    client.dict.pop(CARRIED, None)
    return {"bytes_s": carried / (now - start) * 1e9}


def _set_and_get(client, value):
    client.dict[CARRIED] = value
    return client.dict[CARRIED]


def _put_and_get(client, value):
    queue = client.manager.shared_queue(CARRIED)
    queue.put(value)
    return queue.get()
