"""The types of syncmanager.worker."""

from .._tasks.worker import Worker as Worker, progress as progress

__all__ = ["Worker", "progress"]
