"""Which Linux machines can run the programs and libraries of a wheel, as its platform tag says."""

import os
import re
import subprocess
import sysconfig
from typing import NamedTuple

# The libraries of glibc, which each Linux that isn't musl's has: the part of the manylinux policies
# (PEP 600) that depends on nothing else. libstdc++ is inside of what the wheel has.
EVERYWHERE = re.compile(r"(libc|libm|libdl|librt|libpthread|ld-linux\S*)\.so\.\d+$")


def platform_of(files):
    """manylinux_2_XX_x86_64 for the newest version of glibc that one of the files needs, 2.17 at
    least. If one needs another library, the wheel is for machines like this one: linux_x86_64."""
    machine = re.sub(r"\W", "_", sysconfig.get_platform())
    newest = (2, 17)
    for file in files:
        if not all(EVERYWHERE.match(library) for library in libraries_of(file)):
            return machine
        newest = max(newest, *versions_of(file))
    policies = [f"manylinux_{newest[0]}_{newest[1]}_"]
    if newest == (2, 17):
        policies.append("manylinux2014_")  # Its name for pip before 20.3.
    return ".".join(machine.replace("linux_", policy, 1) for policy in policies)


def libraries_of(file):
    """The names of the shared libraries that the file is linked to."""
    return re.findall(r"\(NEEDED\).*\[(.+)\]", _readelf("-d", file))


def versions_of(file):
    """The versions of glibc that the file needs, as (2, 17)."""
    return [(int(major), int(minor or 0)) for major, minor in
            re.findall(r"Name: GLIBC_(\d+)\.(\d+)", _readelf("-V", file))] or [(0, 0)]


class Symbol(NamedTuple):
    """A symbol that a file shows to other libraries of its process."""
    name: str
    version: str  # "" if it has none.
    kind: str     # FUNC, OBJECT, ...
    address: str  # Those of the same address are names of one thing.
    size: int
    weak: bool


def exported_symbols(file):
    for line in _readelf("--dyn-syms", file).splitlines():
        words = line.split()
        if len(words) == 8 and words[0].rstrip(":").isdigit() and words[6] != "UND":
            name, _, version = words[7].partition("@")
            yield Symbol(name, version.lstrip("@"), words[3], words[1], int(words[2], 0),
                         words[4] == "WEAK")


def _readelf(option, file):
    return subprocess.run(["readelf", "-W", option, str(file)], check=True, text=True,
                          env={**os.environ, "LC_ALL": "C"}, stdout=subprocess.PIPE).stdout
