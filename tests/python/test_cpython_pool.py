"""CPython's own tests of multiprocessing.Pool, run on ours: see test_cpython.py."""

import multiprocessing
import unittest

import syncmanager
from support import suite_of

# What doesn't pass, and why.
EXCEPTIONS = {
    "WithProcessesTestPoolWorkerLifetime.test_pool_worker_lifetime":
        "It calls a private method that starts workers; here they are replaced when they end.",
}

multiprocessing.Pool = syncmanager.Pool

try:
    from test import _test_multiprocessing
except ImportError:
    raise unittest.SkipTest("libpython3.11-testsuite isn't installed") from None

_test_multiprocessing.install_tests_in_module_dict(globals(), "fork")


def load_tests(loader, standard, pattern):
    names = ("WithProcessesTestPool", "WithProcessesTestPoolWorkerErrors",
             "WithProcessesTestPoolWorkerLifetime")
    return suite_of(loader, [globals()[name] for name in names], EXCEPTIONS)


if __name__ == "__main__":
    unittest.main()
