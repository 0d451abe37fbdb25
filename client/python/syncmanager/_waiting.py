"""Waiting for the first of several calls."""

import functools
import types

from ._arrivals import Arrivals
from ._operations import condition
from ._steps import calls_of, steps
from .proxies import BaseProxy, with_reference


def wait_any(sources, timeout=None):
    """Waits for whichever comes first; returns which of `sources` that was, and its result.

        source, result = wait_any([jobs, stop, urgent.get], timeout=5)

    A source is a proxy, for its get(), acquire() or wait(), or a method of one, or
    functools.partial of such a method. All others are cancelled, and what they were given meanwhile
    goes back; a Condition's wait ends with its lock held. If several could be served at once it is
    the first of them. Raises TimeoutError if `timeout` seconds pass, and what the first that fails
    raises.
    """
    with calls_of(0):
        return Race(sources, timeout, 0, _Thread()).winner()


class Race:
    """Calls of which one is to win. `wait`: how the caller waits, a _Thread or what is like it."""

    def __init__(self, sources, timeout, whose, wait):
        self.timeout = timeout
        self.whose = whose
        self.wait = wait
        self._racers = [_Racer(self, source) for source in sources]
        if not self._racers:
            raise ValueError("there is nothing to wait for")

    @steps
    def winner(self):
        running = {}
        try:
            for racer in self._racers:
                racer.advance()
                running[racer.pending.token] = racer
            while running:
                for token in (yield self.wait.tokens()):
                    racer = running.pop(token, None)
                    if racer is None or racer.pending.late():
                        continue
                    if racer.advance():
                        return racer.source, racer.result
                    running[racer.pending.token] = racer
            raise TimeoutError("none was served in time")
        finally:
            for racer in running.values():
                if racer.operation is condition.wait:
                    racer.pending.cancel()
                    yield self.wait.until_answered(racer.pending)
            for racer in self._racers:
                racer.end()
            self.wait.close()


class _Racer:
    """One source, and the call that it has under way."""

    def __init__(self, race, source):
        self._race = race
        self._won = False
        self._running = None
        self.source = source
        self.pending = self.operation = self.result = None
        partial = functools.partial(_method_of(source))
        self._proxy = partial.func.__self__
        twin = with_reference(
            self._proxy, self._proxy._syncmanager_reference.through(self._perform))
        self._start = functools.partial(
            partial.func.__func__, twin, *partial.args, **partial.keywords)

    def advance(self):
        """Goes on to its next call, or to its result: whether it has that."""
        if self._running is None:
            self._running = self._start()
        try:
            self._running.send(None)
        except StopIteration as end:
            self._won, self.result = True, end.value
        return self._won

    def end(self):
        """Drops the call that is under way."""
        if self._running is not None:
            self._running.close()
        self.pending = None

    def _perform(self, operation, subject, timeout, *arguments):
        if self._won:  # A method of the result.
            return operation(self._proxy, timeout, *arguments)
        return self._wait(operation, subject, timeout, arguments)

    async def _wait(self, operation, subject, timeout, arguments):
        self.operation = operation
        self.pending = operation.start(
            subject, self._race.timeout if timeout is None else timeout, self._race.whose,
            self._race.wait.completions, *arguments)
        await _somebody()
        pending, self.pending = self.pending, None
        return pending.result()


def _method_of(source):
    if not isinstance(source, BaseProxy):
        return source
    if source._syncmanager_awaits is None:
        raise TypeError(f"there is nothing to wait for in a {source._syncmanager_type}")
    return getattr(source, source._syncmanager_awaits)


@types.coroutine
def _somebody():
    """Until its racer is to go on."""
    yield


class _Thread(Arrivals):
    """How a thread waits in a Race."""

    def until_answered(self, pending):
        pending.cancelled()

    def close(self):
        pass
