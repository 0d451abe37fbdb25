"""All objects that multiprocessing can send are values; others are refused with its messages."""

import array
import collections
import copyreg
import ctypes
import functools
import io
import itertools
import multiprocessing
import os
import pickle
import sys
import threading
import types
import unittest
import weakref
from multiprocessing import context, reduction, shared_memory

import syncmanager
from support import METHODS, ManagerTest, run
from syncmanager import Executor, Pool
from syncmanager.managers import SyncManager

try:
    import numpy
except ImportError:
    numpy = None


class Job:
    def __init__(self, *parts):
        self.parts = parts

    def first(self):
        return self.parts[0]


class Registered(Job):
    """Travels by what a program registers for it."""

    def __reduce__(self):
        raise TypeError("it is pickled by what it says itself")


class RegisteredForProcesses(Registered):
    pass


class Three(ctypes.c_int * 3):
    pass


class Pair(ctypes.Structure):
    _fields_ = [("one", ctypes.c_int), ("other", ctypes.c_double)]


class ByProtocol(Job):
    def __reduce_ex__(self, protocol):
        return ByProtocol, (protocol,)


class Chosen(Job):
    pass


class ChoosingPickler(reduction.ForkingPickler):
    def reducer_override(self, value):
        if type(value) is Chosen:
            return Chosen, ("by the program's own pickler",)
        return NotImplemented


class ChoosingReducer(reduction.AbstractReducer):
    ForkingPickler = ChoosingPickler


class Views:
    """A hosted object with what its methods may return."""

    def __init__(self):
        self.entries = collections.OrderedDict(a=1, b=2)

    def items(self):
        return self.entries.items()

    def plain(self):
        return [{"a": 1}.keys(), {"a": 1}.values(), {"a": 1}.items()]

    def take(self, value):
        return value

    def generate(self):
        return (number for number in range(3))


class WithViews(SyncManager):
    pass


WithViews.register("Views", Views)
WithViews.register("OrderedDict", collections.OrderedDict)


def register_all():
    """After everything was imported."""
    copyreg.pickle(Registered, lambda job: (make_registered, ("copyreg", *job.parts)))
    reduction.register(RegisteredForProcesses,
                       lambda job: (make_for_processes, ("ForkingPickler", *job.parts)))


def make_registered(*parts):
    return Registered(*parts)


def make_for_processes(*parts):
    return RegisteredForProcesses(*parts)


def echo(value):
    return value


def echo_from(queue, answers):
    answers.put(queue.get())


def make_local():
    class Local:
        pass

    return Local()


# By name: what makes it, and what it is to be when it arrives, as `look` shows it.
TRAVEL = {
    "keys": (lambda: {"a": 1}.keys(), list, ["a"]),
    "values": (lambda: {"a": 1}.values(), list, [1]),
    "items": (lambda: {"a": 1}.items(), list, [("a", 1)]),
    "items in order": (lambda: collections.OrderedDict(b=1, a=2).items(), list,
                       [("b", 1), ("a", 2)]),
    "a partial": (lambda: functools.partial(pow, 2), lambda found: found(5), 32),
    "a bound method": (lambda: Job(3).first, lambda found: found(), 3),
    "a list's method": (lambda: "a-b".split, lambda found: found("-"), ["a", "b"]),
    "a method of a type": (lambda: str.upper, lambda found: found("a"), "A"),
    "an array": (lambda: array.array("i", [1, 2]), list, [1, 2]),
    "an array of ctypes": (lambda: Three(1, 2, 3), list, [1, 2, 3]),
    "a structure": (lambda: Pair(1, 2.5), lambda found: (found.one, found.other), (1, 2.5)),
    "a class": (lambda: Job, lambda found: found is Job, True),
    "a function": (lambda: echo, lambda found: found is echo, True),
    "itertools": (lambda: itertools.count(3), lambda found: [next(found), next(found)], [3, 4]),
    "an iterator": (lambda: iter([1, 2]), list, [1, 2]),
    "a file in memory": (lambda: io.BytesIO(b"x"), lambda found: found.read(), b"x"),
    "a namespace": (lambda: types.SimpleNamespace(a=1), lambda found: found.a, 1),
    "__reduce_ex__": (lambda: ByProtocol(), lambda found: found.first() >= 4, True),
    "a buffer": (lambda: pickle.PickleBuffer(b"abc"), bytes, b"abc"),
}

