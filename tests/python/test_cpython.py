"""CPython's own tests of its managers, run on ours: from the package libpython3.11-testsuite.

    python3 -m unittest test_cpython.py                                  # children made by fork
    SYNCMANAGER_START_METHOD=spawn python3 -m unittest test_cpython.py   # or by forkserver

Nothing of it is copied: ours take the places of multiprocessing's managers before its module makes
its classes of tests.
"""

import multiprocessing
import multiprocessing.managers
import os
import unittest

import syncmanager
import syncmanager.managers
from support import suite_of

# What doesn't pass, and why.
EXCEPTIONS = {
    "WithManagerTestRemoteManager.test_remote":
        "It asks for XML-RPC, which makes a list of a tuple. Here values travel typed whatever the "
        "serializer is called, and a tuple stays one.",
}

multiprocessing.Manager = syncmanager.Manager
for _name in ("BaseManager", "BaseProxy", "SyncManager", "RemoteError"):
    setattr(multiprocessing.managers, _name, getattr(syncmanager.managers, _name))

try:
    from test import _test_multiprocessing
except ImportError:
    raise unittest.SkipTest("libpython3.11-testsuite isn't installed") from None

# They have to be this module's, for children that import it, and so does what a forkserver imports.
_test_multiprocessing.PRELOAD = [__name__]
_test_multiprocessing.install_tests_in_module_dict(
    globals(), os.environ.get("SYNCMANAGER_START_METHOD", "fork"))


def load_tests(loader, standard, pattern):
    classes = [cls for name, cls in globals().items() if name.startswith("WithManager")
               or name in ("TestInitializers", "TestSyncManagerTypes")]
    return suite_of(loader, classes, EXCEPTIONS)


if __name__ == "__main__":
    unittest.main()
