"""The keys by which the manager compares values that aren't of Python's own types.

A key is a rule, a type and a plain value. By OWN_TYPE the value equals only those of the same type
whose plain values are equal; without it, it equals whatever equals its plain value, as an IntEnum's
member equals an int. What is in a plain value may have a key in its turn.
"""

import enum
import operator
import types
import weakref

from . import known_keys
from .known_keys import ORDERED, OWN_TYPE, UNHASHABLE, name_of

_makers = weakref.WeakKeyDictionary()  # By class, the function that makes keys; None; or OWN.
_OWN = NotImplemented  # The class compares in a way that only its own code knows.


class NeedsEquality(TypeError):
    """A call asks for what equals a value, and only the class of that can tell."""


def key_of(value):
    """The key of a value that isn't of Python's own types. None: it is compared by the bytes that
    it travels as. NotImplemented: only its own class can compare it."""
    cls = type(value)
    try:
        maker = _makers[cls]
    except KeyError:
        maker = _makers[cls] = _maker_of(cls)
    if maker is None or maker is _OWN:
        return maker
    return maker(value)


def refuse(value):
    """Says that the manager can't find what is equal to that value."""
    cls = type(value)
    raise NeedsEquality(
        f"the manager can't compare {cls.__qualname__!r} objects, which define an equality of "
        f"their own: give them a key by values.register({cls.__qualname__}, key=function)")


def register(cls, function):
    rule = OWN_TYPE | _hashing(cls)
    if cls.__lt__ is not object.__lt__:
        rule |= ORDERED
    type_ = name_of(cls)
    _makers[cls] = lambda value: (rule, type_, function(value))


def _hashing(cls):
    return UNHASHABLE if cls.__hash__ is None else 0


def _maker_of(cls):
    if cls in known_keys.PLAIN:
        return None
    definer = next(base for base in cls.__mro__ if "__eq__" in vars(base))
    if definer is object:
        return _maker_by_identity(cls)
    known = known_keys.makers.get((definer.__module__, definer.__qualname__))
    if known is not None:
        return _maker_of_known(cls, definer, *known)
    if definer.__module__ == "numpy":
        return known_keys.scalar_of_numpy(cls)
    fields = _fields_of_generated(definer, definer.__eq__)
    if fields is not None:
        return _maker_of_fields(cls, definer, fields)
    return _OWN if isinstance(definer.__eq__, types.FunctionType) else None


def _maker_by_identity(cls):
    if issubclass(cls, enum.Enum):
        type_ = name_of(cls)
        name = "_value_" if issubclass(cls, enum.Flag) else "_name_"
        return lambda member: (OWN_TYPE, type_, getattr(member, name))
    if issubclass(cls, type) or cls is types.FunctionType:
        type_ = "builtins:type" if issubclass(cls, type) else "builtins:function"
        return lambda value: (OWN_TYPE, type_, name_of(value))
    return None


def _maker_of_known(cls, definer, function, type_, ordered):
    """`type_` is what the type is called, if it is its own: for its subclasses too."""
    rule = _hashing(cls) | (0 if type_ is None else OWN_TYPE)
    if ordered and cls.__lt__ is definer.__lt__:
        rule |= ORDERED
    type_ = name_of(cls) if type_ is None else type_

    def make(value):
        plain = function(value)
        if type(plain) is known_keys.Other:
            return plain.key(rule, type_)
        return rule, type_, plain

    return make


# ---- Classes with an equality that was generated from their fields.

def _fields_of_generated(definer, method):
    """The names of the fields that a method compares; None if it wasn't generated."""
    code = getattr(method, "__code__", None)
    if code is None:
        return None
    if "__dataclass_fields__" in vars(definer) and _by_dataclasses(code):
        fields = definer.__dataclass_fields__.values()
        return [field.name for field in fields if field.compare and not _is_pseudo(field)]
    if "__attrs_attrs__" in vars(definer) and code.co_filename.startswith("<attrs generated"):
        fields = [field for field in definer.__attrs_attrs__ if field.eq]
        if all(field.eq_key is None for field in fields):
            return [field.name for field in fields]
    return None


def _by_dataclasses(code):
    qualified = getattr(code, "co_qualname", "__create_fn__")
    return code.co_filename == "<string>" and qualified.startswith("__create_fn__")


def _is_pseudo(field):
    """A ClassVar, or an InitVar."""
    return field._field_type.name != "_FIELD"


def _maker_of_fields(cls, definer, names):
    rule = OWN_TYPE | _hashing(cls)
    if _fields_of_generated(definer, cls.__lt__) == names:
        rule |= ORDERED
    type_ = name_of(cls)
    if len(names) > 1:
        fields = operator.attrgetter(*names)
        return lambda value: (rule, type_, fields(value))
    return lambda value: (rule, type_, tuple(getattr(value, name) for name in names))
