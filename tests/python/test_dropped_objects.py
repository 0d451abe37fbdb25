"""How long objects live: one that nobody refers to any more is gone, whatever was done with it."""

import gc
import threading
import unittest

from support import ManagerTest, TwoManagersTest

# How an object is made, and what is done with it then. It is dropped after each of these steps:
# each time it is made anew, and the steps before are done again.
LIVES = {
    "Event()": ("o.is_set()", "o.wait(0)", "o.set()", "o.wait()", "o.clear()"),
    "Lock()": ("o.acquire()", "o.acquire(False)", "o.release()", "o.__enter__()"),
    "RLock()": ("o.acquire()", "o.acquire()", "o.release()", "o.release()", "o.__enter__()"),
    "Semaphore(1)": ("o.acquire()", "o.acquire(False)", "o.release()", "o.release()"),
    "Semaphore(0)": ("o.release()", "o.acquire()"),
    "BoundedSemaphore(2)": ("o.acquire()", "o.acquire()", "o.release()", "o.release()"),
    "Condition()": ("o.acquire()", "o.wait(0.01)", "o.notify()", "o.notify_all()",
                    "o.wait_for(bool, 0.01)", "o.acquire()", "o.release()", "o.release()"),
    "Condition(m.Lock())": ("o.acquire()", "o.wait(0.01)", "o.notify()", "o.release()"),
    "Condition(m.RLock())": ("o.acquire()", "o.release()"),
    "Barrier(1)": ("o.wait()", "o.parties", "o.n_waiting", "o.broken", "o.abort()", "o.reset()"),
    "Barrier(2)": ("o.wait(0.01)", "o.broken"),
    "list([2, 1])": (
        "o.append(3)", "1 in o", "o[0]", "o[:]", "len(o)", "o + [4]", "o * 2", "2 * o",
        "o.extend([5])", "o.insert(0, 6)", "o.index(6)", "o.count(6)", "o.reverse()",
        "list(reversed(o))", "o.sort()", "o.remove(6)", "o.pop()", "o.__setitem__(0, 7)",
        "o.__delitem__(0)", "o.__iadd__([8])", "o.__imul__(2)", "list(iter(o))", "next(iter(o))",
        "str(o)", "repr(o)", "o._getvalue()"),
    "dict(a=1)": (
        "'a' in o", "o['a']", "o.__setitem__('b', 2)", "len(o)", "list(o)", "next(iter(o))",
        "o.get('c')", "o.setdefault('c', 3)", "o.keys()", "o.values()", "o.items()", "o.copy()",
        "o.update(d=4)", "o.pop('d')", "o.__delitem__('c')", "o.popitem()", "o.clear()", "str(o)"),
    "Namespace(a=1)": ("o.a", "setattr(o, 'b', 2)", "delattr(o, 'b')", "str(o)"),
    "Value('i', 1)": ("o.get()", "o.set(2)", "o.value", "setattr(o, 'value', 3)"),
    "Array('i', [1, 2])": ("len(o)", "o[0]", "o.__setitem__(0, 3)", "list(o)"),
    "Pool(1)": (
        "o.apply(abs, (-1,))", "o.apply_async(abs, (-1,)).get()", "o.map(abs, [-1])",
        "o.map_async(abs, [-1]).wait()", "list(o.imap(abs, [-1]))", "next(o.imap(abs, [-1, -2]))",
        "list(o.imap_unordered(abs, [-1]))", "o.starmap(abs, [(-1,)])",
        "o.starmap_async(abs, [(-1,)]).get()", "o.close()", "o.join()", "o.terminate()"),
    "list([m.dict(), m.list([m.Lock()])])": (
        "o[0].__setitem__('x', 1)", "o[1][0].acquire()", "o.append(m.Queue())", "o.pop()",
        "o.extend([m.Event(), m.RLock()])", "o[-1].acquire()", "o[:]", "o.__delitem__(0)"),
    "dict(a=m.dict(b=m.Semaphore(1)))": (
        "o['a']['b'].acquire()", "o.values()", "o['a'].pop('b')", "o.popitem()"),
    "Namespace(lock=m.Lock())": ("o.lock.acquire()", "setattr(o, 'lock', None)"),
}
QUEUE = ("o.put(1)", "o.put_nowait(2)", "o.qsize()", "o.empty()", "o.full()", "o.get()",
         "o.get_nowait()", "o.get(timeout=0.01)", "o.task_done()", "o.put(m.Lock())", "o.get()",
         "o.task_done()", "o.task_done()", "o.join()")
