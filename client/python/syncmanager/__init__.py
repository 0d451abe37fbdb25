"""Shared objects for processes on one host or many: multiprocessing's managers, rebuilt.

    from syncmanager import Manager      # in place of: from multiprocessing import Manager

Queues, dicts, locks and the rest live in a manager, a process of their own; proxies of them are
used like the real thing, by threads, by children however started, and by programs elsewhere.
Whoever dies gives back what it held.
"""

from .errors import *  # noqa: F401,F403
from .managers import BaseManager, Manager, SyncManager, connect
from .hosted import AutoProxy, BaseProxy, MakeProxyType
from .executor import Executor, Future
from .pool import Pool
from .proxies import inspect
from .synchronization import with_fence
from ._updates import LostUpdateWarning, warn_lost_updates
from ._waiting import wait_any
from .worker import Worker
