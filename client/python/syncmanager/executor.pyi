"""The types of syncmanager.executor."""

from collections.abc import Callable, Iterable, Iterator
from concurrent import futures
from multiprocessing.context import BaseContext
from typing import Any, TypeVar, overload
from typing_extensions import ParamSpec, Self

from ._pool_backend import HasBackend
from .managers import SyncManager

__all__ = ["Executor", "Future"]

_A = TypeVar("_A")
_B = TypeVar("_B")
_C = TypeVar("_C")
_P = ParamSpec("_P")
_T = TypeVar("_T")

class Future(futures.Future[_T]):
    ticket: int | None
    lost: list[str]
    def __init__(self) -> None: ...
    def cancel(self) -> bool: ...
    def running(self) -> bool: ...
    def add_progress_callback(self, function: Callable[[Any], object]) -> None: ...

class Executor(HasBackend, futures.Executor):
    def __init__(
        self,
        max_workers: int | None = None,
        mp_context: BaseContext | None = None,
        initializer: Callable[..., object] | None = None,
        initargs: Iterable[Any] = (),
        *,
        max_tasks_per_child: int | None = None,
        manager: SyncManager | None = None,
        name: str = "",
        keep: str = "",
        attempts: int = ...,
        retry_delay: float = ...,
        rerun_after: float = ...,
        idempotent: bool = ...,
    ) -> None: ...
    def options(
        self,
        *,
        attempts: int = ...,
        retry_delay: float = ...,
        rerun_after: float = ...,
        idempotent: bool = ...,
    ) -> Self: ...

    # A text is the name of a function that some worker has added.
    @overload
    def submit(self, __fn: str, *args: Any, **kwargs: Any) -> Future[Any]: ...
    @overload
    def submit(
        self, __fn: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> Future[_T]: ...

    # One, two and three iterables are checked against the parameters of the function.
    @overload  # type: ignore[override]
    def map(
        self,
        fn: str,
        *iterables: Iterable[Any],
        timeout: float | None = None,
        chunksize: int = 1,
        buffersize: int | None = None,
    ) -> Iterator[Any]: ...
    @overload
    def map(
        self,
        fn: Callable[[_A], _T],
        iterables: Iterable[_A],
        *,
        timeout: float | None = None,
        chunksize: int = 1,
        buffersize: int | None = None,
    ) -> Iterator[_T]: ...
    @overload
    def map(
        self,
        fn: Callable[[_A, _B], _T],
        iterables: Iterable[_A],
        second: Iterable[_B],
        *,
        timeout: float | None = None,
        chunksize: int = 1,
        buffersize: int | None = None,
    ) -> Iterator[_T]: ...
    @overload
    def map(
        self,
        fn: Callable[[_A, _B, _C], _T],
        iterables: Iterable[_A],
        second: Iterable[_B],
        third: Iterable[_C],
        *,
        timeout: float | None = None,
        chunksize: int = 1,
        buffersize: int | None = None,
    ) -> Iterator[_T]: ...
    @overload
    def map(
        self,
        fn: Callable[..., _T],
        iterables: Iterable[Any],
        second: Iterable[Any],
        third: Iterable[Any],
        fourth: Iterable[Any],
        *more: Iterable[Any],
        timeout: float | None = None,
        chunksize: int = 1,
        buffersize: int | None = None,
    ) -> Iterator[_T]: ...
    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None: ...
