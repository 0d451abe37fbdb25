"""The examples come out as they say."""

import collections
import importlib.util
import os
import pathlib
import re
import subprocess
import sys
import unittest

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples" / "python"
BUILT = os.environ.get("SYNCMANAGER_EXAMPLES", "")
PRODUCER, COUNT_WORDS = BUILT + "/producer", BUILT + "/count_words"


class ExamplesTest(unittest.TestCase):
    def run_example(self, name, *arguments):
        done = subprocess.run([sys.executable, EXAMPLES / name, *arguments], timeout=300,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_a_shared_namespace(self):
        self.assertIn("phase='done', steps=400, worker_0='finished'",
                      self.run_example("shared_namespace.py"))

    def test_an_object_through_a_queue(self):
        self.assertEqual(self.run_example("object_through_a_queue.py"),
                         "Order(name='tea', prices=[3, 4.5]) costs 7.5\n")

    def test_over_tcp_with_a_wrong_key_refused(self):
        self.assertEqual(sorted(self.run_example("over_tcp.py").splitlines()),
                         ["a wrong key: refused", "consumed 45"])

    def test_the_remote_queue_of_multiprocessings_manual(self):
        self.assertEqual(self.run_example("remote_queue.py"), "got hello\n")

    def test_tasks(self):
        self.assertEqual(self.run_example("tasks.py"), "the squares add up to 328350\n")

    def test_a_fleet_whose_consumers_are_killed(self):
        found = re.fullmatch(r"(\d+) of \1 jobs done, [1-9]\d* consumers killed\n",
                             self.run_example("fleet.py"))
        self.assertTrue(found)

    def test_jobs_in_processes(self):
        lines = self.run_example("jobs.py").splitlines()
        runs = [[re.fullmatch(r"  job (\d) in process (\d+)", line).groups()
                 for line in lines[first:first + 8]] for first in (1, 10, 19)]
        self.assertEqual([job for job, _ in runs[0]], list("01234567"))
        for run in runs[1:]:
            jobs = [job for job, _ in run]
            self.assertEqual(sorted(jobs), list("01234567"))
            self.assertLess(jobs.index("2"), jobs.index("0"))  # Which is slow.
        place = jobs.index("0")
        self.assertEqual(run[place + 1], ("1", run[place][1]))  # Of the same chunk.

    @unittest.skipUnless(importlib.util.find_spec("tornado"), "needs python3-tornado")
    def test_a_page_that_is_served_while_all_cores_compute(self):
        self.assertRegex(self.run_example("fib_page.py"),
                         r"\Afib\(30\) = 832040: \d+ times in .* s\n"
                         r"/ was answered [1-9]\d* times meanwhile: median .* ms, worst .* ms\n\Z")

    def test_a_fleet_over_tcp_whose_workers_are_killed(self):
        killed, again = map(int, re.fullmatch(
            r"2000 of 2000 results are right; (\d+) workers were killed, (\d+) tasks were tried "
            r"again\n", self.run_example("fleet_with_deaths.py", "400")).groups())
        self.assertGreaterEqual(killed, 3)
        self.assertLessEqual(again, killed)  # Of what a dead worker had it had begun with one.

    @unittest.skipUnless(os.path.exists(PRODUCER), "the C++ examples aren't built")
    def test_from_cpp(self):
        self.assertEqual(self.run_example("from_cpp.py", PRODUCER),
                         "indoors: 21.0\noutdoors: -2.0\n")

    @unittest.skipUnless(os.path.exists(COUNT_WORDS), "the C++ examples aren't built")
    def test_words_counted_by_workers_in_cpp(self):
        words = collections.Counter(
            word for path in EXAMPLES.rglob("*") if path.is_file()
            for word in re.findall(rb"[a-z]+", path.read_bytes().lower()))
        counted = self.run_example("word_count.py", COUNT_WORDS, EXAMPLES)
        self.assertIn(f" {words.total()} words, {len(words)} different ones\n", counted)
        (_, often), = words.most_common(1)
        self.assertRegex(counted, rf"\n +{often}  \w+\n")


if __name__ == "__main__":
    unittest.main()
