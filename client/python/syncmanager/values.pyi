"""The types of syncmanager.values."""

from _typeshed import ReadableBuffer
from collections.abc import Callable
from typing import Any, TypeVar, overload

from ._session.translation import PickleRefused as PickleRefused

__all__ = ["PickleRefused", "register"]

_T = TypeVar("_T")

@overload
def register(
    cls: type[_T],
    name: str,
    dump: Callable[[_T], ReadableBuffer | list[ReadableBuffer]],
    load: Callable[[bytearray], _T],
    *,
    key: Callable[[_T], Any] | None = None,
) -> None: ...
@overload
def register(
    cls: type[_T],
    name: None = None,
    dump: None = None,
    load: None = None,
    *,
    key: Callable[[_T], Any],
) -> None: ...
