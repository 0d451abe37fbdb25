"""The bench's peer: a manager of CPython's multiprocessing and its client programs.

    cpython_peer.py server ADDRESS KEY_FILE
    cpython_peer.py client ADDRESS KEY_FILE PROCESSES

ADDRESS is unix:PATH or tcp:HOST:PORT (port 0: any). The server prints "listening ADDRESS". A client
carries out the same commands as the bench's own client program, client_program.h beside this file,
by the calls that multiprocessing's users write: proxies of a dict and of queues. Of several
PROCESSES it is the parent: it forks them, as multiprocessing does on Linux, with its proxies, and
each carries out every command.
"""

import ctypes
import multiprocessing
import os
import queue
import signal
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.managers import DictProxy, SyncManager, dispatch

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from pool_commands import PoolCommands, summary  # noqa: E402
from value_commands import ValueCommands  # noqa: E402

KEYS_PER_THREAD = 1000
THREADS_AT_MOST = 64
PR_SET_PDEATHSIG = 1
VALUE = "v" * 32
STAMPS = "bench-stamps"
WAKING = "bench-waking"
LAST = "last"

shared_dict = {}
shared_queues = {}


def queue_named(name):
    return shared_queues.setdefault(name, queue.Queue())


class PeerManager(SyncManager):
    """A manager whose dict and queues are found by processes that it didn't start."""


PeerManager.register("shared_dict", callable=lambda: shared_dict, proxytype=DictProxy)
PeerManager.register("shared_queue", callable=queue_named)


def parse_address(text):
    kind, rest = text.split(":", 1)
    if kind == "unix":
        return rest
    host, port = rest.rsplit(":", 1)
    return host, int(port)


def serve(address, key):
    server = PeerManager(parse_address(address), authkey=key).get_server()
    if address.startswith("tcp:"):
        address = "tcp:%s:%d" % server.address
    print("listening", address, flush=True)
    server.serve_forever()


def sleep_until(point):
    time.sleep(max(0, point - time.monotonic_ns()) / 1e9)


