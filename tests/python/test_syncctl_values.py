"""syncctl parses words as values, and prints values."""

import base64
import collections
import json
import math

from shell import ShellTest

TEXT = "tab\tnew\nline \x1b[2J\x07\x7f\x9b31m \u202e\\ \u20ac"
BIG = 7 ** 400


class WordsTest(ShellTest):
    def setUp(self):
        self.queue = self.manager.Queue(name="q")

    def put(self, word, *flags):
        self.assertEqual(self.syncctl("put", "q", *flags, "--", word).returncode, 0, word)
        return self.queue.get()

    def test_a_number_as_python_writes_it_is_a_number(self):
        for number in (0, 7, -1, 2 ** 63 - 1, -2 ** 63, 2 ** 63, -2 ** 63 - 1, 10 ** 100, BIG, 1.5,
                       -0.0, 1e16, 1e-05, 5e-324, 1.7976931348623157e308, 0.1, 100.0):
            value = self.put(repr(number))
            self.assertEqual((type(value), repr(value)), (type(number), repr(number)))
        self.assertIs(self.put("true"), True)
        self.assertIs(self.put("false"), False)
        self.assertIsNone(self.put("none"))

    def test_every_other_word_is_text(self):
        for word in ("007", "00", "+5", "-0", "1e5", "1E5", "1.50", "1.", ".5", "0x10", "1_000",
                     " 1", "1 ", "--1", "-", "nan", "inf", "-inf", "infinity", "True", "None",
                     "1e999",
                     "", "1,5", "\u0663", "9" * 2000):
            self.assertEqual(self.put(word), word)

    def test_text_is_text_whatever_it_looks_like(self):
        for word in ("7", "true", "1.5"):
            self.assertEqual(self.put(word, "--text"), word)


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
        self.assertEqual(json.loads(self.syncctl("get", "d", "7", "--json").stdout),
                         [1, {"$bytes": ""}])
        self.manager.Value("d", math.nan, name="v")
        self.assertEqual(json.loads(self.syncctl("get", "v", "--json").stdout), {"$float": "nan"})
