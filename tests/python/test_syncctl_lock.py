"""syncctl lock: the command runs under the lock, and never without it."""

import os
import pathlib
import signal
import subprocess
import tempfile

from shell import PATIENCE, SYNCCTL, Daemon, ShellTest, Terminal, await_that

# Says "ready" and then counts as long as it lives, in a process of its own.
COUNTS = "(while :; do echo x >> {0}; done) & echo ready; wait"


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class LockTest(ShellTest):
    def setUp(self):
        self.lock = self.manager.Lock(name="l")

    def hold(self, script, name="l", **options):
        """A syncctl whose command, a script of bash, has said a line: the program and the line."""
        program = self.start("lock", name, "--", "bash", "-c", script, **options)
        return program, program.stdout.readline().decode().strip()

    def assert_free(self):
        self.assertTrue(self.lock.acquire(True, PATIENCE))
        self.lock.release()

    def test_the_exit_code_is_that_of_the_command(self):
        for script, code in {"exit 0": 0, "exit 1": 1, "exit 2": 2, "exit 77": 77, "exit 255": 255,
                             "kill -KILL $$": 137, "kill -TERM $$": 143, "kill -INT $$": 130,
                             "kill -SEGV $$": 139}.items():
            self.assertEqual(self.syncctl("lock", "l", "--", "bash", "-c", script).returncode, code)
            self.assertEqual(self.on_terminal("lock", "l", "--", "bash", "-c", script).returncode,
                             code)
        self.assert_free()

    def test_what_cannot_be_started(self):
        self.assert_ends(["lock", "l", "--", "no-such-command"], 127, "No such file")
        self.assert_ends(["lock", "l", "--", "/etc/passwd"], 126, "Permission denied")
        self.assert_ends(["lock", "l", "--", ""], 127, "can't start")
        self.assert_free()

    def test_not_in_time(self):
        self.lock.acquire()
        self.assert_ends(["lock", "l", "--timeout", "0", "--", "touch", "/x"], 1, "not to be had")
        self.lock.release()

    def test_an_rlock_is_a_lock(self):
        lock = self.manager.RLock(name="r")
        self.assertEqual(self.hold("echo held; read", "r", stdin=subprocess.PIPE)[1], "held")
        self.assertFalse(lock.acquire(False))

    def test_a_signal_is_for_the_command_and_the_lock_is_held_until_it_has_ended(self):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT,
                       signal.SIGUSR1, signal.SIGUSR2):
            program, _ = self.hold(f"trap 'echo caught; read; exit 5' {number.value}; echo ready; "
                                   "while :; do :; done", stdin=subprocess.PIPE)
            program.send_signal(number)
            self.assertEqual(program.stdout.readline(), b"caught\n")
            self.assertFalse(self.lock.acquire(False), number)
            program.stdin.close()
            self.assertEqual(program.wait(PATIENCE), 5)
            self.assert_free()

    def test_a_command_that_a_signal_ends(self):
        for number, code in {signal.SIGTERM: 143, signal.SIGINT: -2, signal.SIGHUP: 129}.items():
            program, pid = self.hold("echo $$; exec tail -f /dev/null")
            program.send_signal(number)
            self.assertEqual(program.wait(PATIENCE), code)
            self.assertFalse(is_alive(pid))
            self.assert_free()

    def test_killed_the_command_and_what_it_started_end_before_the_lock_is_anybodys(self):
        with tempfile.NamedTemporaryFile() as file:
            program, _ = self.hold(COUNTS.format(file.name))
            await_that(lambda: os.path.getsize(file.name) > 0)
            program.kill()
            self.assertTrue(self.lock.acquire(True, PATIENCE))
            size = os.path.getsize(file.name)
            for _ in range(1000):
                os.sched_yield()
            self.assertEqual(os.path.getsize(file.name), size)
            self.lock.release()

    def test_the_process_that_holds_the_lock_is_killed(self):
        program, pid = self.hold("tail -f /dev/null & echo $!; wait")
        holder = pathlib.Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text()
        os.kill(int(holder), signal.SIGKILL)
        _, err = program.communicate(timeout=PATIENCE)
        self.assertEqual(program.returncode, 2)
        self.assertIn(b"the command was killed", err)
        self.assertFalse(is_alive(pid))

    def test_killed_while_it_waits(self):
        self.lock.acquire()
        program = self.start("lock", "l", "--", "touch", f"{self.daemon.directory.name}/touched")
        self.await_parked("l")
        program.kill()
        self.await_parked("l", 0)
        self.lock.release()
        self.assert_free()
        self.assertFalse(os.path.exists(f"{self.daemon.directory.name}/touched"))

    def test_a_daemon_that_the_command_leaves_lives_on(self):
        _, pid = self.hold("(trap '' HUP; exec tail -f /dev/null) >/dev/null 2>&1 & echo $!")
        self.assert_free()
        self.assertTrue(is_alive(pid))
        os.kill(int(pid), signal.SIGKILL)

    def test_somebody_else_releases_or_removes_it(self):
        for take in (lambda: self.lock.release(), lambda: self.syncctl("rm", "l")):
            program, _ = self.hold("echo ready; read", stdin=subprocess.PIPE)
            take()
            _, err = program.communicate(timeout=PATIENCE)
            self.assertEqual(program.returncode, 2)
            self.assertIn(b'"l" was lost while the command ran', err)
            self.lock = self.manager.Lock(name="l")

    def test_the_command_has_syncctls_signals_and_descriptors(self):
        def ignore():
            signal.signal(signal.SIGUSR1, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGWINCH])

        script = "grep -E 'Sig(Blk|Ign)' /proc/self/status; ls /proc/self/fd"
        plain = subprocess.run(["bash", "-c", script], capture_output=True, text=True,
                               stdin=subprocess.DEVNULL, preexec_fn=ignore, check=True)
        held = self.syncctl("lock", "l", "--", "bash", "-c", script, preexec_fn=ignore)
        self.assertEqual(held.stdout, plain.stdout)

    def test_it_is_in_a_pipeline(self):
        ended = self.shell('echo in | "$syncctl" lock l -- cat | tr a-z A-Z; echo ${PIPESTATUS[1]}')
        self.assertEqual(ended.stdout, "IN\n0\n")


