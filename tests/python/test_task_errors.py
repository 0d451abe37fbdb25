"""Every error of a task arrives at its submitter, with its message, and the task isn't repeated."""

import contextlib
import io
import os
import pickle
import tempfile
import unittest
from concurrent.futures import BrokenExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.pool import MaybeEncodingError

import odd_errors
import syncmanager
import work
from support import ManagerTest
from syncmanager import Executor, Pool, TaskFailed, WorkerLost
from syncmanager._session.operations import pool as operations
from syncmanager.worker import progress


class TaskErrorsTest(ManagerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pool = cls.enterClassContext(Pool(1, manager=cls.manager))
        cls.executor = cls.enterClassContext(Executor(1, manager=cls.manager))
        cls.ways = {
            "Pool": lambda function, *args: cls.pool.apply_async(function, args).get(60),
            "Executor": lambda function, *args: cls.executor.submit(function, *args).result(60),
        }

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.runs = os.path.join(folder.name, "runs")

    def error_of(self, way, function, *args):
        with self.assertRaises(BaseException) as caught:
            self.ways[way](function, *args)
        return caught.exception

    def test_each_arrives_with_its_words_and_its_task_is_done_once(self):
        for way in self.ways:
            for name in odd_errors.FAIL:
                with self.subTest(way, error=name):
                    error = self.error_of(way, odd_errors.fail, name, self.runs)
                    self.assertIn(odd_errors.WORDS, f"{error} {error.__cause__}")
                    with open(self.runs) as runs:
                        self.assertEqual(runs.read(), "x")
                    os.remove(self.runs)
                    self.assertEqual(self.ways[way](work.square, 3), 9)

    def test_one_that_cant_be_shown_is_named(self):
        for way in self.ways:
            with self.subTest(way):
                error = self.error_of(way, odd_errors.raise_what_shows_nothing)
                self.assertIn("raise_what_shows_nothing", str(error.__cause__))
                self.assertEqual(
                    str(error), "ShowsNothing: <str of this ShowsNothing raises RuntimeError>")

    def test_a_result_that_cant_be_pickled_is_the_error_that_each_library_has(self):
        error = self.error_of("Pool", odd_errors.lock)
        self.assertIsInstance(error, MaybeEncodingError)
        self.assertRegex(str(error), r"Error sending result: '<unlocked _thread.lock object at .*>'"
                                     r". Reason: 'TypeError\(\"cannot pickle")
        error = self.error_of("Executor", odd_errors.lock)
        self.assertIsInstance(error, TypeError)
        self.assertIn("cannot pickle '_thread.lock' object", str(error))
        self.assertIsInstance(self.error_of("Executor", work.unpicklable),
                              (AttributeError, pickle.PicklingError))

    def test_a_result_in_a_chunk_that_cant_be_pickled_is_the_chunks_error(self):
        with self.assertRaisesRegex(MaybeEncodingError, "cannot pickle"):
            self.pool.map(odd_errors.lock_at_3, range(5), chunksize=5)
        with self.assertRaisesRegex(TypeError, "cannot pickle"):
            list(self.executor.map(odd_errors.lock_at_3, range(5), chunksize=5))

    def test_a_result_that_cant_be_shown_either_is_an_error(self):
        error = self.error_of("Pool", odd_errors.return_what_shows_nothing)
        self.assertIn("<repr of this ShowsNothing raises SystemExit>", str(error))
        error = self.error_of("Pool", odd_errors.return_what_exits_when_it_is_pickled)
        self.assertIn("no pickle", str(error))

    def test_a_result_that_ends_the_thread_that_opens_it_ends_nobody(self):
        for way in self.ways:
            with self.subTest(way):
                error = self.error_of(way, odd_errors.return_what_exits_when_it_is_opened)
                self.assertEqual(str(error), "not here")
                self.assertEqual(self.ways[way](work.square, 3), 9)

    def test_an_error_that_isnt_as_it_should_be_is_a_TaskFailed(self):
        """As a worker of another make might send it."""
        for sent, said in (7, "Unknown: 7"), ({"type": "Odd"}, "Odd: None"), \
                ({"type": "Odd", "message": "m", "exception": b"\x80no pickle"}, "Odd: m"):
            with self.subTest(sent=sent), \
                    Executor(0, manager=self.manager, name="odd") as executor:
                future = executor.submit("odd")
                proxy = self.manager.TaskPool(name="odd")
                (number, *_), = operations.take(proxy._syncmanager_reference, None, ["odd"], 1)
                operations.finish(proxy._syncmanager_reference, None, [(number, True, sent)])
                with self.assertRaises(TaskFailed) as caught:
                    future.result(60)
                self.assertEqual(str(caught.exception), said)
                operations.leave(proxy._syncmanager_reference, None)

    def test_what_an_iterable_raises_arrives_as_it_is(self):
        class Local(Exception):
            pass

        def numbers(error):
            yield 1
            raise error

        for error in Local("can't be pickled"), SystemExit(3), KeyboardInterrupt():
            with self.subTest(error=error):
                results = self.pool.imap(work.square, numbers(error))
                self.assertEqual(results.next(60), 1)
                with self.assertRaises(BaseException) as caught:
                    results.next(60)
                self.assertIs(caught.exception, error)

    def test_arguments_that_arent_right_are_the_results_error(self):
        heard = []
        result = self.pool.starmap_async(work.add, [1, 2], error_callback=heard.append)
        self.assertRaisesRegex(TypeError, "not iterable", result.get, 60)
        self.assertEqual(len(heard), 1)


class CallbacksThatRaiseTest(ManagerTest):
    """Whatever a callback raises is printed, and others have their results."""

    def setUp(self):
        self.said = self.enterContext(contextlib.redirect_stderr(io.StringIO()))
        self.end = self.manager.Event()

    def exit(self, *_):
        raise SystemExit("the callback exits")

    def test_of_a_pool(self):
        with Pool(1, manager=self.manager) as pool:
            result = pool.apply_async(work.square, (3,), callback=self.exit)
            self.assertEqual(result.get(60), 9)
            failed = pool.apply_async(work.fail, (3,), error_callback=self.exit)
            self.assertRaisesRegex(ValueError, "no 3", failed.get, 60)
            self.assertEqual(pool.apply_async(work.square, (4,)).get(60), 16)
        self.assertEqual(self.said.getvalue().count("SystemExit: the callback exits"), 2)

    def test_of_a_future(self):
        with Executor(1, manager=self.manager) as executor:
            future = executor.submit(work.wait_for, self.end, 9)
            future.add_done_callback(self.exit)
            self.end.set()
            self.assertEqual(future.result(60), 9)
            self.assertEqual(executor.submit(work.square, 4).result(60), 16)
        self.assertIn("SystemExit: the callback exits", self.said.getvalue())

    def test_of_progress(self):
        heard = []
        with Executor(1, manager=self.manager) as executor:
            future = executor.submit(work.wait_for_then_progress, self.end)
            future.add_progress_callback(work.fail)
            future.add_progress_callback(lambda value: (heard.append(value), self.exit()))
            self.end.set()
            self.assertEqual(future.result(60), 1)
            self.assertEqual(executor.submit(work.square, 4).result(60), 16)
        self.assertEqual(heard, [0.5])
        self.assertIn("ValueError: no 0.5", self.said.getvalue())

    def test_all_hear_of_an_end_if_one_raises(self):
        with Pool(1, manager=self.manager) as pool:
            results = [pool.apply_async(work.wait_for, (self.end,), error_callback=self.exit)
                       for _ in range(3)]
            pool.terminate()
            for result in results:
                self.assertRaises(syncmanager.Cancelled, result.get, 60)

    def test_progress_that_cant_be_sent_or_opened(self):
        with Executor(1, manager=self.manager) as executor:
            future = executor.submit(work.progress_with, odd_errors.lock)
            self.assertRaisesRegex(TypeError, "cannot pickle", future.result, 60)
            future = executor.submit(
                work.progress_with, odd_errors.return_what_exits_when_it_is_opened)
            self.assertIsNone(future.result(60))
            self.assertEqual(executor.submit(work.square, 4).result(60), 16)
        self.assertIn("SystemExit: not here", self.said.getvalue())

    def test_progress_outside_of_a_task(self):
        self.assertRaisesRegex(RuntimeError, "outside of a task", progress, 1)


class BrokenTest(ManagerTest):
    """The errors of concurrent.futures when workers or a pool are gone."""

    def test_a_lost_task_is_one_of_a_broken_pool(self):
        with Executor(1, manager=self.manager) as executor:
            lost = executor.submit(work.die).exception(60)
            self.assertIsInstance(lost, WorkerLost)
            self.assertIsInstance(lost, BrokenProcessPool)
            self.assertIsInstance(lost, BrokenExecutor)
            again = pickle.loads(pickle.dumps(lost))
            self.assertEqual(str(again), str(lost))

    def test_a_pool_without_its_manager_is_broken(self):
        manager = syncmanager.Manager()
        with contextlib.redirect_stderr(io.StringIO()):
            executor = Executor(1, manager=manager)
            held = executor.submit(work.wait_for, manager.Event())
            manager.shutdown()
            self.assertIsInstance(held.exception(60), BrokenProcessPool)
            self.assertIsInstance(held.exception(60), EOFError)
            self.assertRaises(BrokenProcessPool, executor.submit, work.square, 3)
            executor.shutdown()


if __name__ == "__main__":
    unittest.main()
