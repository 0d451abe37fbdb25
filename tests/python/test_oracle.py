"""CPython's managers are the oracle: the same steps return and raise the same with ours."""

import unittest

import oracle
from differences import DIFFERENCES
from support import TwoManagersTest

AGAINST_BUILTINS = ("plain_dict", "plain_list", "plain_set")


class OracleTest(TwoManagersTest):
    maxDiff = None

    def run_script(self, name):
        known = DIFFERENCES.get(name, {})
        theirs = oracle.Builtins if name in AGAINST_BUILTINS else self.theirs
        found = {}
        for step, expected, ours in oracle.compare(
                name, oracle.Side(theirs), oracle.Side(self.manager)):
            found[step] = f"{step}\n    theirs: {expected}\n    ours:   {ours}"
        surprises = [text for step, text in found.items() if step not in known]
        self.assertEqual(surprises, [], "\n" + "\n".join(surprises))
        self.assertEqual([step for step in known if step not in found], [], "don't differ any more")


def _add_scripts():
    def case_of(name):
        return lambda self: self.run_script(name)

    for path in sorted(oracle.STEPS.glob("*.py")):
        setattr(OracleTest, f"test_{path.stem}", case_of(path.stem))


_add_scripts()

if __name__ == "__main__":
    unittest.main()
