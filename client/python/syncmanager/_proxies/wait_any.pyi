"""The type of wait_any()."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, overload
from typing_extensions import TypeAlias

from .queues import QueueProxy
from .synchronization import AcquirerProxy, BarrierProxy, EventProxy, LatchProxy

_T = TypeVar("_T")
_Source: TypeAlias = (
    QueueProxy[Any] | AcquirerProxy | EventProxy | BarrierProxy | LatchProxy | Callable[[], Any]
)

@overload
def wait_any(
    sources: Iterable[QueueProxy[_T]], timeout: float | None = None
) -> tuple[QueueProxy[_T], _T]: ...
@overload
def wait_any(
    sources: Iterable[_Source], timeout: float | None = None
) -> tuple[_Source, Any]: ...
