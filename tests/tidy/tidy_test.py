#!/usr/bin/env python3
"""The rules of the house that a program can check: what may include what, sizes, names, sentences.

Run as: tidy_test.py ROOT. Prints one line per breach and fails if there is any.
"""

import ast
import graphlib
import pathlib
import re
import subprocess
import sys

from drawing import check_drawing

ROOT = pathlib.Path(sys.argv[1])

# Folder -> the folders whose headers it may include. The longest matching folder counts.
MAY_INCLUDE = {
    "protos": ["protos"],
    "protos/support": ["protos/support"],
    "protos/value": ["protos/value", "protos/support", "protos/include"],
    "protos/auth": ["protos/auth", "protos/support"],
    "manager/core": ["manager/core", "protos"],
    "manager/objects": ["manager/core", "manager/objects", "protos"],
    "manager/transport": ["manager/transport", "manager/core", "protos"],
    "manager/gateway": ["manager/gateway", "client/cpp", "protos"],
    "manager": ["manager", "tools/command_line", "protos"],
    "client/cpp": ["client/cpp", "protos"],
    "client/cpp/src/process": ["client/cpp/src/process", "protos/auth", "protos/support"],
    "client/cpp/src/stream": ["client/cpp/src/stream", "client/cpp/src/process", "protos"],
    "client/cpp/src/session": ["client/cpp/src/session", "client/cpp/src/stream",
                               "client/cpp/src/process", "protos"],
    "client/cpp/src/values": ["client/cpp/src/values", "protos"],
    "client/cpp/src/objects": ["client/cpp/src/objects", "client/cpp/src/session", "protos"],
    "client/cpp/src/pool": ["client/cpp/src/pool", "client/cpp/src/session",
                            "client/cpp/src/process", "protos"],
    "client/python": ["client/python", "client/cpp/src/session/extension.h", "protos"],
    "tests": ["tests", "manager", "client/cpp", "protos", "tools"],
    "examples": ["examples", "tools/progress"],
    "tools/command_line": ["tools/command_line"],
    "tools": ["tools", "protos", "manager/core", "manager/objects"],
}
# Neither the manager nor the client knows gRPC: they speak its wire.
KNOW_GRPC = re.compile(r"manager/gateway/|tests/")
# What objects have in common, and queue.h for the files of the one type that has several;
# everything else in manager/objects is a type and stands alone.
SHARED_BY_OBJECTS = {"catalog.h", "lockable.h", "mapping.h", "ordered_table.h",
                     "page.h", "pool.h", "pool_functions.h", "pool_inboxes.h", "queue.h",
                     "queue_items.h", "shown.h", "slice.h", "sum.h", "typecode.h",
                     "unacknowledged.h"}
# Where the length of a fault is what a program is given, and nothing that it could wait for.
LETS_TIME_PASS = "tests/endurance/suite.cc"
SLEEPS = re.compile(r"sleep_for|sleep_until|usleep|\bsleep\(")
# The core and the objects have none of these.
NOT_DETERMINISTIC = re.compile(
    r"<(thread|mutex|random|condition_variable|future|atomic|ctime)>|steady_clock|system_clock|"
    r"std::rand|RAND_bytes|getenv")

SOURCE_LINES, HEADER_LINES, FUNCTION_LINES, COLUMNS = 500, 150, 70, 100
PACKAGE, PACKAGE_LINES = "client/python/syncmanager/", 300
# The modules and folders of the package, the highest floor first. A module imports from its own
# folder and from lower floors.
PACKAGE_FLOORS = [
    {"__main__"}, {"__init__"}, {"aio"}, {"_self_test"}, {"executor", "pool", "worker"},
    {"_pool_backend"}, {"managers"}, {"_tasks"}, {"_managers"}, {"_proxies"}, {"values"},
    {"_session"}, {"errors", "_native", "_version"}]
# Imported when a value needs it, because it imports NumPy, which programs may not have.
IMPORTED_LATE = PACKAGE + "_session/numpy_codec"
# An interface whose length is that of its contract.
LONG_HEADERS = {
    "client/cpp/include/syncmanager/client.h",
    "client/cpp/include/syncmanager/error.h",
    "client/cpp/src/session/session.h",
    "manager/core/engine.h",
    "manager/core/object.h",
    "protos/include/syncmanager/encoded_value.h",
}
BANNED_NAMES = re.compile(r"\b\w*(Handler|Helper|Util|Context|Impl)\b")
HAVE_VERSION = {"CMakeLists.txt", "CHANGELOG.md"}
KNOWN_TO_OTHERS = {"ServerContext", "ClientContext", "GenericServerContext", "SetLogHandler",
                   "redisContext"}


