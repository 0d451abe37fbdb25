"""The bench's peer: a manager of CPython's multiprocessing and its client programs.

    cpython_peer.py server ADDRESS KEY_FILE
    cpython_peer.py client ADDRESS KEY_FILE PROCESSES

ADDRESS is unix:PATH or tcp:HOST:PORT (port 0: any). The server prints "listening ADDRESS".

A client performs the commands on its standard input, and answers each by a line of figures. The
command `memory.fill 1000` calls fill(client, "1000") of scenarios/memory.py, which makes the calls
that users of multiprocessing write. Of several PROCESSES the client is the parent: it forks them,
as multiprocessing does on Linux, with its proxies, and each of them performs every command.
"""

import ctypes
import importlib
import multiprocessing
import os
import queue
import signal
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.managers import DictProxy, SyncManager, dispatch

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

PR_SET_PDEATHSIG = 1

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


class Client:
    """A client process: its manager, and what the commands do in different ways on our manager
    and on CPython's."""

    def __init__(self, address, key_file, key):
        self.address = self.address_of(address)
        self.key_file = key_file
        self.key = key
        self.index = 0  # Tells the processes of a load apart.
        self.manager = self.connected()
        self.dict = self.manager.shared_dict()
        len(self.dict)  # A proxy connects at a thread's first call of it.
        self.sessions = []

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

    def open_session(self):
        """Opens a connection as a proxy does at a thread's first call. It stays open, with a thread
        of the server behind it."""
        connection = self.manager._Client(self.address, authkey=self.key)
        dispatch(connection, None, "accept_connection", ("bench",))
        self.sessions.append(connection)

    def perform(self, line):
        """Returns the answer to a command."""
        command, *arguments = line.split()
        module, function = command.split(".")
        scenario = importlib.import_module("scenarios." + module)
        return getattr(scenario, function)(self, *arguments) or {"done": 1}


class Crowd:
    """Forked processes of a client, which perform each command together."""

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

    def perform(self, line):
        for pipe in self.pipes:
            pipe.send(line)
        answers = [pipe.recv() for pipe in self.pipes]
        return {name: sum(answer[name] for answer in answers) for name in ("ops", "cpu")}


def run_worker(client, index, pipe, parents):
    # A worker that waits for a connection that the server never took doesn't see its parent's end.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for end in parents:
        end.close()  # An inherited one would keep the worker from seeing that the parent has gone.
    client.index = index
    len(client.dict)  # An inherited proxy connects at its first call.
    pipe.send("ready")
    try:
        while True:
            pipe.send(client.perform(pipe.recv()))
    except EOFError:
        pass  # The parent has gone.


def run(client):
    print("ready", flush=True)
    for line in sys.stdin:
        answer = client.perform(line)
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
