"""Every step whose outcome differs from CPython's on purpose, by the reason why.

Beside these: the words of a TypeError for arguments of a wrong number or type are each one's own.
"""

_DIFFERENCES = [
    ("Newer versions of CPython have it so: 3.12 refuses such a Barrier, 3.13 has Queue.shutdown, "
     "3.14 has locked() and dict's fromkeys()", {
         "dict": ['d._callmethod("fromkeys")'],
         "locks": ["lock.locked()", "semaphore.locked()"],
         "queue": ["joinable.shutdown()"],
         "signals": ["manager.Barrier(0)", "manager.Barrier(-1)"],
     }),
    ("Ours has more: a semaphore's value and release(n), the typecode of an Array, any iterable "
     "where CPython must pickle it, lists that take proxies of lists and find those of the same "
     "object", {
         "list": ["manager.list().extend(n * n for n in range(3))", "ordered + ordered",
                  "nested.index(nested[1])", 'manager.list(n for n in "ab")'],
         "locks": ["manager.Semaphore().release(2)", "manager.Semaphore().release(0)",
                   "manager.Semaphore().release(n=1)", "semaphore.get_value()",
                   'hasattr(semaphore, "get_value")', "bounded.release(0)"],
         "value_and_array": ["array.typecode"],
     }),
    ("Classes of proxies have plain names here; CPython makes up AutoProxy[Queue], and has one "
     "class for several types", {
         "locks": ["repr(rlock)", "repr(semaphore)", "repr(bounded)"],
         "plain_set": ["s.nonsense"],
         "queue": ["repr(q)", "repr(joinable)", "q.nonsense"],
     }),
    ("A deep copy of what has no value is another proxy of it. CPython raises RemoteError", {
        "locks": ["copy.deepcopy(lock)", "copy.deepcopy(rlock)", "copy.deepcopy(semaphore)"],
        "queue": ["copy.deepcopy(q)"],
        "signals": ["copy.deepcopy(event)", "copy.deepcopy(condition)", "copy.deepcopy(barrier)"],
     }),
    ("reversed() of a dict's proxy is an iterator over the keys that were there, as 3.14's", {
        "plain_dict": ["for key in reversed(changing):\n    del changing[key]"],
     }),
    ("JoinableQueue and Queue are one type", {"queue": ["joinable._token.typeid"]}),
    ("What is wrong with an object that is to be made is raised as itself. CPython makes it "
     "elsewhere, and raises RemoteError around the traceback", {
         "dict": ["manager.dict(5)", "manager.dict([5])", "manager.dict([(1, 2, 3)])",
                  "manager.dict({}, {})"],
         "list": ["manager.list(5)", "manager.list([1], [2])", "manager.list(sequence=[1])"],
         "locks": ["manager.Lock(1)", "manager.Semaphore(-1)", 'manager.Semaphore("two")',
                   "manager.Semaphore(1, 2)", "manager.BoundedSemaphore(-1)"],
         "namespace": ["manager.Namespace(1)"],
         "queue": ["manager.Queue(1, 2)"],
         "signals": ["manager.Event(1)", "manager.Condition(1)", "manager.Condition(lock, 2)",
                     "manager.Barrier()", "manager.Barrier(1, None, None, None)"],
         "value_and_array": [
             'manager.Value("i")', "manager.Value()", 'manager.Value("i", 1, True, 2)',
             'manager.Array("b", [128])', 'manager.Array("B", [-1])', 'manager.Array("h", [40000])',
             'manager.Array("I", [2**32])', 'manager.Array("l", [2**63])',
             'manager.Array("Q", [-1])', 'manager.Array("x", [1])', 'manager.Array("ii", [1])',
             "manager.Array(5, [1])", 'manager.Array("u", ["ab"])', 'manager.Array("u", [1])',
             'manager.Array("i", ["a"])', 'manager.Array("i", 3)', 'manager.Array("d", ["a"])',
             'manager.Array("i")'],
     }),
    ("Arguments are looked at before it's known whether they will be needed", {
        "locks": ["manager.RLock(1)"],
        "queue": ['manager.Queue("three")', "manager.Queue(1.5)", "manager.Queue(None)",
                  "manager.Queue().put(1, timeout=-1)"],
        "signals": ['condition.notify("one")', 'barrier.wait("soon")',
                    'manager.Barrier("two").wait(0.01)'],
    }),
    ("A broken barrier says who broke it", {
        "signals": ["barrier.wait()", "pair.wait(0.01)", "pair.wait()", "pair.wait(0)",
                    "pair.wait(-1)", "default.wait()", "manager.Barrier(2, timeout=0.01).wait()"],
    }),
    ("An RLock's proxy works inside of a Condition. In CPython the Condition is another thread "
     "than its user", {"signals": ["with rlock:\n    woken = nested.wait(0.01)"]}),
    ("Iteration fetches more than an element at a time", {"value_and_array": ["iter(array)"]}),
    ("A Value keeps its typecode if that is a letter", {
        "value_and_array": ['str(manager.Value("long name", 1))', "str(manager.Value(None, 1))"],
    }),
    ("Of equal elements a set keeps its own; CPython keeps whichever it looked up",
     {"plain_set": ["ones.copy()"]}),
]

# By script: the steps that differ, and why.
DIFFERENCES = {}
for _reason, _scripts in _DIFFERENCES:
    for _script, _steps in _scripts.items():
        DIFFERENCES.setdefault(_script, {}).update(dict.fromkeys(_steps, _reason))
