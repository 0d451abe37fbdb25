"""Shared objects for processes on one host or many: multiprocessing's managers, rebuilt.

    from syncmanager import Manager      # in place of: from multiprocessing import Manager

Queues, dicts, locks and the rest live in a manager, a process of their own; proxies of them are
used like the real thing, by threads, by children however started, and by programs elsewhere.
A process that dies gives back what it held.

Release 0.1 promises no pickles across releases: a pickled proxy, and a value that a manager keeps
as a pickle, can be opened by the release that made it.
"""

from . import errors, values  # noqa: F401: programs write syncmanager.values.
from ._proxies.base import inspect
from ._proxies.hosted import AutoProxy, BaseProxy, MakeProxyType
from ._proxies.lost_updates import LostUpdateWarning, warn_lost_updates
from ._proxies.synchronization import with_fence
from ._proxies.wait_any import wait_any
from ._version import __version__  # noqa: F401: no name for `import *`.
from .errors import *  # noqa: F401,F403
from .executor import Executor, Future
from .managers import BaseManager, Manager, SyncManager, connect
from .pool import Pool
from .worker import Worker

__all__ = [
    "AutoProxy", "BaseManager", "BaseProxy", "Executor", "Future", "LostUpdateWarning",
    "MakeProxyType", "Manager", "Pool", "SyncManager", "Worker", "connect", "inspect", "wait_any",
    "warn_lost_updates", "with_fence",
]
__all__ += errors.__all__
