"""Clients of a serving process are served at any time and from any process."""

import contextlib
import multiprocessing
import os
import socket
import tempfile
import threading
import unittest

import hosted
import serving
from support import METHODS, run
from syncmanager import HostLost, SyncManager
from syncmanager._managers.own_manager import OwnManager

KEY = b"serving"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ConnectedTest(unittest.TestCase):
    """In children: a process has one session with a manager."""

    def outcomes_of(self, target, *args, clients=1):
        """Runs `target` in each client. Returns the items that it puts into the queue, its last
        argument."""
        outcomes = multiprocessing.Queue()
        with contextlib.ExitStack() as children:
            for _ in range(clients):
                children.enter_context(run("fork", target, *args, outcomes))
            return [outcomes.get(timeout=30) for _ in range(clients)]

    def test_clients_that_connect_while_the_server_starts(self):
        for _ in range(3):
            address = ("127.0.0.1", free_port())
            with run("fork", serving.serve, address, KEY) as server:
                found = self.outcomes_of(serving.put_at_once, address, KEY, clients=3)
                server.kill()
            self.assertEqual(found, ["put"] * 3)

    def test_clients_that_connect_while_a_manager_with_an_initializer_starts(self):
        address = ("127.0.0.1", free_port())
        with serving.Jobs(ctx=multiprocessing.get_context("fork")) as meeting:
            gate = meeting.Event()
            jobs = serving.Jobs(address, KEY)
            starting = threading.Thread(target=jobs.start, args=(gate.wait,))
            starting.start()
            outcomes = multiprocessing.Queue()
            with run("fork", serving.put_at_once, address, KEY, outcomes):
                gate.set()
                self.assertEqual(outcomes.get(timeout=30), "put")
            starting.join()
            self.assertEqual(jobs.get_box().get(), "item")
            jobs.shutdown()

    def test_a_pool_of_a_manager_that_has_hosted_nothing(self):
        for method in METHODS:
            with self.subTest(method):
                with SyncManager(("127.0.0.1", 0), KEY, ctx=multiprocessing.get_context(method)
                                 ) as manager:
                    self.assertEqual(multiprocessing.active_children(), [])
                    found = self.outcomes_of(serving.map_in_pool, manager.address, KEY, clients=2)
                    self.assertEqual(found, [[0, 1, 4]] * 2)
                    with manager.Pool(1) as pool:
                        self.assertEqual(pool.apply(hosted.square, (3,)), 9)

    def test_a_pool_of_a_server(self):
        address = ("127.0.0.1", free_port())
        with run("fork", serving.serve, address, KEY) as server:
            self.assertEqual(self.outcomes_of(serving.map_in_pool, address, KEY), [[0, 1, 4]])
            server.kill()

    def test_to_count_objects_starts_nothing(self):
        with SyncManager() as manager:
            things = [manager.list(), manager.Lock()]
            self.assertEqual(manager._number_of_objects(), len(things))
            self.assertEqual(len(manager._debug_info().splitlines()), len(things))
            self.assertEqual(multiprocessing.active_children(), [])

    def test_a_manager_that_no_process_hosts_objects_for(self):
        own = OwnManager(None, KEY)
        manager = SyncManager(own.unix, KEY)
        manager.connect()
        with self.assertRaisesRegex(HostLost, "no process hosts objects for the manager at "):
            manager.Pool(1)
        own.close()

    def test_a_host_that_cant_start_is_said_by_its_owner(self):
        manager = SyncManager(ctx=serving.WithoutProcesses())
        with manager, serving.standard_error() as said:
            self.assertRaises(HostLost, manager.Pool, 1)
            self.assertRaises(HostLost, manager.Pool, 1)
            manager.list()
        self.assertIn("there are no processes here", said.getvalue())


class ServingItselfTest(unittest.TestCase):
    """A process that serves is a client of its own server."""

    def serve(self, address):
        server = serving.Jobs(address, KEY).get_server()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.address

    def test_the_thread_that_made_the_server(self):
        with tempfile.TemporaryDirectory() as directory:
            for address in ("127.0.0.1", 0), os.path.join(directory, "socket"):
                client = serving.Client(self.serve(address), KEY)
                client.connect()
                client.get_box().put("item")
                self.assertEqual(client.get_box().get(), "item")
                client.get_box().put(client.list([1]))
                self.assertEqual(client.get_box().get()[:], [1])

    def test_a_thread_that_is_a_client_of_two_servers(self):
        clients = [serving.Client(self.serve(("127.0.0.1", 0)), KEY) for _ in range(2)]
        for client in clients:
            client.connect()
        depots = [client.Depot() for client in clients]
        for number, depot in enumerate(depots):
            depot.keep(number)
        self.assertEqual([depot.kept() for depot in depots], [0, 1])

    def test_an_object_that_calls_its_own_manager(self):
        address = self.serve(("127.0.0.1", 0))
        client = serving.Client(address, KEY)
        client.connect()
        self.assertEqual(client.Depot().ask_manager(address, KEY), "asked")


class LeftoversTest(unittest.TestCase):
    def test_a_thread_keeps_nothing_of_managers_that_have_ended(self):
        def call():
            with serving.Jobs(ctx=multiprocessing.get_context("fork")) as jobs:
                jobs.Depot().keep(1)

        call()
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(3):
            call()
        self.assertLessEqual(len(os.listdir("/proc/self/fd")), before)


if __name__ == "__main__":
    unittest.main()
