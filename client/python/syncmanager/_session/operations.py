"""The wire's operations, by the names that they have in protos/."""

from queue import Empty, Full

from .._native import Operation


def opening(kind):
    """Finds or makes an object: `kind` is its field in RegistryOp.Open."""
    return Operation("registry.open", "name", "must_exist", kind)


class registry:
    adopt = Operation("registry.adopt", "object")
    delete = Operation("registry.delete", "name", "object")
    inspect = Operation("registry.inspect", "name", "object")
    list = Operation("registry.list", "prefix", "after", "anonymous")
    ping = Operation("registry.ping")
    send = Operation("registry.send", "object")
    stats = Operation("registry.stats")


class queue:
    ack = Operation("queue.ack", "delivery")
    full = Operation("queue.full")
    get = Operation("queue.get", late=Empty)
    join = Operation("queue.join", late=False)
    nack = Operation("queue.nack", "delivery", "delay_us")
    put = Operation("queue.put", "item", "delay_us", "key", "place", late=Full)
    shut_down = Operation("queue.shut_down", "immediate")
    size = Operation("queue.size")
    take = Operation("queue.get", "in_hand", late=Empty, delivers=True)
    task_done = Operation("queue.task_done")
    waiting = Operation("queue.waiting", "cursor", "version")


class dict:
    add = Operation("dict.add", "key", "amount", "initial")
    clear = Operation("dict.clear")
    compare_and_set = Operation("dict.compare_and_set", "key", "expected", "desired")
    contains = Operation("dict.contains", "key")
    delete = Operation("dict.delete", "key")
    get = Operation("dict.get", "key")
    length = Operation("dict.length")
    pop = Operation("dict.pop", "key")
    pop_item = Operation("dict.pop_item")
    read_page = Operation("dict.read_page", "kind", "cursor", "version")
    set = Operation("dict.set", "key", "value")
    set_default = Operation("dict.set_default", "key", "value")
    update = Operation("dict.update", "entries")


class list:
    add = Operation("list.add", "index", "amount")
    append = Operation("list.append", "value")
    clear = Operation("list.clear")
    compare_and_set = Operation("list.compare_and_set", "index", "expected", "desired")
    contains = Operation("list.contains", "value")
    count = Operation("list.count", "value")
    delete = Operation("list.delete", "index")
    delete_slice = Operation("list.delete_slice", "slice")
    extend = Operation("list.extend", "values")
    get = Operation("list.get", "index")
    index = Operation("list.index", "value", "start", "stop")
    insert = Operation("list.insert", "index", "value")
    length = Operation("list.length")
    pop = Operation("list.pop", "index")
    read_slice = Operation("list.read_slice", "slice", "cursor", "version")
    remove = Operation("list.remove", "value")
    repeat = Operation("list.repeat", "times")
    replace = Operation("list.replace", "version", "values")
    reverse = Operation("list.reverse")
    set = Operation("list.set", "index", "value")
    set_slice = Operation("list.set_slice", "slice", "values")
    sort = Operation("list.sort", "reverse")


class set:
    clear = Operation("set.clear")
    combine = Operation("set.combine", "operator", "values")
    contains = Operation("set.contains", "value")
    discard = Operation("set.discard", "value")
    insert = Operation("set.insert", "value")
    length = Operation("set.length")
    pop = Operation("set.pop")
    read_page = Operation("set.read_page", "cursor", "version")
    remove = Operation("set.remove", "value")


class namespace:
    add = Operation("namespace.add", "name", "amount", "initial")
    compare_and_set = Operation("namespace.compare_and_set", "name", "expected", "desired")
    contains = Operation("namespace.contains", "name")
    delete = Operation("namespace.delete", "name")
    get = Operation("namespace.get", "name")
    read_page = Operation("namespace.read_page", "cursor", "version")
    set = Operation("namespace.set", "name", "value")


class value:
    add = Operation("value.add", "amount")
    compare_and_set = Operation("value.compare_and_set", "expected", "desired")
    get = Operation("value.get")
    set = Operation("value.set", "value")


class array:
    add = Operation("array.add", "index", "amount")
    compare_and_set = Operation("array.compare_and_set", "index", "expected", "desired")
    get = Operation("array.get", "index")
    length = Operation("array.length")
    read_slice = Operation("array.read_slice", "slice", "cursor", "version")
    set = Operation("array.set", "index", "value")
    set_slice = Operation("array.set_slice", "slice", "values")
    typecode = Operation("array.typecode")


class pool:
    begun = Operation("pool.begun", "inbox", "tickets")
    cancel = Operation("pool.cancel", "inbox", "tickets")
    collect = Operation("pool.collect", "inbox", "max")
    finish = Operation("pool.finish", "finished")
    give_back = Operation("pool.give_back", "tasks")
    leave = Operation("pool.leave")
    progress = Operation("pool.progress", "task", "value")
    retry = Operation("pool.retry", "tasks")
    state = Operation("pool.state")
    submit = Operation("pool.submit", "inbox", "tasks")
    take = Operation("pool.take", "offers", "max")


class lock:
    acquire = Operation("lock.acquire", late=False)
    locked = Operation("lock.locked")
    release = Operation("lock.release", "fencing", "abandoned")


class rwlock:
    acquire_read = Operation("rwlock.acquire_read", late=False)
    acquire_write = Operation("rwlock.acquire_write", late=False)
    locked = Operation("rwlock.locked")
    release = Operation("rwlock.release")


class semaphore:
    acquire = Operation("semaphore.acquire", "permits", late=False)
    release = Operation("semaphore.release", "permits")
    value = Operation("semaphore.value")


class condition:
    acquire = Operation("condition.acquire", late=False)
    locked = Operation("condition.locked")
    notify = Operation("condition.notify", "count")
    notify_all = Operation("condition.notify_all")
    release = Operation("condition.release")
    wait = Operation("condition.wait", late=False)


class event:
    clear = Operation("event.clear")
    is_set = Operation("event.is_set")
    set = Operation("event.set")
    wait = Operation("event.wait", late=False)


class barrier:
    abort = Operation("barrier.abort")
    inspect = Operation("barrier.inspect")
    reset = Operation("barrier.reset")
    wait = Operation("barrier.wait")


class counter:
    add = Operation("counter.add", "amount")
    get = Operation("counter.get")
    wait = Operation("counter.wait", "at_least", late=False)


class latch:
    count = Operation("latch.count")
    count_down = Operation("latch.count_down", "count")
    wait = Operation("latch.wait", late=False)
