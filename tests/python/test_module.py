"""`python3 -m syncmanager`: what it says about the installation, and its self test."""

import json
import os
import subprocess
import sys
import unittest

import syncmanager


def run(*words, **variables):
    return subprocess.run([sys.executable, "-m", "syncmanager", *words], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, env={**os.environ, **variables})


class ModuleTest(unittest.TestCase):
    def test_it_says_what_is_installed_and_that_it_works(self):
        ended = run()
        self.assertEqual(ended.returncode, 0, ended.stdout)
        lines = ended.stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines],
                         ["syncmanager", "python", "syncmanagerd", "syncctl", *["ok"] * 6])
        for line in lines[0], lines[2], lines[3]:
            self.assertEqual(line.split()[1], syncmanager.__version__)
        self.assertIn(os.environ["SYNCMANAGER_DAEMON"], lines[2])

    def test_as_json(self):
        report = json.loads(run("--json").stdout)
        self.assertEqual(report["syncmanager"]["version"], syncmanager.__version__)
        self.assertEqual(report["syncmanagerd"]["path"], os.environ["SYNCMANAGER_DAEMON"])
        self.assertEqual(report["python"]["path"], sys.executable)
        self.assertTrue(report["passed"])
        self.assertEqual({check["passed"] for check in report["checks"]}, {True})

    def test_a_manager_that_is_no_program(self):
        ended = run(SYNCMANAGER_DAEMON="/nowhere/syncmanagerd")
        self.assertEqual(ended.returncode, 1, ended.stdout)
        self.assertRegex(ended.stdout, "syncmanagerd +/nowhere/syncmanagerd doesn't run: ")
        self.assertIn("\nFAILED a manager starts", ended.stdout)

    def test_a_manager_that_is_another_program(self):
        ended = run("--json", SYNCMANAGER_DAEMON="/bin/false")
        self.assertEqual(ended.returncode, 1, ended.stdout)
        report = json.loads(ended.stdout)
        self.assertFalse(report["passed"])
        self.assertEqual([check["passed"] for check in report["checks"]], [False])

    def test_its_version(self):
        self.assertEqual(run("--version").stdout, f"syncmanager {syncmanager.__version__}\n")

    def test_help_has_examples_and_a_wrong_flag_fails(self):
        self.assertIn("python3 -m syncmanager --json", run("--help").stdout)
        self.assertEqual(run("--nonsense").returncode, 2)

    def test_all_the_names_are_there(self):
        for name in syncmanager.__all__:
            self.assertTrue(hasattr(syncmanager, name), name)


if __name__ == "__main__":
    unittest.main()
