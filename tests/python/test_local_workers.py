"""How a pool's own processes begin, are interrupted, replaced and ended."""

import errno
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
from concurrent.futures.process import BrokenProcessPool

import syncmanager
import work
from support import METHODS, ManagerTest
from syncmanager import Executor, Pool, WorkerLost


def close_and_join(pool):
    pool.close()
    pool.join()


def interrupt_while_it_ends(pool, interrupted):
    """Signals the main thread until its join() of the pool is interrupted: a signal that comes just
    before a thread waits for a lock doesn't end the waiting."""
    while not interrupted:
        os.sched_yield()
        if pool._backend._ending.locked():
            signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)


class InitializersTest(ManagerTest):
    """They are done to their end, however soon the pool ends."""

    def setUp(self):
        self.begun, self.ended = self.manager.Semaphore(0), self.manager.list()
        self.slow = work.initialize_slowly, (self.begun, self.manager.Event(), self.ended)

    def await_begun(self, count):
        for _ in range(count):
            self.begun.acquire()

    def test_of_a_pool_that_is_closed(self):
        for method in METHODS:
            with self.subTest(method):
                pool = Pool(2, *self.slow, context=multiprocessing.get_context(method),
                            manager=self.manager)
                self.await_begun(2)
                close_and_join(pool)
                self.assertEqual(len(self.ended), 2)
                self.ended.clear()

    def test_of_an_executor_that_is_shut_down(self):
        executor = Executor(2, initializer=self.slow[0], initargs=self.slow[1],
                            manager=self.manager)
        self.await_begun(2)
        executor.shutdown()
        self.assertEqual(len(self.ended), 2)

    def test_terminate_waits_for_none(self):
        pool = Pool(2, *self.slow, manager=self.manager)
        self.await_begun(2)
        pool.terminate()
        self.assertEqual(list(self.ended), [])

    def test_that_always_die_break_the_executor(self):
        with Executor(2, initializer=work.die, manager=self.manager) as executor:
            self.assertIsInstance(executor.submit(work.square, 3).exception(60),
                                  BrokenProcessPool)

    def test_whose_arguments_cant_be_pickled_leave_nothing_behind(self):
        before = self.manager._number_of_objects()
        for make in Pool, Executor:
            with self.assertRaisesRegex(TypeError, "cannot pickle '_thread.lock'"):
                make(2, initializer=work.initialize, initargs=(threading.Lock(),),
                     manager=self.manager, **{
                         "context" if make is Pool else "mp_context":
                         multiprocessing.get_context("spawn")})
        self.assertEqual(self.manager._number_of_objects(), before)
        self.assertEqual(multiprocessing.active_children(), [])


