#!/usr/bin/env python3
"""Finds the sites of small sources, and compiles and runs one with each of its mistakes."""

import os
import pathlib
import subprocess
import tempfile
import unittest

from sites import find_sites, render

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLAGS = ["-std=c++20"]

# Its exit status says what each function came to.
PROGRAM = """
#include <cstdlib>
#define MUST(condition) ((condition) ? void() : std::abort())
constexpr int kLimit = 4;
static int calls = 0;
void count() { ++calls; }
bool fits(int size) {
  MUST(size >= 0);
  if (size < kLimit && size != 3) return true;
  return false;
}
int main() {
  count();
  if (fits(1)) calls += 10;
  if (fits(4)) calls += 20;
  if (fits(3)) return 99;
  return calls;
}
"""


class SitesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def sites(self, text):
        source = self.folder / "source.cc"
        source.write_text(text)
        return find_sites(source, FLAGS)

    def mistakes_in(self, body):
        sites = self.sites(f"struct S {{ int x; void f(); bool g(); }};\n{body}\n")
        return [(site.kind, site.was, site.became) for site in sites]

    def test_each_kind_of_mistake_is_found_with_its_line(self):
        sites = self.sites(PROGRAM)
        found = {(site.line, site.kind) for site in sites}
        self.assertLessEqual(
            {(6, "step"), (9, "condition"), (9, "logic"), (9, "comparison"), (9, "literal"),
             (9, "returned bool"), (10, "returned bool"), (13, "statement"), (14, "condition"),
             (14, "arithmetic"), (14, "statement"), (16, "literal")}, found)

    def test_macros_and_constant_expressions_are_left_alone(self):
        self.assertEqual([site for site in self.sites(PROGRAM) if site.line in (3, 4, 8)], [])

    def test_words_for_people_are_left_alone(self):
        self.assertEqual(self.mistakes_in(
            'int str_cat(const char*, int);\nvoid log(S s) { str_cat("of", s.x + 1); }'), [])

    def test_an_early_return_can_be_left_out_and_a_value_cannot(self):
        self.assertIn(("early return", "return;", "(left out)"),
                      self.mistakes_in("void f(S s) { if (s.g()) return; s.f(); }"))
        self.assertEqual(self.mistakes_in("S f(S s) { return s; }"), [])

    def test_a_negated_equality_is_one_mistake_and_not_two(self):
        kinds = [kind for kind, _, _ in self.mistakes_in("void f(S s) { if (s.x == s.x) s.f(); }")]
        self.assertEqual(kinds, ["comparison", "statement"])

    def test_one_program_shows_each_of_its_mistakes_and_none_without_a_number(self):
        source = self.folder / "source.cc"
        numbered = list(enumerate(self.sites(PROGRAM), 1))
        source.write_bytes(render(source.read_bytes(), numbered))
        subprocess.run(["g++", *FLAGS, f"-I{ROOT}", "-o", self.folder / "program", source],
                       check=True)
        self.assertEqual(self.run_with(0), 11)
        came_to = {(site.line, site.kind, site.was): self.run_with(n) for n, site in numbered}
        self.assertEqual(came_to[9, "comparison", "size < kLimit"], 31)
        self.assertEqual(came_to[9, "comparison", "size != 3"], 99)
        self.assertEqual(came_to[13, "statement", "count();"], 10)
        self.assertEqual(came_to[14, "arithmetic", "calls += 10"], 247)  # 1 - 10, of eight bits.
        self.assertEqual(came_to[16, "literal", "99"], 11)

    def run_with(self, number):
        return subprocess.run([self.folder / "program"], check=False,
                              env={**os.environ, "SYNCMANAGER_MUTANT": str(number)}).returncode


if __name__ == "__main__":
    unittest.main()
