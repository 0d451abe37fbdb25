"""Makes the package's wheel with CMake, for pip (PEP 517).

The wheel has its manager in it. It needs Debian's shared libraries of gRPC and protobuf, and is for
every CPython from 3.9 on. `--config-settings build=DIR` takes a build tree that is there already.
"""

import pathlib
import re
import subprocess
import sysconfig
import tempfile
import tomllib

from wheel.wheelfile import WheelFile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    build = pathlib.Path((config_settings or {}).get("build", ROOT / "build" / "wheel"))
    if not (build / "CMakeCache.txt").exists():
        _run("cmake", "-S", ROOT, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
             "-DBUILD_TESTING=OFF")
    _run("cmake", "--build", build, "--target", "_native", "syncmanagerd")
    with tempfile.TemporaryDirectory() as content:
        _run("cmake", "--install", build, "--component", "wheel", "--strip", "--prefix", content)
        return _pack(content, wheel_directory, _version_of(build))


def _run(*command):
    subprocess.run([str(word) for word in command], check=True)


def _version_of(build):
    """The project's, as CMakeLists.txt has it."""
    cache = (build / "CMakeCache.txt").read_text()
    return re.search(r"^CMAKE_PROJECT_VERSION:\w+=(.+)$", cache, re.M).group(1)


def _pack(content, wheel_directory, version):
    project = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
    stem = f"{project['name']}-{version}"
    platform = re.sub(r"\W", "_", sysconfig.get_platform())
    tag = f"cp39-abi3-{platform}"
    record = pathlib.Path(content) / f"{stem}.dist-info"
    record.mkdir()
    (record / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {version}\n"
        f"Summary: {project['description']}\nRequires-Python: {project['requires-python']}\n")
    (record / "WHEEL").write_text(
        f"Wheel-Version: 1.0\nGenerator: syncmanager\nRoot-Is-Purelib: false\nTag: {tag}\n")
    name = f"{stem}-{tag}.whl"
    with WheelFile(pathlib.Path(wheel_directory) / name, "w") as wheel:
        wheel.write_files(content)
    return name
