"""Waiting for the first of several calls."""

import functools
import types
import weakref

from .._session.completions import Arrivals
from .._session.caller import calls_of
from .._session.maybe_async import maybe_async
from .base import BaseProxy, with_reference


def wait_any(sources, timeout=None):
    """Waits for whichever comes first; returns which of `sources` that was, and its result.

        source, result = wait_any([jobs, stop, urgent.get], timeout=5)

    A source is a proxy, for its get(), acquire() or wait(), or a method of one, or
    functools.partial of such a method. All others are cancelled, and what they were given meanwhile
    is back when this returns; a Condition's wait ends with its lock held. If several could be
    served at once it is the first of them. Raises TimeoutError if `timeout` seconds pass, and what
    the first that fails raises.
    """
    with calls_of(0):
        return Race(sources, timeout, 0, _Thread()).winner()


class Race:
    """Calls of which one is to win. `wait`: how the caller waits, a _Thread or what is like it."""

    def __init__(self, sources, timeout, whose, wait):
        self._wait = wait
        self._racers = [_Racer(source, timeout, whose, wait.completions) for source in sources]
        if not self._racers:
            raise ValueError("there is nothing to wait for")

    @maybe_async
    def winner(self):
        """Waits for the first source; returns it and its result, and gives back all others'."""
        try:
            won = yield from self._first()
            losers = [racer for racer in self._racers if racer is not won]
            yield self._wait.give_back(_calls_of(losers))
            for racer in losers:
                racer.end()
            return won.source, won.result
        except GeneratorExit:  # The event loop has ended: nobody can wait.
            self._end()
            raise
        except BaseException:  # What somebody has won goes back, too.
            yield self._wait.give_back(_calls_of(self._racers))
            self._end()
            raise

    def _first(self):
        for racer in self._racers:
            racer.advance()
        running = self._racers
        while running:
            yield self._wait.for_any(_calls_of(running))
            for racer in running:
                if racer.call.ready() and not racer.call.timed_out() and racer.advance():
                    return racer
            running = [racer for racer in running
                       if not (racer.call.ready() and racer.call.timed_out())]
        raise TimeoutError("none was served in time")

    def _end(self):
        for racer in self._racers:
            racer.end()


def _calls_of(racers):
    return [racer.call for racer in racers if racer.call is not None]


class _Racer:
    """One source, and how far it is."""

    def __init__(self, source, timeout, whose, completions):
        self._timeout = timeout
        self._whose = whose
        self._completions = completions
        self._won = False
        self._running = None
        self.source = source
        self.call = None  # That is under way; when it has won, that which brought the result.
        self.result = None
        partial = functools.partial(_method_of(source))
        self._proxy = partial.func.__self__
        reference = self._proxy._syncmanager_reference
        twin = with_reference(self._proxy, reference.via(_performer(self)))
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
        """Ends its method. A call that is still under way is dropped."""
        self.call = None
        if self._running is not None:
            self._running.close()

    def perform(self, operation, subject, timeout, arguments):
        if self._won:  # A method of the result.
            return operation(self._proxy, timeout, *arguments)
        return self._wait(operation, subject, timeout, arguments)

    async def _wait(self, operation, subject, timeout, arguments):
        self.call = operation.start(
            subject, self._timeout if timeout is None else timeout, self._whose,
            self._completions, *arguments)
        await _somebody()
        return self.call.result()


def _performer(racer):
    """Returns the function that performs the calls of the racer's twin. The native reference holds
    it, and the garbage collector doesn't look in there, so it refers to the racer weakly."""
    weak, proxy = weakref.ref(racer), racer._proxy

    def perform(operation, subject, timeout, *arguments):
        racer = weak()
        if racer is None:  # The result has outlived the race.
            return operation(proxy, timeout, *arguments)
        return racer.perform(operation, subject, timeout, arguments)

    return perform


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

    def for_any(self, calls):
        self.tokens()

    def give_back(self, calls):
        for call in calls:
            call.cancel()
        for call in calls:
            call.give_back()
