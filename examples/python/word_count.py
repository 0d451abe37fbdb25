"""The words of many files, counted by workers in C++ (examples/count_words.cc) and added up here.

    word_count.py PATH_OF_COUNT_WORDS DIRECTORY
"""

import collections
import pathlib
import subprocess
import sys

from syncmanager import Executor, Manager


def main(program, directory):
    files = sorted(str(path) for path in pathlib.Path(directory).rglob("*") if path.is_file())
    words: collections.Counter[str] = collections.Counter()
    with Manager() as manager, Executor(0, manager=manager, name="words") as executor:
        workers = subprocess.Popen([program, manager.address, manager.key_file, "2"],
                                   stdin=subprocess.PIPE)
        with workers:  # At its end their standard input is closed.
            for counted in executor.map("count_words", files, chunksize=4, buffersize=16):
                words.update(counted)
    print(f"{len(files)} files, {words.total()} words, {len(words)} different ones")
    for word, count in words.most_common(5):
        print(f"{count:>6}  {word}")


if __name__ == "__main__":
    main(*sys.argv[1:])
