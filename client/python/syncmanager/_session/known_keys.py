"""The keys of the standard library's types, and of NumPy's scalars."""

import sys

OWN_TYPE, ORDERED, UNHASHABLE = 1, 2, 4  # As the manager has them.

# Of these the manager knows all.
PLAIN = frozenset((type(None), bool, int, float, str, bytes, list, tuple, set, frozenset, dict))

_RATIO = "numbers:Rational"  # The manager orders these among other numbers.
_MAX_DIGITS = 4000  # A Decimal of a larger power of ten equals only Decimals.
_WHOLE = slice(None)


class Other:
    """A key of another rule or type than the others of its class have."""

    __slots__ = ("_rule", "_type", "_plain")

    def __init__(self, rule, type_, plain):
        self._rule, self._type, self._plain = rule, type_, plain

    def key(self, rule, type_):
        return rule & UNHASHABLE | self._rule, self._type or type_, self._plain


def name_of(named):
    """A class's or a function's, the same in every process of a program."""
    module = named.__module__
    return f"{'__main__' if module == '__mp_main__' else module}:{named.__qualname__}"


# ---- Numbers.

def _fraction(value):
    return _rational(value.numerator, value.denominator)


def _decimal(value):
    if not value.is_finite():
        return float("nan") if value.is_nan() else float(value)
    if abs(value.adjusted()) <= _MAX_DIGITS or not value:
        return _rational(*value.as_integer_ratio())
    sign, digits, exponent = value.as_tuple()
    significant = "".join(map(str, digits)).rstrip("0")
    exponent += len(digits) - len(significant)
    return Other(OWN_TYPE, None, (sign, significant, exponent))


def _rational(over, under):
    """As a number that equals it, if there is one."""
    if under == 1:
        return over
    try:
        real = over / under
        if real.as_integer_ratio() == (over, under):
            return real
    except OverflowError:
        pass
    return Other(OWN_TYPE | ORDERED, _RATIO, (over, under))


def _complex(value):
    if value.imag == 0:
        return value.real
    return Other(OWN_TYPE, "builtins:complex", (value.real, value.imag))


def scalar_of_numpy(cls):
    """Returns the function that makes the keys of a scalar type of NumPy: a key is the number of
    Python that equals the scalar. Returns None for other classes."""
    if not issubclass(cls, sys.modules["numpy"].generic):
        return None
    type_ = name_of(cls)

    def make(value):
        plain = value.item()
        if type(plain) is complex:
            plain = _complex(plain)
            return plain.key(0, type_) if type(plain) is Other else (0, type_, plain)
        return (ORDERED, type_, plain) if type(plain) in PLAIN else None

    return make


# ---- Dates and times.

def _microseconds(delta):
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def _time_of_day(value):
    seconds = (value.hour * 60 + value.minute) * 60 + value.second
    return seconds * 1_000_000 + value.microsecond


def _time(value):
    offset = value.utcoffset()
    if offset is None:
        return _time_of_day(value)
    return Other(OWN_TYPE | ORDERED, "datetime:time with a zone",
                 _time_of_day(value) - _microseconds(offset))


def _datetime(value):
    """Returns the instant of a datetime with a zone. Where its offset depends on `fold`, the key
    equals those of the same zone only, as in Python."""
    fields = value.toordinal() * 86_400_000_000 + _time_of_day(value)
    if value.tzinfo is None:
        return fields
    first = value.replace(fold=0)
    offset = first.utcoffset()
    if offset is None:
        return fields
    zone = ()
    if first.replace(fold=1).utcoffset() != offset:
        zone = (str(value.tzinfo), fields)
    return Other(OWN_TYPE | ORDERED, "datetime:datetime with a zone",
                 (fields - _microseconds(offset), zone))


# ---- Others.

def _range(value):
    """Ranges of the same elements are equal."""
    start, stop, step = value.start, value.stop, value.step
    size = max(0, (stop - start + step - (1 if step > 0 else -1)) // step)
    return size, start if size else None, step if size > 1 else None


def _path(value):
    parts = value.parts
    if isinstance(value, sys.modules["pathlib"].PureWindowsPath):
        parts = tuple(part.lower() for part in parts)
        return Other(OWN_TYPE | ORDERED, "pathlib:PureWindowsPath", parts)
    return parts


def _interface(value):
    network = value.network
    return value.version, int(network.network_address), network.prefixlen, int(value.ip)


def _own_versions(maker):
    """Addresses of IPv4 and IPv6 have no order."""
    return lambda value: Other(OWN_TYPE | ORDERED, f"ipaddress:IPv{value.version}", maker(value))


def _network(value):
    return int(value.network_address), value.prefixlen


# By where __eq__ is defined: what makes the plain value; the type, if it is its own; and whether
# `<` is that of the plain values.
makers = {
    ("builtins", "int"): (lambda value: int.__add__(value, 0), None, True),
    ("builtins", "float"): (lambda value: float.__add__(value, 0.0), None, True),
    ("builtins", "str"): (lambda value: str.__str__(value), None, True),
    ("builtins", "bytes"): (lambda value: bytes.__getitem__(value, _WHOLE), None, True),
    ("builtins", "bytearray"): (bytes, None, True),
    ("builtins", "tuple"): (lambda value: tuple.__getitem__(value, _WHOLE), None, True),
    ("builtins", "list"): (lambda value: list.__getitem__(value, _WHOLE), None, True),
    ("builtins", "dict"): (dict.copy, None, False),
    ("builtins", "set"): (set, None, True),
    ("builtins", "frozenset"): (frozenset, None, True),
    ("builtins", "complex"): (_complex, None, False),
    ("builtins", "range"): (_range, "builtins:range", False),
    ("builtins", "slice"): (lambda value: (value.start, value.stop, value.step),
                            "builtins:slice", True),
    ("collections", "OrderedDict"): (dict.copy, None, False),
    ("collections", "Counter"): (
        lambda value: {key: count for key, count in value.items() if count}, None, False),
    ("collections", "deque"): (list, "collections:deque", True),
    ("array", "array"): (lambda value: value.tolist(), "array:array", True),
    ("types", "SimpleNamespace"): (lambda value: vars(value).copy(),
                                   "types:SimpleNamespace", False),
    ("decimal", "Decimal"): (_decimal, None, True),
    ("fractions", "Fraction"): (_fraction, None, True),
    ("datetime", "date"): (lambda value: value.toordinal(), "datetime:date", True),
    ("datetime", "datetime"): (_datetime, "datetime:datetime", True),
    ("datetime", "time"): (_time, "datetime:time", True),
    ("datetime", "timedelta"): (_microseconds, "datetime:timedelta", True),
    ("datetime", "timezone"): (lambda value: _microseconds(value.utcoffset(None)),
                               "datetime:timezone", False),
    ("uuid", "UUID"): (lambda value: value.int, "uuid:UUID", True),
    ("pathlib", "PurePath"): (_path, "pathlib:PurePath", True),
    ("pathlib._local", "PurePath"): (_path, "pathlib:PurePath", True),
    ("ipaddress", "_BaseAddress"): (_own_versions(int), "ipaddress:Address", True),
    ("ipaddress", "IPv6Address"): (
        _own_versions(lambda value: (int(value), value.scope_id or "")), "ipaddress:Address", True),
    ("ipaddress", "_BaseNetwork"): (_own_versions(_network), "ipaddress:Network", True),
    ("ipaddress", "IPv4Interface"): (_interface, "ipaddress:IPv4Interface", True),
    ("ipaddress", "IPv6Interface"): (_interface, "ipaddress:IPv6Interface", True),
}