def files(*patterns):
    names = subprocess.run(["git", "-C", ROOT, "ls-files", "--cached", "--others",
                            "--exclude-standard", *patterns],
                           capture_output=True, text=True, check=True).stdout.split()
    return [name for name in names if (ROOT / name).exists()]


def sources():
    return files("*.h", "*.cc")


def folder_of(name):
    return max((folder for folder in MAY_INCLUDE if name.startswith(folder + "/")),
               key=len, default=None)


def check_includes(name, lines):
    folder = folder_of(name)
    for number, line in enumerate(lines, 1):
        found = re.match(r'\s*#include ["<]([^">]+)[">]', line)
        if not found:
            continue
        header = found.group(1)
        if header.startswith(("manager/", "client/", "tests/", "tools/", "examples/", "protos/")):
            if not any(header == f or header.startswith(f + "/") for f in MAY_INCLUDE[folder]):
                yield number, f"{folder} may not include {header}"
            if (folder == "manager/objects" and header.startswith("manager/objects/")
                    and header.rsplit("/", 1)[1] not in SHARED_BY_OBJECTS):
                yield number, f"an object never includes another one: {header}"
            if folder == "manager/objects" and header == "manager/core/engine.h":
                yield number, "objects know Services, and not the Engine"
        if header.startswith(("grpc/", "grpcpp/")) and not KNOW_GRPC.match(name):
            yield number, "gRPC is known to the gateway and the tests only"
        if header.startswith("syncmanager/") and folder in ("manager", "manager/transport"):
            if header != "syncmanager/encoded_value.h":
                yield number, "the manager never includes the client"


def check_lines(name, lines):
    limit = HEADER_LINES if name.endswith(".h") else SOURCE_LINES
    if name not in LONG_HEADERS and len(lines) > limit:
        yield 1, f"{len(lines)} lines; {limit} at most"
    if name.endswith(".h") and "#pragma once" not in lines:
        yield 1, "headers begin with #pragma once"
    opened = None
    for number, line in enumerate(lines, 1):
        if line.startswith("#if") and "_H_" in line:
            yield number, "headers begin with #pragma once"
        # A function's body ends where its closing brace stands in the first column.
        if re.match(r"^[A-Za-z].*\{$", line) and not re.match(
                r"^(namespace|class|struct|enum|union|extern|constexpr|(static )?const)\b", line):
            opened = number
        if line == "}" and opened is not None:
            if number - opened + 1 > FUNCTION_LINES:
                yield opened, f"a function of {number - opened + 1} lines; {FUNCTION_LINES} at most"
            opened = None


def check_columns(name, lines):
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS:
            yield number, f"{len(line)} columns; {COLUMNS} at most"


def check_package(name, lines):
    if name.startswith(PACKAGE) and len(lines) > PACKAGE_LINES:
        yield 1, f"{len(lines)} lines; {PACKAGE_LINES} at most"


def modules_imported(name, node):
    """The package's files, without their suffixes, that an import statement of the file reads."""
    if isinstance(node, ast.Import):
        return
    words = node.module.split(".") if node.module else []
    if node.level == 0 and words[0] != pathlib.PurePath(PACKAGE).name:
        return
    folder = pathlib.PurePath(name).parents[node.level - 1] if node.level else (
        pathlib.PurePath(PACKAGE).parent)
    folder = folder.joinpath(*words)
    for imported in node.names:
        module = folder / imported.name
        yield str(next(path for path in (module / "__init__", module, folder / "__init__", folder)
                       if any((ROOT / f"{path}{end}").exists()
                              for end in (".py", ".pyi", ".py.in"))))


def room_of(module):
    return pathlib.PurePath(module).relative_to(PACKAGE).parts[0].removesuffix(".py")


def floor_of(room):
    """Its number; 0 is the highest, and -1 is no floor at all."""
    return next((floor for floor, rooms in enumerate(PACKAGE_FLOORS) if room in rooms), -1)


def check_imports(name, lines):
    if not name.startswith(PACKAGE) or not name.endswith(".py"):
        return
    room, tree = room_of(name), ast.parse("\n".join(lines))
    if floor_of(room) < 0:
        yield 1, f"{room} has no place in PACKAGE_FLOORS"
        return
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        for module in modules_imported(name, node):
            below = room_of(module)
            if below != room and floor_of(below) <= floor_of(room):
                yield node.lineno, f"{room} may not import {module[len(PACKAGE):]}"
            if node not in tree.body and module != IMPORTED_LATE:
                yield node.lineno, "imports of the package's modules stand at the top"


