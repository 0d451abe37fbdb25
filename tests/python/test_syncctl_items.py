"""syncctl get loses nothing: what was not printed is in its queue again."""

import os
import signal

from shell import PATIENCE, SYNCCTL, ShellTest, Terminal, await_that

LARGE = 1_000_000  # More than a pipe takes while nobody reads it.


class GetTest(ShellTest):
    def queues(self):
        """A queue of each kind with the items one and two, by name; get takes `first` first."""
        made = {"plain": self.manager.Queue(name="plain"),
                "reliable": self.manager.Queue(name="reliable", reliable=True),
                "newest": self.manager.LifoQueue(name="newest"),
                "smallest": self.manager.PriorityQueue(name="smallest")}
        for name, queue in made.items():
            queue.put("one")
            queue.put("two")
            yield name, queue, "two" if name == "newest" else "one"

    def assert_keeps(self, name, queue, first):
        self.assertEqual(queue.qsize(), 2, name)
        self.assertEqual(self.syncctl("get", name).stdout, f"{first}\n")
        self.assertEqual(queue.qsize(), 1)

    def test_an_item_that_was_printed_is_done(self):
        for name, queue, first in self.queues():
            self.assertEqual(self.syncctl("get", name).stdout, f"{first}\n")
            self.assertEqual(self.on_terminal("get", name).returncode, 0)
            queue.join()

    def test_a_full_disk(self):
        for name, queue, first in self.queues():
            with open("/dev/full", "wb") as full:
                ended = self.syncctl("get", name, stdout=full)
            self.assertEqual(ended.returncode, 2)
            self.assertIn("No space left on device", ended.stderr)
            self.assert_keeps(name, queue, first)

    def test_a_closed_standard_output(self):
        for name, queue, first in self.queues():
            self.assertEqual(self.shell(f'"$syncctl" get {name} >&-').returncode, 2)
            self.assert_keeps(name, queue, first)

    def test_a_pipe_that_nobody_reads(self):
        for name, queue, first in self.queues():
            read, write = os.pipe()
            os.close(read)
            with os.fdopen(write, "wb") as pipe:
                self.assertEqual(self.syncctl("get", name, stdout=pipe).returncode, -signal.SIGPIPE)
            self.assert_keeps(name, queue, first)

    def test_a_reader_that_leaves_in_the_middle(self):
        for reliable in (True, False):
            queue = self.manager.Queue(name=f"large/{reliable}", reliable=reliable)
            queue.put("x" * LARGE)
            program = self.start("get", f"large/{reliable}")
            self.assertEqual(program.stdout.read(10), b"x" * 10)
            program.stdout.close()
            self.assertEqual(program.wait(PATIENCE), -signal.SIGPIPE)
            self.assertEqual(queue.qsize(), 1)

    def test_a_signal_while_nobody_reads(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            for reliable in (True, False):
                queue = self.manager.Queue(name=f"slow/{number}/{reliable}", reliable=reliable)
                queue.put("x" * LARGE)
                program = self.start("get", f"slow/{number}/{reliable}")
                await_that(lambda: queue.qsize() == 0)
                program.send_signal(number)
                self.assertEqual(program.wait(PATIENCE), -number)
                self.assertEqual(queue.qsize(), 1)

    def test_killed_with_an_item_of_a_reliable_queue(self):
        queue = self.manager.Queue(name="sure", reliable=True)
        queue.put("x" * LARGE)
        program = self.start("get", "sure")
        await_that(lambda: queue.qsize() == 0)
        program.kill()
        await_that(lambda: queue.qsize() == 1)


class WaitingTest(ShellTest):
    def test_a_signal_ends_a_wait_and_takes_nothing(self):
        queue = self.manager.Queue(name="q")
        full = self.manager.Queue(1, name="full")
        full.put("there")
        lock = self.manager.Lock(name="l")
        lock.acquire()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            for name, words in {"q": ["get", "q"], "full": ["put", "full", "v"],
                                "l": ["lock", "l", "--", "touch", "/nowhere/file"]}.items():
                program = self.start(*words)
                self.await_parked(name)
                program.send_signal(number)
                self.assertEqual(program.wait(PATIENCE), -number, words)
                self.await_parked(name, 0)
        queue.put("kept")
        self.assertEqual([queue.get(), full.get(), full.qsize()], ["kept", "there", 0])
        lock.release()
        self.assertTrue(lock.acquire(False))
        lock.release()

    def test_an_item_that_comes_with_the_signal_is_printed_or_kept(self):
        queue = self.manager.Queue(name="q")
        for _ in range(20):
            program = self.start("get", "q")
            self.await_parked("q")
            queue.put("item")
            program.send_signal(signal.SIGINT)
            out, _ = program.communicate(timeout=PATIENCE)
            self.assertEqual(out, b"" if queue.qsize() else b"item\n")
            # After it was printed a signal ends the program as any other.
            self.assertIn(program.returncode, (0, -signal.SIGINT) if out else (-signal.SIGINT,))
            if queue.qsize():
                queue.get()

    def test_ctrl_c_at_a_terminal_is_130_for_the_shell_and_ends_its_loop(self):
        self.manager.Queue(name="q")
        terminal = Terminal(self, ["bash", "-c", f'for i in 1 2 3; do "{SYNCCTL}" get q; done'])
        self.await_parked("q")
        terminal.type(b"\x03")
        self.assertEqual(terminal.wait(), -signal.SIGINT)
        self.await_parked("q", 0)
        terminal = Terminal(self, ["bash", "-c", f"trap : INT; '{SYNCCTL}' get q; echo rc $?"])
        self.await_parked("q")
        terminal.type(b"\x03")
        terminal.wait()
        self.assertIn("rc 130\n", terminal.output())

    def test_an_ignored_hangup_stays_ignored(self):
        queue = self.manager.Queue(name="q")
        program = self.start("get", "q", preexec_fn=lambda: signal.signal(signal.SIGHUP,
                                                                          signal.SIG_IGN))
        self.await_parked("q")
        program.send_signal(signal.SIGHUP)
        queue.put("item")
        self.assertEqual(program.communicate(timeout=PATIENCE)[0], b"item\n")

    def test_the_queue_ends_meanwhile(self):
        queue = self.manager.Queue(name="q")
        program = self.start("get", "q")
        self.await_parked("q")
        self.syncctl("rm", "q")
        self.assertEqual(program.wait(PATIENCE), 1)
        del queue

    def test_timeouts(self):
        self.manager.Queue(name="q")
        for seconds in ("0", "0.01", "1us"):
            self.assertEqual(self.syncctl("get", "q", "--timeout", seconds).returncode, 1)
        program = self.start("get", "q", "--timeout", "31536000")
        self.await_parked("q")
        program.terminate()


class ManagerEndsTest(ShellTest):
    def tearDown(self):
        pass

    def test_whoever_waits_is_told(self):
        self.manager.Queue(name="q")
        self.manager.Lock(name="l").acquire()
        waiting = [self.start("get", "q"), self.start("lock", "l", "--", "true")]
        self.await_parked("q")
        self.await_parked("l")
        self.daemon.process.kill()
        for program in waiting:
            _, err = program.communicate(timeout=PATIENCE)
            self.assertEqual(program.returncode, 2)
            self.assertRegex(err, rb"^syncctl: .+\n$")
