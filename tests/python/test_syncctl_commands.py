"""Each command of syncctl and its exit codes, on a terminal and in a pipe."""

import json
import os
import signal
import subprocess

from shell import SYNCCTL, ShellTest, await_that

TYPES = ("Queue", "LifoQueue", "PriorityQueue", "dict", "list", "set", "Namespace", "Value",
         "Array", "Lock", "RLock", "RWLock", "Semaphore", "BoundedSemaphore", "Condition", "Event",
         "Barrier", "Latch", "Counter", "Pool")
QUEUES = ("Queue", "LifoQueue", "PriorityQueue")


class CommandLineTest(ShellTest):
    def test_help_and_version_are_for_standard_output(self):
        for words in (["--help"], ["get", "--help"], ["lock", "--help"]):
            helped = self.syncctl(*words)
            self.assertEqual((helped.returncode, helped.stderr), (0, ""))
            self.assertIn("Usage: ", helped.stdout)
        version = self.syncctl("--version")
        self.assertEqual(version.returncode, 0)
        self.assertRegex(version.stdout, r"^syncctl \d+\.\d+\.\d+\n$")
        self.assertEqual(json.loads(self.syncctl("stats", "--json").stdout)["version"],
                         version.stdout.split()[1])

    def test_a_misspelt_command_is_named_and_the_nearest_one_too(self):
        for word, meant in {"gte": "get", "poool": "pool", "shwo": "show", "list": "ls",
                            "keygne": "keygen", "stat": "stats", "LOCK": None,
                            "frobnicate": None}.items():
            said = self.syncctl(word, "jobs", "--timeout", "5")
            self.assertEqual(said.returncode, 2)
            self.assertIn(f'there is no command "{word}"', said.stderr)
            if meant:
                self.assertIn(f"did you mean {meant}?", said.stderr)
            else:
                self.assertNotIn("did you mean", said.stderr)

    def test_no_command_at_all(self):
        self.assert_ends([], 2, "the command is missing; see `syncctl --help`")

    def test_what_no_command_takes_is_an_exit_code_of_2(self):
        for words in ([], ["--nosuch", "ls"], ["ls", "--nosuch"], ["ping", "-n", "0"],
                      ["ping", "-n", "many"], ["ping", "-n", "100001"], ["show"],
                      ["show", "a", "b"], ["get"], ["get", "jobs", "k", "more"], ["put"],
                      ["put", "jobs"],
                      ["put", "jobs", "a", "--delay", "1", "--timeout", "1"],
                      ["put", "jobs", "a", "--delay", "-1"], ["put", "jobs", "a", "--once"],
                      ["put", "jobs", "a", "b", "--once", "k"], ["set"], ["set", "status"],
                      ["set", "status", "a", "b", "c"], ["lock"], ["lock", "deploy"],
                      ["lock", "deploy", "--"], ["rm"], ["rm", "a", "b", "--key", "k"], ["pool"],
                      ["put", "jobs", "a", "--as", "xml"],
                      ["put", "jobs", "-", "--lines", "--null"],
                      ["put", "jobs", "@/nowhere/file"], ["put", "jobs", "seven", "--as", "number"],
                      ["put", "jobs", "{", "--as", "json"], ["get", "q", "-n", "1", "--follow"],
                      ["take"], ["take", "jobs"], ["take", "jobs", "-j", "0", "--", "true"],
                      ["take", "jobs", "--dead-letters", "d", "--", "true"], ["peek"], ["items"],
                      ["keys"], ["add", "n"], ["add", "n", "k", "x"], ["event"], ["event", "set"],
                      ["event", "start", "e"], ["barrier"], ["barrier", "b", "-n", "0"],
                      ["semaphore", "s"], ["semaphore", "s", "-n", "0", "--", "true"],
                      ["pool", "p", "1"], ["pool", "p", "--retry", "x"], ["stats", "now"],
                      ["keygen", "a", "b"], ["keygen", "--role", "king"], ["ls", "a", "b"]):
            with self.subTest(words=words):
                self.assert_ends(words, 2, "syncctl")

    def test_a_timeout_is_a_duration_of_a_year_at_most(self):
        for word in ("0", "0.01", "10ms", "0us"):
            self.manager.Queue(name="empty")
            self.assertEqual(self.syncctl("get", "empty", "--timeout", word).returncode, 1)
        for word in ("5 s", "-1", "nan", "inf", "1e99", "soon", "", "0x10", "366d", "5S"):
            for words in (["get", "jobs"], ["put", "jobs", "a"], ["lock", "l"]):
                command = ["--", "true"] if words[0] == "lock" else []
                said = self.syncctl(*words, f"--timeout={word}", *command)
                self.assertEqual(said.returncode, 2, said)
                self.assertIn(f'not "{word}"' if word else "--timeout", said.stderr)

    def test_words_are_taken_as_they_are(self):
        words = ["[a,b]", "{}", "%%", "[ -f x ]", "", " ", "get", "--", "a=b", "'q'", '"q"', "[]"]
        self.assertEqual(self.syncctl("put", "jobs", "--", *words).returncode, 0)
        self.assertEqual([self.manager.Queue(name="jobs").get() for _ in words], words)
        self.syncctl("put", "jobs", "-5", "[1,2]", "-.5")
        self.assertEqual([self.manager.Queue(name="jobs").get() for _ in range(3)],
                         ["-5", "[1,2]", "-.5"])
        for word in ("[a,b]", "{}", "%%", ""):
            self.assertEqual(self.syncctl("put", "[x]", word).returncode, 0)
            self.assertEqual(self.syncctl("get", "[x]").stdout, word + "\n")
            self.assertEqual(self.syncctl("set", "[n]", word or "k", word).returncode, 0)
            self.assertEqual(self.syncctl("get", "[n]", word or "k").stdout, word + "\n")
        echoed = self.syncctl("lock", "l", "--", "printf", "<%s>", *words)
        self.assertEqual(echoed.stdout, "".join(f"<{word}>" for word in words))


