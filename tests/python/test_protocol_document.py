"""protos/operations.md names every operation that the .proto files have."""

import pathlib
import re
import unittest

PROTOS = pathlib.Path(__file__).resolve().parents[2] / "protos"


def methods_of(text, operation):
    """The methods of the op message of that name."""
    body = text[text.index(f"message {operation} {{"):]
    oneof = re.search(r"oneof method \{(.*?)\n  \}", body, re.DOTALL).group(1)
    return re.findall(r"^\s+[\w.]+ (\w+) = \d+", oneof, re.MULTILINE)


class OperationsTest(unittest.TestCase):

    def test_every_operation_is_in_the_table_of_its_type(self):
        document = (PROTOS / "operations.md").read_text(encoding="utf-8")
        tables = dict(re.findall(r"^### [^`\n]*`(\w+)`\n(.*?)(?=^##)", document,
                                 re.DOTALL | re.MULTILINE))
        request = (PROTOS / "request.proto").read_text(encoding="utf-8")
        operations = re.findall(r"^\s+(\w+Op) \w+ = \d+", request, re.MULTILINE)
        self.assertEqual(set(tables), set(operations))
        protos = "".join(path.read_text(encoding="utf-8") for path in PROTOS.glob("*.proto"))
        for operation in operations:
            named = set(re.findall(r"`(\w+)`", tables[operation]))
            with self.subTest(operation=operation):
                self.assertLessEqual(set(methods_of(protos, operation)), named)


if __name__ == "__main__":
    unittest.main()
