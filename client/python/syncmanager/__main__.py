"""The program `python3 -m syncmanager`."""

import argparse
import json
import os
import platform
import subprocess
import sys
import time

from . import _self_test
from ._managers import programs
from ._version import __version__
from .managers import Manager

EXAMPLES = """
Examples:
  python3 -m syncmanager              what is installed, and whether it works
  python3 -m syncmanager --json       the same as a JSON object
  python3 -m syncmanager --version    only the version

Exit status: 0 if every check passes, 1 if not.
"""


def main(words=None):
    parser = argparse.ArgumentParser(
        prog="python3 -m syncmanager", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Says which version this is and where its programs are, and tests it in about "
                    "a second: with a manager of its own, which ends with the test.")
    parser.add_argument("--json", action="store_true", help="print a JSON object")
    parser.add_argument("--version", action="version", version=f"syncmanager {__version__}")
    as_json = parser.parse_args(words).json
    report = installation()
    if not as_json:
        for name, found in report.items():
            print(f"{name:<12} {' '.join(filter(None, found.values()))}", flush=True)
    report["checks"] = []
    for check in checks():
        report["checks"].append(check)
        if not as_json:
            print(line_of(check), flush=True)
    report["passed"] = all(check["passed"] for check in report["checks"])
    if as_json:
        print(json.dumps(report, indent=2))
    return 0 if report["passed"] else 1


def installation():
    """The version and the path of each part."""
    return {
        "syncmanager": {"version": __version__, "path": os.path.dirname(os.path.abspath(__file__))},
        "python": {"version": platform.python_version(), "path": sys.executable},
        "syncmanagerd": program_at(programs.manager()),
        "syncctl": program_at(programs.find("syncctl")),
    }


def program_at(path):
    """The version of the program, or why there is none."""
    found = {"version": "", "path": path, "error": ""}
    if not path:
        return {**found, "error": "not found"}
    try:
        ended = subprocess.run([path, "--version"], stdout=subprocess.PIPE, text=True,
                               stderr=subprocess.STDOUT, timeout=_self_test.PATIENCE)
    except (OSError, subprocess.TimeoutExpired) as error:
        return {**found, "error": f"doesn't run: {error}"}
    said = ended.stdout.strip()
    if ended.returncode != 0:
        return {**found, "error": f"doesn't run: {said}"}
    return {**found, "version": said.rpartition(" ")[2]}


def checks():
    """Does each check of the self test, and yields what came of it."""
    manager = None

    def start():
        nonlocal manager
        manager = Manager()

    yield result_of("a manager starts", start)
    if manager is None:
        return
    for sentence, check in _self_test.CHECKS:
        yield result_of(sentence, check, manager)
    yield result_of("the manager ends", manager.shutdown)


def result_of(sentence, check, *arguments):
    began, error = time.monotonic(), ""
    try:
        check(*arguments)
    except Exception as raised:  # Whatever it is, it is what the user has to know.
        error = f"{type(raised).__name__}: {raised}"
    return {"check": sentence, "passed": not error, "error": error,
            "seconds": round(time.monotonic() - began, 3)}


def line_of(check):
    said = "ok    " if check["passed"] else "FAILED"
    line = f"{said} {check['check']} ({check['seconds'] * 1000:.0f} ms)"
    return line if check["passed"] else f"{line}: {check['error']}"


if __name__ == "__main__":
    sys.exit(main())
