"""Every value comes back as it was sent, between programs in Python."""

import array
import collections
import enum
import math
import pickle
import struct
import unittest

import syncmanager
from support import METHODS, ManagerTest, run
from syncmanager import values
from syncmanager._session import codecs

try:
    import numpy
except ImportError:
    numpy = None


class Colour(enum.IntEnum):
    RED = 1


Point = collections.namedtuple("Point", "x y")


class Job:
    """A user's class, with whatever in it."""

    def __init__(self, **parts):
        self.__dict__.update(parts)


class Number(int):
    pass


class Frame:
    def __init__(self, content):
        self.content = content


class Secret:
    def __reduce__(self):
        raise AssertionError("somebody pickled it")


def nested(value, depth):
    for _ in range(depth):
        value = [value]
    return value


def send_back(queue, answers):
    answers.put(queue.get())


class ValuesTest(ManagerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.queue = cls.manager.Queue()

    def through(self, value):
        self.queue.put(value)
        return self.queue.get()

    def assert_same(self, value):
        """Equal, and of the same type."""
        found = self.through(value)
        self.assertEqual(found, value)
        self.assertIs(type(found), type(value))
        return found

    def test_pythons_own_types(self):
        for value in (None, True, False, "", "text \U0001f600 \0", b"", b"\0\xff", (), [], {},
                      set(), frozenset(), (1, (2, [3, {4: {5}}])), {(1, "a"): frozenset([None])},
                      complex(1, -2), ..., range(3), slice(1, 2), bytearray(b"x"),
                      array.array("d", [0.5])):
            with self.subTest(value=value):
                self.assert_same(value)

    def test_integers_of_any_size(self):
        for bits in (0, 1, 7, 8, 31, 32, 63, 64, 65, 127, 128, 1000, 100_000):
            for value in (2**bits, 2**bits - 1, -2**bits, -2**bits - 1, -2**bits + 1):
                self.assert_same(value)

    def test_floats_to_the_bit(self):
        for value in (0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, 1.7976931348623157e308):
            self.assertEqual(struct.pack("d", self.through(value)), struct.pack("d", value))
        entries = self.manager.dict({"nan": math.nan})
        self.assertTrue(math.isnan(entries["nan"]))

    def test_text_that_utf8_has_no_word_for(self):
        self.assert_same("lone \ud800 surrogate")
        self.assert_same([{"\udfff": "\udcff"}])

    def test_deep_values_and_values_inside_themselves(self):
        self.assert_same(nested("core", 40))
        self.assert_same({"deep": nested({"x": (1,)}, 40)})
        loop = [1]
        loop.append(loop)
        found = self.through(loop)
        self.assertIs(found[1], found)
        around = {}
        around["self"] = [around]
        found = self.through(around)
        self.assertIs(found["self"][0], found)

    def test_subclasses_stay_what_they_are(self):
        for value in (Colour.RED, Point(1, 2), collections.OrderedDict(a=1), Number(5),
                      collections.defaultdict(list, a=[1]), collections.Counter("aab")):
            with self.subTest(value=value):
                self.assert_same(value)
                self.assert_same([value, {"in": value}])

    def test_ones_own_classes_and_what_cannot_be_pickled(self):
        job = self.through(Job(name="sum", numbers=[1, 2]))
        self.assertIs(type(job), Job)
        self.assertEqual(vars(job), {"name": "sum", "numbers": [1, 2]})
        with self.assertRaises((pickle.PicklingError, AttributeError)):
            self.queue.put(lambda: None)
        self.assertTrue(self.queue.empty())

    def test_proxies_in_containers_and_in_ones_own_classes(self):
        results, lock = self.manager.list(), self.manager.Lock()
        found = self.through({"plain": [results], "own": Job(results=results, lock=lock)})
        found["plain"][0].append("plain")
        with found["own"].lock:
            self.assertTrue(lock.locked())
            found["own"].results.append("own")
        self.assertEqual(results[:], ["plain", "own"])

    def test_what_is_stored_keeps_the_proxies_objects_alive(self):
        jobs = self.manager.list([Job(results=self.manager.list([1]))])
        self.assertEqual(jobs[0].results[:], [1])

    def test_proxies_of_a_manager_with_a_key_of_its_own(self):
        with syncmanager.SyncManager(authkey=b"its own") as manager:
            queue = manager.Queue()
            queue.put(Job(answers=manager.list(["own"])))
            self.assertEqual(queue.get().answers[:], ["own"])

    def test_children_send_them_too(self):
        for method in METHODS:
            with self.subTest(method):
                answers = self.manager.Queue()
                with run(method, send_back, self.queue, answers):
                    self.queue.put(Job(point=Point(1, 2), answers=answers))
                    found = answers.get()
                found.answers.put(found.point)
                self.assertEqual(answers.get(), Point(1, 2))

    def test_a_codec_takes_its_class(self):
        values.register(Frame, "frame", lambda frame: [b"<", memoryview(frame.content), b">"],
                        lambda content: Frame(bytes(content[1:-1])))
        self.assertEqual(self.through([Frame(b"pixels")])[0].content, b"pixels")
        self.assertEqual(self.through(Job(frame=1)).frame, 1)

    def test_a_codec_that_nobody_knows_here(self):
        values.register(Secret, "secret", lambda secret: b"", lambda content: Secret())
        self.queue.put(Secret())
        del codecs._loads["secret"]
        with self.assertRaisesRegex(LookupError, "there is no codec 'secret' here"):
            self.queue.get()


class WithoutPickleTest(ManagerTest):
    @classmethod
    def setUpClass(cls):
        cls.manager = syncmanager.SyncManager(pickle=False)
        cls.manager.start()
        cls.trusting = syncmanager.SyncManager(cls.manager.address, pickle=True)
        cls.trusting.connect()

    def test_it_sends_no_pickles(self):
        queue = self.manager.Queue()
        for value in (Colour.RED, [Job()], "\ud800", nested(1, 40)):
            with self.assertRaisesRegex(values.PickleRefused, "pickle=False"):
                queue.put(value)
        self.assertTrue(queue.empty())

    def test_it_opens_none(self):
        self.trusting.Queue(name="pickles").put(Job())
        with self.assertRaisesRegex(values.PickleRefused, "somebody sent a pickle"):
            self.manager.Queue(name="pickles").get()

    def test_what_is_typed_travels(self):
        queue, results = self.manager.Queue(), self.manager.list([1])
        queue.put({"n": [1, 2.5, None, (b"x",)], "results": results})
        found = queue.get()
        found["results"].append(2)
        self.assertEqual((found["n"], results[:]), ([1, 2.5, None, (b"x",)], [1, 2]))

    def test_a_proxys_copy_and_a_childs_proxy_refuse_them_too(self):
        queue, answers = self.manager.Queue(), self.trusting.Queue()
        copied = pickle.loads(pickle.dumps(queue))
        with self.assertRaises(values.PickleRefused):
            copied.put(Job())
        for method in METHODS:
            with self.subTest(method), run(method, put_job, queue, answers):
                self.assertEqual(answers.get(), "PickleRefused")

    def test_connect_takes_it_as_well(self):
        manager = syncmanager.connect("unix:" + self.manager.address.removeprefix("unix:"),
                                      key_file=self.manager.key_file, pickle=False)
        with self.assertRaises(values.PickleRefused):
            manager.Queue().put(Job())


def put_job(queue, answers):
    try:
        queue.put(Job())
    except Exception as error:
        answers.put(type(error).__name__)


@unittest.skipIf(numpy is None, "needs python3-numpy")
class NumpyTest(ManagerTest):
    def assert_same(self, value):
        queue = self.manager.Queue()
        queue.put(value)
        found = queue.get()
        self.assertEqual((found.dtype, found.shape), (value.dtype, value.shape))
        numpy.testing.assert_array_equal(found, value)
        return found

    def test_arrays_of_all_shapes_and_types(self):
        numbers = numpy.arange(24.0).reshape(2, 3, 4)
        record = numpy.array([(1, 2.5, b"ab")], dtype=[("a", "i4"), ("b", "f8"), ("c", "S2")])
        for value in (numbers, numbers.T, numbers[:, ::2], numbers[::-1], numpy.array(5),
                      numpy.empty((0, 3)), numpy.empty(0, "S0"), record,
                      numpy.array(["2026-01-01"], "M8[D]"), numpy.array([1 + 2j]),
                      numpy.array(["text", "ü"]), numpy.arange(3, dtype=">i2"),
                      numpy.array([True]), numpy.array([1.5], "f2")):
            with self.subTest(shape=value.shape, dtype=value.dtype):
                self.assert_same(value)

    def test_what_arrives_can_be_written_to(self):
        found = self.assert_same(numpy.zeros(5))
        found += 1
        self.assertEqual(found.sum(), 5)

    def test_objects_subclasses_and_numbers_are_pickled(self):
        self.assert_same(numpy.array([None, "x"], dtype=object))
        self.assertIs(type(self.assert_same(numpy.rec.array([(1, 2.5)]))), numpy.recarray)
        self.assertIs(type(self.assert_same(numpy.float64(1.5))), numpy.float64)

    def test_no_copy_is_made_on_the_way_out(self):
        from syncmanager._session import numpy_codec
        value = numpy.arange(1000)
        self.assertTrue(numpy.shares_memory(numpy_codec._dump(value)[1], value))
        self.assertTrue(numpy.shares_memory(numpy_codec._dump(value.reshape(10, 100).T)[1], value))

    def test_they_need_no_pickle(self):
        with syncmanager.SyncManager(pickle=False) as manager:
            queue = manager.Queue()
            queue.put([numpy.arange(3)])
            self.assertEqual(queue.get()[0].tolist(), [0, 1, 2])


if __name__ == "__main__":
    unittest.main()