class CommandsTest(ShellTest):
    def make(self, kind, name):
        """An object of that type; the proxy keeps it in use."""
        named = self.manager.named(name)
        arguments = {"Value": ("i", 1), "Array": ("i", [1]), "Barrier": (2,), "Latch": (1,)}
        method = {"Latch": "CountDownLatch", "Pool": "TaskPool"}.get(kind, kind)
        return getattr(named, method)(*arguments.get(kind, ()))

    def test_every_command_with_an_object_of_every_type(self):
        with_keys = ("dict", "Namespace")
        with_items = (*with_keys, *QUEUES, "list", "set", "Array")
        one_number = ("Value", "Counter")
        works = (("show x", TYPES), ("pool x", ("Pool",)), ("put x item", QUEUES),
                 ("peek x", QUEUES), ("items x", with_items), ("get x", (*QUEUES, *one_number)),
                 ("put x item", QUEUES), ("take x -n 1 -- true", QUEUES),
                 ("join x", QUEUES),
                 ("set x k v", with_keys), ("get x k", with_keys), ("keys x", with_keys),
                 ("add x n 1.5", with_keys), ("rm x --key n", with_keys),
                 ("set x 7 --as number", ("Value",)), ("add x 3", one_number),
                 ("add x 0 2", (*with_keys, "Array")), ("get x 0", (*with_keys, "Array")),
                 ("lock x -- true", ("Lock", "RLock")),
                 ("semaphore x -- true", ("Semaphore", "BoundedSemaphore")),
                 ("event set x", ("Event",)), ("event wait x", ("Event",)),
                 ("barrier x --timeout 0", ()), ("rm x", TYPES))
        misses = (("list", "get x 0"), ("Barrier", "barrier x --timeout 0"))
        for kind in TYPES:
            proxy = self.make(kind, "x")
            for command, kinds in works:
                with self.subTest(type=kind, command=command):
                    ended = self.syncctl(*command.split())
                    if (kind, command) in misses:
                        self.assertEqual(ended.returncode, 1, ended)
                    elif kind == "list" and command == "add x 0 2":
                        self.assertIn("has no index 0", ended.stderr)
                    elif kind in kinds:
                        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
                    else:
                        self.assertEqual(ended.returncode, 2, ended)
                        self.assertRegex(ended.stderr, f'"x" is a {kind}|expected an index')
            del proxy

    def test_an_entry_is_what_was_set(self):
        self.make("dict", "d")
        for key, value in {"a": "b", "7": "8", "": ""}.items():
            self.assertEqual(self.syncctl("set", "d", key, value).returncode, 0)
        self.syncctl("set", "d", "7", "true", "--key-as", "number", "--as", "json")
        self.syncctl("set", "d", "[1]", "1.5", "--as", "number")
        self.assertEqual(dict(self.manager.named("d").dict()),
                         {"a": "b", "7": "8", "": "", 7: True, "[1]": 1.5})
        self.assertEqual(self.syncctl("get", "d", "7").stdout, "8\n")
        self.assertEqual(self.syncctl("get", "d", "7", "--key-as", "number").stdout, "True\n")
        self.assertEqual(self.syncctl("get", "d", "8", "--key-as", "number").returncode, 1)
        self.assertEqual(self.syncctl("rm", "d", "--key", "7", "--key-as", "number").returncode, 0)
        self.assertEqual(self.syncctl("rm", "d", "--key", "7", "--key-as", "number").returncode, 1)
        self.assertEqual(self.on_terminal("get", "d", "a").stdout, "b\n")

    def test_what_is_not_there_is_an_exit_code_of_1(self):
        self.make("dict", "d")
        self.make("Namespace", "n")
        self.make("Queue", "q")
        for words in (["show", "x"], ["get", "x"], ["rm", "x"], ["set", "x", "v"], ["pool", "x"],
                      ["pool", "x", "--retry"], ["take", "x", "--", "true"], ["peek", "x"],
                      ["items", "x"], ["keys", "x"], ["join", "x"], ["rm", "x", "--key", "k"],
                      ["barrier", "x"], ["semaphore", "x", "--", "true"],
                      ["get", "x", "--wait", "--timeout", "0"]):
            self.assert_ends(words, 1, '"x"')
        for words in (["get", "d", "k"], ["get", "n", "k"], ["rm", "d", "--key", "k"]):
            self.assert_ends(words, 1, '"k"')
        self.assert_ends(["get", "q", "--timeout", "0"], 1, "no item in time")
        self.assert_ends(["get", "q", "-n", "2", "--timeout", "0"], 1, "0 of 2 were printed")
        self.assert_ends(["take", "q", "-n", "2", "--timeout", "0", "--", "true"], 1,
                         "0 of 2 were taken")
        self.assert_ends(["peek", "q"], 1, '"q" is empty')
        self.syncctl("put", "q", "a")
        self.assert_ends(["join", "q", "--timeout", "0"], 1, "not all items were done in time")
        self.assert_ends(["event", "wait", "e", "--timeout", "0"], 1, '"e" was not set in time')
        self.assert_ends(["barrier", "b", "-n", "2", "--timeout", "0"], 1, '"b" is broken')

    def test_names_that_no_object_can_have(self):
        for name in ("", "a//b", "../etc", "\x1b[2J", "new\nline", "x" * 300, "x" * 100_000):
            for words in (["put", name, "v"], ["set", name, "k", "v"]):
                ended = self.syncctl(*words)
                self.assertIn(ended.returncode, (1, 2), ended)
                self.assertNotIn("\x1b", ended.stderr)
                self.assertEqual(ended.stderr.count("\n"), 1)
            self.assertEqual(self.syncctl("get", name).returncode, 2)
            self.assertEqual(self.syncctl("lock", name, "--", "true").returncode, 2)
        self.assertEqual(self.syncctl("ls", "--json").stdout, "[]\n")

    def test_words_that_are_not_utf8(self):
        for words in ([b"put", b"jobs", b"\xff"], [b"put", b"\xff", b"v"],
                      [b"set", b"s", b"\xff", b"v"], [b"set", b"s", b"k", b"\xff"],
                      [b"lock", b"\xff", b"--", b"true"]):
            self.assertEqual(self.syncctl(*words).returncode, 2, words)
        self.assertIn(r"b'\xff' is not UTF-8", self.syncctl(b"put", b"jobs", b"\xff").stderr)
        self.assertEqual(self.syncctl(b"get", b"\xff").returncode, 2)

    def test_put_reliable_is_refused_where_the_queue_is_not(self):
        self.make("Queue", "plain")
        self.assert_ends(["put", "plain", "a", "--reliable"], 2,
                         '"plain" exists and is not reliable')
        self.assertEqual(self.syncctl("put", "sure", "a", "--reliable").returncode, 0)
        self.assertEqual(self.syncctl("put", "sure", "b", "--reliable").returncode, 0)
        self.assertIn("reliable, in hand 0", self.shown("sure")["detail"])

    def test_put_says_how_many_of_the_items_had_room(self):
        self.manager.Queue(2, name="small")
        ended = self.syncctl("put", "small", "a", "b", "c", "--timeout", "0")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("no room in time", ended.stderr)
        self.assertIn("2 of 3 items were put", ended.stderr)
        self.assertEqual(self.syncctl("put", "q", "v", "--once", "k").returncode, 0)
        self.assert_ends(["put", "q", "v", "--once", "k"], 1, 'an item with the key "k"')

    def test_ping_and_stats(self):
        for command in ("ping", "stats"):
            self.assertEqual(self.on_terminal(command).returncode, 0)
            self.assertIn("server_id", json.loads(self.syncctl(command, "--json").stdout))

    def test_keygen(self):
        line = self.syncctl("keygen", "--id", "me", "--role", "ro")
        self.assertEqual((line.returncode, len(line.stdout.split())), (0, 5))
        self.assertEqual(self.syncctl("keygen", "/nowhere/key").returncode, 2)


