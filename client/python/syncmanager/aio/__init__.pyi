"""The types of syncmanager.aio."""

from _typeshed import SupportsKeysAndGetItem
from collections.abc import Callable, Iterable, Mapping
from multiprocessing.context import BaseContext
from types import TracebackType
from typing import Any, List, SupportsIndex, TypeVar, overload
from typing_extensions import Literal, Self, TypeAlias

from .._proxies.sequences import FloatCode, IntCode
from ._awaited import Call
from ._containers import (
    ArrayProxy as ArrayProxy, Delivery as Delivery, DictProxy as DictProxy,
    LifoQueueProxy as LifoQueueProxy, ListProxy as ListProxy, NamespaceProxy as NamespaceProxy,
    PriorityQueueProxy as PriorityQueueProxy, QueueProxy as QueueProxy, SetProxy as SetProxy,
    ValueProxy as ValueProxy)
from ._executor import Executor as Executor
from ._synchronization import (
    AcquirerProxy as AcquirerProxy, BarrierProxy as BarrierProxy,
    BoundedSemaphoreProxy as BoundedSemaphoreProxy, ConditionProxy as ConditionProxy,
    CounterProxy as CounterProxy, EventProxy as EventProxy, LatchProxy as LatchProxy,
    RLockProxy as RLockProxy, RWLockProxy as RWLockProxy, SemaphoreProxy as SemaphoreProxy)

__all__ = [
    "Delivery", "Executor", "Manager", "connect", "wait_any",
    "AcquirerProxy", "ArrayProxy", "BarrierProxy", "BoundedSemaphoreProxy", "ConditionProxy",
    "CounterProxy", "DictProxy", "EventProxy", "LatchProxy", "LifoQueueProxy", "ListProxy",
    "NamespaceProxy", "PriorityQueueProxy", "QueueProxy", "RLockProxy", "RWLockProxy",
    "SemaphoreProxy", "SetProxy", "ValueProxy",
]

_K = TypeVar("_K")
_N = TypeVar("_N", int, float, str)
_T = TypeVar("_T")
_V = TypeVar("_V")
_Source: TypeAlias = (
    QueueProxy[Any] | AcquirerProxy | EventProxy | BarrierProxy | LatchProxy
    | Callable[[], Call[Any]]
)