# What it is made by, and the error.
STAY = {
    "a Queue": (multiprocessing.Queue, RuntimeError,
                "Queue objects should only be shared between processes through inheritance"),
    "a Lock": (multiprocessing.Lock, RuntimeError,
               "Lock objects should only be shared between processes through inheritance"),
    "an Event": (multiprocessing.Event, RuntimeError, "through inheritance"),
    "a Value": (lambda: multiprocessing.Value("i", 3), RuntimeError,
                "Synchronized objects should only be shared between processes through inheritance"),
    "an Array": (lambda: multiprocessing.Array("i", [3]), RuntimeError, "through inheritance"),
    "a RawArray": (lambda: multiprocessing.RawArray("i", [3]), RuntimeError, "through inheritance"),
    "a Process": (multiprocessing.Process, TypeError, "AuthenticationString object is disallowed"),
    "an authkey": (lambda: multiprocessing.current_process().authkey, TypeError,
                   "AuthenticationString object is disallowed"),
    "a pointer": (lambda: ctypes.pointer(ctypes.c_int(3)), ValueError, "containing pointers"),
    "a lambda": (lambda: lambda: 1, (AttributeError, pickle.PicklingError), "lambda"),
    "a local object": (make_local, (AttributeError, pickle.PicklingError), "make_local.*Local"),
    "a generator": (lambda: (one for one in ()), TypeError, "cannot pickle 'generator' object"),
    "a file": (lambda: sys.__stderr__, TypeError, "cannot pickle '_io.TextIOWrapper'"),
    "a module": (lambda: os, TypeError, "cannot pickle 'module' object"),
    "a weak reference": (lambda: weakref.ref(Job), TypeError, "cannot pickle 'weakref"),
    "a lock of threads": (threading.Lock, TypeError, "cannot pickle '_thread.lock' object"),
    "a memoryview": (lambda: memoryview(b"abc"), TypeError, "cannot pickle memoryview objects"),
}


