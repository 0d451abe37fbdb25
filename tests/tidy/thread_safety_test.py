#!/usr/bin/env python3
"""Clang's thread safety analysis finds nothing in the sources that use an annotated mutex.

Run as: thread_safety_test.py ROOT BUILD CLANG.
https://clang.llvm.org/docs/ThreadSafetyAnalysis.html
"""

import pathlib
import re
import subprocess
import sys
import tempfile

ROOT, BUILD, CLANG = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
MUTEX = "protos/support/mutex.h"
FLAGS = ["-std=c++20", "-fsyntax-only", "-Wthread-safety", "-Werror=thread-safety",
         '-DSYNCMANAGER_VERSION=""', *(f"-I{folder}" for folder in (
             ROOT, BUILD, BUILD / "protos", ROOT / "client/cpp/include", ROOT / "protos/include"))]
# A function that uses what a mutex guards without the mutex.
WRONG = f"""#include "{MUTEX}"
struct Counter {{
  int next() {{ return ++count_; }}
  syncmanager::Mutex mutex_;
  int count_ ABSL_GUARDED_BY(mutex_) = 0;
}};
"""


def headers_of(path):
    return re.findall(r'^#include "([^"]+)"', path.read_text(), re.MULTILINE)


def uses_a_mutex(source):
    """Whether the source, or a header that it includes itself, includes the annotated mutex."""
    headers = headers_of(source)
    return MUTEX in headers or any(
        MUTEX in headers_of(ROOT / header) for header in headers if (ROOT / header).exists())


def errors_in(source):
    return subprocess.run([CLANG, *FLAGS, source], capture_output=True, text=True).stderr


def main():
    with tempfile.NamedTemporaryFile("w", suffix=".cc") as wrong:
        wrong.write(WRONG)
        wrong.flush()
        if "requires holding mutex" not in errors_in(wrong.name):
            sys.exit(f"{CLANG} doesn't see the annotations")
    names = subprocess.run(["git", "-C", ROOT, "ls-files", "client/cpp/src/*.cc", "manager/*.cc"],
                           capture_output=True, text=True, check=True).stdout.split()
    sources = [ROOT / name for name in names if uses_a_mutex(ROOT / name)]
    errors = "".join(errors_in(source) for source in sources)
    print(errors, f"{len(sources)} sources", sep="")
    return 1 if errors or not sources else 0


if __name__ == "__main__":
    sys.exit(main())
