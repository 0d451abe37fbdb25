"""A thread waits for the completion of calls that it has started."""

from .. import _native


class Arrivals:
    """`completions` is what calls are started with."""

    def __init__(self):
        self.completions = _native.Completions()

    def tokens(self):
        """Waits until some of them are answered: their tokens. A signal's Python code runs
        meanwhile."""
        self.completions.wait()
        return self.completions.take()
