"""The common types of the proxies of syncmanager.aio."""

from collections.abc import Coroutine
from types import GenericAlias
from typing import Any, TypeVar
from typing_extensions import TypeAlias

from .._proxies.hosted import BaseProxy

_T = TypeVar("_T")

Call: TypeAlias = Coroutine[Any, Any, _T]

class Awaited(BaseProxy):
    def __init__(self, reference: Any) -> None: ...
    def __class_getitem__(cls, item: Any) -> GenericAlias: ...