class TerminalTest(ShellTest):
    def setUp(self):
        self.lock = self.manager.Lock(name="l")

    def await_held(self):
        await_that(lambda: self.shown("l").get("holders"))

    def test_ctrl_c_reaches_the_command_once(self):
        with tempfile.NamedTemporaryFile(mode="w+") as file:
            terminal = Terminal(self, [SYNCCTL, "lock", "l", "--", "bash", "-c",
                                       f"trap 'echo caught >> {file.name}; exit 3' INT; "
                                       f"echo ready >> {file.name}; while :; do :; done"])
            await_that(lambda: pathlib.Path(file.name).read_text())
            terminal.type(b"\x03")
            self.assertEqual(terminal.wait(), 3)
            self.assertEqual(file.read().split(), ["ready", "caught"])

    def test_a_loop_of_the_shell_ends_with_its_command(self):
        terminal = Terminal(self, ["bash", "-c", f"for i in 1 2; do '{SYNCCTL}' lock l -- "
                                                 "tail -f /dev/null; done"])
        self.await_held()
        terminal.type(b"\x03")
        self.assertEqual(terminal.wait(), -signal.SIGINT)

    def test_a_stopped_command_keeps_its_lock(self):
        terminal = Terminal(self, ["bash", "--norc", "-i"])
        terminal.type(f"'{SYNCCTL}' lock l -- tail -f /dev/null\n".encode())
        self.await_held()
        terminal.type(b"\x1a")
        terminal.type(b"jobs; echo over\n")
        self.assertIn("Stopped", terminal.read_until("\nover"))
        self.assertFalse(self.lock.acquire(False))
        terminal.type(b"kill %1; fg\n")
        self.assertTrue(self.lock.acquire(True, PATIENCE))

    def test_a_terminal_that_goes_away_ends_the_command(self):
        terminal = Terminal(self, [SYNCCTL, "lock", "l", "--", "tail", "-f", "/dev/null"])
        self.await_held()
        terminal.hang_up()
        self.assertTrue(self.lock.acquire(True, PATIENCE))


class LostTest(ShellTest):
    """Sessions that end while the command runs."""

    def setUp(self):
        self.own = Daemon()
        self.addCleanup(self.own.end)

    def hold(self, url):
        program = self.start("--url", url, "--key-file", self.own.key_file, "lock", "l", "--",
                             "bash", "-c", "tail -f /dev/null & echo $!; wait")
        return program, program.stdout.readline().decode().strip()

    def assert_lost(self, program, pid):
        _, err = program.communicate(timeout=PATIENCE)
        self.assertEqual(program.returncode, 2)
        self.assertIn(b'"l" was lost while the command ran: the command was killed', err)
        self.assertFalse(is_alive(pid))

    def test_the_manager_is_killed(self):
        program, pid = self.hold(self.own.url)
        self.own.process.kill()
        self.assert_lost(program, pid)

    def test_the_manager_is_told_to_end(self):
        program, pid = self.hold(self.own.url)
        self.own.process.terminate()
        self.assert_lost(program, pid)

    def test_the_manager_is_killed_over_tcp(self):
        program, pid = self.hold(f"syncmanager://127.0.0.1:{self.own.port}")
        self.own.process.kill()
        self.assert_lost(program, pid)
