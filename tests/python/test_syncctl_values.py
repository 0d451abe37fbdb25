"""syncctl parses words as values, and prints values."""

import base64
import collections
import json
import math
import signal
import subprocess

from shell import PATIENCE, ShellTest

TEXT = "tab\tnew\nline \x1b[2J\x07\x7f\x9b31m \u202e\\ \u20ac"
BIG = 7 ** 400


class WordsTest(ShellTest):
    def setUp(self):
        self.queue = self.manager.Queue(name="q")

    def put(self, word, *flags):
        self.assertEqual(self.syncctl("put", "q", *flags, "--", word).returncode, 0, word)
        return self.queue.get()

    def test_each_word_is_text(self):
        for word in ("7", "-7", "true", "none", "1.5", "007", "", " ", "[1]", '{"a": 1}', "nan"):
            self.assertEqual(self.put(word), word)
        self.assertEqual(self.put("-", "--literal"), "-")
        self.assertEqual(self.put("@file", "--literal"), "@file")

    def test_a_number_as_python_writes_it(self):
        for number in (0, 7, -1, 2 ** 63 - 1, -2 ** 63, 2 ** 63, -2 ** 63 - 1, 10 ** 100, BIG, 1.5,
                       -0.0, 1e16, 1e-05, 5e-324, 1.7976931348623157e308, 0.1, 100.0):
            value = self.put(repr(number), "--as", "number")
            self.assertEqual((type(value), repr(value)), (type(number), repr(number)))

    def test_what_is_no_number_is_refused(self):
        for word in ("007", "00", "+5", "-0", "1e5", "1E5", "1.50", "1.", ".5", "0x10", "1_000",
                     " 1", "1 ", "--1", "nan", "inf", "-inf", "infinity", "True", "None", "1e999",
                     "", "1,5", "\u0663", "9" * 2000):
            ended = self.syncctl("put", "q", "--as", "number", "--", word)
            self.assertEqual(ended.returncode, 2, word)
            self.assertIn("is not a number as Python writes it", ended.stderr)
        self.assertEqual(self.queue.qsize(), 0)

    def test_json_of_any_kind(self):
        for value in (None, True, False, 0, -7, 2 ** 63, 2 ** 64, -2 ** 63 - 1, BIG, 1.5, -0.0,
                      1e300, "", "7", TEXT, [], [1, [2.0, "x", None]], {}, {"a": {"b": [{}]}},
                      {"": 1}):
            for text in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=2)):
                read = self.put(text, "--as", "json")
                self.assertEqual((type(read), repr(read)), (type(value), repr(value)))

    def test_json_of_values_that_json_lacks_is_what_get_writes(self):
        for value in (b"\x00\xff", b"", math.inf, -math.inf, {1: "a"}, {"$a": 1}, 2 ** 5000,
                      -2 ** 5000, -2 ** 5000 + 1, {(): {None: [b"k"]}}, [{"x": {True: math.inf}}]):
            self.queue.put(value)
            written = self.syncctl("get", "q", "--json").stdout
            if isinstance(value, dict) and () in value:  # A tuple is an array, which is a list.
                self.assertEqual(self.syncctl("put", "q", written, "--as", "json").returncode, 2)
            else:
                self.assertEqual(self.put(written, "--as", "json"), value)
        self.assertTrue(math.isnan(self.put('{"$float": "nan"}', "--as", "json")))

    def test_what_is_no_json_is_refused_with_its_place(self):
        for text in ("", "{", "[1,]", "{'a': 1}", "nan", "1 2", "tru", '{"$bytes": "*"}',
                     '{"$float": "one"}', '{"$int": "12"}', '{"$dict": [[1]]}', '{"$what": 1}',
                     '{"$reference": {"id": 1, "type": "Queue"}}', "[" * 40 + "]" * 40, r'"\ud800"',
                     "1e400", "9" * 2000):
            ended = self.syncctl("put", "q", "--as", "json", "--", text)
            self.assertEqual((ended.returncode, ended.stderr.count("\n")), (2, 1), (text, ended))
        self.assertEqual(self.queue.qsize(), 0)

    def test_bytes_are_what_they_are(self):
        self.assertEqual(self.syncctl(b"put", b"q", b"\xff\x01", b"--as", b"bytes").returncode, 0)
        self.assertEqual(self.queue.get(), b"\xff\x01")


