"""The types of syncmanager.managers."""

from _typeshed import SupportsKeysAndGetItem
from collections.abc import Callable, Iterable, Mapping
from multiprocessing import managers
from multiprocessing.context import BaseContext
from multiprocessing.managers import (
    Namespace as Namespace, RemoteError as RemoteError, Server as Server,
    SharedMemoryManager as SharedMemoryManager, Token as Token)
from typing import Any, List, SupportsIndex, TypeVar, overload
from typing_extensions import Literal

from ._managers.base import BaseManager as BaseManager
from ._managers.foreign_proxies import IteratorProxy as IteratorProxy, PoolProxy as PoolProxy
from ._proxies.dicts import DictProxy as DictProxy
from ._proxies.hosted import (
    AutoProxy as AutoProxy, BaseProxy as BaseProxy, MakeProxyType as MakeProxyType)
from ._proxies.namespaces import NamespaceProxy as NamespaceProxy, ValueProxy as ValueProxy
from ._proxies.queues import (
    Delivery as Delivery, LifoQueueProxy as LifoQueueProxy,
    PriorityQueueProxy as PriorityQueueProxy, QueueProxy as QueueProxy)
from ._proxies.sequences import (
    ArrayProxy as ArrayProxy, BaseListProxy as BaseListProxy, FloatCode, IntCode,
    ListProxy as ListProxy)
from ._proxies.sets import SetProxy as SetProxy
from ._proxies.synchronization import (
    AcquirerProxy as AcquirerProxy, BarrierProxy as BarrierProxy,
    BoundedSemaphoreProxy as BoundedSemaphoreProxy, ConditionProxy as ConditionProxy,
    CounterProxy as CounterProxy, EventProxy as EventProxy, LatchProxy as LatchProxy, LockProxy,
    RLockProxy as RLockProxy, RWLockProxy as RWLockProxy, SemaphoreProxy as SemaphoreProxy)
from ._tasks.task_pools import TaskPoolProxy as TaskPoolProxy

__all__ = [
    "BaseManager", "SyncManager", "BaseProxy", "Token", "SharedMemoryManager",
    "Manager", "connect",
    "AcquirerProxy", "ArrayProxy", "AutoProxy", "BarrierProxy", "BaseListProxy",
    "BoundedSemaphoreProxy", "ConditionProxy", "CounterProxy", "Delivery", "DictProxy",
    "EventProxy", "IteratorProxy", "LatchProxy", "LifoQueueProxy", "ListProxy", "MakeProxyType",
    "NamespaceProxy", "PoolProxy", "PriorityQueueProxy", "QueueProxy", "RLockProxy",
    "RWLockProxy", "SemaphoreProxy", "SetProxy", "TaskPoolProxy", "ValueProxy",
]

_K = TypeVar("_K")
_N = TypeVar("_N", int, float, str)
_T = TypeVar("_T")
_V = TypeVar("_V")

