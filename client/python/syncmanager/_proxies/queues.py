"""Queues, after queue.Queue, with what makes them reliable."""

import bisect
import time
import types

from .._native import EncodedValue
from .._session.operations import queue
from .._session.maybe_async import maybe_async
from .base import ManagedProxy
from .paging import all_pages


def _timeout_of(block, timeout):
    """As queue.Queue takes them, with its error."""
    if not block:
        return 0
    if timeout is not None and timeout < 0:
        raise ValueError("'timeout' must be a non-negative number")
    return timeout


class Delivery:
    """An item in this process's hand, until ack() or nack(). One that nobody refers to any more
    goes back to its queue, as by nack(). As a context: ack() at its end, nack() if it ends by an
    exception."""

    __class_getitem__ = classmethod(types.GenericAlias)

    def __init__(self, proxy, item, hand, count):
        self._proxy = proxy
        self._hand = hand
        self.item = item
        self.count = count  # How often it was delivered, this time included.

    @property
    def number(self):
        """The number of this delivery, which grows with each delivery of the queue."""
        return self._hand.number

    @property
    def redelivered(self):
        return self.count > 1

    @maybe_async
    def ack(self):
        """It is done, and nobody gets it again."""
        yield queue.ack(self._proxy, None, self.number)
        self._hand.release()

    @maybe_async
    def nack(self, delay=0):
        """Gives it back, to be got after `delay` seconds."""
        yield queue.nack(self._proxy, None, self.number, round(delay * 1e6))
        self._hand.release()

    def __enter__(self):
        return self.item

    def __exit__(self, exc_type, exc_val, exc_tb):
        return self.ack() if exc_type is None else self.nack()


class QueueProxy(ManagedProxy, type="Queue", options="queue", awaits="get"):
    """First in, first out. Waiting calls are served in the order in which they came.

    An item of a reliable queue stays unacknowledged until task_done(), or the ack() of its
    Delivery. If its consumer dies before that, the item returns to the head of the queue.
    """

    _exposed_ = ("empty", "full", "get", "get_nowait", "join", "put", "put_nowait", "qsize",
                 "shutdown", "task_done")
    _syncmanager_delivery = Delivery

    def put(self, item, block=True, timeout=None, *, delay=0, key=...):
        """`delay`: seconds before which nobody gets it. `key`: if an item with this key is queued
        or in hand, nothing is put and False is returned; True otherwise."""
        return queue.put(
            self, _timeout_of(block, timeout), item, round(delay * 1e6), key)

    def put_nowait(self, item):
        return self.put(item, False)

    def get(self, block=True, timeout=None):
        return queue.get(self, _timeout_of(block, timeout))

    def get_nowait(self):
        return self.get(False)

    @maybe_async
    def take(self, block=True, timeout=None):
        """Returns the next item as a Delivery, which comes back to the queue unless its ack() is
        called, whether the queue is reliable or not."""
        delivery = yield queue.take(self, _timeout_of(block, timeout), True)
        return self._syncmanager_delivery(self, *delivery)

    def task_done(self):
        return queue.task_done(self, None)

    @maybe_async
    def join(self, timeout=None):
        """Waits until every item that was put is done; whether that was in time."""
        done = yield queue.join(self, timeout)
        return None if timeout is None else done is not False

    def qsize(self):
        return queue.size(self, None)

    @maybe_async
    def empty(self):
        return (yield self.qsize()) == 0

    def full(self):
        return queue.full(self, None)

    def shutdown(self, immediate=False):
        """From now on puts raise ShutDown, and so do gets when it is empty; `immediate`: at once,
        and what is in it is dropped."""
        return queue.shut_down(self, None, immediate)


class LifoQueueProxy(QueueProxy, type="LifoQueue", options="lifo_queue"):
    """The newest item first."""



class PriorityQueueProxy(QueueProxy, type="PriorityQueue", options="priority_queue"):
    """The smallest item first, by Python's order of values; equal items as they came.

    Items that only Python can compare (of a class that defines `<` and has no key) are compared
    here with all that wait: values.register(cls, key=function) has the manager do it.
    """

    @maybe_async
    def put(self, item, block=True, timeout=None, *, delay=0, key=...):
        """As Queue's."""
        timeout, delay = _timeout_of(block, timeout), round(delay * 1e6)
        encoded, ordered = item, True
        if type(item) not in _PLAIN:
            encoded = EncodedValue(item, self._syncmanager_reference.session, True)
            ordered = encoded.ordered
        if delay and not ordered:
            raise TypeError("the manager can't compare the item when its delay is over: give its "
                            "class a key by values.register(cls, key=function)")
        if ordered:
            try:
                return (yield queue.put(self, timeout, encoded, delay, key))
            except TypeError:  # The manager can't compare it with another.
                if delay:
                    raise
        return (yield self._syncmanager_put_in_place(item, encoded, timeout, key))

    @maybe_async
    def _syncmanager_put_in_place(self, item, encoded, timeout, key):
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            waiting, version = yield all_pages(
                lambda cursor, version: queue.waiting(self, None, cursor, version))
            place = {"version": version, "index": bisect.bisect_right(waiting, item)}
            left = None if end is None else max(0, end - time.monotonic())
            try:
                return (yield queue.put(self, left, encoded, 0, key, place))
            except RuntimeError:  # Somebody has put or got meanwhile.
                continue


_PLAIN = (int, float, str)
