"""CPython's own tests of multiprocessing.Pool, run on ours: see test_cpython.py."""

import multiprocessing
import unittest

import support  # noqa: F401: one that hangs ends with a traceback.
import syncmanager

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
    suite = unittest.TestSuite()
    for name in ("WithProcessesTestPool", "WithProcessesTestPoolWorkerErrors",
                 "WithProcessesTestPoolWorkerLifetime"):
        cls = globals()[name]
        for exception, reason in EXCEPTIONS.items():
            of_class, _, test = exception.partition(".")
            if of_class == name:
                setattr(cls, test, unittest.skip(reason)(getattr(cls, test)))
        suite.addTests(loader.loadTestsFromTestCase(cls))
    return suite


if __name__ == "__main__":
    unittest.main()
