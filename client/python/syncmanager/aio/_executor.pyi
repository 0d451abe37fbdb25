"""The types of syncmanager.aio.Executor."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable
from multiprocessing.context import BaseContext
from types import TracebackType
from typing import Any, TypeVar, overload
from typing_extensions import ParamSpec, Self

from ..managers import SyncManager

_P = ParamSpec("_P")
_S = TypeVar("_S")
_T = TypeVar("_T")

class Executor:
    def __init__(
        self,
        max_workers: int | None = None,
        *,
        room: int | None = None,
        mp_context: BaseContext | None = ...,
        initializer: Callable[..., object] | None = ...,
        initargs: Iterable[Any] = ...,
        max_tasks_per_child: int | None = ...,
        manager: SyncManager | None = ...,
        name: str = ...,
        keep: str = ...,
        attempts: int = ...,
        retry_delay: float = ...,
        rerun_after: float = ...,
        idempotent: bool = ...,
    ) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None: ...

    # A text is the name of a function that some worker has added.
    @overload
    async def submit(self, __fn: str, *args: Any, **kwargs: Any) -> asyncio.Future[Any]: ...
    @overload
    async def submit(
        self, __fn: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> asyncio.Future[_T]: ...
    @overload
    async def run(self, __fn: str, *args: Any, **kwargs: Any) -> Any: ...
    @overload
    async def run(self, __fn: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T: ...
    @overload
    def map(
        self, fn: str, items: Iterable[Any] | AsyncIterable[Any], *, ordered: bool = True
    ) -> AsyncGenerator[Any, None]: ...
    @overload
    def map(
        self,
        fn: Callable[[_S], _T],
        items: Iterable[_S] | AsyncIterable[_S],
        *,
        ordered: bool = True,
    ) -> AsyncGenerator[_T, None]: ...
    def state(self) -> dict[str, Any]: ...
