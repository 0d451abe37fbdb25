"""How a thread waits for calls that it has started."""

import select

from . import _native


class Arrivals:
    """`completions` is what calls are started with."""

    def __init__(self):
        self.completions = _native.Completions()
        self._readable = select.poll()
        self._readable.register(self.completions.fileno(), select.POLLIN)

    def tokens(self):
        """Waits until some of them are answered: their tokens."""
        self._readable.poll()
        return self.completions.take()
