"""A Barrier with an action, which nothing but a client may run: whoever arrives last does."""

from . import values
from ._operations import barrier
from ._steps import steps
from .synchronization import BarrierProxy


class BarrierWithActionProxy(BarrierProxy):
    """Two barriers: all parties meet at the first one, the last of them runs the action, and all
    meet again. If the action raises the barrier is broken, as in Python."""

    def __init__(self, gathering, leaving, action):
        super().__init__(gathering._reference, gathering._authkey)
        self._leaving = leaving
        self._action = action

    @steps
    def wait(self, timeout=None):
        """Which of the parties this was, from 0 on."""
        number = yield barrier.wait(self._reference, timeout)
        if number == (yield self.parties) - 1:
            try:
                self._action()
            except BaseException:
                yield self.abort()
                raise
        yield barrier.wait(self._leaving._reference, timeout)
        return number

    @steps
    def abort(self):
        """Breaks it: everybody who waits or comes is told."""
        for each in (self._reference, self._leaving._reference):
            yield barrier.abort(each, None)

    @steps
    def reset(self):
        """Makes it as new; who waits is told that it was broken."""
        for each in (self._reference, self._leaving._reference):
            yield barrier.reset(each, None)

    @property
    def broken(self):
        """Whether it is broken, by an action that failed, too."""
        return self._is_broken()

    @steps
    def _is_broken(self):
        return (yield self._state("broken")) or (yield self._leaving.broken)

    def __reduce__(self):
        return _made_of, ((BarrierProxy(self._reference, self._authkey), self._leaving,
                           self._action),)

    def _parts(self):
        return "barrier", (self._reference, self._leaving._reference, self._action)


def _made_of(parts):
    return BarrierWithActionProxy(*parts)


values.register_parts("barrier", _made_of)
