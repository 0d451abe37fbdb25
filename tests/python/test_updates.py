"""Updates that lose somebody else's are seen, and both lines are named."""

import subprocess
import sys
import threading
import unittest
import warnings

import syncmanager
from support import ManagerTest


class LostUpdatesTest(ManagerTest):
    def setUp(self):
        syncmanager.warn_lost_updates()
        self.addCleanup(syncmanager.warn_lost_updates, False)

    def warnings_of(self, update):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            update()
        return [str(warning.message) for warning in caught]

    def elsewhere(self, change, *args):
        thread = threading.Thread(target=change, args=args)
        thread.start()
        thread.join()

    def test_the_warning_names_both_lines_and_the_value_is_set(self):
        entries = self.manager.dict(n=0)

        def update():
            seen = entries["n"]
            self.elsewhere(entries.__setitem__, "n", 5)
            entries["n"] = seen + 1

        (warning,) = self.warnings_of(update)
        line = update.__code__.co_firstlineno
        self.assertIn(f"{__file__}:{line + 1}", warning)
        self.assertIn(f"set at {__file__}:{line + 3}", warning)
        self.assertIn("'n'", warning)
        self.assertEqual(entries["n"], 1)

    def test_updates_that_lose_nothing_are_silent(self):
        entries = self.manager.dict(n=0, items=[1])

        def update():
            entries["n"] += 1
            entries["m"] = entries.get("m", 0) + 1
            items = entries["items"]
            items.append(2)
            entries["items"] = items
            self.elsewhere(entries.__setitem__, "n", 5)
            entries["n"] = 6  # Of what this thread has written last it has read nothing.

        self.assertEqual(self.warnings_of(update), [])
        self.assertEqual(entries.copy(), {"n": 6, "items": [1, 2], "m": 1})

    def test_each_kind_of_object_is_watched(self):
        items, cell = self.manager.list([0]), self.manager.Value("i", 0)
        shared, array = self.manager.Namespace(x=0), self.manager.Array("i", [0])

        def update():
            seen = items[0]
            self.elsewhere(items.__setitem__, 0, 5)
            items[0] = seen + 1
            seen = cell.value
            self.elsewhere(cell.set, 5)
            cell.value = seen + 1
            seen = shared.x
            self.elsewhere(setattr, shared, "x", 5)
            shared.x = seen + 1
            seen = array[0]
            self.elsewhere(array.__setitem__, 0, 5)
            array[0] = seen + 1

        self.assertEqual(len(self.warnings_of(update)), 4)
        self.assertEqual([items[0], cell.value, shared.x, array[0]], [1, 1, 1, 1])

    def test_an_entry_that_somebody_else_made_first(self):
        entries = self.manager.dict()

        def update():
            seen = entries.get("n", 0)
            self.elsewhere(entries.__setitem__, "n", 5)
            entries["n"] = seen + 1

        self.assertEqual(len(self.warnings_of(update)), 1)

    def test_it_is_off_unless_asked_for(self):
        for options, expected in ((), False), (("-X", "dev"), True):
            said = subprocess.run(
                [sys.executable, *options, "-W", "ignore", "-c",
                 "from syncmanager._proxies import lost_updates; print(lost_updates.watched)"],
                capture_output=True, text=True, check=True).stdout
            self.assertEqual(said.strip(), str(expected))


class DeepDictTest(ManagerTest):
    def test_nested_dicts_and_lists_are_shared(self):
        entries = self.manager.dict({"a": {"x": 1}}, deep=True, b=[1, {"y": 2}])
        entries["a"]["x"] = 2
        entries["a"]["new"] = {"z": {}}
        entries["a"]["new"]["z"]["deep"] = True
        entries["b"].append([])
        entries["b"][2].append("inner")
        entries["b"][1]["y"] += 1
        self.assertEqual(entries.copy(), {"a": {"x": 2, "new": {"z": {"deep": True}}},
                                          "b": [1, {"y": 3}, ["inner"]]})
        self.assertEqual(str(entries["b"]), "[1, {'y': 3}, ['inner']]")

    def test_each_way_in_and_out(self):
        entries = self.manager.dict(deep=True)
        entries.setdefault("a", {})["x"] = 1
        entries.update(b={}, c=[{}])
        entries.get("b")["x"] = 2
        for element in entries["c"]:
            element["x"] = 3
        entries["c"][:][0]["y"] = 4
        entries["c"] += [[5]]
        entries["c"].insert(0, {"z": 6})
        dict(entries.items())["a"]["w"] = 7
        self.assertEqual(entries.pop("a").copy(), {"x": 1, "w": 7})
        self.assertEqual(entries["c"].copy(), [{"z": 6}, {"x": 3, "y": 4}, [5]])
        self.assertEqual(entries["c"].pop().copy(), [5])
        self.assertEqual(entries.popitem()[1][1]["y"], 4)
        self.assertEqual(entries.copy(), {"b": {"x": 2}})

    def test_a_value_inside_itself(self):
        loop = {"name": "loop"}
        loop["self"] = loop
        entries = self.manager.dict(deep=True)
        entries["loop"] = loop
        entries["loop"]["self"]["self"]["name"] = "changed"
        copied = entries.copy()["loop"]
        self.assertIs(copied["self"], copied)
        self.assertEqual(copied["name"], "changed")

    def test_other_dicts_are_as_they_were(self):
        entries = self.manager.dict({"a": {"x": 1}}, deep=False)
        entries["a"]["x"] = 2
        self.assertEqual(entries.copy(), {"a": {"x": 1}, "deep": False})


if __name__ == "__main__":
    unittest.main()
