"""Correct programs for a type checker. `R:` and a type: what it says of the argument of
reveal_type(). Nobody runs this file."""

from __future__ import annotations

import functools
import multiprocessing.managers
import queue
import threading
from collections.abc import Mapping, MutableMapping, MutableSequence, Sequence
from concurrent import futures
from multiprocessing.managers import SyncManager as TheirManager

import syncmanager
from syncmanager import (
    Executor, Future, Manager, Pool, SyncManager, Worker, aio, connect, errors, inspect, values,
    wait_any, with_fence)
from syncmanager.managers import (
    AcquirerProxy, ArrayProxy, BaseManager, DictProxy, ListProxy, QueueProxy, SetProxy,
    TaskPoolProxy, ValueProxy)
from syncmanager.worker import progress


class Version:
    def __init__(self, number: int) -> None:
        self.number = number


def square(number: int) -> float:
    return number * number / 2


def power(base: int, exponent: int, *, modulus: int | None = None) -> int:
    return pow(base, exponent, modulus)


# ---- The proxies of a manager.

def queues(manager: SyncManager) -> None:
    jobs: QueueProxy[int] = manager.Queue(10, name="jobs", reliable=True)
    urgent: QueueProxy[int] = manager.PriorityQueue(dead_letters=jobs)
    jobs.put(1, timeout=5, delay=0.5)
    reveal_type(jobs.put(1, key="once"))  # R: builtins.bool
    reveal_type(jobs.get())  # R: builtins.int
    reveal_type(jobs.take().item)  # R: builtins.int
    reveal_type(jobs.join(timeout=0.1))  # R: builtins.bool
    with jobs.take() as job:
        reveal_type(job)  # R: builtins.int
    reveal_type(wait_any([jobs, urgent])[1])  # R: builtins.int
    stop = manager.Event()
    source, result = wait_any([jobs, stop, urgent.get, functools.partial(jobs.get, timeout=5)])
    if source is not stop:
        print(result + 1)
    for number in iter(jobs.get, 0):
        reveal_type(number)  # R: builtins.int


def containers(manager: SyncManager) -> None:
    reveal_type(manager.dict())  # R: syncmanager._proxies.dicts.DictProxy[Any, Any]
    reveal_type(manager.dict({1: "a"})[1])  # R: builtins.str
    reveal_type(manager.dict([("a", 1)]).keys())  # R: builtins.list[builtins.str]
    reveal_type(manager.dict(a=1).popitem())  # R: Tuple[builtins.str, builtins.int]
    reveal_type(manager.dict({"a": {}}, deep=True)["a"])  # R: Any
    ages: DictProxy[str, int] = manager.named("ages").dict()
    reveal_type(ages.get("ada"))  # R: Union[builtins.int, None]
    reveal_type(ages.get("ada", 0))  # R: builtins.int
    reveal_type(ages.add("ada", 1))  # R: builtins.int
    reveal_type(ages.compare_and_set("ada", ..., 36))  # R: builtins.bool
    reveal_type(ages | {"bob": 1})  # R: builtins.dict[builtins.str, builtins.int]
    ages |= {"bob": 1}
    names = manager.list(["a", "b"])
    reveal_type(names[0])  # R: builtins.str
    reveal_type(names[:1])  # R: builtins.list[builtins.str]
    reveal_type(names + ["c"])  # R: builtins.list[builtins.str]
    reveal_type([name for name in names])  # R: builtins.list[builtins.str]
    names.sort(key=len, reverse=True)
    empty: ListProxy[bytes] = manager.list()
    reveal_type(empty.pop())  # R: builtins.bytes
    seen: SetProxy[int] = manager.set([1])
    reveal_type(seen | {"a"})  # R: builtins.set[Union[builtins.int, builtins.str]]
    reveal_type(seen.difference([1], (2,)))  # R: builtins.set[builtins.int]
    reveal_type(manager.Array("d", [1, 2])[0])  # R: builtins.float
    reveal_type(manager.Array("i", range(3))[:])  # R: array.array[builtins.int]
    numbers: ArrayProxy[int] = manager.Array("q", [1])
    reveal_type(numbers.typecode)  # R: builtins.str
    best: ValueProxy[float] = manager.Value("d", 0.5)
    best.value += 1
    reveal_type(best.get())  # R: builtins.float
    status = manager.Namespace(phase="working")
    status.phase = "done"
    reveal_type(status.add("steps", 1))  # R: builtins.int


