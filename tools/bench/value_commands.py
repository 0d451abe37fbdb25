"""The commands for large values of the bench's client programs in Python.

A client has a `manager`, with a shared_queue(), and its `dict`.
"""

import time

CARRIED = "bench-carried"


class ValueCommands:
    def carry(self, place, mebibytes, end):
        """Sets and gets a value of so many MiB in a dict, or puts and gets it in a queue, until
        `end`, once at least. Answers bytes_s: what goes there and back a second, counted twice."""
        there_and_back = self._set_and_get if place == "dict" else self._put_and_get
        value = b"v" * (int(mebibytes) << 20)
        start, carried = time.monotonic_ns(), 0
        while True:
            if there_and_back(value) != value:
                raise ValueError("a large value that isn't what was sent")
            carried += 2 * len(value)
            now = time.monotonic_ns()
            if now >= int(end):
                break
        self.dict.pop(CARRIED, None)
        return {"bytes_s": carried / (now - start) * 1e9}

    def _set_and_get(self, value):
        self.dict[CARRIED] = value
        return self.dict[CARRIED]

    def _put_and_get(self, value):
        queue = self.manager.shared_queue(CARRIED)
        queue.put(value)
        return queue.get()