LIVES.update((f"{queue}(3)", QUEUE)
             for queue in ("Queue", "JoinableQueue"))

# What multiprocessing doesn't have.
OUR_LIVES = {
    "RWLock()": ("o.acquire_read()", "o.acquire_read()", "o.locked()", "o.release()", "o.release()",
                 "o.acquire_write()"),
    "Counter()": ("o.add()", "o.get()", "o.wait(0)", "o.wait(1)"),
    "CountDownLatch(1)": ("o.count", "o.wait(0)", "o.count_down()", "o.wait()"),
    "set([1])": ("o.add(2)", "o.pop()", "o | {3}", "list(o)"),
    "dict(a={}, deep=True)": ("o['a'].__setitem__('x', [1])", "o['a']['x'].append({})", "o.copy()"),
    "Barrier(1, action=print)": ("o.wait()", "o.abort()"),
    "TaskPool()": ("o.state()",),
    "Queue(reliable=True)": ("o.put(1)", "o.get()", "o.put(2)", "o.take()", "o.put(m.Lock())",
                             "o.get()", "o.task_done()"),
    "LifoQueue()": QUEUE,
    "PriorityQueue()": QUEUE,
    "LifoQueue(reliable=True)": ("o.put(m.Lock())", "o.take()"),
    "Queue(reliable=True, max_deliveries=1, dead_letters=m.Queue())": (
        "o.put(1)", "o.take().nack()", "o.put(1)", "o.take()"),
    "Queue()": ("o.put(1, delay=60)", "o.put(1, key=b'a')", "o.shutdown()"),
}


# How a step calls a method that has no name there.
OPERATORS = {
    "__add__": " + ", "__contains__": " in o", "__getitem__": "o[", "__getattribute__": "o.",
    "__iter__": "iter(", "__len__": "len(", "__mul__": "o * ", "__rmul__": " * o",
    "__reversed__": "reversed(", "__setattr__": "setattr(", "__delattr__": "delattr(",
}
ROUNDS = 1000
ROOM = 1 << 20  # The growth of a manager's memory that ROUNDS may cause, in bytes.


class Box:
    """A program's own class, whose objects travel as pickles."""

    def __init__(self, content):
        self.content = content


def do(step, names):
    """Does it, and drops its result. Returns the name of the error that it raised, or None."""
    try:
        eval(step, names)
    except Exception as error:
        return type(error).__name__
    return None


def live(manager, make, steps):
    """Makes an object, does the steps and drops it. Returns their errors, and how many objects more
    than before the manager has while it is there and afterwards."""
    before = manager._number_of_objects()
    names = {"m": manager, "o": eval("m." + make, {"m": manager})}
    errors = [do(step, names) for step in steps]
    made = manager._number_of_objects() - before
    names.clear()
    gc.collect()  # An error that a proxy of CPython's raises refers to itself, and to the proxy.
    return errors, made, manager._number_of_objects() - before


def prefixes(steps):
    return (steps[:count] for count in range(len(steps) + 1))


def is_simple(make):
    """Whether it makes no other object: CPython doesn't count what is in a container."""
    return "m." not in make


def is_called(method, steps):
    """Whether the steps call that method of a proxy."""
    operator = OPERATORS.get(method, method)
    return any(operator in step for step in steps)


def in_a_thread(function, *args):
    """Runs the function in a thread that ends, and returns its result."""
    results = []
    thread = threading.Thread(target=lambda: results.append(function(*args)))
    thread.start()
    thread.join()
    return results[0]


def private_bytes(pid):
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return 1024 * sum(int(line.split()[1]) for line in file if line.startswith("Private_"))


