"""Executor: what concurrent.futures promises, and that workers may die; workers from elsewhere."""

import asyncio
import concurrent.futures
import contextlib
import io
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

import syncmanager
import work
from support import ManagerTest, counting
from syncmanager import Disconnected, Executor, InvalidArgument, Pool, Worker, WorkerLost
from syncmanager.worker.__main__ import arguments


class ExecutorTest(ManagerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.executor = Executor(2, manager=cls.manager)

    @classmethod
    def tearDownClass(cls):
        cls.executor.shutdown()
        super().tearDownClass()

    def test_submits(self):
        future = self.executor.submit(work.add, 1, b=2, c=3)
        self.assertEqual(future.result(60), 6)
        self.assertTrue(future.done() and not future.cancelled())
        failed = self.executor.submit(work.fail, 4)
        self.assertIsInstance(failed.exception(60), ValueError)
        futures = [self.executor.submit(work.square, n) for n in range(50)]
        self.assertEqual(sorted(one.result() for one in concurrent.futures.as_completed(futures)),
                         [n * n for n in range(50)])

    def test_maps(self):
        squares = [n * n for n in range(30)]
        self.assertEqual(list(self.executor.map(work.square, range(30))), squares)
        self.assertEqual(list(self.executor.map(work.square, range(30), chunksize=7)), squares)
        self.assertEqual(list(self.executor.map(work.square, range(30), buffersize=3)), squares)
        self.assertEqual(list(self.executor.map(work.add, [1, 2], [10, 20])), [11, 22])
        self.assertEqual(list(self.executor.map(work.square, [])), [])
        self.assertRaises(KeyError, list, self.executor.map(work.fail_on_3, range(5)))
        event = self.manager.Event()
        with self.assertRaises(concurrent.futures.TimeoutError):
            next(self.executor.map(work.wait_for, [event], timeout=0))
        event.set()

    def test_a_chunk_that_is_too_large_is_several_tasks(self):
        texts = [bytes([n]) * (1 << 20) for n in range(12)]
        self.assertEqual(list(self.executor.map(work.first, texts, chunksize=12)),
                         list(range(12)))
        results = self.executor.map(work.square, range(50_000), chunksize=50_000)
        self.assertEqual(list(results), [n * n for n in range(50_000)])
        self.assertEqual(self.executor.submit(len, bytes(8 << 20)).result(60), 8 << 20)

    def test_a_bounded_map_takes_no_more_than_its_buffer(self):
        taken = []
        results = self.executor.map(work.square, counting(range(1000), taken), buffersize=4)
        next(results)
        self.assertLessEqual(len(taken), 6)
        results.close()

    def test_what_no_worker_has_begun_can_be_cancelled(self):
        event = self.manager.Event()
        begun = [self.executor.submit(work.wait_for, event) for _ in range(2)]
        self.await_waiting(event, 2)
        waiting = self.executor.submit(work.square, 3)
        self.assertTrue(waiting.cancel() and waiting.cancelled())
        self.assertTrue(begun[0].running() and begun[1].running())
        self.assertFalse(waiting.running() or begun[0].cancel())
        self.assertIn(waiting, concurrent.futures.wait([waiting]).done)
        event.set()
        self.assertIsNone(begun[0].result(60))
        self.assertFalse(begun[0].running())

    def test_progress_comes_before_the_result(self):
        event, heard, halfway = self.manager.Event(), [], threading.Event()
        future = self.executor.submit(work.halfway, event)
        future.add_progress_callback(lambda value: (heard.append(value), halfway.set()))
        self.assertTrue(halfway.wait(60))
        late = []
        future.add_progress_callback(late.append)
        event.set()
        self.assertEqual(future.result(60), 1)
        self.assertEqual((heard, late), ([0.5], [0.5]))

    def test_asyncio_waits_for_it(self):
        async def main():
            loop = asyncio.get_running_loop()
            return await asyncio.gather(
                *(loop.run_in_executor(self.executor, work.square, n) for n in range(5)))

        self.assertEqual(asyncio.run(main()), [0, 1, 4, 9, 16])

    def test_one_that_isnt_to_be_repeated_is_lost_alone(self):
        lost = self.executor.options(idempotent=False).submit(work.die)
        others = [self.executor.submit(work.square, n) for n in range(20)]
        with self.assertRaisesRegex(WorkerLost, r"task \d+ was lost with worker \d+ on"):
            lost.result(60)
        self.assertEqual([one.result(60) for one in others], [n * n for n in range(20)])

    def test_the_last_one_is_rerun_by_who_is_idle_if_that_is_wanted(self):
        with tempfile.TemporaryDirectory() as folder:
            mark, event = os.path.join(folder, "begun"), self.manager.Event()
            executor = self.executor.options(rerun_after=0.001)
            self.assertEqual(executor.submit(work.slow_the_first_time, mark, event).result(60),
                             "again")
            event.set()

    def test_after_a_shutdown_nothing_is_submitted(self):
        executor = Executor(1, manager=self.manager)
        futures = [executor.submit(work.square, n) for n in range(20)]
        executor.shutdown(wait=False)
        with self.assertRaisesRegex(RuntimeError, "cannot schedule new futures after shutdown"):
            executor.submit(work.square, 1)
        executor.shutdown()
        self.assertEqual([future.result(0) for future in futures], [n * n for n in range(20)])

    def test_a_shutdown_can_cancel(self):
        event = self.manager.Event()
        executor = Executor(1, manager=self.manager)
        futures = [executor.submit(work.wait_for, event, n) for n in range(5)]
        self.await_waiting(event)
        executor.shutdown(wait=False, cancel_futures=True)
        event.set()
        executor.shutdown()
        self.assertEqual([future.cancelled() for future in futures], [False] + [True] * 4)

    def test_a_future_names_the_workers_that_died_with_its_task(self):
        with tempfile.TemporaryDirectory() as folder:
            future = self.executor.submit(work.die_once, os.path.join(folder, "tried"), "done")
            self.assertEqual(future.result(60), "done")
        (lost,) = future.lost
        self.assertRegex(lost, r"worker \d+ on ")
        self.assertEqual(self.executor.submit(work.square, 2).result(60), 4)

    def test_a_task_that_takes_long_holds_up_none_that_were_taken_with_it(self):
        gate, end = self.manager.Event(), self.manager.Event()
        for _ in range(2):  # So that the line is long when the workers begin with it.
            self.executor.submit(work.wait_for, gate)
        quick = [self.executor.submit(work.square, n) for n in range(400)]
        slow = self.executor.submit(work.wait_for, end)
        quick += [self.executor.submit(work.square, n) for n in range(400, 800)]
        gate.set()
        self.assertEqual([one.result(60) for one in quick], [n * n for n in range(800)])
        self.assertFalse(slow.done())
        end.set()
        slow.result(60)

    def test_a_child_that_cant_even_be_a_worker_is_heard_of(self):
        unopenable = work.Stranger(1, 2)
        with Executor(1, multiprocessing.get_context("spawn"), work.initialize, (unopenable,),
                      manager=self.manager) as executor:
            with self.assertRaisesRegex(Exception, "a worker can't begin"):
                executor.submit(work.square, 1).result(60)

    def test_misuse_is_refused(self):
        with self.assertRaisesRegex(ValueError, "max_workers must be"):
            Executor(-1)
        with self.assertRaisesRegex(TypeError, "initializer must be a callable"):
            Executor(1, initializer=1)
        with self.assertRaisesRegex(ValueError, "attempts must be at least 1"):
            self.executor.options(attempts=0)
        with self.assertRaisesRegex(ValueError, "chunksize must be >= 1"):
            self.executor.map(work.square, [1], chunksize=0)


    def test_a_program_that_ends_waits_for_what_it_submitted(self):
        program = subprocess.run([sys.executable, "-c", SUBMITS_AND_ENDS], capture_output=True,
                                 text=True, env=environment(), timeout=60)
        self.assertEqual((program.stdout, program.stderr), ("49\n", ""))


class ElsewhereTest(ManagerTest):
    def program(self, *options):
        program = subprocess.Popen(
            [sys.executable, "-m", "syncmanager.worker", "--connect", self.manager.address,
             "--key-file", self.manager.key_file, *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment())
        self.addCleanup(program.communicate)
        self.addCleanup(program.kill)
        return program

    def test_a_program_brings_workers_in_the_middle_of_a_map(self):
        with Pool(0, manager=self.manager, name="elsewhere") as pool:
            results = pool.map_async(work.square, range(100), chunksize=5)
            program = self.program("--pool", "elsewhere", "--processes", "2")
            self.assertIn("2 workers for pool 'elsewhere'", program.stdout.readline())
            self.assertEqual(results.get(60), [n * n for n in range(100)])
            program.send_signal(signal.SIGTERM)
            self.assertEqual(program.wait(60), 0)

    def test_workers_that_are_refused_are_heard_of_and_not_replaced(self):
        with Executor(2, manager=self.manager, initializer=work.refuse_tasks) as executor:
            self.assertRaises(concurrent.futures.process.BrokenProcessPool,
                              executor.submit(work.square, 3).result, 60)

    def test_what_a_manager_was_asked_for_last_when_it_died_ends(self):
        manager = syncmanager.Manager()
        executor = Executor(1, manager=manager)
        held = executor.submit(work.wait_for, manager.Event())
        os.kill(manager._process.pid, signal.SIGKILL)
        self.assertRaises(Disconnected, held.result, 60)
        executor.shutdown()
        manager.shutdown()

    def test_a_program_that_cant_connect_says_so_and_ends(self):
        program = self.program("--connect", "unix:/nowhere/at/all", "--processes", "1")
        _, errors = program.communicate(timeout=60)
        self.assertEqual(program.returncode, 1)
        self.assertIn("/nowhere/at/all", errors)

    def test_its_help_has_examples(self):
        said = io.StringIO()
        with self.assertRaises(SystemExit), contextlib.redirect_stdout(said):
            arguments(["--help"])
        self.assertIn("python3 -m syncmanager.worker --pool squares", said.getvalue())
        with self.assertRaises(SystemExit), contextlib.redirect_stderr(said):
            arguments(["--processes", "0"])
        self.assertIn("--processes must be at least 1", said.getvalue())

    def test_a_worker_has_functions_of_its_own(self):
        with Executor(0, manager=self.manager, name="own") as executor:
            proxy = self.manager.TaskPool(name="own")
            worker = Worker(proxy)
            worker.add("twice", lambda x: 2 * x)
            thread = threading.Thread(target=worker.run)
            thread.start()
            self.assertEqual(executor.submit("twice", 21).result(60), 42)
            worker.stop()
            thread.join()
            self.assertEqual(proxy.state()["workers"], [])

    def test_results_that_are_kept_can_be_collected_by_another(self):
        with Pool(3, manager=self.manager, name="kept"):
            subprocess.run([sys.executable, "-c", SUBMITS_AND_DIES, self.manager.address,
                            self.manager.key_file], check=False,
                           env=environment())
            self.manager.Event(name="go").set()
            collected = self.manager.TaskPool(name="kept").results("report")
            self.assertEqual(sorted(next(collected)[2] for _ in range(3)), [0, 1, 4])


def environment():
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


SUBMITS_AND_ENDS = """
import syncmanager, work
executor = syncmanager.Executor(1)
executor.submit(work.square, 7).add_done_callback(lambda future: print(future.result()))
"""
SUBMITS_AND_DIES = """
import os, signal, sys
import syncmanager, work
manager = syncmanager.connect(sys.argv[1], key_file=sys.argv[2])
executor = syncmanager.Executor(0, manager=manager, name="kept", keep="report")
for n in range(3):
    executor.submit(work.wait_for, manager.Event(name="go"), n * n)
executor._backend.submitter.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""


if __name__ == "__main__":
    unittest.main()
