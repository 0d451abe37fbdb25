"""Workers: who does the tasks of a pool.

    python3 -m syncmanager.worker --connect URL --pool NAME --processes N

starts some; a Worker is one in a program of one's own.
"""

from .._tasks.worker import Worker, progress

__all__ = ["Worker", "progress"]