class Client(PoolCommands, ValueCommands):
    """One client process; its public methods are commands."""

    def __init__(self, address, key_file, key):
        self.address = self.address_of(address)
        self.key_file = key_file
        self.key = key
        self.index = 0  # Tells the processes of a load apart.
        self.manager = self.connected()
        self.dict = self.manager.shared_dict()
        len(self.dict)  # A proxy connects at a thread's first call of it.
        self.sessions = []
        self.parked = []

    def address_of(self, text):
        return parse_address(text)

    def pool(self, workers):
        return multiprocessing.Pool(workers)

    def executor(self, workers):
        return ProcessPoolExecutor(workers)

    def connected(self):
        # A manager may connect only once, so each connection is that of another one.
        manager = PeerManager(self.address, authkey=self.key)
        manager.connect()
        return manager

    def load(self, threads, in_flight, mode, start, end):
        if int(in_flight) != 1:
            raise ValueError("multiprocessing's proxies have one call under way")
        span = int(start), int(end)
        if int(threads) == 1:
            # On this thread, which is connected: fifty processes that connect at the same moment
            # overflow the listener's backlog of 16, and over TCP some then wait for minutes.
            latencies = []
            used = self._operate(0, span, latencies)
            return {"ops": len(latencies), "cpu": used, **summary(latencies)}
        return self._load_threads(int(threads), span)

    def _load_threads(self, threads, span):
        # A thread's first call opens its own connection, so all have one before the measuring.
        results = [[] for _ in range(threads)]
        failures = []
        running = [threading.Thread(target=self._load_thread,
                                    args=(i, span, results[i], failures))
                   for i in range(threads)]
        for thread in running:
            thread.start()
        sleep_until(span[0])
        before = time.process_time()
        sleep_until(span[1])
        used = time.process_time() - before
        for thread in running:
            thread.join()
        if failures:
            raise failures[0]
        latencies = [latency for result in results for latency in result]
        return {"ops": len(latencies), "cpu": used, **summary(latencies)}

    def _load_thread(self, number, span, latencies, failures):
        try:
            self._operate(number, span, latencies)
        except Exception as error:
            failures.append(error)

    def _operate(self, number, span, latencies):
        """Operates until the end of the span; the CPU seconds of the process in it."""
        start, end = span
        first = (self.index * THREADS_AT_MOST + number) * KEYS_PER_THREAD
        keys = ["k%015d" % (first + i) for i in range(KEYS_PER_THREAD)]
        shared, clock, record = self.dict, time.monotonic_ns, latencies.append
        operation, before = 0, None
        now = clock()
        while now < end:
            key = keys[operation // 2 % KEYS_PER_THREAD]
            if operation % 2 == 0:
                shared[key] = VALUE
            elif shared[key] != VALUE:
                raise ValueError("a get that isn't what was set")
            operation += 1
            answered = clock()
            if now >= start:
                if before is None:
                    before = time.process_time()
                record(answered - now)
            now = answered
        return time.process_time() - (before or 0)

    def iterate(self, count, end):
        entries = self.manager.dict()
        for first in range(0, int(count), 10_000):
            entries.update({"k%015d" % i: VALUE for i in range(first, first + 10_000)})
        return self._repeat(end, lambda: sum(1 for _ in entries))

    def proxies(self, end):
        return self._repeat(end, self._make)

    def _make(self):
        self.manager.list()
        return 1

    def _repeat(self, end, act):
        """Acts until `end`, once at least. Answers how much a second that is, as `act` counts."""
        start, done = time.monotonic_ns(), 0
        while True:
            done += act()
            now = time.monotonic_ns()
            if now >= int(end):
                return {"ops": done / (now - start) * 1e9}

    def fill(self, count):
        for first in range(0, int(count), 10_000):
            last = min(first + 10_000, int(count))
            # A value of its own for each, as the answers of other systems' items are.
            self.dict.update({"f%015d" % i: "v%031d" % i for i in range(first, last)})
        return {}

    def connect(self, end):
        latencies = []
        now = time.monotonic_ns()
        while now < int(end):
            self.connected()
            connected = time.monotonic_ns()
            latencies.append(connected - now)
            now = connected
        return summary(latencies)

    def sessions_(self, count):
        # What a proxy does at a thread's first call; the connection stays, with a thread of the
        # server's behind it.
        for _ in range(int(count)):
            connection = self.manager._Client(self.address, authkey=self.key)
            dispatch(connection, None, "accept_connection", ("bench",))
            self.sessions.append(connection)
        return {}

    def park(self, calls):
        """A connection carries one call, so each of them is a session of its own."""
        if int(calls) != 1:
            raise ValueError("a connection of multiprocessing's carries one call")
        token = self.manager.shared_queue(WAKING)._token
        for connection in self.sessions:
            connection.send((token.id, "get", (), {}))
            self.parked.append(connection)
        return {}

    def wake(self):
        start = time.monotonic_ns()
        waking = self.manager.shared_queue(WAKING)
        for _ in self.parked:
            waking.put("item")
        for connection in self.parked:
            connection.recv()
        self.parked = []
        return {"seconds": (time.monotonic_ns() - start) / 1e9}

    def tasks(self, count):
        raise ValueError("multiprocessing's proxies can't be awaited")

    def put(self, end):
        stamps = self.manager.shared_queue(STAMPS)
        while time.monotonic_ns() < int(end):
            time.sleep(0.001)
            stamps.put(time.monotonic_ns())
        stamps.put(LAST)
        return {}

    def take(self):
        stamps = self.manager.shared_queue(STAMPS)
        latencies = []
        while (item := stamps.get()) != LAST:
            latencies.append(time.monotonic_ns() - item)
        return summary(latencies)

    def carry_out(self, line):
        """The answer to a command."""
        commands = {"load": self.load, "carry": self.carry, "fill": self.fill,
                    "connect": self.connect,
                    "sessions": self.sessions_, "park": self.park, "wake": self.wake,
                    "put": self.put, "take": self.take, "iterate": self.iterate,
                    "proxies": self.proxies, "tasks": self.tasks, "map": self.map,
                    "submit": self.submit, "imap": self.imap, "apply": self.apply,
                    "starmap": self.starmap, "kills": self.kills, "deaths": self.deaths}
        command, *words = line.split()
        return commands[command](*words) or {"done": 1}


class Crowd:
    """Forked processes of a client, which carry out a load together."""

    def __init__(self, client, processes):
        self.pipes = []
        for index in range(processes):
            ours, theirs = multiprocessing.Pipe()
            work = multiprocessing.Process(target=run_worker, daemon=True,
                                           args=(client, index, theirs, [*self.pipes, ours]))
            work.start()
            theirs.close()
            ours.recv()  # It is connected: one at a time, as the listener has a backlog of 16.
            self.pipes.append(ours)

    def carry_out(self, line):
        for pipe in self.pipes:
            pipe.send(line)
        answers = [pipe.recv() for pipe in self.pipes]
        return {name: sum(answer[name] for answer in answers) for name in ("ops", "cpu")}


def run_worker(client, index, pipe, parents):
    # Who waits on a connection that the server never took hears nothing of anybody's end.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for end in parents:
        end.close()  # An inherited one would keep the worker from seeing that the parent has gone.
    client.index = index
    len(client.dict)  # An inherited proxy connects at its first call.
    pipe.send("ready")
    try:
        while True:
            pipe.send(client.carry_out(pipe.recv()))
    except EOFError:
        pass  # The parent has gone.


def run(client):
    print("ready", flush=True)
    for line in sys.stdin:
        answer = client.carry_out(line)
        print(" ".join(f"{name}={figure:.9g}" for name, figure in answer.items()), flush=True)


def main(kind=Client):
    role, address, key_file = sys.argv[1:4]
    with open(key_file, "rb") as file:
        key = file.read()
    multiprocessing.current_process().authkey = key
    if role == "server":
        serve(address, key)
    else:
        try:
            client, processes = kind(address, key_file, key), int(sys.argv[4])
            run(client if processes == 1 else Crowd(client, processes))
        except Exception as error:
            print("error:", repr(error), flush=True)


if __name__ == "__main__":
    main()
