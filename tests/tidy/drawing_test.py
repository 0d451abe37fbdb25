#!/usr/bin/env python3
"""The check of the drawing of the folders finds what differs."""

import unittest

from drawing import check_drawing, drawn_folders

DOCUMENT = """# Architecture

## The folders

```
protos/          the wire
  *.proto        the messages
client/cpp/
  src/session/   the session
tools/           dev
```

```
elsewhere/
```
"""
FILES = ["protos/value.proto", "client/cpp/src/session/session.cc", "tools/dev"]


class DrawingTest(unittest.TestCase):
    def differences(self, *files):
        return list(check_drawing(DOCUMENT, files))

    def test_the_indentation_says_what_a_folder_lies_in(self):
        self.assertEqual(drawn_folders(DOCUMENT),
                         ["protos", "client/cpp", "client/cpp/src/session", "tools"])

    def test_a_drawing_of_the_tree_has_no_differences(self):
        self.assertEqual(self.differences(*FILES), [])

    def test_a_made_up_folder_is_found(self):
        self.assertEqual(self.differences("client/cpp/src/session/session.cc", "tools/dev"),
                         ["protos is drawn and doesn't exist"])

    def test_a_folder_with_sources_that_isnt_drawn_is_found(self):
        self.assertEqual(self.differences(*FILES, "tools/made_up/main.cc"),
                         ["tools/made_up has sources and isn't drawn"])

    def test_a_folder_without_sources_need_not_be_drawn(self):
        self.assertEqual(self.differences(*FILES, "tests/fuzz/corpus/1"), [])


if __name__ == "__main__":
    unittest.main()
