"""The commands of pools.cc. A client makes its pools and executors by pool() and executor()."""

import multiprocessing
import os
import random
import signal
import threading
import time

from figures import summary

WORKERS = 2
TASK_SECONDS = 0.005
MAPS = 10
DEATHS = 20


def square(n):
    return n * n


def product(a, b):
    return a * b


def spend(n):
    """Computes the same in TASK_SECONDS of CPU."""
    end = time.thread_time() + TASK_SECONDS
    while time.thread_time() < end:
        pass
    return n * n


def hold(begun, end):
    """Reports the worker and the time, and runs until the end."""
    begun.put((os.getpid(), time.monotonic_ns()))
    end.wait()


def check(results):
    if results != [n * n for n in range(len(results))]:
        raise ValueError("a task's result isn't its own")


def map(client, count):
    """Maps a tiny function over `count` numbers, ten times. Answers ops."""
    return _time_maps(client, MAPS, int(count), lambda pool, numbers: pool.map(square, numbers))


def starmap(client, count):
    """The same with a function of two arguments. Answers ops."""
    pairs = [(n, n) for n in range(int(count))]
    return _time_maps(client, MAPS, len(pairs), lambda pool, _: pool.starmap(product, pairs))


def imap(client, count):
    """Takes the results of `count` tiny tasks in order, in chunks of one. Answers ops."""
    return _time_maps(client, 1, int(count),
                      lambda pool, numbers: list(pool.imap(square, numbers)))


def apply(client, count):
    """Does `count` tiny tasks, each when the task before it is done. Answers ops."""
    return _time_maps(client, 1, int(count),
                      lambda pool, numbers: [pool.apply(square, (n,)) for n in numbers])


def _time_maps(client, times, count, squares):
    """Has `squares` compute the squares of `count` numbers, once unmeasured and then `times` times.
    Answers ops: squares a second."""
    with client.pool(WORKERS) as pool:
        check(squares(pool, range(count)))
        begun = time.monotonic()
        made = [squares(pool, range(count)) for _ in range(times)]
        seconds = time.monotonic() - begun
    for results in made:
        check(results)
    return {"ops": times * count / seconds}


def submit(client, count):
    """Submits `count` tiny tasks, each by itself. Answers ops."""
    count = int(count)
    with client.executor(WORKERS) as executor:
        check(list(executor.map(square, range(1000))))
        begun = time.monotonic()
        futures = [executor.submit(square, n) for n in range(count)]
        results = [future.result() for future in futures]
        seconds = time.monotonic() - begun
    check(results)
    return {"ops": count / seconds}


def kills(client, seconds):
    """Works for so long undisturbed, and again while a worker is killed each second. Answers
    undisturbed_seconds, seconds, and lost_percent of the tasks that were done again."""
    count = int(float(seconds) * WORKERS / TASK_SECONDS)
    undisturbed, _ = _work(client, count, deaths=False)
    disturbed, lost = _work(client, count, deaths=True)
    return {"undisturbed_seconds": undisturbed, "seconds": disturbed,
            "lost_percent": lost / count * 100}


def _work(client, count, deaths):
    """Returns the seconds that the work took, and how many workers died with a task."""
    done = threading.Event()
    killer = threading.Thread(target=kill_until, args=(done,))
    with client.executor(WORKERS) as executor:
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


def deaths(client):
    """Kills a worker at its task, again and again. Answers p50_us and p99_us, until the task is
    at another worker."""
    waits = []
    with client.executor(WORKERS) as executor:
        for _ in range(DEATHS):
            while len(executor.state()["workers"]) < WORKERS:
                time.sleep(0.001)
            begun, end = client.manager.Queue(), client.manager.Event()
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
