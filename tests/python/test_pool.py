"""Pool: what multiprocessing's promises, and that workers may die."""

import contextlib
import functools
import io
import multiprocessing
import os
import pickle
import sys
import tempfile
import threading
import unittest
import unittest.mock
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.pool import MaybeEncodingError

import syncmanager
import work
from support import METHODS, counting
from syncmanager import InvalidArgument, Pool, TaskFailed, WorkerLost
from syncmanager._session.operations import pool as operations
from syncmanager._tasks.outcomes import Joined, Part

MIB = 1 << 20


class PoolTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.manager = syncmanager.Manager()
        cls.pool = Pool(2, manager=cls.manager)

    @classmethod
    def tearDownClass(cls):
        cls.pool.terminate()
        cls.pool.join()
        cls.manager.shutdown()

    def test_calls(self):
        pool = self.pool
        self.assertEqual(pool.apply(work.add, (1, 2), {"c": 3}), 6)
        result = pool.apply_async(work.square, (7,))
        self.assertEqual(result.get(60), 49)
        self.assertTrue(result.ready() and result.successful())
        self.assertNotEqual(pool.apply(work.pid), os.getpid())

    def test_maps(self):
        pool = self.pool
        squares = [x * x for x in range(100)]
        self.assertEqual(pool.map(work.square, range(100)), squares)
        self.assertEqual(pool.map(work.square, range(100), chunksize=7), squares)
        self.assertEqual(pool.map(work.square, []), [])
        self.assertEqual(pool.starmap(work.add, [(1, 2), [3, 4]]), [3, 7])
        self.assertEqual(pool.map_async(work.square, iter(range(5))).get(60), squares[:5])
        self.assertEqual(pool.starmap_async(work.add, [(1,)]).get(60), [1])

    def test_a_chunk_of_any_size(self):
        self.assertEqual(self.pool.map(work.square, range(250_000), chunksize=200_000),
                         [n * n for n in range(250_000)])
        with self.assertRaisesRegex(KeyError, "3"):
            self.pool.map(work.fail_on_3, range(50_000), chunksize=50_000)

    def test_imaps(self):
        pool = self.pool
        squares = [x * x for x in range(100)]
        self.assertEqual(list(pool.imap(work.square, range(100))), squares)
        self.assertEqual(list(pool.imap(work.square, range(100), chunksize=8)), squares)
        self.assertEqual(sorted(pool.imap_unordered(work.square, iter(range(100)))), squares)
        results = pool.imap(work.fail_on_3, range(5))
        self.assertEqual([next(results), next(results), next(results)], [0, 1, 2])
        self.assertRaises(KeyError, next, results)
        self.assertEqual(list(results), [4])
        with self.assertRaisesRegex(ValueError, r"Chunksize must be 1\+, not 0"):
            pool.imap(work.square, [], 0)

    def test_an_imap_takes_no_more_than_there_is_room_for(self):
        taken = []
        results = self.pool.imap(work.square, counting(range(10_000), taken))
        for number in range(100):
            self.assertEqual(next(results), number * number)
        self.assertLess(len(taken), 400)
        self.assertEqual(sum(1 for _ in results), 9_900)

    def test_an_iterable_that_raises_does_so_where_its_item_would_have_been(self):
        def numbers():
            yield 1
            raise ZeroDivisionError

        results = self.pool.imap(work.square, numbers())
        self.assertEqual(next(results), 1)
        self.assertRaises(ZeroDivisionError, next, results)

    def test_callbacks(self):
        heard, both = [], threading.Semaphore(0)

        def hear(what):
            heard.append(what)
            both.release()

        self.pool.apply_async(work.square, (3,), callback=hear).wait(60)
        self.pool.map_async(work.fail, [1], error_callback=hear).wait(60)
        both.acquire(), both.acquire()
        self.assertEqual(heard[0], 9)
        self.assertEqual(str(heard[1]), "no 1")

    def test_a_callback_that_raises_keeps_nobody_from_the_result(self):
        with contextlib.redirect_stderr(io.StringIO()) as said:
            result = self.pool.apply_async(work.square, (3,), callback=work.fail)
            self.assertEqual(result.get(60), 9)
        self.assertIn("ValueError: no 9", said.getvalue())

    def test_errors_are_those_of_the_function_with_its_traceback(self):
        with self.assertRaisesRegex(ValueError, "no 5") as caught:
            self.pool.apply(work.fail, (5,))
        self.assertIsInstance(caught.exception.__cause__, multiprocessing.pool.RemoteTraceback)
        self.assertIn('raise ValueError(f"no {x}")', str(caught.exception.__cause__))
        self.assertRaises(KeyError, self.pool.map, work.fail_on_3, range(10))
        with self.assertRaisesRegex(MaybeEncodingError, "Error sending result"):
            self.pool.apply(work.unpicklable)
        with self.assertRaisesRegex(TaskFailed, "Stranger: 1"):
            self.pool.apply(work.raise_stranger)

    def test_what_cant_travel_is_said(self):
        with unittest.mock.patch.dict(sys.modules, cloudpickle=None):
            with self.assertRaisesRegex(pickle.PicklingError, "install cloudpickle"):
                self.pool.apply(lambda: 0)
        with self.assertRaisesRegex(TypeError, "3 is not callable"):
            self.pool.apply(3)

    def test_functions_travel_by_value_with_cloudpickle(self):
        one = 1

        class Adder:
            def __call__(self, x):
                return work.add(x, one)

        self.assertEqual(self.pool.map(lambda x: x + one, range(3)), [1, 2, 3])
        self.assertEqual(self.pool.apply(Adder(), (5,)), 6)
        with self.assertRaisesRegex(TypeError, "cannot pickle '_thread.lock'"):
            lock = threading.Lock()
            self.pool.apply(lambda: lock)

    def test_callables_of_all_kinds(self):
        self.assertEqual(self.pool.apply(functools.partial(work.add, 1), (2,)), 3)
        self.assertEqual(self.pool.map("a-b-c".split, ["-"]), [["a", "b", "c"]])
        self.assertEqual(self.pool.map(int, ["7", "8"]), [7, 8])
        self.assertEqual(self.pool.apply(len, ([1, 2],)), 2)

    def test_a_task_that_exits_ends_itself_only(self):
        with self.assertRaisesRegex(SystemExit, "3"):
            self.pool.apply(sys.exit, (3,))

    def test_misuse_is_refused_as_multiprocessing_refuses_it(self):
        with self.assertRaisesRegex(ValueError, "Number of processes"):
            Pool(-1)
        with self.assertRaisesRegex(TypeError, "initializer must be a callable"):
            Pool(1, initializer=3)
        with self.assertRaisesRegex(ValueError, "maxtasksperchild must be"):
            Pool(1, maxtasksperchild=0)
        with self.assertRaisesRegex(ValueError, "not ready"):
            event = self.manager.Event()
            try:
                self.pool.apply_async(work.wait_for, (event,)).successful()
            finally:
                event.set()
        self.assertRaises(NotImplementedError, multiprocessing.reduction.ForkingPickler.dumps,
                          self.pool)


