"""A copy of the tree in which the sources have their mistakes, and its build.

The copy lies in build/mutation/src and is configured with the ordinary release preset; its lists
of sources and the product's stay as they are. What the compiler doesn't take is left out.
"""

import json
import os
import re
import shlex
import subprocess
from concurrent.futures import ProcessPoolExecutor

from sites import find_sites, render

PRESET = "release"


class Copy:
    """Use: find(), then compile(); afterwards `mutants` has what can be tried."""

    def __init__(self, root, targets):
        self.root, self.targets = root, targets
        self.tree = root / "build" / "mutation" / "src"
        self.build = self.tree / "build" / PRESET
        self.mutants = {}   # Number -> (name of the source, Site).
        self.left_out = []  # Those that didn't compile.

    def find(self, names):
        """Copies the tree and finds the sites of the sources with those names."""
        listed = subprocess.run(
            ["git", "-C", self.root, "ls-files", "--cached", "--others", "--exclude-standard"],
            capture_output=True, text=True, check=True).stdout.split("\n")
        listed = {name for name in listed if name and (self.root / name).exists()}
        for path in self.tree.glob("[!b]*/**/*"):
            if path.is_file() and str(path.relative_to(self.tree)) not in listed:
                path.unlink()
        for name in sorted(listed.difference(names)):
            write(self.tree / name, self.text_of(name, names))
        self.run("cmake", "--preset", PRESET)
        self.make("messages")
        flags = self.flags()
        with ProcessPoolExecutor() as pool:
            found = pool.map(find_sites, [self.root / name for name in names],
                             [flags[str(self.tree / name)] for name in names])
            for name, sites in zip(names, found):
                for site in sites:
                    self.mutants[len(self.mutants) + 1] = (name, site)

    def text_of(self, name, names):
        """Sources with mistakes need not be free of warnings."""
        text = (self.root / name).read_bytes()
        folder, _, last = name.rpartition("/")
        changed = [n.rpartition("/")[2] for n in names if n.rpartition("/")[0] == folder]
        if last == "CMakeLists.txt" and changed:
            text += (f"set_source_files_properties({' '.join(changed)}\n"
                     "  PROPERTIES COMPILE_OPTIONS -w)\n").encode()
        return text

    def flags(self):
        """Name of a source in the copy -> what the compiler has to know to read it."""
        commands = json.loads((self.build / "compile_commands.json").read_text())
        found = {}
        for command in commands:
            words = shlex.split(command["command"])
            kept = [w for w in words if w.startswith(("-I", "-D", "-std"))]
            kept += [f"-I{words[i + 1]}" for i, w in enumerate(words) if w == "-isystem"]
            found[command["file"]] = kept
        return found

    def compile(self):
        """Writes the sources with their mistakes and builds the tests, without those mistakes that
        the compiler refuses."""
        while True:
            for name in {name for name, _ in self.mutants.values()}:
                sites = [(n, site) for n, (of, site) in self.mutants.items() if of == name]
                write(self.tree / name, render((self.root / name).read_bytes(), sites))
            done = self.make(*self.targets, check=False)
            if done.returncode == 0:
                return
            refused = self.blamed(done.stdout)
            if not refused:
                raise RuntimeError(f"the copy can't be built:\n{done.stdout[-4000:]}")
            for number in refused:
                self.left_out.append(self.mutants.pop(number))

    def blamed(self, messages):
        """The mutants on the lines that the compiler speaks of, or on the last line before. Where
        there is a literal it is likely to be that: a 0 can be more than a number."""
        names = {name for name, _ in self.mutants.values()}
        found = set()
        for path, line in set(re.findall(r"^(\S+?):(\d+):\d+: error:", messages, re.M)):
            name = os.path.relpath(self.build / path, self.tree)
            if name not in names:
                continue
            lines = (self.tree / name).read_text().split("\n")[:int(line)]
            on_line = next((hit for hit in (re.findall(r"mutant_is\((\d+)\)", text)
                                            for text in reversed(lines)) if hit), [])
            numbers = self.mutants.keys() & set(map(int, on_line))
            literals = {n for n in numbers if self.mutants[n][1].kind == "literal"}
            found |= literals or numbers
        return found

    def make(self, *targets, check=True):
        return self.run("cmake", "--build", "--preset", PRESET, "--parallel", str(os.cpu_count()),
                        "--target", *targets, "--", "-k", "0", check=check)

    def run(self, *command, check=True):
        # So that the compiler cache serves the copy as it does every checkout.
        environment = {**os.environ, "CCACHE_BASEDIR": str(self.tree), "CCACHE_NOHASHDIR": "1"}
        done = subprocess.run(command, cwd=self.tree, env=environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if check and done.returncode != 0:
            raise RuntimeError(f"{shlex.join(command)}:\n{done.stdout[-4000:]}")
        return done


def write(path, text):
    """Leaves a file that is as it should be alone, so that nothing is built twice."""
    if path.exists() and path.read_bytes() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)
