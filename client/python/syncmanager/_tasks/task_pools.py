"""Pools as the manager has them: tasks in line, workers, and tasks that are dead."""

from .._proxies.base import ManagedProxy
from .._session.operations import pool
from .outcomes import PROGRESS, Outcomes


class TaskPoolProxy(ManagedProxy, type="Pool", options="pool"):
    """The pool object of Pool, Executor and Worker; by itself it serves to look and to retry."""

    _exposed_ = ("results", "retry", "state")

    def results(self, keep):
        """Waits for the results of tasks that were submitted with that `keep`, one after the other:
        (ticket, whether the function returned, its result or an exception). What was collected
        comes back should this process die before it collects more."""
        inbox, outcomes = {"name": keep, "kept": True}, Outcomes(self)
        while True:
            for ticket, kind, *what in pool.collect(self, None, inbox, 1):
                result = outcomes.add(ticket, kind, *what)
                if kind != PROGRESS:
                    yield ticket, *result

    def state(self):
        """A dict: its `workers`, the `lines` of tasks that wait for one, the `dead` tasks."""
        return pool.state(self, None)

    def retry(self, *numbers):
        """Puts these dead tasks in line again, or all of them; how many that were."""
        return pool.retry(self, None, numbers)
