"""The types of syncmanager."""

from . import errors as errors, values as values
from ._proxies.base import inspect as inspect
from ._proxies.hosted import (
    AutoProxy as AutoProxy, BaseProxy as BaseProxy, MakeProxyType as MakeProxyType)
from ._proxies.lost_updates import (
    LostUpdateWarning as LostUpdateWarning, warn_lost_updates as warn_lost_updates)
from ._proxies.synchronization import with_fence as with_fence
from ._proxies.wait_any import wait_any as wait_any
from .errors import *
from .executor import Executor as Executor, Future as Future
from .managers import (
    BaseManager as BaseManager, Manager as Manager, SyncManager as SyncManager, connect as connect)
from .pool import Pool as Pool
from .worker import Worker as Worker

__version__: str

__all__ = [
    "AutoProxy", "BaseManager", "BaseProxy", "Executor", "Future", "LostUpdateWarning",
    "MakeProxyType", "Manager", "Pool", "SyncManager", "Worker", "connect", "inspect", "wait_any",
    "warn_lost_updates", "with_fence",
    "AddressInUse", "AuthenticationError", "BrokenBarrierError", "Cancelled", "ConnectReset",
    "ConnectTimeout", "DescriptorLost", "Disconnected", "Draining", "Empty", "Full", "HostLost",
    "HostNotFound", "InvalidArgument", "LimitExceeded", "LockLost", "NoSuchObject", "NotListening",
    "PermissionDenied", "PoolLost", "ProcessError", "RemoteError", "SessionLost", "ShutDown",
    "SocketForbidden", "SocketNotFound", "SyncManagerError", "TaskFailed", "WorkerLost",
    "WrongType",
]