def locks(manager: SyncManager) -> None:
    lock = manager.Lock(name="deploy", release_on_exit=True)
    with lock as got:
        reveal_type(got)  # R: builtins.bool
    fenced = with_fence(manager.dict(a=1), lock.fence)
    reveal_type(fenced["a"])  # R: builtins.int
    condition = manager.Condition(manager.RLock())
    with condition:
        reveal_type(condition.wait_for(lambda: "ready", 5))  # R: builtins.str
    with manager.RWLock().reading() as got:
        reveal_type(got)  # R: builtins.bool
    reveal_type(manager.Semaphore(3).acquire(n=2))  # R: builtins.bool
    reveal_type(manager.Barrier(2, print).wait())  # R: builtins.int
    reveal_type(manager.CountDownLatch(3).count)  # R: builtins.int
    reveal_type(manager.Counter().add())  # R: builtins.int
    reveal_type(inspect(lock)["summary"])  # R: Any
    held: AcquirerProxy = manager.Lock()
    held.release()


# ---- Programs that are annotated for multiprocessing.

def annotated(
    jobs: "queue.Queue[int]",
    lock: threading.Lock,
    event: threading.Event,
    condition: threading.Condition,
    semaphore: threading.Semaphore,
    barrier: threading.Barrier,
    status: multiprocessing.managers.Namespace,
    entries: "multiprocessing.managers.DictProxy[str, int]",
    elements: "multiprocessing.managers.ListProxy[int]",
    numbers: Sequence[int],
) -> None: ...


def their_manager(manager: TheirManager) -> None: ...


def mapping(entries: Mapping[str, int], more: MutableMapping[str, int]) -> None: ...


def sequence(elements: MutableSequence[int]) -> None: ...


def compatible() -> None:
    with Manager(limits={"objects": 10}) as manager:
        annotated(
            manager.JoinableQueue(), manager.Lock(), manager.Event(), manager.Condition(),
            manager.Semaphore(), manager.Barrier(2), manager.Namespace(), manager.dict(a=1),
            manager.list([1]), manager.Array("i", [1]))
        their_manager(manager)
        mapping(manager.dict(a=1), manager.dict(a=1))
        sequence(manager.list([1]))
        reveal_type(manager.Pool(2).map(square, [1]))  # R: builtins.list[builtins.float]
        reveal_type(manager.address)  # R: Any
        reveal_type(manager.key_file)  # R: builtins.str


class Answers(BaseManager):
    pass


def registered() -> None:
    Answers.register("answer", callable=lambda: 42)
    manager = Answers(address=("127.0.0.1", 0), authkey=b"key")
    manager.connect()
    manager.get_server().serve_forever()


# ---- Tasks.

def pools(manager: SyncManager) -> None:
    with Pool(2, print, ("worker",), manager=manager, name="squares", attempts=5) as pool:
        reveal_type(pool.map(square, range(3), progress=True))  # R: builtins.list[builtins.float]
        reveal_type(next(pool.imap_unordered(square, [1], 2)))  # R: builtins.float
        reveal_type(pool.apply_async(square, (1,)).get(5))  # R: builtins.float
        reveal_type(pool.starmap(power, [(1, 2)]))  # R: builtins.list[builtins.int]
        reveal_type(pool.retry())  # R: builtins.int


