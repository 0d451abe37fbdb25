"""Sockets and ends of pipes as values: each receiver gets a descriptor of its own."""

import asyncio
import functools
import importlib.util
import multiprocessing
import os
import pickle
import resource
import signal
import socket
import struct
import tempfile
import threading
import unittest
import unittest.mock
from multiprocessing import connection, reduction

import syncmanager
from support import METHODS, SOON, ManagerTest, await_that, run
from syncmanager import DescriptorLost, Executor, Pool, aio, values
from syncmanager._session import descriptors
from syncmanager.managers import SyncManager


class Box:
    """An object that is hosted."""

    def __init__(self):
        self.content = None

    def set(self, content):
        self.content = content

    def get(self):
        return self.content

    def make(self):
        """One end; the other one stays here."""
        self.content, end = multiprocessing.Pipe()
        return {"end": [end]}

    def hear(self):
        return self.content.recv()


class WithBox(SyncManager):
    pass


WithBox.register("Box", Box)


class File:
    """A class of a program's that sends its descriptor as multiprocessing does."""

    def __init__(self, shared):
        self.descriptor = shared.detach()

    def __reduce__(self):
        return File, (reduction.DupFd(self.descriptor),)


def say(end, what="hello"):
    end.send(what)


def say_from(queue):
    queue.get().send("hello")


def give_end(queue):
    """A process that ends as soon as it has sent one."""
    ours, theirs = multiprocessing.Pipe()
    ours.send("left behind")
    queue.put(theirs)


def echo(value):
    return value


def make_end():
    ours, theirs = multiprocessing.Pipe()
    ours.send("from the worker")
    ours.close()
    return [theirs]


