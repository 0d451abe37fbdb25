"""What a result of a task means."""

from .errors import WorkerLost
from .tasks import error_of

RETURNED, RAISED, LOST, PROGRESS = range(4)


def outcome(kind, value, task, workers, reference):
    """Whether the function returned, and what; or what it raised, or why there is no result.
    `value` as it arrived, None if nothing did; `reference` is the pool's."""
    if kind == LOST:
        return False, WorkerLost(task, reference.name, workers)
    try:
        value = value.decode()
    except BaseException as error:  # Opening a pickle may do anything.
        return False, error
    if kind == RAISED:
        return False, error_of(value, reference.session)
    return True, value
