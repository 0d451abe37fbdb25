"""The command of dict_calls.cc."""

import threading
import time

from figures import summary

KEYS_PER_THREAD = 1000
MAX_THREADS = 64
VALUE = "v" * 32


def load(client, threads, in_flight, mode, start, end):
    """Sets and gets entries in turn until `end`. Answers ops and cpu, measured from `start` on, and
    p50_us and p99_us."""
    if int(in_flight) != 1:
        raise ValueError("multiprocessing's proxies have one call under way")
    span = int(start), int(end)
    if int(threads) == 1:
        # On this thread, which is connected: fifty processes that connect at the same moment
        # overflow the listener's backlog of 16, and over TCP some then wait for minutes.
        latencies = []
        used = _operate(client, 0, span, latencies)
        return {"ops": len(latencies), "cpu": used, **summary(latencies)}
    return _load_threads(client, int(threads), span)


def _load_threads(client, threads, span):
    # A thread's first call opens its own connection, so all have one before the measuring.
    results = [[] for _ in range(threads)]
    failures = []
    running = [threading.Thread(target=_load_thread,
                                args=(client, i, span, results[i], failures))
               for i in range(threads)]
    for thread in running:
        thread.start()
    _sleep_until(span[0])
    before = time.process_time()
    _sleep_until(span[1])
    used = time.process_time() - before
    for thread in running:
        thread.join()
    if failures:
        raise failures[0]
    latencies = [latency for result in results for latency in result]
    return {"ops": len(latencies), "cpu": used, **summary(latencies)}


def _load_thread(client, number, span, latencies, failures):
    try:
        _operate(client, number, span, latencies)
    except Exception as error:
        failures.append(error)


def _operate(client, number, span, latencies):
    """Sets and gets until the end of the span. Returns the CPU seconds of the process in it."""
    start, end = span
    first = (client.index * MAX_THREADS + number) * KEYS_PER_THREAD
    keys = ["k%015d" % (first + i) for i in range(KEYS_PER_THREAD)]
    shared, clock, record = client.dict, time.monotonic_ns, latencies.append
    operation, before = 0, None
    now = clock()
    while now < end:
        key = keys[operation // 2 % KEYS_PER_THREAD]
        if operation % 2 == 0:
            shared[key] = VALUE
        elif shared[key] != VALUE:
            raise ValueError("a get that isn't what was set")
        operation += 1
        answered = clock()
        if now >= start:
            if before is None:
                before = time.process_time()
            record(answered - now)
        now = answered
    return time.process_time() - (before or 0)


def _sleep_until(point):
    time.sleep(max(0, point - time.monotonic_ns()) / 1e9)
