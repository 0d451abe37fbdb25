"""syncctl take runs a command with each item, and loses none, whatever dies."""

import os
import signal
import subprocess
import tempfile

from shell import DAEMON, PATIENCE, SYNCCTL, ShellTest, Terminal, await_that


class TakeTest(ShellTest):
    def setUp(self):
        self.queue = self.manager.Queue(name="q")
        self.started = self.manager.Queue(name="started")
        # A command that says that it has begun, and goes on until a signal.
        self.endless = ["sh", "-c", f"'{SYNCCTL}' put started $$ && exec sleep 1000"]

    def put(self, *items):
        for item in items:
            self.queue.put(item)

    def begin(self, *words, **options):
        """A take of an endless command that has begun; and the command's process."""
        program = self.start("take", "q", *words, "--", *self.endless, **options)
        return program, int(self.started.get(timeout=PATIENCE))

    def parent_of(self, pid):
        with open(f"/proc/{pid}/stat") as file:
            return int(file.read().split()[3])

    def ended(self, pid):
        try:
            with open(f"/proc/{pid}/stat") as file:
                return file.read().split()[2] == "Z"
        except OSError:
            return True

    def test_the_item_stands_where_the_braces_are(self):
        self.put("a b", "c", 7, [1, "x"], b"\xff")
        ended = self.start("take", "q", "--timeout", "0", "--", "printf", "<%s|x{}{}y>", "{}")
        out, err = ended.communicate(timeout=PATIENCE)
        self.assertEqual((ended.returncode, err), (0, b""))
        self.assertEqual(out, b"<a b|xa ba by><c|xccy><7|x77y><[1, 'x']|x[1, 'x'][1, 'x']y>"
                              b"<\xff|x\xff\xffy>")
        self.put([1, "x"])
        taken = self.syncctl("take", "q", "--json", "--timeout", "0", "--", "echo", "{}")
        self.assertEqual(taken.stdout, '[1,"x"]\n')

    def test_without_braces_the_command_reads_the_item(self):
        self.put("text\n", b"\0" * 5_000_000)
        taken = self.syncctl("take", "q", "--timeout", "0", "--", "wc", "-c")
        self.assertEqual((taken.returncode, taken.stdout), (0, "5\n5000000\n"))
        nothing = self.shell('"$syncctl" put q x; echo input | "$syncctl" take q -n 1 -- sh -c '
                             '"echo {}; cat"')
        self.assertEqual(nothing.stdout, "x\n")

    def test_an_item_is_done_when_its_command_ends_with_0(self):
        self.put("a", "b")
        self.assertEqual(self.syncctl("take", "q", "-n", "2", "--", "true").returncode, 0)
        self.queue.join()

    def test_an_item_whose_command_fails_is_the_next_one_again(self):
        self.put("a", "b")
        for command, code in ((["false"], 1), (["sh", "-c", "kill -9 $$"], 137),
                              (["/nowhere/command"], 127), (["/etc/passwd"], 126)):
            taken = self.syncctl("take", "q", "-n", "1", "--", *command)
            self.assertEqual(taken.returncode, 1, taken)
            self.assertIn(f"ended with {code}" if code < 126 or code > 127 else "can't start",
                          taken.stderr)
            self.assertEqual(self.queue.qsize(), 2)
        counted = self.syncctl("take", "q", "-n", "1", "--", "sh", "-c",
                               "echo {} $SYNCMANAGER_DELIVERY")
        self.assertEqual(counted.stdout, "a 5\n")

    def test_an_item_that_no_argument_can_be(self):
        self.put("a\0b")
        taken = self.syncctl("take", "q", "-n", "1", "--", "echo", "{}")
        self.assertEqual(taken.returncode, 1)
        self.assertIn("the item has a NUL", taken.stderr)
        self.assertEqual(self.queue.qsize(), 1)

    def test_after_so_many_attempts_an_item_is_dropped_or_a_dead_letter(self):
        self.put("bad")
        taken = self.syncctl("take", "q", "--timeout", "0", "--attempts", "3", "--pause", "0",
                             "--dead-letters", "dead", "--", "false")
        self.assertEqual(taken.returncode, 1)
        self.assertIn('an item failed 3 times, and is in "dead"', taken.stderr)
        self.assertEqual(self.manager.Queue(name="dead").get(False), "bad")
        self.put("bad")
        taken = self.syncctl("take", "q", "--timeout", "0", "--attempts", "1", "--", "false")
        self.assertIn("an item failed 1 times, and is dropped", taken.stderr)
        self.queue.join()

    def test_as_many_at_a_time_as_j_says(self):
        self.put(*range(6))
        program = self.start("take", "q", "-j", "3", "--", *self.endless)
        running = [int(self.started.get(timeout=PATIENCE)) for _ in range(3)]
        self.assertEqual((self.queue.qsize(), self.started.qsize()), (3, 0))
        for pid in running:
            os.kill(pid, signal.SIGKILL)
        program.terminate()
        self.assertEqual(program.wait(PATIENCE), -signal.SIGTERM)
        self.assertEqual(self.queue.qsize(), 6)

    def test_a_signal_goes_to_the_commands_and_take_ends_with_them(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            self.put("a", "b")
            program, command = self.begin()
            program.send_signal(number)
            self.assertEqual(program.wait(PATIENCE), -number)
            self.assertTrue(self.ended(command))
            self.assertEqual([self.queue.get(), self.queue.get()], ["a", "b"])

    def test_a_command_that_finishes_after_the_signal_is_done(self):
        self.put("a", "b")
        script = f"trap 'exit 0' TERM; '{SYNCCTL}' put started $$; while :; do sleep 0.01; done"
        program = self.start("take", "q", "--", "sh", "-c", script)
        self.started.get(timeout=PATIENCE)
        program.terminate()
        self.assertEqual(program.wait(PATIENCE), -signal.SIGTERM)
        self.assertEqual([self.queue.get(), self.queue.qsize()], ["b", 0])

    def test_ctrl_c_at_a_terminal(self):
        self.put("a")
        terminal = Terminal(self, [SYNCCTL, "take", "q", "--", *self.endless])
        command = int(self.started.get(timeout=PATIENCE))
        terminal.type(b"\x03")
        self.assertEqual(terminal.wait(), -signal.SIGINT)
        self.assertTrue(self.ended(command))
        self.assertEqual(self.queue.qsize(), 1)

    def test_whichever_process_is_killed_the_item_comes_back_and_the_command_ends(self):
        for victim in ("front", "behind", "command"):
            self.put("a")
            program, command = self.begin("-n", "1")
            behind = self.parent_of(command)
            self.assertNotEqual(behind, program.pid)
            os.kill({"front": program.pid, "behind": behind, "command": command}[victim],
                    signal.SIGKILL)
            program.wait(PATIENCE)
            await_that(lambda: self.ended(command))
            self.assertEqual(self.queue.get(timeout=PATIENCE), "a", victim)

    def test_the_session_is_lost(self):
        self.put("a")
        program, command = self.begin()
        self.daemon.process.kill()
        _, err = program.communicate(timeout=PATIENCE)
        self.assertEqual(program.returncode, 2)
        self.assertIn(b"the commands were killed", err)
        self.assertTrue(self.ended(command))
        self.tearDownClass()
        self.setUpClass()

    def test_it_ends_with_the_queue(self):
        program = self.start("take", "q", "--", "true")
        self.await_parked("q")
        self.queue.shutdown()
        self.assertEqual(program.wait(PATIENCE), 0)

    def test_a_queue_and_a_manager_that_are_not_there_yet(self):
        program = self.start("take", "later", "--wait", "-n", "1", "--", "echo", "{}")
        self.manager.Queue(name="later").put("x")
        self.assertEqual(program.communicate(timeout=PATIENCE)[0], b"x\n")
        late = self.daemon.directory.name + "/late"
        waiting = self.start("--url", f"unix:{late}", "get", "q", "--wait")
        manager = self.start_manager(late)
        self.syncctl("--url", f"unix:{late}", "put", "q", "item")
        self.assertEqual(waiting.communicate(timeout=PATIENCE)[0], b"item\n")
        manager.kill()

    def test_this_users_manager_is_not_there_yet(self):
        with tempfile.TemporaryDirectory() as directory:
            self.environment = {"XDG_RUNTIME_DIR": directory, "PATH": os.environ["PATH"]}
            waiting = self.start("get", "q", "--wait")
            await_that(lambda: self.sleeps(waiting.pid))
            manager = subprocess.Popen([DAEMON, "--log-level=off"], env=self.environment,
                                       stdout=subprocess.DEVNULL)
            self.assertEqual(self.syncctl("put", "q", "item", "--wait").returncode, 0)
            self.assertEqual(waiting.communicate(timeout=PATIENCE)[0], b"item\n")
            manager.kill()
            manager.wait()
            del self.environment

    def sleeps(self, pid):
        with open(f"/proc/{pid}/stat") as file:
            return file.read().split()[2] == "S"

    def test_orphans_of_commands_are_reaped(self):
        self.put("a", "b")
        script = f"(exec true) & '{SYNCCTL}' put started x"
        program = self.start("take", "q", "--", "sh", "-c", script)
        self.started.get(timeout=PATIENCE)
        self.started.get(timeout=PATIENCE)
        self.queue.join()

        def children():
            with open(f"/proc/{program.pid}/task/{program.pid}/children") as file:
                return len(file.read().split())

        await_that(lambda: children() == 1)
        program.terminate()
