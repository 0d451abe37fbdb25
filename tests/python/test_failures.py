"""Failures that CPython's managers have and ours don't: runs failures.py with both."""

import ast
import os
import subprocess
import sys
import unittest

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "failures.py")
HANGS = "hangs"


def tried(library, script, limit):
    """Runs the script and returns its outcome. The script has a process group of its own, because
    it leaves other processes behind if it hangs."""
    process = subprocess.Popen([sys.executable, "-W", "ignore", SCRIPTS, library, script],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               start_new_session=True)
    try:
        output, errors = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        return HANGS
    finally:
        try:
            os.killpg(process.pid, 9)
        except ProcessLookupError:
            pass
        process.wait()
        process.stdout.close()
        process.stderr.close()
    return ast.literal_eval(output) if output else errors.rpartition("\n  ")[2]


class FailuresTest(unittest.TestCase):
    def check(self, script, right):
        self.assertNotEqual(tried("multiprocessing", script, 4), right)
        self.assertEqual(tried("syncmanager", script, 50), right)

    def test_f1_an_interrupted_call_takes_nothing_and_later_answers_are_their_own(self):
        self.check("call_interrupted", [1, 1])

    def test_f2_a_killed_waiter_takes_no_item_with_it(self):
        self.check("waiter_killed", "item")

    def test_f3_a_killed_holder_gives_back_what_it_held(self):
        self.check("holder_killed", [True, True])

    def test_f4_a_thread_that_ends_gives_back_what_it_owned(self):
        self.check("owners_thread_ended", [True, True])

    def test_f5_a_notification_goes_to_a_live_waiter(self):
        self.check("notified_killed", "notified")

    def test_f6_a_barrier_with_a_killed_party_is_broken(self):
        self.check("party_killed", "BrokenBarrierError")

    def test_f7_a_killed_clients_references_come_back(self):
        self.check("client_killed", 0)

    def test_f8_a_dead_manager_is_told_by_one_error(self):
        self.check("manager_killed", [True, True, True])

    def test_f9_a_forked_child_iterates_a_dict(self):
        self.check("dict_iterated_after_fork", ["a"])

    def test_f10_a_silent_stranger_is_shown_out(self):
        self.check("silent_stranger", "shown out")

    def test_f11_an_object_of_an_unknown_class_travels(self):
        self.check("unknown_class", 7)

    def test_f12_two_who_count_lose_nothing(self):
        self.check("two_who_count", 4000)


if __name__ == "__main__":
    unittest.main()
