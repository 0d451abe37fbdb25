"""Producer and consumer on different hosts, here three programs on one; a wrong key is refused.

    over_tcp.py manager KEY PORT_FILE     # keeps the queue until somebody puts None
    over_tcp.py producer ADDRESS KEY
    over_tcp.py consumer ADDRESS KEY
    over_tcp.py                           # all of them

The key is what all of them know. It is never sent: each side proves that it has it.
"""

import subprocess
import sys
import tempfile

import syncmanager
from syncmanager import AuthenticationError, SyncManager
from syncmanager.managers import QueueProxy


def serve(key, address_file):
    with SyncManager(("127.0.0.1", 0), authkey=key) as manager:
        with open(address_file, "w") as file:
            file.write("syncmanager://{}:{}\n".format(*manager.address))
        manager.Event(name="served").wait()


def produce(manager):
    jobs = manager.Queue(name="jobs")
    for number in range(10):
        jobs.put({"number": number})
    jobs.put(None)


def consume(manager):
    jobs: QueueProxy[dict[str, int]] = manager.Queue(name="jobs")
    print("consumed", sum(job["number"] for job in iter(jobs.get, None)))
    manager.Event(name="served").set()


def start(*arguments):
    return subprocess.Popen([sys.executable, __file__, *arguments])


def main():
    key = "the key of this example"
    with tempfile.NamedTemporaryFile("r") as file:
        manager = start("manager", key, file.name)
        while not (address := file.readline().strip()):
            manager.poll()
        let_in = start("consumer", address, "guessed").wait() == 0
        print("a wrong key:", "let in" if let_in else "refused")
        producer, consumer = start("producer", address, key), start("consumer", address, key)
        return producer.wait() or consumer.wait() or manager.wait()


def client(role, address, key):
    try:
        manager = syncmanager.connect(address, authkey=key)
    except AuthenticationError as error:
        sys.exit(str(error))
    {"producer": produce, "consumer": consume}[role](manager)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(main())
    role, first, second = sys.argv[1:]
    if role == "manager":
        serve(first.encode(), second)
    else:
        client(role, first, second.encode())
