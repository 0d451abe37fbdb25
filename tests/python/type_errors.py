"""Programs with errors that a type checker must find, and no others. `E:` and a part of its
message. Nobody runs this file."""

import queue
import threading

from syncmanager import (
    Executor, Manager, Pool, Worker, aio, connect, errors, inspect, values, wait_any, with_fence)
from syncmanager.managers import (
    DictProxy, LifoQueueProxy, ListProxy, PriorityQueueProxy, QueueProxy, SetProxy, SyncManager,
    ValueProxy)
from syncmanager.worker import progress


def square(number: int) -> int:
    return number * number


# ---- The proxies of a manager.

def queues(manager: SyncManager) -> None:
    jobs: QueueProxy[int] = manager.Queue()
    jobs.put("one")  # E: No overload variant of "put"
    text: str = jobs.get()  # E: expression has type "int"
    jobs.put(1, delay="soon")  # E: No overload variant of "put"
    jobs.take().item.upper()  # E: "int" has no attribute "upper"
    jobs.peek()  # E: "QueueProxy[int]" has no attribute "peek"
    jobs.get(timeout="5")  # E: incompatible type "str"
    manager.Queue(max_size=3)  # E: Unexpected keyword argument "max_size"
    manager.Queue(dead_letters="jobs")  # E: incompatible type "str"
    newest: LifoQueueProxy[int] = manager.Queue()  # E: expression has type "QueueProxy[Any]"
    theirs: "queue.Queue[str]" = jobs  # E: expression has type "QueueProxy[int]"
    smallest: PriorityQueueProxy[int] = manager.PriorityQueue()
    smallest.put(None)  # E: No overload variant of "put"


def containers(manager: SyncManager) -> None:
    ages = manager.dict({"ada": 36})
    ages["bob"] = "old"  # E: expression has type "str"
    ages[1]  # E: Invalid index type "int"
    ages.get("ada") + 1  # E: Unsupported operand types for +
    ages.add("ada", "1")  # E: incompatible type "str"
    ages.compare_and_set("ada", None, 1)  # E: incompatible type "None"
    names: DictProxy[str, str] = manager.dict(a=1)  # E: incompatible type "int"
    numbers: ListProxy[int] = manager.list([1])
    numbers.append("two")  # E: incompatible type "str"
    numbers.append(1, 2)  # E: Too many arguments for "append"
    numbers["0"]  # E: No overload variant of "__getitem__"
    seen: SetProxy[int] = manager.set()
    seen.add("a")  # E: incompatible type "str"
    seen.discard()  # E: Missing positional argument "element"
    best: ValueProxy[float] = manager.Value("d", 0.5)
    best.value = "high"  # E: expression has type "str"
    best.set(None)  # E: incompatible type "None"
    manager.Array("i", ["a"])[0].bit_length()  # E: "str" has no attribute "bit_length"
    manager.Array("d", [0.5]).append(1)  # E: has no attribute "append"
    manager.Namespace("phase")  # E: Too many arguments for "Namespace"


def locks(manager: SyncManager) -> None:
    lock = manager.Lock()
    lock.acquire(timeout="5")  # E: incompatible type "str"
    theirs: threading.Lock = manager.Semaphore()  # E: expression has type "SemaphoreProxy"
    lock.aquire()  # E: has no attribute "aquire"
    manager.Condition(manager.Event())  # E: incompatible type "EventProxy"
    manager.Semaphore("3")  # E: incompatible type "str"
    manager.Semaphore().release(n=None)  # E: incompatible type "None"
    manager.Event().wait().is_set()  # E: "bool" has no attribute "is_set"
    manager.Barrier()  # E: Missing positional argument "parties"
    with manager.RWLock():  # E: "RWLockProxy" has no attribute "__enter__"
        pass
    manager.CountDownLatch(3).count()  # E: "int" not callable
    manager.Counter().wait()  # E: Missing positional argument "at_least"
    wait_any([manager.dict(a=1)])  # E: has incompatible type
    with_fence(manager.dict(), lock)  # E: expected "Tuple[int, int]"
    inspect(1)  # E: expected "BaseProxy"


# ---- Managers and sessions.