# When a program runs, this is a subclass of SyncManager. Its calls can't stand in for those of
# a SyncManager, so type checkers are told of what is awaited, and of no more.
class Manager:
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
    async def start(self) -> None: ...
    async def connect(self) -> None: ...
    async def shutdown(self) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None: ...
    @property
    def address(self) -> Any: ...
    def named(self, name: str) -> Self: ...
    def Queue(
        self,
        maxsize: int = 0,
        *,
        name: str = "",
        reliable: bool = False,
        max_deliveries: int = 0,
        dead_letters: QueueProxy[Any] | None = None,
        max_bytes: int = 0,
        most_deliveries: int = 0,
    ) -> Call[QueueProxy[Any]]: ...
    def JoinableQueue(
        self,
        maxsize: int = 0,
        *,
        name: str = "",
        reliable: bool = False,
        max_deliveries: int = 0,
        dead_letters: QueueProxy[Any] | None = None,
        max_bytes: int = 0,
        most_deliveries: int = 0,
    ) -> Call[QueueProxy[Any]]: ...
    def LifoQueue(
        self,
        maxsize: int = 0,
        *,
        name: str = "",
        reliable: bool = False,
        max_deliveries: int = 0,
        dead_letters: QueueProxy[Any] | None = None,
        max_bytes: int = 0,
        most_deliveries: int = 0,
    ) -> Call[LifoQueueProxy[Any]]: ...
    def PriorityQueue(
        self,
        maxsize: int = 0,
        *,
        name: str = "",
        reliable: bool = False,
        max_deliveries: int = 0,
        dead_letters: QueueProxy[Any] | None = None,
        max_bytes: int = 0,
        most_deliveries: int = 0,
    ) -> Call[PriorityQueueProxy[Any]]: ...
    def Event(self, *, name: str = "") -> Call[EventProxy]: ...
    def Lock(self, *, name: str = "", release_on_exit: bool = False) -> Call[AcquirerProxy]: ...
    def RLock(self, *, name: str = "", release_on_exit: bool = False) -> Call[RLockProxy]: ...
    def RWLock(self, *, name: str = "", release_on_exit: bool = False) -> Call[RWLockProxy]: ...
    def Semaphore(
        self, value: int = 1, *, name: str = "", release_on_exit: bool = False
    ) -> Call[SemaphoreProxy]: ...
    def BoundedSemaphore(
        self, value: int = 1, *, name: str = "", release_on_exit: bool = False
    ) -> Call[BoundedSemaphoreProxy]: ...
    def Condition(
        self, lock: AcquirerProxy | None = None, *, name: str = ""
    ) -> Call[ConditionProxy]: ...
    def Barrier(
        self,
        parties: int,
        action: Callable[[], object] | None = None,
        timeout: float | None = None,
        *,
        name: str = "",
    ) -> Call[BarrierProxy]: ...
    def CountDownLatch(self, count: int, *, name: str = "") -> Call[LatchProxy]: ...
    def Counter(self, initial: int = 0, *, name: str = "") -> Call[CounterProxy]: ...
    @overload
    def list(self, elements: Iterable[_T], *, name: str = "") -> Call[ListProxy[_T]]: ...
    @overload
    def list(self, *, name: str = "") -> Call[ListProxy[Any]]: ...
    @overload
    def set(self, elements: Iterable[_T], *, name: str = "") -> Call[SetProxy[_T]]: ...
    @overload
    def set(self, *, name: str = "") -> Call[SetProxy[Any]]: ...
    @overload
    def dict(self) -> Call[DictProxy[Any, Any]]: ...
    @overload
    def dict(self, **entries: _V) -> Call[DictProxy[str, _V]]: ...
    @overload
    def dict(self, __other: SupportsKeysAndGetItem[_K, _V]) -> Call[DictProxy[_K, _V]]: ...
    @overload
    def dict(
        self, __other: SupportsKeysAndGetItem[str, _V], **entries: _V
    ) -> Call[DictProxy[str, _V]]: ...
    @overload
    def dict(self, __other: Iterable[tuple[_K, _V]]) -> Call[DictProxy[_K, _V]]: ...
    @overload
    def dict(
        self, __other: Iterable[tuple[str, _V]], **entries: _V
    ) -> Call[DictProxy[str, _V]]: ...
    @overload
    def dict(self, __other: Iterable[List[str]]) -> Call[DictProxy[str, str]]: ...
    def Namespace(self, /, **attributes: Any) -> Call[NamespaceProxy]: ...
    def Value(
        self, typecode: Any, value: _T, lock: bool = True, *, name: str = ""
    ) -> Call[ValueProxy[_T]]: ...
    @overload
    def Array(
        self, typecode: IntCode, sequence: Iterable[int], lock: bool = True, *, name: str = ""
    ) -> Call[ArrayProxy[int]]: ...
    @overload
    def Array(
        self, typecode: FloatCode, sequence: Iterable[float], lock: bool = True, *, name: str = ""
    ) -> Call[ArrayProxy[float]]: ...
    @overload
    def Array(
        self, typecode: Literal["u"], sequence: Iterable[str], lock: bool = True, *, name: str = ""
    ) -> Call[ArrayProxy[str]]: ...
    @overload
    def Array(
        self, typecode: str, sequence: Iterable[_N], lock: bool = True, *, name: str = ""
    ) -> Call[ArrayProxy[_N]]: ...

def connect(
    url: str = "",
    *,
    authkey: bytes | None = None,
    key_file: str | None = "",
    session_timeout: float = 10.0,
    connect_timeout: float | None = None,
    on_session_lost: Callable[[], object] | None = None,
    pickle: bool = True,
) -> Manager: ...
@overload
async def wait_any(
    sources: Iterable[QueueProxy[_T]], timeout: float | None = None
) -> tuple[QueueProxy[_T], _T]: ...
@overload
async def wait_any(
    sources: Iterable[_Source], timeout: float | None = None
) -> tuple[_Source, Any]: ...