class FailuresTest(ShellTest):
    EVERY = (["ping"], ["ls"], ["show", "x"], ["stats"], ["get", "x"], ["put", "x", "v"],
             ["set", "x", "k", "v"], ["lock", "x", "--", "true"], ["rm", "x"], ["pool", "x"],
             ["take", "x", "--", "true"], ["peek", "x"], ["items", "x"], ["keys", "x"],
             ["add", "x", "k", "1"], ["semaphore", "x", "-n", "1", "--", "true"],
             ["event", "set", "x"], ["barrier", "x", "-n", "1"])

    def test_without_a_manager(self):
        for words in self.EVERY:
            ended = self.syncctl("--url", "unix:/nowhere/socket", *words)
            self.assertEqual(ended.returncode, 2, ended)
            self.assertRegex(ended.stderr, r"^syncctl: .*/nowhere/socket.*\n$")

    def test_with_a_wrong_key_or_none(self):
        wrong = f"{self.daemon.directory.name}/wrong"
        self.syncctl("keygen", wrong)
        for words in self.EVERY:
            self.assertEqual(self.syncctl("--key-file", wrong, *words).returncode, 2)
            self.assertEqual(self.syncctl("--key-file", "/nowhere/key", *words).returncode, 2)

    def test_a_key_that_may_only_read(self):
        self.syncctl("put", "x", "v")
        self.daemon.add_key("--id", "reader", "--role", "ro")
        self.daemon.process.send_signal(signal.SIGHUP)
        reader = ("--url", f"syncmanager://reader@127.0.0.1:{self.daemon.port}")
        await_that(lambda: self.syncctl(*reader, "ping").returncode == 0)
        for words in (["ls"], ["show", "x"], ["stats"]):
            self.assertEqual(self.syncctl(*reader, *words).returncode, 0, words)
        for words in (["get", "x"], ["put", "x", "v"], ["lock", "l", "--", "true"], ["rm", "x"],
                      ["set", "n", "k", "v"], ["take", "x", "--", "true"], ["add", "n", "k", "1"]):
            ended = self.syncctl(*reader, *words)
            self.assertEqual(ended.returncode, 2, ended)
            self.assertIn("this key is read-only", ended.stderr)

    def test_every_command_that_prints_says_that_it_could_not(self):
        self.syncctl("set", "n", "k", "v")
        self.manager.named("p").TaskPool()
        for words in (["ping"], ["ls"], ["show", "n"], ["stats"], ["get", "n", "k"], ["pool", "p"],
                      ["items", "n"], ["keys", "n"], ["keys", "n", "--json"],
                      ["add", "n", "i", "1"],
                      ["keygen"], ["--help"], ["--version"], ["ls", "--json"], ["ping", "--json"]):
            with open("/dev/full", "wb") as full:
                ended = self.syncctl(*words, stdout=full)
            self.assertEqual(ended.returncode, 2, words)
            self.assertIn("can't write to standard output: No space left on device", ended.stderr)
            closed = subprocess.run(["sh", "-c", 'exec "$@" >&-', "sh", SYNCCTL, *words],
                                    env=self.environment, stderr=subprocess.PIPE, check=False)
            self.assertEqual(closed.returncode, 2, words)

    def test_closed_standard_descriptors_are_no_sockets(self):
        self.assertEqual(self.shell('"$syncctl" put q v <&- >&- 2>&-').returncode, 0)
        self.assertEqual(self.shell('"$syncctl" get q <&- 2>&-').stdout, "v\n")
        held = self.shell('"$syncctl" lock l -- sh -c "echo x >&3" 3>&1 >&-')
        self.assertEqual(held.stdout, "x\n")

    def test_a_reader_that_leaves_ends_it_as_any_program(self):
        self.syncctl("set", "n", "k", "v")
        ended = self.shell('"$syncctl" get n k | true; echo "${PIPESTATUS[0]}"')
        self.assertIn(ended.stdout, ("141\n", "0\n"))
        self.assertEqual(ended.stderr, "")
        read, write = os.pipe()
        os.close(read)
        with os.fdopen(write, "wb") as pipe:
            ended = self.syncctl("get", "n", "k", stdout=pipe, restore_signals=True)
        self.assertEqual((ended.returncode, ended.stderr), (-13, ""))
