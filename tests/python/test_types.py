"""The stubs say what the package has, and a type checker finds errors with them."""

import ast
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import syncmanager
from syncmanager import aio
from syncmanager.managers import (
    ArrayProxy, Delivery, DictProxy, LifoQueueProxy, ListProxy, PriorityQueueProxy, QueueProxy,
    SetProxy, ValueProxy)

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = HERE.parents[1] / "examples" / "python"
PACKAGE = pathlib.Path(syncmanager.__file__).parent
OLDEST = "3.9"
FOUND = re.compile(r"(.*?):(\d+): (error|note): (.*)")
# stubtest reads the stubs from $MYPYPATH alone: mypy would read the package's modules without
# stubs, too, if the package were on $PYTHONPATH.
STUBTEST = f"import sys; sys.path.insert(0, {str(PACKAGE.parent)!r})\n" \
    "from mypy import stubtest; sys.exit(stubtest.main())"


def marked(file, mark):
    """The texts that follow the mark, by the numbers of their lines."""
    return {number: line.partition(f"# {mark}: ")[2]
            for number, line in enumerate(file.read_text().splitlines(), 1)
            if f"# {mark}: " in line}


class TypesTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.stubs = cls.folder / "stubs"
        for stub in (*PACKAGE.rglob("*.pyi"), PACKAGE / "py.typed"):
            copy = cls.stubs / "syncmanager" / stub.relative_to(PACKAGE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(stub, copy)

    def run_python(self, *arguments):
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        environment["MYPYPATH"] = str(self.stubs)
        return subprocess.run(
            [sys.executable, *map(str, arguments)], cwd=self.folder, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def check(self, *arguments):
        """Runs mypy."""
        return self.run_python("-m", "mypy", "--cache-dir", self.folder / "cache",
                               "--no-color-output", "--no-error-summary", *arguments)

    def found_in(self, file, kind, *arguments):
        """Returns mypy's messages of that kind by the numbers of the file's lines."""
        ended = self.check(*arguments, file)
        self.assertIn(ended.returncode, (0, 1), ended.stdout)
        found = {}
        for line in ended.stdout.splitlines():
            match = FOUND.fullmatch(line)
            if match is not None and match[3] == kind and pathlib.Path(match[1]).name == file.name:
                found.setdefault(int(match[2]), []).append(match[4])
        return found

    def assert_clean(self, *arguments):
        ended = self.check(*arguments)
        self.assertEqual((ended.returncode, ended.stdout), (0, ""))

    def test_the_stubs_are_strict(self):
        self.assert_clean("--strict", "--package", "syncmanager")

    def test_the_stubs_and_programs_pass_for_the_oldest_python(self):
        version = "--strict", "--python-version", OLDEST
        self.assert_clean(*version, "--package", "syncmanager")
        self.assertEqual(self.found_in(HERE / "well_typed.py", "error", *version), {})

    def test_the_stubs_say_what_the_package_has(self):
        ended = self.run_python("-c", STUBTEST, "--allowlist", HERE / "stubtest_allowlist.txt",
                                "syncmanager")
        self.assertEqual(ended.returncode, 0, ended.stdout)

    def test_the_stubs_of_aio_have_every_method_that_a_proxy_inherits(self):
        """stubtest looks only at what a class itself defines."""
        members = {}
        for stub in ("_containers.pyi", "_synchronization.pyi"):
            for node in ast.parse((PACKAGE / "aio" / stub).read_text()).body:
                if isinstance(node, ast.ClassDef):
                    members[node.name] = {child.name for child in node.body
                                          if isinstance(child, ast.FunctionDef)}
                    for base in map(ast.unparse, node.bases):
                        members[node.name] |= members.get(base.partition("[")[0], set())
        proxies = [name for name in aio.__all__ if name.endswith("Proxy")]
        self.assertEqual(len(proxies), 19)
        for name in proxies:
            with self.subTest(name):
                public = {attribute for attribute in dir(getattr(aio, name))
                          if not attribute.startswith("_")}
                self.assertEqual(public - members[name], set())

    def test_the_examples_pass(self):
        examples = sorted(EXAMPLES.glob("*.py"))
        self.assertTrue(examples)
        self.assert_clean("--check-untyped-defs", "--ignore-missing-imports", *examples)

    def test_correct_programs_pass_and_have_the_right_types(self):
        file = HERE / "well_typed.py"
        self.assertEqual(self.found_in(file, "error", "--strict"), {})
        expected = marked(file, "R").items()
        self.assertEqual(self.found_in(file, "note", "--strict"),
                         {line: [f'Revealed type is "{type_}"'] for line, type_ in expected})

    def test_all_errors_are_found_and_nothing_else(self):
        file = HERE / "type_errors.py"
        expected, found = marked(file, "E"), self.found_in(file, "error", "--strict")
        self.assertGreater(len(expected), 80)
        self.assertEqual(sorted(found), sorted(expected))
        for number, messages in found.items():
            with self.subTest(line=number):
                self.assertTrue(any(expected[number] in message for message in messages), messages)

    def test_the_errors_of_a_program_of_multiprocessing_are_found_after_its_import_is_changed(self):
        theirs = HERE / "change_one_import.py"
        text, before = theirs.read_text(), "from multiprocessing import Manager"
        self.assertIn(before, text)
        ours = self.folder / "changed.py"
        ours.write_text(text.replace(before, "from syncmanager import Manager").replace(
            "from multiprocessing.managers", "from syncmanager.managers"))
        lines = [number for number, line in enumerate(text.splitlines(), 1) if " error." in line]
        self.assertEqual(len(lines), 3)
        for file in (theirs, ours):
            self.assertEqual(sorted(self.found_in(file, "error", "--strict")), lines)


class AnnotationTest(unittest.TestCase):
    def test_generic_types_are_subscripted_when_a_program_runs(self):
        for module, types in (
                (syncmanager.managers, (ArrayProxy, Delivery, LifoQueueProxy, ListProxy,
                                        PriorityQueueProxy, QueueProxy, SetProxy, ValueProxy)),
                (aio, (aio.ArrayProxy, aio.Delivery, aio.LifoQueueProxy, aio.ListProxy,
                       aio.PriorityQueueProxy, aio.QueueProxy, aio.SetProxy, aio.ValueProxy)),
                (syncmanager, (syncmanager.Future,))):
            for type_ in types:
                with self.subTest(type_):
                    self.assertIs(getattr(module, type_.__name__), type_)
                    self.assertIs(type_[int].__origin__, type_)
        self.assertEqual(DictProxy[str, int].__args__, (str, int))
        self.assertEqual(aio.DictProxy[str, int].__args__, (str, int))

    def test_a_subscripted_type_is_a_base_class(self):
        class Jobs(QueueProxy[int]):
            pass

        self.assertTrue(issubclass(Jobs, QueueProxy))


if __name__ == "__main__":
    unittest.main()
