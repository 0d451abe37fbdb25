"""The types of BaseManager."""

from collections.abc import Callable, Iterable, Mapping
from multiprocessing import managers
from multiprocessing.context import BaseContext
from typing import Any, SupportsIndex
from typing_extensions import Self

class BaseManager(managers.BaseManager):
    key_file: str
    def __init__(
        self,
        address: str | tuple[str, int] | None = None,
        authkey: bytes | None = None,
        serializer: str = "pickle",
        ctx: BaseContext | None = None,
        *,
        shutdown_timeout: float = 1.0,
        key_file: str | None = None,
        session_timeout: float = 10.0,
        connect_timeout: float | None = None,
        on_session_lost: Callable[[], object] | None = None,
        pickle: bool = True,
        limits: Mapping[str, SupportsIndex] | None = None,
    ) -> None: ...
    def start(
        self, initializer: Callable[..., object] | None = None, initargs: Iterable[Any] = ()
    ) -> None: ...
    def join(self, timeout: float | None = None) -> None: ...
    @classmethod
    def register(
        cls,
        typeid: str,
        callable: Callable[..., object] | None = None,
        proxytype: Callable[..., Any] | None = None,
        exposed: Iterable[str] | None = None,
        method_to_typeid: Mapping[str, str] | None = None,
        create_method: bool = True,
    ) -> None: ...
    def named(self, name: str) -> Self: ...
