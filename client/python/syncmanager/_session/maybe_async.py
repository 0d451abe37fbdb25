"""Methods that do something after a call or between calls, written once for all kinds of proxies.

    @maybe_async
    def join(self, timeout=None):
        done = yield queue.join(self, timeout)
        return done is not False

A call's result is there when it returns, unless the proxy's reference is `via` something, as
those of syncmanager.aio are: calls return coroutines then, and so do such methods.
"""

import functools
from types import CoroutineType

from .caller import caller, calls_of


def maybe_async(function):
    """Makes a method of a generator: what it yields comes back to it, awaited if need be."""
    @functools.wraps(function)
    def method(*args, **kwargs):
        generator = function(*args, **kwargs)
        try:
            result = next(generator)
            while type(result) is not CoroutineType:
                result = generator.send(result)
        except StopIteration as end:
            return end.value
        coroutine = _go_on(generator, _First(result), caller())
        coroutine.__qualname__ = unawaited(function.__name__)
        return coroutine

    return method


_PUBLIC = {"pop_item": "popitem", "set_default": "setdefault", "shut_down": "shutdown",
           "size": "qsize"}  # Methods, by operations that have another name.
_INNER = ("make", "open", "read_page", "read_slice")


@functools.cache
def unawaited(name):
    """The name for a coroutine in Python's warning that it was never awaited. `name` is a method or
    an operation."""
    if name.startswith("_") or name in _INNER:
        return "a call of syncmanager.aio (write `await` before it)"
    name = _PUBLIC.get(name, name)
    return f"{name}(...) of syncmanager.aio (write `await proxy.{name}(...)`)"


class _First:
    """A method's first call. Python warns of the method if nobody awaits it, and not of this."""

    __slots__ = ("call",)

    def __init__(self, call):
        self.call = call

    def __del__(self):
        self.call.close()


async def _go_on(generator, first, whose):
    advance, result = None, first.call
    try:
        while True:
            try:
                if type(result) is CoroutineType:
                    result = await result
            except BaseException as error:
                advance, result = generator.throw, error
            else:
                advance = generator.send
            with calls_of(whose):
                result = advance(result)
    except StopIteration as end:
        return end.value
