"""The servers of test_serving.py, and the functions of their clients."""

import contextlib
import functools
import io
import queue
import sys
import time

import hosted
from syncmanager.managers import SyncManager

BOX = queue.Queue()


class Depot:
    def __init__(self):
        self._kept = None

    def keep(self, value):
        self._kept = value

    def kept(self):
        return self._kept

    def ask_manager(self, address, key):
        client = Client(address, key)
        client.connect()
        depot = client.Depot()
        depot.keep("asked")
        return depot.kept()


class Jobs(SyncManager):
    """Served."""


class Client(SyncManager):
    """Knows what is served."""


Jobs.register("get_box", callable=lambda: BOX)
Jobs.register("Depot", Depot)
Client.register("get_box")
Client.register("Depot")


class WithoutProcesses:
    """A context of multiprocessing that can't start any."""

    def Process(self, *args, **kwargs):
        raise OSError("there are no processes here")


@contextlib.contextmanager
def standard_error():
    """Collects what this process prints to standard error."""
    before, sys.stderr = sys.stderr, io.StringIO()
    try:
        yield sys.stderr
    finally:
        sys.stderr = before


# ---- Children.

def serve(address, key):
    Jobs(address, key).get_server().serve_forever()


def connected(address, key):
    """A client that connects as soon as the server listens. Raises ConnectionError if it doesn't
    within 20 seconds."""
    client = Client(address, key)
    end = time.monotonic() + 20
    while True:
        try:
            client.connect()
            return client
        except (ConnectionError, FileNotFoundError):
            if time.monotonic() > end:
                raise


def reporting(use):
    """A child's target that puts what `use(client)` returns or raises into a queue."""
    @functools.wraps(use)
    def report(address, key, outcomes):
        try:
            outcomes.put(use(connected(address, key)))
        except Exception as error:
            outcomes.put(repr(error))

    return report


@reporting
def put_at_once(client):
    client.get_box().put("item")
    return "put"


@reporting
def map_in_pool(client):
    with client.Pool(2) as pool:
        return pool.map(hosted.square, range(3))