class FilesTest(ShellTest):
    """Words that stand for standard input and for files."""

    def setUp(self):
        self.queue = self.manager.Queue(name="q")
        self.file = f"{self.daemon.directory.name}/input"

    def put(self, contents, *words):
        """Returns the items that `put q WORDS` makes of the contents of standard input."""
        with open(self.file, "wb") as file:
            file.write(contents)
        with open(self.file, "rb") as file:
            ended = self.syncctl("put", "q", *words, stdin=file)
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        return [self.queue.get() for _ in range(self.queue.qsize())]

    def test_standard_input_is_lines(self):
        self.assertEqual(self.put(b"a\nb c\n\n\xe2\x82\xac", "-"), ["a", "b c", "", "\u20ac"])
        self.assertEqual(self.put(b"", "-"), [])
        self.assertEqual(self.put(b"x\n", "first", "-", "last"), ["first", "x", "last"])
        self.assertEqual(self.put(b"1\n2.5\n", "-", "--as", "number"), [1, 2.5])
        self.assertEqual(self.put(b'{"a": 1}\n[]\n', "-", "--as", "json"), [{"a": 1}, []])
        self.assertEqual(self.put(b"\xff\n\n", "-", "--as", "bytes"), [b"\xff", b""])

    def test_parts_that_a_nul_ends(self):
        self.assertEqual(self.put(b"a\nb\0c\0", "-", "--null"), ["a\nb", "c"])
        self.assertEqual(self.put(b"a\nb\0c", f"@{self.file}", "--null"), ["a\nb", "c"])

    def test_a_file_is_one_value(self):
        text = f"@{self.file}"
        self.assertEqual(self.put(b"a\nb\n", text), ["a\nb"])
        self.assertEqual(self.put(b"a\nb\n\n", text), ["a\nb\n"])
        self.assertEqual(self.put(b"", text), [""])
        self.assertEqual(self.put(b"a\n\xff\n", text, "--as", "bytes"), [b"a\n\xff\n"])
        self.assertEqual(self.put(b"[1,\n2]\n", text, "--as", "json"), [[1, 2]])
        self.assertEqual(self.put(b"a\nb\n", text, "--lines"), ["a", "b"])
        self.assertEqual(self.put(b"a\nb\n", "-", "--whole"), ["a\nb"])

    def test_a_value_that_cannot_be_read_is_named_by_its_place(self):
        with open(self.file, "wb") as file:
            file.write(b"good\n\xff\nlater\n")
        with open(self.file, "rb") as file:
            ended = self.syncctl("put", "q", "-", stdin=file)
        self.assertEqual(ended.returncode, 2)
        self.assertIn("standard input, value 2", ended.stderr)
        self.assertEqual([self.queue.get(), self.queue.qsize()], ["good", 0])
        ended = self.syncctl("put", "q", "@/nowhere/file")
        self.assertEqual(ended.returncode, 2)
        self.assertIn("can't read /nowhere/file: No such file or directory", ended.stderr)

    def test_each_line_of_a_pipe_is_put_as_it_comes(self):
        program = self.start("put", "q", "-", stdin=subprocess.PIPE)
        for line in ("one", "two"):
            program.stdin.write(f"{line}\n".encode())
            program.stdin.flush()
            self.assertEqual(self.queue.get(timeout=PATIENCE), line)
        program.stdin.close()
        self.assertEqual(program.wait(PATIENCE), 0)

    def test_a_signal_ends_a_put_that_reads(self):
        program = self.start("put", "q", "-", stdin=subprocess.PIPE)
        program.stdin.write(b"one\ntwo")
        program.stdin.flush()
        self.assertEqual(self.queue.get(timeout=PATIENCE), "one")
        program.send_signal(signal.SIGTERM)
        self.assertEqual(program.wait(PATIENCE), -signal.SIGTERM)
        self.assertEqual(self.queue.qsize(), 0)

    def test_a_signal_while_a_full_queue_waits_for_room(self):
        full = self.manager.Queue(3, name="full")
        program = self.start("put", "full", *map(str, range(10)))
        self.await_parked("full", 7)
        program.send_signal(signal.SIGINT)
        self.assertEqual(program.wait(PATIENCE), -signal.SIGINT)
        self.assertIn(b"3 of 10 items were put", program.stderr.read())
        self.assertEqual([full.get() for _ in range(full.qsize())], ["0", "1", "2"])

    def test_ten_thousand_lines_and_five_megabytes(self):
        lines = b"".join(b"line %d\n" % number for number in range(10_000))
        self.assertEqual(self.put(lines, "-"), lines.decode().split("\n")[:-1])
        large = bytes(range(256)) * 20_000
        self.assertEqual(self.put(large, "-", "--whole", "--as", "bytes"), [large])
        self.queue.put(large)
        program = self.start("get", "q", "--raw")
        self.assertEqual(program.communicate(timeout=PATIENCE)[0], large)

    def test_set_reads_the_whole_of_it(self):
        with open(self.file, "wb") as file:
            file.write(b"two\nlines\n")
        with open(self.file, "rb") as file:
            self.assertEqual(self.syncctl("set", "n", "k", "-", stdin=file).returncode, 0)
        self.syncctl("set", "n", "l", f"@{self.file}", "--as", "bytes")
        self.assertEqual(self.manager.named("n").Namespace().k, "two\nlines")
        self.assertEqual(self.manager.named("n").Namespace().l, b"two\nlines\n")


