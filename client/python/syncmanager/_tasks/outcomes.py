"""Turns the results of tasks into values and exceptions."""

from .._session import codecs
from ..errors import TaskFailed, WorkerLost
from .functions import error_of

RETURNED, RAISED, LOST, PROGRESS = range(4)


def _outcome(kind, value, task, workers, reference):
    if kind == LOST:
        return False, WorkerLost(task, reference.name, workers)
    try:
        value = value.decode()
    except BaseException as error:  # Opening a pickle may do anything.
        return False, error
    if kind == RAISED:
        return False, error_of(value, reference.session)
    return True, value


class Part:
    """Some of a chunk's results, if all together are large. `run` is of the worker that
    did it, this time; `before` is how many results came before these."""

    def __init__(self, run, before, results):
        self.run, self.before, self.results = run, before, results


codecs.register(Part, "part", lambda part: (part.run, part.before, part.results),
                lambda parts: Part(bytes(parts[0]), int(parts[1]), list(parts[2])))


class Outcomes:
    """Joins the parts of the results of one inbox as they are collected. `pool` is a proxy."""

    def __init__(self, pool):
        self._pool = pool
        self._joined = {}  # Of those that come in parts, by ticket.

    def add(self, ticket, kind, value, task, workers):
        """Whether the function returned, and what; or what it raised, or why there is no result.
        None: it is a part, and others will come. `value` as it arrived, None if nothing did."""
        success, value = _outcome(kind, value, task, workers, self._pool._syncmanager_reference)
        joined = self._joined.get(ticket) if kind == PROGRESS else self._joined.pop(ticket, None)
        if not isinstance(value, Part):
            return success, value
        joined = joined or Joined()
        result = joined.add(value)
        if kind != PROGRESS:
            return result
        self._joined[ticket] = joined
        return None


class Joined:
    """One task's result, whose parts come one after the other; those of another run between them,
    if a worker died or the task was rerun."""

    def __init__(self):
        self._results = {}  # Lists, by run.

    def add(self, part):
        """Whether the results of this run are here, and they, up to this part; or an error."""
        results = self._results.setdefault(part.run, [])
        if len(results) != part.before:
            return False, TaskFailed("Incomplete", "somebody else has collected some of the "
                                     f"{part.before} results that came before these")
        results += part.results
        return True, results
