"""The wire's operations, by the names that they have in protos/."""

from queue import Empty, Full
from types import SimpleNamespace

from .._native import Operation


def opening(kind):
    """Finds or makes an object: `kind` is its field in RegistryOp.Open."""
    return Operation("registry.open", "name", "must_exist", kind)


def _operation(type_name, name, fields, *, wire=None, **options):
    return Operation(f"{type_name}.{wire or name}", *fields.split(), **options)


def _operations(type_name, /, **rows):
    """Returns the operations of a type as attributes.

    A row names the fields that the arguments fill, in their order. The options of Operation() may
    stand behind them, and `wire`: the operation's name in the .proto file, if that is another one.
    """
    table = SimpleNamespace()
    for name, row in rows.items():
        fields, options = row if isinstance(row, tuple) else (row, {})
        setattr(table, name, _operation(type_name, name, fields, **options))
    return table


_FALSE_IF_LATE = {"on_timeout": False}

registry = _operations(
    "registry",
    adopt="object",
    delete="name object",
    inspect="name object",
    list="prefix after anonymous",
    ping="",
    send="object",
    stats="")
queue = _operations(
    "queue",
    ack="delivery",
    full="",
    get=("", {"on_timeout": Empty}),
    join=("", _FALSE_IF_LATE),
    nack="delivery delay_us",
    put=("item delay_us key place", {"on_timeout": Full}),
    shut_down="immediate",
    size="",
    take=("in_hand", {"wire": "get", "on_timeout": Empty, "as_delivery": True}),
    task_done="",
    waiting="cursor version")
dict_ = _operations(
    "dict",
    add="key amount initial",
    clear="",
    compare_and_set="key expected desired",
    contains="key",
    delete="key",
    get="key",
    length="",
    pop="key",
    pop_item="",
    read_page="kind cursor version",
    set="key value",
    set_default="key value",
    update="entries")
list_ = _operations(
    "list",
    add="index amount",
    append="value",
    clear="",
    compare_and_set="index expected desired",
    contains="value",
    count="value",
    delete="index",
    delete_slice="slice",
    extend="values",
    get="index",
    index="value start stop",
    insert="index value",
    length="",
    pop="index",
    read_slice="slice cursor version",
    remove="value",
    repeat="times",
    replace="version values",
    reverse="",
    set="index value",
    set_slice="slice values",
    sort="reverse")
set_ = _operations(
    "set",
    clear="",
    combine="operator values",
    contains="value",
    discard="value",
    insert="value",
    length="",
    pop="",
    read_page="cursor version",
    remove="value")
namespace = _operations(
    "namespace",
    add="name amount initial",
    compare_and_set="name expected desired",
    contains="name",
    delete="name",
    get="name",
    read_page="cursor version",
    set="name value")
value = _operations(
    "value",
    add="amount",
    compare_and_set="expected desired",
    get="",
    set="value")
array = _operations(
    "array",
    add="index amount",
    compare_and_set="index expected desired",
    get="index",
    length="",
    read_slice="slice cursor version",
    set="index value",
    set_slice="slice values",
    typecode="")
pool = _operations(
    "pool",
    begun="inbox tickets",
    cancel="inbox tickets",
    collect="inbox max",
    finish="finished",
    give_back="tasks",
    leave="",
    progress="task value",
    retry="tasks",
    state="",
    submit="inbox tasks",
    take="offers max")
lock = _operations(
    "lock",
    acquire=("", _FALSE_IF_LATE),
    locked="",
    release="fencing abandoned")
rwlock = _operations(
    "rwlock",
    acquire_read=("", _FALSE_IF_LATE),
    acquire_write=("", _FALSE_IF_LATE),
    locked="",
    release="")
semaphore = _operations(
    "semaphore",
    acquire=("permits", _FALSE_IF_LATE),
    release="permits",
    value="")
condition = _operations(
    "condition",
    acquire=("", _FALSE_IF_LATE),
    locked="",
    notify="count",
    notify_all="",
    release="",
    wait=("", _FALSE_IF_LATE))
event = _operations(
    "event",
    clear="",
    is_set="",
    set="",
    wait=("", _FALSE_IF_LATE))
barrier = _operations(
    "barrier",
    abort="",
    inspect="",
    reset="",
    wait="")
counter = _operations(
    "counter",
    add="amount",
    get="",
    wait=("at_least", _FALSE_IF_LATE))
latch = _operations(
    "latch",
    count="",
    count_down="count",
    wait=("", _FALSE_IF_LATE))