class SentObjectsTest(ManagerTest):
    @classmethod
    def setUpClass(cls):
        cls.manager = WithViews(cls.address())
        cls.manager.start()
        cls.queue = cls.manager.Queue()

    @staticmethod
    def address():
        return None

    def ways(self):
        """Returns by name the functions that send a value and return the received value."""
        def through(value):
            self.queue.put(value)
            return self.queue.get()

        names = self.manager.Namespace()

        def named(value):
            names.value = value
            return names.value

        views = self.manager.Views()
        return {"queue": through, "dict": lambda value: self.manager.dict({"k": value})["k"],
                "list": lambda value: self.manager.list([value])[0], "namespace": named,
                "hosted": views.take}

    def test_what_travels(self):
        for way, send in self.ways().items():
            for name, (make, look, wanted) in TRAVEL.items():
                with self.subTest(name, way=way):
                    self.assertEqual(look(send(make())), wanted)
                    self.assertEqual(look(send([Job(make())])[0].first()), wanted)

    def test_what_stays(self):
        for way, send in self.ways().items():
            for name, (make, error, words) in STAY.items():
                with self.subTest(name, way=way):
                    value = make()
                    self.assertRaisesRegex(error, words, send, value)
                    self.assertRaisesRegex(error, words, send, Job({"in": value}))
        self.assertTrue(self.queue.empty())

    @unittest.skipIf(sys.version_info < (3, 11), "exceptions have no notes")
    def test_what_stays_says_what_to_do(self):
        with self.assertRaises((AttributeError, pickle.PicklingError)) as caught:
            self.queue.put(Job(lambda: 1))
        self.assertRegex(caught.exception.__notes__[0],
                         "The value, a Job, can't be sent: a function or a class is sent as its "
                         "name in its module")

    def test_while_a_process_is_started_too(self):
        class Sends:
            """Puts a Lock into the queue when it is pickled."""

            def __reduce__(own):
                with self.assertRaisesRegex(RuntimeError, "through inheritance"):
                    self.queue.put(multiprocessing.Lock())
                return int, ()

        with run("spawn", echo, Sends()):
            pass

    def test_what_a_program_registers_later(self):
        register_all()
        ways = self.ways()
        del ways["hosted"]  # The host has begun without it, and sends what it is sent.
        for way, send in ways.items():
            with self.subTest(way=way):
                self.assertIn("copyreg", send(Registered(1)).parts)
                self.assertIn("ForkingPickler", send(RegisteredForProcesses(1)).parts)

    def test_the_pickler_that_a_program_chooses(self):
        before = context.reduction
        self.addCleanup(setattr, context, "reduction", before)
        multiprocessing.get_context().reducer = ChoosingReducer()
        results = self.manager.list([1])
        self.queue.put([Chosen(results), results])
        found, proxy = self.queue.get()
        self.assertEqual((found.parts, proxy[:]), (("by the program's own pickler",), [1]))

    def test_shared_memory(self):
        memory = shared_memory.SharedMemory(create=True, size=16)
        self.addCleanup(memory.unlink)
        self.addCleanup(memory.close)
        self.queue.put(memory)
        found = self.queue.get()
        found.buf[0] = 7
        self.assertEqual((found.name, memory.buf[0]), (memory.name, 7))
        found.close()

    def test_exceptions_keep_their_notes(self):
        error = ValueError("no", 1)
        error.__notes__ = ["since it is Sunday"]
        self.queue.put(error)
        found = self.queue.get()
        self.assertEqual((found.args, found.__notes__), (error.args, error.__notes__))

    def test_what_hosted_methods_return(self):
        views = self.manager.Views()
        self.assertEqual(views.items(), [("a", 1), ("b", 2)])
        self.assertEqual(views.plain(), [["a"], [1], [("a", 1)]])
        self.assertRaisesRegex(syncmanager.RemoteError, "cannot pickle 'generator' object",
                               views.generate)
        ordered = self.manager.OrderedDict([(2, 1), (1, 2)])
        self.assertEqual(list(ordered.items()), [(2, 1), (1, 2)])

    def test_children_take_them(self):
        for method in METHODS:
            with self.subTest(method):
                answers = self.manager.Queue()
                with run(method, echo_from, self.queue, answers):
                    self.queue.put([{"a": 1}.items(), functools.partial(pow, 2), Job(1).first])
                    items, power, first = answers.get()
                self.assertEqual((items, power(3), first()), ([("a", 1)], 8, 1))

    @unittest.skipIf(numpy is None, "needs python3-numpy")
    def test_arrays_within_objects_can_be_written_to(self):
        self.queue.put(Job(numpy.arange(100_000), numpy.zeros((2, 2)).T))
        numbers, zeros = self.queue.get().parts
        numbers += 1
        zeros += 1
        self.assertEqual((numbers.sum(), zeros.sum()), (5_000_050_000, 4))

    def test_a_proxys_bound_method(self):
        results = self.manager.list()
        self.queue.put(results.append)
        self.queue.get()(1)
        self.assertEqual(results[:], [1])


class OverTcpTest(SentObjectsTest):
    @staticmethod
    def address():
        return "127.0.0.1", 0


class TasksTest(unittest.TestCase):
    def test_arguments_and_results(self):
        with Pool(1) as pool, Executor(1) as executor:
            for send in (lambda value: pool.apply(echo, (value,)),
                         lambda value: pool.map(echo, [value])[0],
                         lambda value: executor.submit(echo, value).result()):
                for name, (make, look, wanted) in TRAVEL.items():
                    with self.subTest(name):
                        self.assertEqual(look(send(make())), wanted)
                for name, (make, error, words) in STAY.items():
                    with self.subTest(name):
                        self.assertRaisesRegex(error, words, send, make())


del ManagerTest

if __name__ == "__main__":
    unittest.main()
