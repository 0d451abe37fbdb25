"""The bench's client program of our Python package, with the commands of cpython_peer.py.

    python_client.py PACKAGE client URL KEY_FILE PROCESSES

PACKAGE is the folder that has the package.
"""

import os
import sys

sys.path[:0] = [os.path.dirname(os.path.abspath(__file__)), sys.argv.pop(1)]

import cpython_peer  # noqa: E402
import syncmanager  # noqa: E402


class Manager(syncmanager.SyncManager):
    """Has the functions that PeerManager registers, by names in ours."""

    def shared_dict(self):
        return self.named("bench").dict()

    def shared_queue(self, name):
        return self.Queue(name=name)


class Client(cpython_peer.Client):
    def address_of(self, text):
        return text

    def pool(self, workers):
        return syncmanager.Pool(workers, manager=self.manager)

    def executor(self, workers):
        return syncmanager.Executor(workers, manager=self.manager)

    def connected(self):
        manager = Manager(self.address, b"", key_file=self.key_file)
        manager.connect()
        return manager


if __name__ == "__main__":
    cpython_peer.main(Client)
