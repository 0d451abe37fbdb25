"""The types of syncmanager.pool."""

from collections.abc import Callable, Iterable
from multiprocessing import pool
from multiprocessing.context import BaseContext
from typing import Any, TypeVar

from ._pool_backend import HasBackend
from .managers import SyncManager

__all__ = ["Pool"]

_S = TypeVar("_S")
_T = TypeVar("_T")

class Pool(HasBackend, pool.Pool):
    def __init__(
        self,
        processes: int | None = None,
        initializer: Callable[..., object] | None = None,
        initargs: Iterable[Any] = (),
        maxtasksperchild: int | None = None,
        context: BaseContext | None = None,
        *,
        manager: SyncManager | None = None,
        name: str = "",
        keep: str = "",
        attempts: int = ...,
        retry_delay: float = ...,
        rerun_after: float = ...,
        idempotent: bool = ...,
    ) -> None: ...
    @property
    def name(self) -> str: ...
    def map(
        self,
        func: Callable[[_S], _T],
        iterable: Iterable[_S],
        chunksize: int | None = None,
        *,
        progress: bool = False,
    ) -> list[_T]: ...
    def imap(  # type: ignore[override]
        self,
        func: Callable[[_S], _T],
        iterable: Iterable[_S],
        chunksize: int = 1,
        *,
        progress: bool = False,
    ) -> pool.IMapIterator[_T]: ...
    def imap_unordered(  # type: ignore[override]
        self,
        func: Callable[[_S], _T],
        iterable: Iterable[_S],
        chunksize: int = 1,
        *,
        progress: bool = False,
    ) -> pool.IMapIterator[_T]: ...
