"""Position-independent archives of the libraries that the wheel's programs and extension contain.

Debian's archives of protobuf and Abseil can't go into a shared object: their thread-local variables
are compiled for programs only. spdlog and fmt come without archives. Debian's OpenSSL reads the
configuration and loads the modules of the OpenSSL of whatever machine it runs on. So all five are
built here, once, from Debian's source packages for this machine's release.
"""

import functools
import os
import pathlib
import re
import shutil
import subprocess
import sys

from .progress import BuildFailed

# Sections of their own let the linker leave out what nobody calls.
FLAGS = "-O2 -fPIC -ffunction-sections -fdata-sections -fstack-protector-strong"
CMAKE = ["-G", "Ninja", "-DCMAKE_BUILD_TYPE=None", f"-DCMAKE_CXX_FLAGS={FLAGS} -DNDEBUG",
         "-DCMAKE_CXX_STANDARD=20", "-DCMAKE_POSITION_INDEPENDENT_CODE=ON",
         "-DBUILD_SHARED_LIBS=OFF", "-DBUILD_TESTING=OFF", "-DCMAKE_INSTALL_LIBDIR=lib"]
# The source package, its development package, and CMake's options.
BY_CMAKE = [
    ("abseil", "libabsl-dev", ["-DABSL_PROPAGATE_CXX_STD=ON"]),
    ("protobuf", "libprotobuf-dev", [
        "-Dprotobuf_BUILD_TESTS=OFF", "-Dprotobuf_BUILD_PROTOC_BINARIES=OFF",
        "-Dprotobuf_WITH_ZLIB=OFF"]),
    ("fmtlib", "libfmt-dev", ["-DFMT_TEST=OFF", "-DFMT_DOC=OFF"]),
    ("spdlog", "libspdlog-dev", [
        "-DSPDLOG_BUILD_EXAMPLE=OFF", "-DSPDLOG_BUILD_TESTS=OFF", "-DSPDLOG_FMT_EXTERNAL=ON"]),
]
# OpenSSL loads nothing at run time, and reads no configuration that is meant for another version.
OPENSSL = ["no-shared", "no-dso", "no-engine", "no-module", "no-autoload-config", "no-tests",
           "no-legacy", "no-srp", "no-ui-console", "--libdir=lib", "--openssldir=/etc/ssl"]


def build_archives(directory, progress):
    """Builds those that `directory` hasn't, or has from before an update of their development
    packages. Returns the prefix that has them all, and their notices in the folder `notices`."""
    progress.require("dpkg-query")
    directory = pathlib.Path(directory).resolve()
    prefix = directory / "prefix"
    (prefix / "notices").mkdir(parents=True, exist_ok=True)
    options = dict((source, words) for source, _, words in BY_CMAKE)
    for source, package in [*((row[0], row[1]) for row in BY_CMAKE), ("openssl", "libssl-dev")]:
        version = _version_of(package)
        words = [*CMAKE, *options[source]] if source in options else [FLAGS, *OPENSSL]
        built = f"{version}\n" + "\n".join(words) + "\n"
        stamp = directory / f"{source}.built"
        if stamp.exists() and stamp.read_text() == built:
            continue
        folder = _unpack(directory, source, progress)
        if source in options:
            _build_by_cmake(folder, prefix, source, words, progress)
        else:
            _build_openssl(folder, prefix, progress)
        (prefix / "notices" / f"{source}.txt").write_text(_notice_of(folder))
        shutil.rmtree(folder.parent)
        stamp.write_text(built)
    return prefix


def _version_of(package):
    found = subprocess.run(["dpkg-query", "-W", "-f=${source:Version}", package],
                           capture_output=True, text=True)
    if found.returncode != 0:
        raise BuildFailed(f"syncmanager: the build needs Debian's package {package}; "
                          "`tools/dev install` installs all that it needs")
    return found.stdout


def _unpack(directory, source, progress):
    """Fetches Debian's source package, with Debian's patches, and returns its folder. It is the
    newest one that the mirror really has: some list security updates whose sources they lack."""
    for program in ("apt-get", "dpkg-source", "make", "perl"):
        progress.require(program)
    folder, options = directory / source, _options_of_apt(directory, progress)
    for version in _versions_listed(source, options):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            progress.run(f"{source}: fetch", [
                "apt-get", *options, "source", "--only-source", f"{source}={version}"], cwd=folder)
        except BuildFailed as failure:
            print(failure, file=sys.stderr)
        else:
            return next(path for path in folder.iterdir() if path.is_dir())
    raise BuildFailed(f"syncmanager: the build needs Debian's source package {source}, and can't "
                      "fetch it")


def _versions_listed(source, options):
    """The versions of the source package, the newest first."""
    listed = subprocess.run(["apt-cache", *options, "showsrc", "--only-source", source],
                            check=True, text=True, stdout=subprocess.PIPE).stdout

    def is_newer(one, other):
        newer = subprocess.run(["dpkg", "--compare-versions", one, "gt", other]).returncode == 0
        return -1 if newer else 1

    versions = set(re.findall(r"^Version: (.+)$", listed, re.M))
    return sorted(versions, key=functools.cmp_to_key(is_newer))


def _notice_of(folder):
    """The name and the version of the source package, and its copyright notice."""
    (package,) = folder.parent.glob("*.dsc")
    return (f"{' '.join(package.stem.split('_'))}\n\n"
            f"{(folder / 'debian' / 'copyright').read_text()}")


def _options_of_apt(directory, progress):
    """The options of apt-get for the source packages of this machine's Debian, with lists of its
    own: those of the machine stay as they are."""
    settings = directory / "apt"
    options = ["-q", "-o", "Dir::Etc::sourcelist=/dev/null",
               "-o", f"Dir::Etc::sourceparts={settings}",
               "-o", f"Dir::State::lists={settings / 'lists'}", "-o", "APT::Sandbox::User="]
    places = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)",
         "Created-By: Packages"], check=True, text=True, stdout=subprocess.PIPE).stdout
    (settings / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    (settings / "sources.list").write_text("".join(
        f"deb-src {line.split(' ', 1)[1]}\n" for line in sorted(set(places.splitlines()))
        if line.split()[0] in ("Debian", "Ubuntu")))
    progress.run("the list of Debian's sources", ["apt-get", *options, "update"])
    return options


def _build_by_cmake(source, prefix, name, words, progress):
    build = source / "build-archives"
    launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    progress.run(f"{name}: configure", [
        "cmake", "-S", source, "-B", build, *words, *launcher,
        f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_INSTALL_PREFIX={prefix}"])
    progress.run(name, ["cmake", "--build", build, "--parallel", os.cpu_count()])
    progress.run(f"{name}: install", ["cmake", "--install", build])


def _build_openssl(source, prefix, progress):
    compiler = ["CC=ccache gcc"] if shutil.which("ccache") else []
    progress.run("openssl: configure", [
        "perl", "Configure", *OPENSSL, f"--prefix={prefix}", *compiler, f"CFLAGS={FLAGS}"],
        cwd=source)
    commands = subprocess.run(["make", "-n", "build_libs"], cwd=source, capture_output=True,
                              text=True).stdout
    progress.run("openssl", ["make", f"-j{os.cpu_count()}", "build_libs"], cwd=source,
                 steps=commands.count("\n"))
    progress.run("openssl: install", ["make", "install_dev"], cwd=source)