class SizesTest(unittest.TestCase):
    """More than travels together, and more than the manager takes."""

    @classmethod
    def setUpClass(cls):
        cls.manager = syncmanager.Manager(limits={"value_bytes": 8 * MIB})
        cls.addClassCleanup(cls.manager.shutdown)

    def setUp(self):
        self.pool = Pool(2, manager=self.manager)
        self.addCleanup(self.pool.join)
        self.addCleanup(self.pool.close)

    def test_a_chunk_of_large_arguments_is_several_tasks(self):
        texts = [bytes([n]) * MIB for n in range(12)]
        self.assertEqual(self.pool.map(work.first, texts, chunksize=12), list(range(12)))
        self.assertEqual(self.pool.map(work.first, [b"x"] + texts, chunksize=13)[0], ord("x"))

    def test_a_chunk_of_large_results_comes_in_parts(self):
        sizes = [1, 3 * MIB, *range(5), 2 * MIB, MIB, *[MIB // 2] * 9]
        results = self.pool.map(bytes, sizes, chunksize=len(sizes))
        self.assertEqual([len(one) for one in results], sizes)
        self.assertEqual(self.pool.apply(list, ([bytes(MIB)] * 3,)), [bytes(MIB)] * 3)

    def test_chunks_of_many_elements_are_divided_too(self):
        rows = [[n] * 20 for n in range(20_000)]
        self.assertEqual(self.pool.map(work.first, rows, chunksize=20_000), list(range(20_000)))
        self.assertEqual(self.pool.map(work.row, range(20_000), chunksize=20_000), rows)

    def test_results_that_are_large_together_are_sent_one_after_the_other(self):
        results = self.pool.imap(bytes, [MIB // 4] * 100)
        self.assertEqual({len(one) for one in results}, {MIB // 4})

    def test_what_is_too_large_alone_is_an_error_and_the_pool_goes_on(self):
        with self.assertRaisesRegex(InvalidArgument, "--max-value-bytes"):
            self.pool.apply(len, (bytes(8 * MIB),))
        with self.assertRaisesRegex(InvalidArgument, "--max-value-bytes"):
            self.pool.apply(bytes, (8 * MIB,))
        with self.assertRaisesRegex(InvalidArgument, "--max-value-bytes"):
            self.pool.map(bytes, [MIB, 8 * MIB, MIB], chunksize=3)
        self.assertEqual(self.pool.apply(work.square, (3,)), 9)

    def test_parts_that_are_kept_come_together(self):
        kept = self.manager.TaskPool(name="kept")
        task = (1, "python:builtins:bytes", [MIB] * 4, 1, 0, 0)
        operations.submit(kept, None, {"name": "report", "kept": True}, [task])
        with Pool(1, manager=self.manager, name="kept"):
            self.assertEqual(next(kept.results("report")), (1, True, [bytes(MIB)] * 4))

    def test_parts_of_a_worker_that_died_are_not_counted(self):
        joined = Joined()
        self.assertEqual(joined.add(Part(b"one", 0, [1, 2])), (True, [1, 2]))
        self.assertEqual(joined.add(Part(b"another", 0, [1])), (True, [1]))
        self.assertEqual(joined.add(Part(b"another", 1, [2, 3])), (True, [1, 2, 3]))
        success, error = joined.add(Part(b"elsewhere", 2, [3]))
        self.assertFalse(success)
        self.assertRegex(str(error), "somebody else has collected some of the 2 results")


class DeathsTest(unittest.TestCase):
    def setUp(self):
        self.manager = syncmanager.Manager()
        self.addCleanup(self.manager.shutdown)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.mark = os.path.join(folder.name, "tried")

    def test_only_the_task_of_a_dead_worker_is_tried_again(self):
        with Pool(2, manager=self.manager) as pool:
            killed = pool.apply_async(work.die_once, (self.mark, "done"))
            self.assertEqual(pool.map(work.square, range(1000)), [x * x for x in range(1000)])
            self.assertEqual(killed.get(60), "done")

    def test_one_that_keeps_killing_is_lost_and_named_and_can_be_retried(self):
        with Pool(1, manager=self.manager, name="deadly", attempts=2) as pool:
            lost = pool.apply_async(work.die)
            self.assertEqual(pool.apply(work.square, (3,)), 9)
            with self.assertRaisesRegex(WorkerLost, r"was lost with worker \d+ on .*, worker \d+ on"
                                                    ".* dead tasks of pool 'deadly'") as caught:
                lost.get(60)
            self.assertEqual(len(caught.exception.workers), 2)
            (dead,) = pool.state()["dead"]
            self.assertEqual(dead["task"], caught.exception.task)
            self.assertEqual(pool.retry(dead["task"]), 1)

    def test_one_that_breaks_its_workers_is_lost_too(self):
        with Pool(1, manager=self.manager) as pool:
            with self.assertRaisesRegex(WorkerLost, "was lost with"):
                pool.apply(work.break_worker)
            self.assertEqual(pool.apply(work.square, (3,)), 9)

    def test_a_worker_is_replaced_after_so_many_tasks(self):
        with Pool(1, manager=self.manager, maxtasksperchild=2) as pool:
            pids = [pool.apply(work.pid) for _ in range(6)]
        self.assertEqual(len(set(pids)), 3)

    def test_workers_begin_with_the_initializer(self):
        with Pool(1, work.initialize, ("x",), manager=self.manager) as pool:
            self.assertEqual(pool.apply(work.initialized), ["x"])

    def test_an_initializer_that_raises_is_heard_of(self):
        with Pool(1, work.initialize_badly, manager=self.manager) as pool:
            with self.assertRaisesRegex(Exception, "a worker can't begin"):
                pool.apply(work.square, (1,))
            with self.assertRaisesRegex(BrokenProcessPool, "a worker can't begin"):
                next(pool.imap(work.square, range(3)))

    def test_workers_of_all_kinds_of_children(self):
        for method in METHODS:
            context = multiprocessing.get_context(method)
            with Pool(1, context=context, manager=self.manager) as pool:
                self.assertEqual(pool.map(work.square, range(5)), [0, 1, 4, 9, 16])

    def test_close_and_join_wait_for_what_was_submitted(self):
        pool = Pool(2, manager=self.manager)
        results = [pool.apply_async(work.square, (n,)) for n in range(50)]
        taken = pool.imap(work.square, range(100))
        pool.close()
        self.assertRaisesRegex(ValueError, "Pool not running", pool.map, work.square, [1])
        pool.join()
        self.assertEqual([result.get(0) for result in results], [n * n for n in range(50)])
        self.assertEqual(list(taken), [n * n for n in range(100)])

    def test_terminate_leaves_nobody_waiting(self):
        pool = Pool(1, manager=self.manager)
        results = [pool.apply_async(work.wait_for, (self.manager.Event(),)) for _ in range(3)]
        pool.terminate()
        pool.join()
        for result in results:
            with self.assertRaisesRegex(syncmanager.Cancelled, "the pool was terminated"):
                result.get(60)

    def test_a_pool_of_its_own_manager(self):
        with Pool(1) as pool:
            self.assertEqual(pool.apply(work.square, (4,)), 16)


if __name__ == "__main__":
    unittest.main()
