"""The commands for pools of the bench's client programs in Python.

A client says what its pool() and its executor() are, each with so many workers.
"""

import multiprocessing
import os
import random
import signal
import threading
import time

WORKERS = 2
TASK_SECONDS = 0.005
MAPS = 10
DEATHS = 20


def square(n):
    return n * n


def product(a, b):
    return a * b


def spend(n):
    """The same, at a worker's leisure."""
    end = time.thread_time() + TASK_SECONDS
    while time.thread_time() < end:
        pass
    return n * n


def hold(begun, end):
    """Says who began when, and goes on until the end."""
    begun.put((os.getpid(), time.monotonic_ns()))
    end.wait()


def check(results):
    if results != [n * n for n in range(len(results))]:
        raise ValueError("a task's result isn't its own")


class PoolCommands:
    def map(self, count):
        """Maps a tiny function over so many numbers, ten times. Answers ops."""
        return self._time_maps(MAPS, int(count), lambda pool, numbers: pool.map(square, numbers))

    def starmap(self, count):
        """The same with a function of two arguments. Answers ops."""
        pairs = [(n, n) for n in range(int(count))]
        return self._time_maps(MAPS, len(pairs), lambda pool, _: pool.starmap(product, pairs))

    def imap(self, count):
        """Takes the results of so many tiny tasks, chunks of one, in order. Answers ops."""
        return self._time_maps(1, int(count),
                               lambda pool, numbers: list(pool.imap(square, numbers)))

    def apply(self, count):
        """Does so many tiny tasks, each when the one before it is done. Answers ops."""
        return self._time_maps(1, int(count),
                               lambda pool, numbers: [pool.apply(square, (n,)) for n in numbers])

    def _time_maps(self, times, count, squares):
        """Answers how many of the squares of so many numbers `squares` has made a second, so many
        times, after a first time."""
        with self.pool(WORKERS) as pool:
            check(squares(pool, range(count)))
            begun = time.monotonic()
            made = [squares(pool, range(count)) for _ in range(times)]
            seconds = time.monotonic() - begun
        for results in made:
            check(results)
        return {"ops": times * count / seconds}

    def submit(self, count):
        """Submits so many tiny tasks, each by itself. Answers ops."""
        count = int(count)
        with self.executor(WORKERS) as executor:
            check(list(executor.map(square, range(1000))))
            begun = time.monotonic()
            futures = [executor.submit(square, n) for n in range(count)]
            results = [future.result() for future in futures]
            seconds = time.monotonic() - begun
        check(results)
        return {"ops": count / seconds}

    def kills(self, seconds):
        """Work of so many seconds, undisturbed, and again while a worker is killed each second.
        Answers undisturbed_seconds, seconds, and lost_percent of the tasks that were done again."""
        count = int(float(seconds) * WORKERS / TASK_SECONDS)
        undisturbed, _ = self._work(count, deaths=False)
        disturbed, lost = self._work(count, deaths=True)
        return {"undisturbed_seconds": undisturbed, "seconds": disturbed,
                "lost_percent": lost / count * 100}

    def _work(self, count, deaths):
        """How long it took, and how many workers died with a task."""
        done = threading.Event()
        killer = threading.Thread(target=kill_until, args=(done,))
        with self.executor(WORKERS) as executor:
            check(list(executor.map(square, range(100))))
            begun = time.monotonic()
            if deaths:
                killer.start()
            futures = [executor.submit(spend, n) for n in range(count)]
            check([future.result() for future in futures])
            seconds = time.monotonic() - begun
            done.set()
            if deaths:
                killer.join()
            return seconds, sum(len(future.lost) for future in futures)

    def deaths(self):
        """Kills a worker at its task, again and again. Answers p50_us and p99_us, until the task is
        at another worker."""
        waits = []
        with self.executor(WORKERS) as executor:
            for _ in range(DEATHS):
                while len(executor.state()["workers"]) < WORKERS:
                    time.sleep(0.001)
                begun, end = self.manager.Queue(), self.manager.Event()
                held = executor.submit(hold, begun, end)
                pid, _ = begun.get()
                killed = time.monotonic_ns()
                os.kill(pid, signal.SIGKILL)
                waits.append(begun.get()[1] - killed)
                end.set()
                held.result()
        return summary(waits)


def kill_until(done):
    while not done.wait(1):
        random.choice(multiprocessing.active_children()).kill()


def summary(latencies):
    """The percentiles of these nanoseconds, as the answer to a command."""
    if not latencies:
        return {}
    latencies.sort()
    count = len(latencies)
    return {"p50_us": latencies[count * 50 // 100] / 1000,
            "p99_us": latencies[min(count * 99 // 100, count - 1)] / 1000}