def check_circles():
    """No module of the package imports itself by way of others."""
    imports = {}
    for name in files(PACKAGE + "*.py"):
        tree = ast.parse((ROOT / name).read_text())
        imports[name.removesuffix(".py")] = {
            module for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))
            for module in modules_imported(name, node)}
    try:
        graphlib.TopologicalSorter(imports).prepare()
    except graphlib.CycleError as error:
        yield f"{PACKAGE}: a circle of imports: {' '.join(error.args[1])}"


def check_words(name, lines):
    deterministic = name.startswith(("manager/core/", "manager/objects/"))
    for number, line in enumerate(lines, 1):
        code = line.split("//")[0]
        for word in BANNED_NAMES.findall(code):
            if word and not any(known in line for known in KNOWN_TO_OTHERS):
                yield number, f"a banned word in a name: {line.strip()}"
        if deterministic and NOT_DETERMINISTIC.search(code):
            yield number, "the core has no threads, no clock and no randomness"
        if re.search(r"\bTODO\b|\bFIXME\b|\bXXX\b", line):
            yield number, "an open end belongs into an issue"
        if name.startswith("tests/") and name != LETS_TIME_PASS and SLEEPS.search(code):
            yield number, "tests never sleep"


# Prose that reads badly: a caption without a subject, or a pronoun for a noun.
UNCLEAR = re.compile(r'^\s*(//|""")\s*(Of|What) |\b[Ww]hoever\b|\bso many\b')


def check_plain_english():
    for name in files("*.h", "*.cc", "*.py", "*.pyi", "*.proto", "*.md"):
        for number, line in enumerate((ROOT / name).read_text().splitlines(), 1):
            if not name.startswith("tests/tidy/") and UNCLEAR.search(line):
                yield name, number, f"say it plainly: {line.strip()}"


def check_readme():
    """The README's C++ and Python are copied from the examples, which the tests run."""
    examples = "".join((ROOT / name).read_text() for name in [*sources(), *files("*.py")]
                       if name.startswith("examples/"))
    readme = (ROOT / "README.md").read_text()
    for language, block in re.findall(r"```(cpp|python)\n(.*?)```", readme, re.S):
        if block not in examples:
            yield readme[:readme.index(block)].count("\n") + 1, f"{language} that is in no example"


def check_folders():
    """The drawing in docs/architecture.md has the folders of the tree."""
    for difference in check_drawing((ROOT / "docs/architecture.md").read_text(), files()):
        yield f"docs/architecture.md: {difference}"


def check_version():
    """Only CMakeLists.txt has the version. The newest heading of CHANGELOG.md is the same."""
    version = re.search(r"^project\(\w+ VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(),
                        re.M).group(1)
    newest = re.search(r"^## ([\d.]+)", (ROOT / "CHANGELOG.md").read_text(), re.M).group(1)
    if newest != version:
        yield f"CHANGELOG.md: the newest version is {newest}, and the project's is {version}"
    literal = re.compile(rf"(?<![\d.]){re.escape(version)}(?![\d.])")
    for name in files("*.h", "*.cc", "*.py", "*.pyi", "*.toml", "*.cmake", "*.txt", "*.in", "*.md"):
        if name not in HAVE_VERSION and literal.search((ROOT / name).read_text()):
            yield f"{name}: CMakeLists.txt alone has the version"


def main():
    breaches = 0
    for number, breach in check_readme():
        print(f"README.md:{number}: {breach}")
        breaches += 1
    for breach in (*check_circles(), *check_folders(), *check_version()):
        print(breach)
        breaches += 1
    for name, number, breach in check_plain_english():
        print(f"{name}:{number}: {breach}")
        breaches += 1
    checks = {name: (check_includes, check_lines, check_columns, check_words) for name in sources()}
    checks |= {name: (check_columns, check_package, check_imports)
               for name in files("*.py", "*.pyi")}
    for name, of_file in checks.items():
        lines = (ROOT / name).read_text().splitlines()
        for check in of_file:
            for number, breach in check(name, lines):
                print(f"{name}:{number}: {breach}")
                breaches += 1
    print(f"{len(checks)} files, {breaches} breaches")
    return 1 if breaches or not checks else 0


if __name__ == "__main__":
    sys.exit(main())
