"""Makes the package's wheel with CMake, for pip (PEP 517). It needs nothing but Python itself, and
what the build needs (tools/dev install).

The wheel is for the Python that runs this. It has syncctl and syncmanagerd as commands, and runs on
every Linux whose glibc its tag names, because all other libraries are inside of its programs
(archives.py). `--config-settings build=DIR` takes a build tree that is there already: that wheel is
linked as the tree is, and may be for this machine only.
"""

import os
import pathlib
import shutil
import sys
import sysconfig
import tempfile

from . import glibc, metadata, sdist, wheel_file
from .archives import build_archives
from .elf import platform_of
from .progress import BuildFailed, Progress

TARGETS = ("_native", "syncctl", "syncmanagerd")


def get_requires_for_build_wheel(config_settings=None):
    return []


def get_requires_for_build_sdist(config_settings=None):
    return []


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    _check_sources()
    return metadata.write_dist_info(metadata_directory).name


def build_sdist(sdist_directory, config_settings=None):
    _check_sources()
    return sdist.pack(sdist_directory)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    _check_sources()
    with tempfile.TemporaryDirectory() as folder, Progress() as progress:
        content = pathlib.Path(folder)
        build, archives = (config_settings or {}).get("build"), None
        if not build:
            build, archives = _configure_portable(progress)
        progress.run("syncmanager", [
            "cmake", "--build", build, "--parallel", os.cpu_count(), "--target", *TARGETS])
        progress.run("syncmanager: install", [
            "cmake", "--install", build, "--component", "wheel", "--strip", "--prefix", content])
        return _pack(content, archives, wheel_directory)


def _check_sources():
    if not (metadata.ROOT / "CMakeLists.txt").exists():
        raise BuildFailed("syncmanager: the sources are not beside client/python. pip before 21.3 "
                          "copies only that folder: add --use-feature=in-tree-build, or update pip")


def _configure_portable(progress):
    """Returns a build tree whose programs have all libraries inside but those of glibc, and the
    prefix of these libraries."""
    for program in ("cmake", "ninja", "c++", "readelf", "protoc"):
        progress.require(program)
    if not (pathlib.Path(sysconfig.get_path("include")) / "Python.h").exists():
        raise BuildFailed(f"syncmanager: {sys.executable} has no Python.h, which the build needs; "
                          "Debian's package of it is python3-dev (`tools/dev install`)")
    # So that the compiler cache serves every checkout, wherever it lies.
    os.environ.update(CCACHE_BASEDIR=str(metadata.ROOT), CCACHE_NOHASHDIR="1")
    prefix = build_archives(metadata.ROOT / "build" / "archives", progress)
    glibc.make_stand_ins(prefix / "glibc", progress)
    build = metadata.ROOT / "build" / "wheel"
    # Such a Python can't load modules of the stable ABI.
    has_no_gil = sysconfig.get_config_var("Py_GIL_DISABLED")
    progress.run("syncmanager: configure", [
        "cmake", "-S", metadata.ROOT, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
        "-DCMAKE_CXX_FLAGS_RELEASE=-O2 -DNDEBUG", "-DBUILD_TESTING=OFF",
        f"-DPython3_EXECUTABLE={sys.executable}", f"-DSYNCMANAGER_ARCHIVES={prefix}",
        f"-DSYNCMANAGER_LIMITED_API={'OFF' if has_no_gil else 'ON'}"])
    return build, prefix


def _pack(content, archives, wheel_directory):
    stem = f"{metadata.project()['name']}-{metadata.version()}"
    scripts = content / f"{stem}.data" / "scripts"
    scripts.parent.mkdir()
    shutil.move(content / "bin", scripts)
    dist_info = metadata.write_dist_info(content)
    metadata.write_notices(dist_info, archives)
    (extension,) = content.glob("*/_native*.so")
    tag = f"{_python_of(extension)}-{platform_of([extension, *scripts.iterdir()])}"
    return wheel_file.pack(content, dist_info, tag, wheel_directory)


def _python_of(extension):
    """The tags of Python and its ABI, as the name of the extension has them."""
    if extension.name.endswith(".abi3.so"):
        return f"{metadata.oldest_python()}-abi3"
    if not extension.name.endswith(sysconfig.get_config_var("EXT_SUFFIX")):
        raise BuildFailed(f"syncmanager: {extension.name} is not for {sys.executable}; the build "
                          "tree is for another Python")
    abi = sysconfig.get_config_var("SOABI").split("-")[1]  # As 313, or 313t without the GIL.
    return f"cp{abi.rstrip('t')}-cp{abi}"
