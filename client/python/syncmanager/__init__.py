"""Shared objects for processes on one host or many: multiprocessing's managers, rebuilt.

    from syncmanager import Manager      # in place of: from multiprocessing import Manager

Queues, dicts, locks and the rest live in a manager, a process of their own; proxies of them are
used like the real thing, by threads, by children however started, and by programs elsewhere.
Whoever dies gives back what it held.
"""

from ._proxies.base import inspect
from ._proxies.hosted import AutoProxy, BaseProxy, MakeProxyType
from ._proxies.lost_updates import LostUpdateWarning, warn_lost_updates
from ._proxies.synchronization import with_fence
from ._proxies.wait_any import wait_any
from ._tasks.worker import Worker
from .errors import *  # noqa: F401,F403
from .executor import Executor, Future
from .managers import BaseManager, Manager, SyncManager, connect
from .pool import Pool
