"""Pools as the manager has them: tasks in line, workers, and tasks that are dead."""

from ._operations import pool
from .proxies import ManagedProxy


class TaskPoolProxy(ManagedProxy):
    """What Pool, Executor and Worker work on; by itself it is for looking at and for retrying."""

    _exposed_ = ("retry", "state")
    _type = "Pool"
    _open = "pool"

    def state(self):
        """A dict: its `workers`, the `lines` of tasks that wait for one, the `dead` tasks."""
        return pool.state(self._reference, None)

    def retry(self, *numbers):
        """Puts these dead tasks in line again, or all of them; how many that were."""
        return pool.retry(self._reference, None, numbers)