class EndsTest(ManagerTest):
    def setUp(self):
        self.ready, self.never = self.manager.Semaphore(0), self.manager.Event()

    def test_whatever_signals_the_program_blocks_or_ignores(self):
        for preparation in (
                "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGCHLD})",
                "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
                "signal.signal(signal.SIGCHLD, signal.SIG_IGN)"):
            with self.subTest(preparation):
                program = subprocess.run(
                    [sys.executable, "-c", PREPARES_AND_ENDS, preparation], timeout=60,
                    capture_output=True, text=True,
                    env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
                self.assertEqual((program.stdout, program.stderr), ("done\n", ""))

    def test_terminate_lets_an_initializers_handler_of_sigterm_clean_up(self):
        with tempfile.TemporaryDirectory() as folder:
            cleaned = os.path.join(folder, "cleaned")
            pool = Pool(1, work.clean_up_at_sigterm, (cleaned,), manager=self.manager)
            pool.apply_async(work.ready_then_wait, (self.ready, self.never))
            self.ready.acquire()
            pool.terminate()
            self.assertTrue(os.path.exists(cleaned))

    def test_terminate_ends_a_join_in_another_thread(self):
        pool = Pool(1, manager=self.manager)
        pool.apply_async(work.ready_then_wait, (self.ready, self.never))
        self.ready.acquire()
        ending = threading.Thread(target=close_and_join, args=(pool,))
        ending.start()
        pool.terminate()
        ending.join()
        self.assertEqual(multiprocessing.active_children(), [])

    def test_an_interrupted_join_leaves_something_to_terminate(self):
        pool = Pool(1, manager=self.manager)
        result = pool.apply_async(work.ready_then_wait, (self.ready, self.never))
        self.ready.acquire()
        pool.close()
        interrupted = []

        def interrupt(*_):
            if not interrupted:
                interrupted.append(True)
                raise InterruptedError

        self.addCleanup(signal.signal, signal.SIGUSR1, signal.signal(signal.SIGUSR1, interrupt))
        interrupting = threading.Thread(target=interrupt_while_it_ends, args=(pool, interrupted))
        interrupting.start()
        self.assertRaises(InterruptedError, pool.join)
        interrupting.join()
        pool.terminate()
        pool.join()
        self.assertEqual(multiprocessing.active_children(), [])
        self.assertRaises(syncmanager.Cancelled, result.get, 60)


class InterruptsTest(ManagerTest):
    """Ctrl-C comes to workers, too."""

    def test_it_ends_the_task_and_not_the_worker(self):
        ready, never = self.manager.Semaphore(0), self.manager.Event()
        with Executor(1, manager=self.manager) as executor:
            pid = executor.submit(work.pid).result(60)
            waiting = executor.submit(work.ready_then_wait, ready, never)
            ready.acquire()
            os.kill(pid, signal.SIGINT)
            self.assertIsInstance(waiting.exception(60), KeyboardInterrupt)
            os.kill(pid, signal.SIGINT)  # It has nothing to do.
            self.assertEqual(executor.submit(work.pid).result(60), pid)

    def test_it_is_ignored_if_the_initializer_says_so(self):
        ready, end = self.manager.Semaphore(0), self.manager.Event()
        with Pool(1, signal.signal, (signal.SIGINT, signal.SIG_IGN), manager=self.manager) as pool:
            waiting = pool.apply_async(work.ready_then_wait, (ready, end))
            ready.acquire()
            os.kill(pool._pool[0].pid, signal.SIGINT)
            end.set()
            self.assertIsNone(waiting.get(60))


    def test_a_process_that_it_meets_while_it_begins_becomes_a_worker_all_the_same(self):
        program = subprocess.run(
            [sys.executable, "-c", INTERRUPTS_AS_THEY_BEGIN], timeout=60, capture_output=True,
            text=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
        self.assertEqual((program.stdout, program.stderr), ("done\n", ""))


class OnlyTheFirst:
    """A context that can start one process."""

    def __init__(self):
        self._left = 1

    def get_start_method(self):
        return "fork"

    def Process(self, **options):
        if self._left == 0:
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        self._left -= 1
        return multiprocessing.get_context("fork").Process(**options)


class ReplacementsTest(ManagerTest):
    def test_a_task_may_end_its_worker_with_any_exit_code(self):
        with Executor(1, manager=self.manager) as executor:
            for code in 0, 1, 70, 255:
                lost = executor.options(attempts=1).submit(os._exit, code)
                self.assertIsInstance(lost.exception(60), WorkerLost)
            self.assertEqual(executor.submit(work.square, 3).result(60), 9)

    def test_where_no_process_can_be_started_any_more_the_pool_is_broken(self):
        with Executor(1, OnlyTheFirst(), manager=self.manager) as executor:
            error = executor.submit(work.die).exception(60)
            self.assertIsInstance(error, BrokenProcessPool)
            self.assertIn("no worker can be started: [Errno 11]", str(error))
            self.assertRaises(BrokenProcessPool, executor.submit, work.square, 3)


class ChildrenTest(ManagerTest):
    def test_tasks_of_an_executor_may_have_an_executor(self):
        with Executor(1, manager=self.manager) as executor:
            self.assertEqual(executor.submit(work.square_in_a_child, 3).result(60), 9)

    def test_how_many_there_are_is_where_programs_look_for_it(self):
        with Pool(2, manager=self.manager) as pool, Executor(2, manager=self.manager) as executor:
            self.assertEqual((pool._processes, executor._max_workers), (2, 2))
            self.assertIn(executor.submit(work.pid).result(60), executor._processes)


INTERRUPTS_AS_THEY_BEGIN = """
import contextlib, os, signal, threading
import syncmanager, work

def children():
    found = set()
    for task in os.listdir("/proc/self/task"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError), \\
                open(f"/proc/self/task/{task}/children") as pids:
            found.update(map(int, pids.read().split()))
    return found

def interrupt(others):
    while not begun.is_set():
        for pid in children() - others:
            os.kill(pid, signal.SIGINT)

begun = threading.Event()
manager = syncmanager.Manager()
thread = threading.Thread(target=interrupt, args=(children(),))
thread.start()
with syncmanager.Pool(8, manager=manager) as pool:
    while len(pool.state()["workers"]) < 8:
        os.sched_yield()
    begun.set()
    thread.join()
    assert pool.map(work.square, range(5)) == [0, 1, 4, 9, 16]
print("done")
"""
PREPARES_AND_ENDS = """
import signal, sys
import syncmanager, work
exec(sys.argv[1])
with syncmanager.Executor(2) as executor:
    assert list(executor.map(work.square, range(5))) == [0, 1, 4, 9, 16]
pool = syncmanager.Pool(2)
assert pool.map(work.square, range(5)) == [0, 1, 4, 9, 16]
pool.close()
pool.join()
with syncmanager.Pool(2) as pool:
    assert pool.map(work.square, range(5)) == [0, 1, 4, 9, 16]
print("done")
"""


if __name__ == "__main__":
    unittest.main()