class CpythonsTypesTest(TwoManagersTest):
    def test_what_is_dropped_is_gone_as_in_cpython(self):
        for make, all_steps in LIVES.items():
            for steps in [all_steps] if make.startswith("Pool") else prefixes(all_steps):
                with self.subTest(make=make, steps=steps):
                    ours, theirs = (live(manager, make, steps)
                                    for manager in (self.manager, self.theirs))
                    self.assertEqual((ours[0], ours[2]), (theirs[0], theirs[2]))

    def test_each_type_is_as_many_objects_as_in_cpython(self):
        for make in filter(is_simple, LIVES):
            with self.subTest(make=make):
                self.assertEqual(live(self.manager, make, ()), live(self.theirs, make, ()))

    def test_no_method_of_cpythons_proxies_is_left_out(self):
        called = {}
        for make, steps in LIVES.items():
            called.setdefault(make.partition("(")[0], []).extend(steps)
        for make in filter(is_simple, LIVES):
            steps = called[make.partition("(")[0]]
            exposed = eval("m." + make, {"m": self.theirs})._exposed_
            self.assertEqual([name for name in exposed if not is_called(name, steps)], [], make)


class OurTypesTest(ManagerTest):
    def test_what_is_dropped_is_gone(self):
        for make, all_steps in OUR_LIVES.items():
            for steps in prefixes(all_steps):
                with self.subTest(make=make, steps=steps):
                    self.assertEqual(live(self.manager, make, steps)[2], 0)

    def test_an_item_in_hand_keeps_its_queue_for_as_long_as_its_delivery_is_there(self):
        queue = self.manager.Queue(reliable=True)
        queue.put("item")
        delivery = queue.take()
        del queue
        self.assertEqual(self.manager._number_of_objects(), 1)
        delivery.ack()
        del delivery
        self.assertEqual(self.manager._number_of_objects(), 0)


class DroppedTest(ManagerTest):
    def setUp(self):
        self.before = self.manager._number_of_objects()

    def count(self):
        """How many objects more there are than when the test began."""
        return self.manager._number_of_objects() - self.before

    def test_as_many_as_there_are_at_once(self):
        locks = [self.manager.Lock() for _ in range(1000)]
        for lock in locks[::10]:
            lock.acquire()
        del lock, locks[500:]
        self.assertEqual(self.count(), 500)
        del locks
        self.assertEqual(self.count(), 0)

    def test_in_a_thread_that_owned_them(self):
        def acquire_and_drop():
            for make in (self.manager.RLock, self.manager.Condition) * 150:
                make().acquire()
            return self.count()

        self.assertEqual(in_a_thread(acquire_and_drop), 0)

    def test_what_a_thread_owned_and_dropped_goes_to_the_next_as_abandoned(self):
        kept = self.manager.list([self.manager.RLock(), self.manager.Condition()])

        def acquire_and_drop():
            for number in range(len(kept)):
                kept[number].acquire()
            for _ in range(300):
                self.manager.RLock().acquire()

        in_a_thread(acquire_and_drop)
        for lock in kept:
            self.assertTrue(lock.acquire(False))
            self.assertTrue(lock.abandoned)

    def test_a_pickle_that_is_stored_keeps_what_the_proxies_in_it_are_of(self):
        boxes = self.manager.dict()
        boxes["list"] = Box(self.manager.list([1]))
        boxes["deep"] = Box(self.manager.dict({"a": {}}, deep=True))
        boxes["barrier"] = Box([self.manager.Barrier(1, action=print)])
        self.assertEqual(boxes["list"].content[0], 1)
        boxes["deep"].content["a"]["b"] = 1
        self.assertEqual(boxes["deep"].content.copy(), {"a": {"b": 1}})
        self.assertEqual(boxes["barrier"].content[0].parties, 1)
        del boxes
        self.assertEqual(self.count(), 0)

    def test_rounds_of_making_and_holding_cost_nothing(self):
        def go_round():
            for _ in range(ROUNDS):
                for make in self.manager.Semaphore, self.manager.Lock, self.manager.Condition:
                    make().acquire()
                queue = self.manager.Queue(reliable=True)
                queue.put(bytes(1000))
                queue.get()

        go_round()
        before = private_bytes(self.manager._process.pid)
        go_round()
        self.assertLess(private_bytes(self.manager._process.pid) - before, ROOM)
        self.assertEqual(self.count(), 0)


if __name__ == "__main__":
    unittest.main()
