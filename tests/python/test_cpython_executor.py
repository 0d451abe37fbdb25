"""CPython's own tests of ProcessPoolExecutor, run on ours: see test_cpython.py.

Without its tests of shutdown and of deadlocks, which look at the private parts of an executor or
expect a dead worker to be the end of it.
"""

import unittest

import syncmanager
from support import suite_of

_EXPECTS_OTHER_WORKERS = "It counts workers in a private dict, or kills one by it."
# What doesn't pass, and why.
EXCEPTIONS = {"ProcessPoolForkProcessPoolExecutorTest." + test: reason for test, reason in {
    "test_killed_child": _EXPECTS_OTHER_WORKERS,
    "test_idle_process_reuse_one": _EXPECTS_OTHER_WORKERS,
    "test_idle_process_reuse_multiple": _EXPECTS_OTHER_WORKERS,
    "test_saturation": _EXPECTS_OTHER_WORKERS,
    "test_max_tasks_per_child": "With fork it is an error there, and not here.",
    "test_max_tasks_per_child_defaults_to_spawn_context": _EXPECTS_OTHER_WORKERS,
    "test_traceback": "The traceback is an exception of multiprocessing.pool's, for Pool as well.",
}.items()}

try:
    from test import test_concurrent_futures as theirs
except ImportError:
    raise unittest.SkipTest("libpython3.11-testsuite isn't installed") from None

theirs.ProcessPoolForkMixin.executor_type = syncmanager.Executor


def load_tests(loader, standard, pattern):
    names = ("AsCompletedTest", "InitializerTest", "ProcessPoolExecutorTest", "WaitTest")
    return suite_of(loader, [getattr(theirs, "ProcessPoolFork" + name) for name in names],
                    EXCEPTIONS)


if __name__ == "__main__":
    unittest.main()