class SyncManager(BaseManager, managers.SyncManager):
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
    ) -> QueueProxy[Any]: ...
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
    ) -> QueueProxy[Any]: ...
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
    ) -> LifoQueueProxy[Any]: ...
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
    ) -> PriorityQueueProxy[Any]: ...
    def Event(self, *, name: str = "") -> EventProxy: ...
    def Lock(self, *, name: str = "", release_on_exit: bool = False) -> LockProxy: ...
    def RLock(self, *, name: str = "", release_on_exit: bool = False) -> RLockProxy: ...
    def RWLock(self, *, name: str = "", release_on_exit: bool = False) -> RWLockProxy: ...
    def Semaphore(
        self, value: int = 1, *, name: str = "", release_on_exit: bool = False
    ) -> SemaphoreProxy: ...
    def BoundedSemaphore(
        self, value: int = 1, *, name: str = "", release_on_exit: bool = False
    ) -> BoundedSemaphoreProxy: ...
    def Condition(
        self, lock: AcquirerProxy | None = None, *, name: str = ""
    ) -> ConditionProxy: ...
    def Barrier(
        self,
        parties: int,
        action: Callable[[], object] | None = None,
        timeout: float | None = None,
        *,
        name: str = "",
    ) -> BarrierProxy: ...
    def CountDownLatch(self, count: int, *, name: str = "") -> LatchProxy: ...
    def Counter(self, initial: int = 0, *, name: str = "") -> CounterProxy: ...
    def TaskPool(self, *, name: str = "") -> TaskPoolProxy: ...
    def Pool(
        self,
        processes: int | None = ...,
        initializer: Callable[..., object] | None = ...,
        initargs: Iterable[Any] = ...,
        maxtasksperchild: int | None = ...,
    ) -> PoolProxy: ...
    @overload
    def list(self, elements: Iterable[_T], *, name: str = "") -> ListProxy[_T]: ...
    @overload
    def list(self, *, name: str = "") -> ListProxy[Any]: ...
    @overload
    def set(self, elements: Iterable[_T], *, name: str = "") -> SetProxy[_T]: ...
    @overload
    def set(self, *, name: str = "") -> SetProxy[Any]: ...

    # The nested dicts and lists of a deep dict are read as proxies.
    @overload  # type: ignore[override]
    def dict(self, *, deep: Literal[True], **entries: Any) -> DictProxy[Any, Any]: ...
    @overload
    def dict(
        self,
        __other: SupportsKeysAndGetItem[_K, Any] | Iterable[tuple[_K, Any]],
        *,
        deep: Literal[True],
        **entries: Any,
    ) -> DictProxy[_K, Any]: ...
    @overload
    def dict(self) -> DictProxy[Any, Any]: ...
    @overload
    def dict(self, **entries: _V) -> DictProxy[str, _V]: ...
    @overload
    def dict(self, __other: SupportsKeysAndGetItem[_K, _V]) -> DictProxy[_K, _V]: ...
    @overload
    def dict(
        self, __other: SupportsKeysAndGetItem[str, _V], **entries: _V
    ) -> DictProxy[str, _V]: ...
    @overload
    def dict(self, __other: Iterable[tuple[_K, _V]]) -> DictProxy[_K, _V]: ...
    @overload
    def dict(self, __other: Iterable[tuple[str, _V]], **entries: _V) -> DictProxy[str, _V]: ...
    @overload
    def dict(self, __other: Iterable[List[str]]) -> DictProxy[str, str]: ...
    def Namespace(self, /, **attributes: Any) -> NamespaceProxy: ...
    def Value(
        self, typecode: Any, value: _T, lock: bool = True, *, name: str = ""
    ) -> ValueProxy[_T]: ...
    @overload  # type: ignore[override]
    def Array(
        self, typecode: IntCode, sequence: Iterable[int], lock: bool = True, *, name: str = ""
    ) -> ArrayProxy[int]: ...
    @overload
    def Array(
        self, typecode: FloatCode, sequence: Iterable[float], lock: bool = True, *, name: str = ""
    ) -> ArrayProxy[float]: ...
    @overload
    def Array(
        self, typecode: Literal["u"], sequence: Iterable[str], lock: bool = True, *, name: str = ""
    ) -> ArrayProxy[str]: ...
    @overload
    def Array(
        self, typecode: str, sequence: Iterable[_N], lock: bool = True, *, name: str = ""
    ) -> ArrayProxy[_N]: ...

def Manager(
    ctx: BaseContext | None = None, *, limits: Mapping[str, SupportsIndex] | None = None
) -> SyncManager: ...
def connect(
    url: str = "",
    *,
    authkey: bytes | None = None,
    key_file: str | None = "",
    session_timeout: float = 10.0,
    connect_timeout: float | None = None,
    on_session_lost: Callable[[], object] | None = None,
    pickle: bool = True,
) -> SyncManager: ...