def executors() -> None:
    with Executor(2, max_tasks_per_child=3, retry_delay=0.5) as executor:
        future = executor.submit(power, 2, 10, modulus=7)
        reveal_type(future)  # R: syncmanager.executor.Future[builtins.int]
        future.add_progress_callback(print)
        reveal_type(future.lost)  # R: builtins.list[builtins.str]
        theirs: futures.Future[int] = future
        reveal_type(theirs.result())  # R: builtins.int
        reveal_type(executor.submit("twice", 21).result())  # R: Any
        reveal_type(next(executor.map(square, [1], buffersize=9)))  # R: builtins.float
        reveal_type(list(executor.map(power, [1], [2])))  # R: builtins.list[builtins.int]
        reveal_type(executor.options(attempts=1))  # R: syncmanager.executor.Executor
        kept: Future[str] = executor.submit(str)
        reveal_type(kept.ticket)  # R: Union[builtins.int, None]


def workers(manager: SyncManager) -> None:
    pool: TaskPoolProxy = manager.TaskPool(name="squares")
    worker = Worker(pool)
    worker.add("square", square)
    worker.run(3)
    progress(0.5)
    for ticket, returned, result in pool.results("mine"):
        reveal_type(ticket)  # R: builtins.int


# ---- Values, errors, and sessions.

def dumped(version: Version) -> bytes:
    return version.number.to_bytes(4, "big")


def loaded(content: bytearray) -> Version:
    return Version(int.from_bytes(content, "big"))


values.register(Version, "version", dump=dumped, load=loaded)
values.register(Version, key=lambda version: version.number)


def sessions() -> None:
    manager = connect("unix:/tmp/socket", authkey=b"key", connect_timeout=5,
                      on_session_lost=lambda: print("lost"))
    reveal_type(manager)  # R: syncmanager.managers.SyncManager
    try:
        manager.Queue().get_nowait()
    except (syncmanager.Empty, errors.SessionLost, OSError):
        pass
    except errors.WorkerLost as error:
        reveal_type(error.workers)  # R: builtins.list[builtins.str]


# ---- asyncio.

async def awaited() -> None:
    async with aio.connect("unix:/tmp/socket", key_file="key") as manager:
        jobs: aio.QueueProxy[int] = await manager.Queue(name="jobs")
        await jobs.put(1)
        reveal_type(await jobs.get())  # R: builtins.int
        reveal_type(await jobs.put(1, key=1))  # R: builtins.bool
        async with await jobs.take() as job:
            reveal_type(job)  # R: builtins.int
        reveal_type((await jobs.take()).item)  # R: builtins.int
        stop = await manager.Event()
        source, result = await aio.wait_any([jobs, stop], timeout=5)
        if source is not stop:
            print(result + 1)
        reveal_type((await aio.wait_any([jobs]))[1])  # R: builtins.int
        ages = await manager.dict(ada=36)
        reveal_type(await ages["ada"])  # R: builtins.int
        reveal_type(await ages.get("bob"))  # R: Union[builtins.int, None]
        reveal_type(await ages.length())  # R: builtins.int
        await ages.set("bob", 1)
        async for name in ages:
            reveal_type(name)  # R: builtins.str
        names = await manager.list(["a"])
        reveal_type(await names.get(0))  # R: builtins.str
        reveal_type(await names.copy())  # R: builtins.list[builtins.str]
        seen: aio.SetProxy[int] = await manager.set()
        reveal_type(await seen.contains(1))  # R: builtins.bool
        best = await manager.Value("d", 0.5)
        reveal_type(await best.value)  # R: builtins.float
        reveal_type(await (await manager.Array("i", [1])).get(0))  # R: builtins.int
        status = await manager.Namespace(steps=0)
        reveal_type(await status.add("steps", 1))  # R: builtins.int
        reveal_type(inspect(status)["summary"])  # R: Any
        async with await manager.Lock() as got:
            reveal_type(got)  # R: builtins.bool
        async with (await manager.RWLock()).writing():
            pass
        reveal_type(await (await manager.Barrier(1)).parties)  # R: builtins.int
        reveal_type(await (await manager.Counter()).wait(3, timeout=5))  # R: builtins.bool


async def awaited_tasks() -> None:
    async with aio.Executor(2, room=8, attempts=1) as executor:
        reveal_type(await executor.run(square, 3))  # R: builtins.float
        reveal_type((await executor.submit(power, 2, 3)).result())  # R: builtins.int
        async for number in executor.map(square, [1], ordered=False):
            reveal_type(number)  # R: builtins.float
