"""Which Linux machines can run the programs and libraries of a wheel, as its platform tag says."""

import os
import re
import subprocess
import sysconfig

# The libraries of glibc, which each Linux that isn't musl's has: the part of the manylinux policies
# (PEP 600) that depends on nothing else. libstdc++ is inside of what the wheel has.
EVERYWHERE = re.compile(r"(libc|libm|libdl|librt|libpthread|ld-linux\S*)\.so\.\d+$")


def platform_of(files):
    """manylinux_2_XX_x86_64 for the newest version of glibc that one of the files needs. If one
    needs another library, the wheel is for machines like this one: linux_x86_64."""
    machine = re.sub(r"\W", "_", sysconfig.get_platform())
    newest = (2, 5)  # The oldest of the policies.
    for file in files:
        if not all(EVERYWHERE.match(library) for library in libraries_of(file)):
            return machine
        newest = max(newest, *versions_of(file))
    return machine.replace("linux_", f"manylinux_{newest[0]}_{newest[1]}_", 1)


def libraries_of(file):
    """The names of the shared libraries that the file is linked to."""
    return re.findall(r"\(NEEDED\).*\[(.+)\]", _readelf("-d", file))


def versions_of(file):
    """The versions of glibc that the file needs, as (2, 17)."""
    return [(int(major), int(minor or 0)) for major, minor in
            re.findall(r"Name: GLIBC_(\d+)\.(\d+)", _readelf("-V", file))] or [(0, 0)]


def exported_by(file):
    """The names of the symbols that the file shows to other libraries of its process."""
    return [line.split()[7] for line in _readelf("--dyn-syms", file).splitlines()
            if re.match(r"\s*\d+: ", line) and len(line.split()) > 7 and line.split()[6] != "UND"]


def _readelf(option, file):
    return subprocess.run(["readelf", "-W", option, str(file)], check=True, text=True,
                          env={**os.environ, "LC_ALL": "C"}, stdout=subprocess.PIPE).stdout
