"""Calls about values that only Python can compare: instances of classes that define an equality of
their own and have no key.

The client reads what the container has and compares. Then it makes the call with the form that is
stored, on the condition that the container hasn't changed meanwhile, or else begins anew: so two
that are equal are never in it. It costs a copy of all the keys or elements; values.register(cls,
key=function) saves that.
"""

from .._native import LazyValue, EncodedValue, Operation
from . import operations
from .maybe_async import maybe_async

_keys_page = Operation("dict.read_page", "kind", "cursor", "version", raw=True)
_elements_page = Operation("set.read_page", "cursor", "version", raw=True)
_KEYS = 1  # The kind of a page that has the keys of a dict.
_FORMS = (LazyValue, EncodedValue)


def by_equality(operation, subject, timeout, *arguments):
    """Makes that call of a dict, a list or a set, or another that compares one value: the result
    that it would have if the manager compared as Python does."""
    kind, _, method = operation.name.partition(".")
    reference = getattr(subject, "_syncmanager_reference", subject)
    if kind == "registry":
        return _open(operation, reference, timeout, *arguments)
    if kind == "list" and method in _of_list:
        return _of_list[method](reference, *arguments)
    if kind == "set":
        if method == "combine":
            return _combine(operation, reference, *arguments)
        return _with_key(operation, reference, _elements_page, (), arguments)
    if method == "compare_and_set" and (kind != "dict" or type(arguments[0]) in _FORMS):
        return _compare_and_set(operation, reference, arguments)
    if method == "update":
        return _update(operation, reference, *arguments)
    return _with_key(operation, reference, _keys_page, (_KEYS,), arguments)


def _stored(value, reference):
    return EncodedValue(value, reference.session, True)


@maybe_async
def _all_raw(read, reference, kind):
    """All keys or elements, as (value, how it arrived), and which version that is."""
    while True:
        values, cursor, version = yield read(reference, None, *kind, 0, 0)
        try:
            while cursor:
                more, cursor, version = yield read(reference, None, *kind, cursor, version)
                values += more
        except RuntimeError:  # It was changed meanwhile.
            continue
        return [(raw.decode(), raw) for raw in values], version


def _find(known, wanted, reference):
    """The form of what equals `wanted`, as Python's dicts see it; else that of `wanted`."""
    number = hash(wanted)
    for value, raw in known:
        if value is wanted or (hash(value) == number and value == wanted):
            return raw
    return _stored(wanted, reference)


@maybe_async
def _with_key(operation, reference, read, kind, arguments):
    key, *others = arguments
    hash(key)
    while True:
        known, version = yield _all_raw(read, reference, kind)
        form = _find(known, key, reference)
        try:
            return (yield operation(reference.at_version(version), None, form, *others))
        except RuntimeError:  # It was changed meanwhile.
            continue
        except KeyError:
            raise KeyError(key) from None


@maybe_async
def _update(operation, reference, entries):
    while True:
        known, version = yield _all_raw(_keys_page, reference, (_KEYS,))
        forms = [(_find(known, key, reference), value) for key, value in entries.items()]
        try:
            return (yield operation(reference.at_version(version), None, forms))
        except RuntimeError:  # It was changed meanwhile.
            continue


@maybe_async
def _combine(operation, reference, operator, values):
    values = dict.fromkeys(values)
    while True:
        known, version = yield _all_raw(_elements_page, reference, ())
        forms = [_find(known, value, reference) for value in values]
        try:
            return (yield operation(reference.at_version(version), None, operator, forms))
        except RuntimeError:  # It was changed meanwhile.
            continue


def _open(operation, reference, timeout, name, must_exist, options):
    """Opens a dict. Its first entries are pairs from a dict, so their keys differ."""
    entries = [(_stored(key, reference), value) for key, value in options["entries"]]
    return operation(reference, timeout, name, must_exist, {**options, "entries": entries})


# ---- Of one value that is compared with what is there.

@maybe_async
def _compare_and_set(operation, reference, arguments):
    *place, expected, desired = arguments
    read = _reads[operation.name.partition(".")[0]]
    while True:
        try:
            raw = yield read(reference, None, *place)
        except (KeyError, AttributeError):
            return False
        if raw.decode() != expected:
            return False
        if (yield operation(reference, None, *place, raw, desired)):
            return True


_reads = {
    "array": Operation("array.get", "index", raw=True),
    "dict": Operation("dict.get", "key", raw=True),
    "list": Operation("list.get", "index", raw=True),
    "namespace": Operation("namespace.get", "name", raw=True),
    "value": Operation("value.get", raw=True),
}


# ---- Of lists.

@maybe_async
def _read_list(reference):
    """All elements, and which version that is."""
    read = operations.list_.read_slice
    while True:
        values, cursor, version = yield read(reference, None, {}, 0, 0)
        try:
            while cursor:
                more, cursor, version = yield read(reference, None, {}, cursor, version)
                values += more
        except RuntimeError:  # It was changed meanwhile.
            continue
        return values, version


@maybe_async
def _contains(reference, value):
    return value in (yield _read_list(reference))[0]


@maybe_async
def _count(reference, value):
    return (yield _read_list(reference))[0].count(value)


@maybe_async
def _index(reference, value, start=..., stop=...):
    bounds = [0 if start is ... else start] + ([] if stop is ... else [stop])
    return (yield _read_list(reference))[0].index(value, *bounds)


@maybe_async
def _remove(reference, value):
    while True:
        values, version = yield _read_list(reference)
        try:
            place = values.index(value)
        except ValueError:
            raise ValueError("list.remove(x): x not in list") from None
        try:
            return (yield operations.list_.delete(reference.at_version(version), None, place))
        except RuntimeError:  # It was changed meanwhile.
            continue


_of_list = {"contains": _contains, "count": _count, "index": _index, "remove": _remove}