class PrintedTest(ShellTest):
    def setUp(self):
        self.queue = self.manager.Queue(name="q")

    def get(self, value):
        """Returns the output of `get` in a pipe, and on a terminal."""
        self.queue.put(value)
        self.queue.put(value)
        return self.syncctl("get", "q").stdout, self.on_terminal("get", "q").stdout

    def json_of(self, value):
        self.queue.put(value)
        printed = self.syncctl("get", "q", "--json").stdout
        self.assertEqual(printed.count("\n"), 1)
        self.assertTrue(printed.isascii())
        return json.loads(printed)

    def test_text_is_raw_in_a_pipe_and_harmless_on_a_terminal(self):
        piped, shown = self.get(TEXT)
        self.assertEqual(piped, TEXT + "\n")
        self.assertEqual(shown.expandtabs(), "tab\tnew\nline \\x1b[2J\\x07\\x7f\\x9b31m \\u202e\\ "
                                             "\u20ac\n".expandtabs())

    def test_other_values_are_pythons_repr_wherever_they_go(self):
        for value in (None, True, 7, 1.5, BIG, b"\x1b\xff", [1, "a"], (1,), {"k": {2}}, "a",
                      ["\x1b[2J", "x" * 2_000_000]):
            piped, shown = self.get(value)
            self.assertEqual(piped, f"{value if isinstance(value, str) else repr(value)}\n")
            self.assertEqual(shown, piped)

    def test_json_of_what_json_has(self):
        for value in (None, True, False, 0, -7, 2 ** 63, BIG, -BIG, 1.5, -0.0, 1e300, 1e-05, "",
                      TEXT, [], [1, [2, "x"]], {}, {"a": {"b": [None]}}, {"": 1}):
            loaded = self.json_of(value)
            self.assertEqual((loaded, repr(loaded)), (value, repr(value)))

    def test_json_of_what_json_has_not(self):
        for value, expected in (
                (b"\x00\xff", {"$bytes": base64.b64encode(b"\x00\xff").decode()}),
                (math.nan, {"$float": "nan"}), (-math.inf, {"$float": "-inf"}),
                ((1, (2,)), [1, [2]]), (frozenset([1]), [1]),
                ({1: "a"}, {"$dict": [[1, "a"]]}), ({"$a": 1}, {"$dict": [["$a", 1]]}),
                ({(1, b"k"): {None: 2}},
                 {"$dict": [[[1, {"$bytes": "aw=="}], {"$dict": [[None, 2]]}]]}),
                (2 ** 5000, {"$int": hex(2 ** 5000)}), (-2 ** 5000, {"$int": hex(-2 ** 5000)}),
                (-2 ** 5000 + 1, {"$int": hex(-2 ** 5000 + 1)}),
                ([math.inf], [{"$float": "inf"}])):
            self.assertEqual(self.json_of(value), expected)
        self.assertEqual(set(self.json_of({"a", "b"})), {"a", "b"})

    def test_json_of_references_and_other_objects(self):
        event = self.manager.Event(name="e")
        loaded = self.json_of([event])[0]["$reference"]
        self.assertEqual(loaded, {"id": self.shown("e")["id"], "type": "Event"})
        opaque = self.json_of(collections.Counter("aab"))["$opaque"]
        self.assertIsInstance(opaque["codec"], str)
        self.assertGreater(len(base64.b64decode(opaque["bytes"])), 10)

    def test_json_of_entries_and_values(self):
        self.manager.named("d").dict()[7] = (1, b"")
        printed = self.syncctl("get", "d", "7", "--key-as", "number", "--json").stdout
        self.assertEqual(json.loads(printed), [1, {"$bytes": ""}])
        self.manager.Value("d", math.nan, name="v")
        self.assertEqual(json.loads(self.syncctl("get", "v", "--json").stdout), {"$float": "nan"})
