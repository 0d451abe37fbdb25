"""A program's own manager at signals: those to the program's process group, and its own."""

import os
import pty
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

import syncmanager
from support import SOON, ManagerTest, await_that, ended, state_of


# Four workers write to a dict, and to an object that is hosted, when a signal ends them. The
# program waits for them and prints what they wrote.
LAST_WORDS = """
import os, signal, sys
import syncmanager
from multiprocessing import get_context

class Log:
    def __init__(self):
        self.lines = []
    def add(self, line):
        self.lines.append(line)
    def all(self):
        return self.lines

class Manager(syncmanager.SyncManager):
    pass

Manager.register("Log", Log)

class Ended(BaseException):
    pass

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1)

def end(*_):
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise Ended

def work(number, ready, never, last, log):
    try:
        ready.release()
        never.wait()
    except Ended:
        pass
    finally:
        last[number] = "written"
        log.add(number)

if __name__ == "__main__":
    for each in SIGNALS:
        signal.signal(each, end)
    manager = Manager(ctx=get_context("fork"))
    manager.start()
    last, log, ready, never = manager.dict(), manager.Log(), manager.Semaphore(0), manager.Event()
    workers = [get_context("fork").Process(target=work, args=(number, ready, never, last, log))
               for number in range(4)]
    try:
        for worker in workers:
            worker.start()
        for worker in workers:
            ready.acquire()
        print("ready", flush=True)
        never.wait()
    except Ended:
        pass
    for worker in workers:
        worker.join()
    with open(sys.argv[1], "w") as words:
        print(len(last), sorted(log.all()), file=words)
    manager.shutdown()
"""
ALL_WRITTEN = "4 [0, 1, 2, 3]\n"


class GroupSignalTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.words = os.path.join(self.folder, "words")
        self.arguments = [sys.executable, "-c", LAST_WORDS, self.words]

    def read_words(self):
        with open(self.words) as words:
            return words.read()

    def test_the_workers_last_words_arrive_whatever_signal_their_group_gets(self):
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1):
            with self.subTest(each.name):
                program = subprocess.Popen(self.arguments, stdout=subprocess.PIPE, text=True,
                                           stderr=subprocess.PIPE, start_new_session=True)
                self.assertEqual(program.stdout.readline(), "ready\n")
                os.killpg(program.pid, each)
                _, errors = program.communicate(timeout=SOON)
                self.assertEqual((program.returncode, errors), (0, ""))
                self.assertEqual(self.read_words(), ALL_WRITTEN)

    def on_a_terminal(self):
        """Starts the program in the foreground of a terminal of its own. Returns its process id
        and the terminal, when it is ready."""
        program, terminal = pty.fork()
        if program == 0:
            os.execv(self.arguments[0], self.arguments)
        text = b""
        while b"ready" not in text:
            text += os.read(terminal, 100)
        return program, terminal

    def assert_ends_in_order(self, program):
        status = os.waitstatus_to_exitcode(os.waitpid(program, 0)[1])
        self.assertEqual((status, self.read_words()), (0, ALL_WRITTEN))

    def test_they_arrive_when_ctrl_c_or_ctrl_backslash_is_pressed(self):
        for key in (b"\x03", b"\x1c"):
            with self.subTest(key):
                program, terminal = self.on_a_terminal()
                os.write(terminal, key)
                self.assert_ends_in_order(program)
                os.close(terminal)

    def test_they_arrive_when_the_terminal_is_closed(self):
        program, terminal = self.on_a_terminal()
        os.close(terminal)
        os.killpg(program, signal.SIGHUP)  # As a shell tells its jobs.
        self.assert_ends_in_order(program)


class ManagersSignalTest(unittest.TestCase):
    def test_the_manager_of_a_program_ignores_what_others_send_it(self):
        with syncmanager.Manager() as manager:
            words, pid = manager.dict(), manager._process.pid
            for each in ("INT", "HUP", "TERM"):
                subprocess.run(["kill", "-" + each, str(pid)], check=True)
            words["still"] = "there"
            self.assertEqual(words.copy(), {"still": "there"})

    def test_it_ends_when_its_owner_says_so(self):
        manager = syncmanager.Manager()
        os.kill(manager._process.pid, signal.SIGTERM)
        manager.join(SOON)
        self.assertTrue(ended(manager._process.pid))
        manager.shutdown()


STOPPED = """
import signal, syncmanager, sys
from multiprocessing import get_context

def hold(address, held, over):
    there = syncmanager.connect("syncmanager://%s:%d" % address, authkey=b"key", session_timeout=1)
    with there.Lock(name="turn"):
        held.set()
        over.wait()

if __name__ == "__main__":
    with syncmanager.SyncManager(("127.0.0.1", 0), authkey=b"key") as manager:
        held, over = manager.Event(), manager.Event()
        turn = manager.Lock(name="turn")
        worker = get_context("fork").Process(target=hold, args=(manager.address, held, over))
        worker.start()
        held.wait()
        print("ready", flush=True)
        sys.stdin.readline()
        print("taken" if turn.acquire(False) else "held", flush=True)
        over.set()
        worker.join()
        print(worker.exitcode, turn.acquire(), turn.abandoned)
"""


class JobControlTest(ManagerTest):
    def test_a_job_that_is_stopped_for_long_goes_on_as_if_nothing_had_been(self):
        program = subprocess.Popen([sys.executable, "-c", STOPPED], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True, preexec_fn=os.setpgrp)
        self.assertEqual(program.stdout.readline(), "ready\n")
        os.killpg(program.pid, signal.SIGTSTP)
        self.assertTrue(await_that(lambda: state_of(program.pid) == "T"))
        # Three of its session timeouts.
        self.assertFalse(self.manager.Lock().acquire() and self.manager.Semaphore(0).acquire(
            timeout=3))
        os.killpg(program.pid, signal.SIGCONT)
        out, _ = program.communicate("go on\n", timeout=SOON)
        self.assertEqual(out, "held\n0 True False\n")


if __name__ == "__main__":
    unittest.main()
