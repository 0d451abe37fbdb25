"""A Barrier with an action. The client that arrives last runs the action."""

from .._session import codecs
from .._session.operations import barrier
from .._session.maybe_async import maybe_async
from .synchronization import BarrierProxy


class BarrierWithActionProxy(BarrierProxy):
    """Two barriers: all parties meet at the first one, the last of them runs the action, and all
    meet again. If the action raises the barrier is broken, as in Python."""

    def __init__(self, gathering, leaving, action):
        super().__init__(gathering._syncmanager_reference)
        self._syncmanager_leaving = leaving
        self._syncmanager_action = action

    @maybe_async
    def wait(self, timeout=None):
        """Which of the parties this was, from 0 on."""
        number = yield barrier.wait(self, timeout)
        if number == (yield self.parties) - 1:
            try:
                self._syncmanager_action()
            except BaseException:
                yield self.abort()
                raise
        yield barrier.wait(self._syncmanager_leaving, timeout)
        return number

    @maybe_async
    def abort(self):
        """Breaks it: everybody who waits or comes is told."""
        for each in (self, self._syncmanager_leaving):
            yield barrier.abort(each, None)

    @maybe_async
    def reset(self):
        """Makes it as new; who waits is told that it was broken."""
        for each in (self, self._syncmanager_leaving):
            yield barrier.reset(each, None)

    @property
    def broken(self):
        """Whether it is broken, by an action that failed, too."""
        return self._syncmanager_is_broken()

    @maybe_async
    def _syncmanager_is_broken(self):
        return (yield self._syncmanager_state("broken")) or (yield self._syncmanager_leaving.broken)

    def __reduce__(self):
        return _made_of, ((BarrierProxy(self._syncmanager_reference), self._syncmanager_leaving,
                           self._syncmanager_action),)

    def _syncmanager_parts(self):
        leaving = self._syncmanager_leaving._syncmanager_reference
        return "barrier", (self._syncmanager_reference, leaving, self._syncmanager_action)


def _made_of(parts):
    return BarrierWithActionProxy(*parts)


codecs.register_parts("barrier", _made_of)
