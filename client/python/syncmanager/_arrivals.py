"""How a thread waits for calls that it has started."""

import select
import threading

from . import _native

_SIGNAL_LATENCY = 50  # Milliseconds; as the native module's.


class Arrivals:
    """`completions` is what calls are started with."""

    def __init__(self):
        self.completions = _native.Completions()
        self._readable = select.poll()
        self._readable.register(self.completions.fileno(), select.POLLIN)

    def tokens(self):
        """Waits until some of them are answered: their tokens. A signal's Python code runs
        meanwhile."""
        # One that comes just before poll() doesn't end it, nor does one that another thread gets.
        latency = _SIGNAL_LATENCY if threading.current_thread() is threading.main_thread() else None
        while not self._readable.poll(latency):
            pass
        return self.completions.take()
