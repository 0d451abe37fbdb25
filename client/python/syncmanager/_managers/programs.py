"""Where the programs are that belong to this package: syncmanagerd and syncctl."""

import os
import shutil
import sysconfig

from .. import _native

# Places beside the folder of the package.
BESIDE = {
    "syncmanagerd": ("../../manager",),  # A build tree.
    "syncctl": ("../../tools/syncctl",),
}
INSTALLED = ("../../../../bin",  # Below a prefix: an environment, /usr/local, ~/.local.
             "../bin")           # pip install --target.


def manager():
    """The path of the syncmanagerd that $SYNCMANAGER_DAEMON names, or else of the package's own; ""
    if there is none."""
    return os.environ.get("SYNCMANAGER_DAEMON") or find("syncmanagerd")


def find(name):
    """The path of the package's program, or of the one in PATH; "" if there is none."""
    here = os.path.dirname(os.path.abspath(_native.__file__))
    places = [os.path.normpath(os.path.join(here, place)) for place in BESIDE[name] + INSTALLED]
    for place in (*places, *_directories_of_scripts()):
        program = os.path.join(place, name)
        if os.access(program, os.X_OK) and os.path.isfile(program):
            return program
    return shutil.which(name) or ""


def _directories_of_scripts():
    """Where pip puts the commands of this Python's packages, and of this user's."""
    yield sysconfig.get_path("scripts")
    yield sysconfig.get_path("scripts", f"{os.name}_user")
