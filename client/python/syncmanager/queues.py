"""Queues, after queue.Queue, with what makes them reliable."""

from ._operations import queue
from .proxies import BaseProxy


def _timeout_of(block, timeout):
    """As queue.Queue takes them, with its error."""
    if not block:
        return 0
    if timeout is not None and timeout < 0:
        raise ValueError("'timeout' must be a non-negative number")
    return timeout


class QueueProxy(BaseProxy):
    """First in, first out; whoever has waited longest is served first.

    Of a reliable queue an item stays in its taker's hand until task_done(), or the ack() of its
    Delivery; if the taker dies it is back at the head for the next one.
    """

    _exposed_ = ("empty", "full", "get", "get_nowait", "join", "put", "put_nowait", "qsize",
                 "shutdown", "task_done")
    _type = "Queue"
    _open = "queue"

    def put(self, item, block=True, timeout=None, *, delay=0, key=...):
        """`delay`: seconds before which nobody gets it. `key`: if an item with this key is queued
        or in hand, nothing is put and False is returned; True otherwise."""
        done = queue.put(self._reference, _timeout_of(block, timeout), item, round(delay * 1e6), key)
        return done if key is not ... else None

    def put_nowait(self, item):
        self.put(item, False)

    def get(self, block=True, timeout=None):
        return queue.get(self._reference, _timeout_of(block, timeout))

    def get_nowait(self):
        return self.get(False)

    def take(self, block=True, timeout=None):
        """The next item of a reliable queue as a Delivery; RuntimeError if it isn't one."""
        return Delivery(self, *queue.take(self._reference, _timeout_of(block, timeout), True))

    def task_done(self):
        queue.task_done(self._reference, None)

    def join(self, timeout=None):
        """Waits until every item that was put is done; whether that was in time."""
        done = queue.join(self._reference, timeout)
        return None if timeout is None else done is not False

    def qsize(self):
        return queue.size(self._reference, None)

    def empty(self):
        return self.qsize() == 0

    def full(self):
        return queue.full(self._reference, None)

    def shutdown(self, immediate=False):
        queue.shut_down(self._reference, None, immediate)


class LifoQueueProxy(QueueProxy):
    """The newest item first."""

    _type = "LifoQueue"
    _open = "lifo_queue"


class PriorityQueueProxy(QueueProxy):
    """The smallest item first, by Python's order of values; equal items as they came."""

    _type = "PriorityQueue"
    _open = "priority_queue"


class Delivery:
    """An item in this process's hand, until ack() or nack(). As a context: ack() at its end, nack()
    if it ends by an exception."""

    def __init__(self, proxy, item, number, count):
        self._proxy = proxy
        self.item = item
        self.number = number
        self.count = count  # How often it was delivered, this time included.

    @property
    def redelivered(self):
        return self.count > 1

    def ack(self):
        queue.ack(self._proxy._reference, None, self.number)

    def nack(self, delay=0):
        """Gives it back, to be got after `delay` seconds."""
        queue.nack(self._proxy._reference, None, self.number, round(delay * 1e6))

    def __enter__(self):
        return self.item

    def __exit__(self, exc_type, exc_val, exc_tb):
        self.ack() if exc_type is None else self.nack()
