"""The remote manager of multiprocessing's manual: one program serves a queue, others put and get.

    remote_queue.py server PORT_FILE     # until somebody interrupts it
    remote_queue.py putter PORT TEXT
    remote_queue.py getter PORT
    remote_queue.py                      # all of them

The queue is an ordinary one, of Python's own, in the server's process; its proxies call it there.
"""

import queue
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable

from syncmanager.managers import BaseManager


class QueueManager(BaseManager):
    """The manager as clients know it: it has a queue."""

    get_queue: Callable[[], queue.Queue[str]]


QueueManager.register("get_queue")


def serve(port_file):
    jobs: queue.Queue[str] = queue.Queue()

    class ServingManager(QueueManager):
        """The manager as the server knows it: this is the queue."""

    ServingManager.register("get_queue", callable=lambda: jobs)
    server = ServingManager(address=("127.0.0.1", 0), authkey=b"abracadabra").get_server()
    with open(port_file, "w") as file:
        print(server.address[1], file=file)
    server.serve_forever()


def remote_queue(port):
    manager = QueueManager(address=("127.0.0.1", int(port)), authkey=b"abracadabra")
    manager.connect()
    return manager.get_queue()


def put(port, text):
    remote_queue(port).put(text)


def get(port):
    print("got", remote_queue(port).get())


def start(*arguments):
    return subprocess.Popen([sys.executable, __file__, *arguments])


def main():
    with tempfile.NamedTemporaryFile("r") as file:
        server = start("server", file.name)
        while not (port := file.readline().strip()):
            server.poll()
        getter, putter = start("getter", port), start("putter", port, "hello")
        failed = putter.wait() or getter.wait()
        server.send_signal(signal.SIGINT)
        return failed or server.wait()


if __name__ == "__main__":
    role, *arguments = sys.argv[1:] or ["all"]
    roles: dict[str, Callable[..., int | None]] = {
        "server": serve, "putter": put, "getter": get, "all": main}
    sys.exit(roles[role](*arguments))