def managers() -> None:
    connect(authkey="key")  # E: incompatible type "str"
    connect("unix:/tmp/socket", timeout=5)  # E: Unexpected keyword argument "timeout"
    manager = Manager(limits={"objects": "many"})  # E: expected "str": "SupportsIndex"
    manager.Quue()  # E: has no attribute "Quue"; maybe "Queue"
    SyncManager(key_file=5)  # E: incompatible type "int"
    values.register(int, "int", str.encode)  # E: No overload variant of "register"
    errors.Diskonnected  # E: Module has no attribute "Diskonnected"
    errors.WorkerLost(1, "pool", []).worker  # E: has no attribute "worker"


# ---- Tasks.

def pools(manager: SyncManager) -> None:
    with Pool("4") as pool:  # E: incompatible type "str"
        pool.map(square, ["a"])  # E: expected "Callable[[str], int]"
        pool.map(square, 3)  # E: expected "Iterable[int]"
        pool.map(square, [1], progres=True)  # E: Unexpected keyword argument "progres"
        texts: "list[str]" = pool.map(square, [1])  # E: incompatible type "Callable[[int], int]"
        pool.apply_async(square, (1,)).get().upper()  # E: "int" has no attribute "upper"
    Pool(2, manager=aio.Manager())  # E: expected "Optional[SyncManager]"
    Pool(2, atempts=3)  # E: Unexpected keyword argument "atempts"


def executors(manager: SyncManager) -> None:
    with Executor(attempts="3") as executor:  # E: incompatible type "str"
        executor.submit(square, "a")  # E: incompatible type "str"; expected "int"
        executor.submit(square).result()  # E: Missing positional argument "number"
        future = executor.submit(square, 1)
        future.result().upper()  # E: "int" has no attribute "upper"
        future.add_progress_callback(1)  # E: incompatible type "int"
        future.loss  # E: "Future[int]" has no attribute "loss"
        executor.map(square, ["a"])  # E: incompatible type
        executor.options(idempotant=True)  # E: Unexpected keyword argument "idempotant"
    Worker(manager.Queue())  # E: expected "TaskPoolProxy"
    Worker(manager.TaskPool()).add("square", 1)  # E: expected "Callable[..., Any]"
    progress()  # E: Missing positional argument "value"


# ---- asyncio.

async def awaited() -> None:
    with aio.connect("unix:/tmp/socket"):  # E: has no attribute "__enter__"
        pass
    async with aio.Manager() as manager:
        unawaited: aio.QueueProxy[int] = manager.Queue()  # E: expression has type "Coroutine
        jobs: aio.QueueProxy[int] = await manager.Queue()
        jobs.put(1)  # E: Value of type "Coroutine[Any, Any, None]" must be used
        jobs.get() + 1  # E: Unsupported operand types for + ("Coroutine[Any, Any, int]" and "int")
        await jobs.put("one")  # E: No overload variant of "put"
        text: str = await jobs.get()  # E: expression has type "int"
        ages: aio.DictProxy[str, int] = await manager.dict()
        len(ages)  # E: expected "Sized"
        ages["ada"] = 36  # E: Unsupported target for indexed assignment
        "ada" in ages  # E: Unsupported right operand type for in
        await ages.set(1, 1)  # E: expected "str"
        for name in ages:  # E: has no attribute "__iter__"; maybe "__aiter__"
            pass
        names: aio.ListProxy[str] = await manager.list()
        await names.append(1)  # E: incompatible type "int"
        seen: aio.SetProxy[int] = await manager.set()
        await seen.add("a")  # E: incompatible type "str"
        best = await manager.Value("d", 0.5)
        best.value = 1.5  # E: is read-only
        status = await manager.Namespace(phase="working")
        print(status.phase)  # E: has no attribute "phase"
        lock = await manager.Lock()
        with lock:  # E: has no attribute "__enter__"
            pass
        await aio.wait_any([status])  # E: has incompatible type
        await manager.TaskPool()  # E: has no attribute "TaskPool"
    async with aio.Executor(2) as executor:
        (await executor.run(square, 1)).upper()  # E: "int" has no attribute "upper"
        await executor.run(square, "a")  # E: incompatible type "str"; expected "int"
        for number in executor.map(square, [1]):  # E: has no attribute "__iter__"
            pass
