"""The output for people: columns line up, and no name controls the terminal."""

import unicodedata

from shell import ShellTest

WIDE = "\u6f22\u5b57"
COMBINING = "e\u0301te\u0301"


def columns_of(text):
    return sum(0 if unicodedata.combining(c) else
               2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class TablesTest(ShellTest):
    def rows(self, table):
        return table.stdout.splitlines()

    def test_long_names_are_shortened_on_a_terminal_only(self):
        names = ["short", "long/" + "x" * 200, "wide/" + WIDE * 40, "2/" + COMBINING * 30]
        for name in names:
            self.syncctl("put", name, "v")
        piped = self.syncctl("ls").stdout
        for name in names:
            self.assertIn(name + " ", piped)
        for columns in (80, 60, 132):
            shown = self.rows(self.on_terminal("ls", columns=columns))
            self.assertEqual(len(shown), 1 + len(names))
            for row in shown:
                self.assertLessEqual(columns_of(row), columns)
            self.assertEqual(sum("\u2026" in row for row in shown), 2 if columns == 132 else 3)
        self.assertEqual(len(self.rows(self.on_terminal("ls", columns=10))), 1 + len(names))

    def test_columns_line_up_by_what_is_seen(self):
        for name in ("a", WIDE, COMBINING, "123", "7up", "\U0001f600"):
            self.syncctl("put", name, "v")
        for table in (self.syncctl("ls"), self.on_terminal("ls")):
            rows = self.rows(table)
            ends = {columns_of(row) for row in rows}
            self.assertEqual(len(ends), 1, table.stdout)
            types = {columns_of(row[:row.index("Queue")]) for row in rows[1:]}
            self.assertEqual(len(types), 1, table.stdout)

    def test_names_are_to_the_left_and_numbers_to_the_right(self):
        for name in ("7up", "a/long/name"):
            self.syncctl("put", name, "v")
        self.syncctl("put", "a/long/name", *["v"] * 11)
        head, *rows = self.rows(self.syncctl("ls"))
        self.assertTrue(any(row.startswith("7up ") for row in rows))
        size = head.index("SIZE") + len("SIZE")
        self.assertEqual({row[:size].split()[-1] for row in rows}, {"1", "12"})

    def test_words_of_others_are_shown_with_escapes(self):
        self.syncctl("set", "n", "k", "\x1b[2J")
        for shown in (self.on_terminal("get", "n", "k"), self.syncctl("get", "n", "k", "--json"),
                      self.syncctl("get", "n", "\x1b[2J"), self.syncctl("rm", "\x1b[2J\u202e"),
                      self.syncctl("pool", "\x1b[2J"), self.syncctl("\x1b[2J"),
                      self.syncctl("lock", "l", "--", "\x1b[2J"),
                      self.syncctl("--url", "\x1b[2J", "ls"), self.syncctl("ls", "--\x1b[2J"),
                      self.syncctl("--key-file", "/\x1b[2J", "ls")):
            said = shown.stdout + (shown.stderr or "")
            self.assertNotIn("\x1b", said)
            self.assertNotIn("\u202e", said)
            self.assertEqual(said.count("\n"), 1, said)