def say_the_second_time(end, path):
    """Kills the worker that does it first."""
    if not os.path.exists(path):
        open(path, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    end.send("again")


def raise_end(end):
    raise ValueError(end)


def send_too_many(answers):
    """In a process that may have few descriptors open, with a manager of its own."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
    ours, theirs = multiprocessing.Pipe()
    with syncmanager.Manager() as manager:
        ends = manager.list()
        try:
            for _ in range(100):
                ends.append(theirs)
        except DescriptorLost as error:
            answers.put(str(error))


class Custodian:
    """The process that has this manager's descriptors."""

    def __init__(self, manager):
        session = manager._syncmanager_own.session
        self.place = session.translation.custodian
        with connection.Client(self.place.address) as client:
            with socket.socket(fileno=os.dup(client.fileno())) as own:
                credentials = own.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        self.pid = struct.unpack("3i", credentials)[0]

    def kill(self):
        ended = os.pidfd_open(self.pid)
        os.kill(self.pid, signal.SIGKILL)
        connection.wait([ended], 30)
        os.close(ended)


class DescriptorsTest(ManagerTest):
    @classmethod
    def setUpClass(cls):
        cls.manager = WithBox(cls.address())
        cls.manager.start()

    @staticmethod
    def address():
        return None

    def setUp(self):
        self.ours, self.theirs = multiprocessing.Pipe()
        self.addCleanup(self.ours.close)
        self.addCleanup(self.theirs.close)

    def assert_end(self, found, what="hello"):
        """It is a copy of `theirs`, with a descriptor of its own."""
        self.assertNotEqual(found.fileno(), self.theirs.fileno())
        found.send(what)
        self.assertEqual(self.ours.recv(), what)
        found.close()
        os.fstat(self.theirs.fileno())  # It is open still.

    def assert_ended(self, end=None):
        """Nobody has the other end open any more."""
        end = end or self.ours
        self.assertTrue(end.poll(30))
        self.assertRaises(EOFError, end.recv)


class ContainersTest(DescriptorsTest):
    def test_a_queue(self):
        queue = self.manager.Queue()
        queue.put(self.theirs)
        self.assert_end(queue.get())

    def test_a_reliable_queue_gives_it_again(self):
        queue = self.manager.Queue(reliable=True)
        queue.put(self.theirs)
        delivery = queue.take()
        self.assert_end(delivery.item)
        delivery.nack()
        self.assert_end(queue.take().item)

    def test_a_dict_a_list_and_a_namespace_as_often_as_they_are_read(self):
        entries = self.manager.dict({"end": self.theirs})
        elements = self.manager.list([self.theirs, {"in": (self.theirs,)}])
        names = self.manager.Namespace(end=self.theirs)
        for _ in range(2):
            self.assert_end(entries["end"])
            self.assert_end(elements[0])
            self.assert_end(elements[1]["in"][0])
            self.assert_end(names.end)
        first, second = entries["end"], entries["end"]
        self.assertNotEqual(first.fileno(), second.fileno())

    def test_a_hosted_object(self):
        box = self.manager.Box()
        box.set({"end": self.theirs})
        for _ in range(2):
            self.assert_end(box.get()["end"])
        box.make()["end"][0].send("to the host")
        self.assertEqual(box.hear(), "to the host")

    def test_sockets_are_what_they_were(self):
        queue = self.manager.Queue()
        listening = socket.create_server(("127.0.0.1", 0))
        queue.put(listening)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, listening:
            queue.put([datagrams])
            with queue.get() as again, socket.create_connection(again.getsockname()) as client:
                accepted, _ = listening.accept()
                queue.put(accepted)
                accepted.close()
                with queue.get()[0] as found:
                    self.assertEqual(found.type, socket.SOCK_DGRAM)
                with queue.get() as found:
                    found.sendall(b"welcome")
                self.assertEqual(client.recv(100), b"welcome")
                self.assertEqual(client.recv(100), b"")

    def test_one_way_ends_stay_one_way(self):
        reader, writer = multiprocessing.Pipe(duplex=False)
        queue = self.manager.Queue()
        queue.put((reader, writer))
        with reader, writer:
            found_reader, found_writer = queue.get()
        found_writer.send(1)
        self.assertEqual(found_reader.recv(), 1)
        self.assertEqual((found_reader.writable, found_writer.readable), (False, False))

    def test_what_a_program_sends_as_multiprocessing_does(self):
        queue = self.manager.Queue()
        ours, theirs = os.pipe()
        queue.put(File(reduction.DupFd(theirs)))
        os.close(theirs)
        os.write(queue.get().descriptor, b"x")
        self.assertEqual(os.read(ours, 1), b"x")
        os.close(ours)

    def test_children_take_it_and_send_it(self):
        for method in METHODS:
            with self.subTest(method):
                queue = self.manager.Queue()
                with run(method, say_from, queue):
                    queue.put(self.theirs)
                    self.assertEqual(self.ours.recv(), "hello")
                with run(method, give_end, queue):
                    pass
                self.assertEqual(queue.get().recv(), "left behind")


class OverTcpTest(ContainersTest):
    @staticmethod
    def address():
        return "127.0.0.1", 0


class LifetimesTest(DescriptorsTest):
    def test_it_is_closed_when_the_last_copy_is(self):
        queue = self.manager.Queue()
        queue.put(self.theirs)
        self.theirs.close()
        queue.get().close()
        self.assert_ended()

    def test_it_is_closed_with_the_value(self):
        entries = self.manager.dict(end=self.theirs)
        self.theirs.close()
        del entries["end"]
        self.assert_ended()

    def test_it_is_closed_with_the_object(self):
        queue = self.manager.Queue()
        queue.put(self.theirs)
        self.theirs.close()
        del queue
        self.assert_ended()

    def test_what_cannot_be_sent_leaves_none_behind(self):
        queue = self.manager.Queue()
        self.assertRaises(TypeError, queue.put, [self.theirs, threading.Lock()])
        self.theirs.close()
        self.assert_ended()

    def test_many_are_sent_and_few_are_open(self):
        queue = self.manager.Queue()
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(100):
            queue.put(self.theirs)
            queue.get().close()
        self.assertLess(len(os.listdir("/proc/self/fd")), before + 20)

    def test_a_copy_doesnt_end_with_its_manager(self):
        with syncmanager.Manager() as manager:
            queue = manager.Queue()
            queue.put(self.theirs)
            found = queue.get()
        self.assert_end(found)

    def test_one_that_nobody_took_ends_with_the_manager(self):
        with syncmanager.Manager() as manager:
            queue = manager.Queue()
            queue.put(self.theirs)
            self.theirs.close()
            del queue
        self.assert_ended()


class RefusalsTest(DescriptorsTest):
    def test_another_host_is_told(self):
        queue = self.manager.Queue()
        queue.put(self.theirs)
        with unittest.mock.patch.object(descriptors, "machine", lambda: "another"):
            with self.assertRaisesRegex(DescriptorLost, "a descriptor can't leave its host"):
                queue.get()

    def test_when_the_custodian_was_killed_whoever_takes_one_is_told_and_another_begins(self):
        entries = self.manager.dict(end=self.theirs)
        Custodian(self.manager).kill()
        with self.assertRaisesRegex(DescriptorLost, "has ended or has it no longer.*send it again"):
            entries["end"]
        entries["end"] = self.theirs
        self.assert_end(entries["end"])

    def test_a_host_has_as_many_as_a_process_may_have(self):
        answers = self.manager.Queue()
        with run("spawn", send_too_many, answers):
            self.assertRegex(answers.get(timeout=SOON), "can't be sent: the values of the manager "
                             r"have 60 open descriptors of this host.*\(ulimit -Hn\)")

    def test_a_manager_that_takes_no_session_more(self):
        with syncmanager.Manager(limits={"sessions": 1}) as manager:
            with self.assertRaisesRegex(DescriptorLost, "can't begin: .*its limit of 1 sessions"):
                manager.Queue().put(self.theirs)

    def test_it_ends_with_the_manager(self):
        with syncmanager.Manager() as manager:
            manager.Queue().put(self.theirs)
            ended = os.pidfd_open(Custodian(manager).pid)
        self.assertTrue(connection.wait([ended], 30))
        os.close(ended)

    def test_a_stranger_is_given_nothing(self):
        self.manager.Queue().put(self.theirs)
        place = Custodian(self.manager).place
        with connection.Client(place.address) as stranger:
            stranger.send_bytes(descriptors.REQUEST.pack(b"guessed", descriptors.GIVE, 1))
            self.assertRaises(EOFError, stranger.recv_bytes)
        with self.assertRaisesRegex(ConnectionRefusedError, "another user listens"):
            descriptors.asked(place._replace(user=place.user + 1), descriptors.GIVE, 1)

    def test_without_pickles_none_is_sent(self):
        manager = syncmanager.connect(self.manager.address, authkey=self.manager._authkey,
                                      pickle=False)
        with self.assertRaisesRegex(values.PickleRefused, "Connection would have to be pickled"):
            manager.Queue().put(self.theirs)

    def test_a_second_client_finds_the_custodian_of_the_first(self):
        self.manager.Queue().put(self.theirs)
        other = syncmanager.connect(self.manager.address, authkey=self.manager._authkey)
        other.Queue().put(self.theirs)
        self.assertEqual(Custodian(other).pid, Custodian(self.manager).pid)

    def test_no_row_is_shown_for_it(self):
        before = self.manager._number_of_objects()
        queue = self.manager.Queue()
        queue.put(self.theirs)
        queue.get()
        self.assertTrue(await_that(lambda: self.manager._number_of_objects() == before + 1))


class AsyncTest(DescriptorsTest):
    def test_a_queue_of_asyncio(self):
        asyncio.run(self.put_and_get())

    async def put_and_get(self):
        async with aio.connect(self.manager.address, authkey=self.manager._authkey) as manager:
            queue = await manager.Queue()
            await queue.put([self.theirs])
            self.assert_end((await queue.get())[0])


class AmongProxiesTest(DescriptorsTest):
    def test_beside_proxies_of_both_managers(self):
        with syncmanager.Manager() as another:
            queue = self.manager.Queue()
            queue.put({"end": self.theirs, "own": self.manager.list([1]),
                       "foreign": another.list([2]), "set": frozenset([3])})
            found = queue.get()
            self.assertEqual((found["own"][:], found["foreign"][:]), ([1], [2]))
            self.assert_end(found["end"])

    def test_proxies_that_only_the_value_has(self):
        queue = self.manager.Queue()
        queue.put(WithNewList(self.manager))
        self.assertEqual(queue.get()[:], ["new"])

    def test_a_lost_update_is_watched_for_without_touching_it(self):
        entries = self.manager.dict(end=self.theirs)
        syncmanager.warn_lost_updates()
        self.addCleanup(syncmanager.warn_lost_updates, False)
        self.assert_end(entries["end"])
        entries["end"] = 1


class WithNewList:
    """Travels as a list that it makes for that."""

    def __init__(self, manager):
        self.manager = manager

    def __reduce__(self):
        return echo, (self.manager.list(["new"]),)


class TasksTest(DescriptorsTest):
    def test_arguments_and_results_of_a_pool(self):
        with Pool(1) as pool:
            pool.apply(say, (self.theirs,))
            self.assertEqual(self.ours.recv(), "hello")
            pool.map(say, [self.theirs] * 3)
            self.assertEqual([self.ours.recv() for _ in range(3)], ["hello"] * 3)
            self.assert_end(pool.apply(echo, ([self.theirs],))[0])
            self.assertEqual(pool.apply(make_end)[0].recv(), "from the worker")

    def test_arguments_and_results_of_an_executor(self):
        with Executor(1) as executor:
            executor.submit(say, end=self.theirs).result()
            self.assertEqual(self.ours.recv(), "hello")
            for found, in executor.map(echo, [[self.theirs]] * 2):
                self.assert_end(found)

    def test_a_function_that_has_one(self):
        with Pool(1) as pool:
            pool.apply(functools.partial(say, self.theirs))
            self.assertEqual(self.ours.recv(), "hello")
            pool.apply(self.theirs.send, ("bound",))
            self.assertEqual(self.ours.recv(), "bound")
            results = self.manager.list()
            pool.apply(functools.partial(results.append, 1))
            self.assertEqual(results[:], [1])

    @unittest.skipIf(importlib.util.find_spec("cloudpickle") is None, "needs python3-cloudpickle")
    def test_a_lambda_that_has_one_and_a_proxy_that_nobody_else_has(self):
        end, results = self.theirs, [self.manager.list([1])]
        with Pool(1) as pool:
            result = pool.apply_async(lambda: (end.send("lambda"), results[0][:])[1])
            results = None
            self.assertEqual(result.get(60), [1])
        self.assertEqual(self.ours.recv(), "lambda")

    def test_a_task_that_is_tried_again(self):
        with tempfile.TemporaryDirectory() as folder, Executor(1) as executor:
            executor.submit(say_the_second_time, self.theirs, folder + "/once").result()
            self.assertEqual(self.ours.recv(), "again")

    def test_an_error_that_has_one_is_told_without_it(self):
        with Pool(1) as pool:
            with self.assertRaisesRegex(syncmanager.TaskFailed, "ValueError"):
                pool.apply(raise_end, (self.theirs,))
        self.assert_end(pickle.loads(reduction.ForkingPickler.dumps(self.theirs)))


del DescriptorsTest, ManagerTest

if __name__ == "__main__":
    unittest.main()
