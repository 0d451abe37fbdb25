"""The drawing of the folders in docs/architecture.md, beside the folders of the tree."""

import pathlib
import re

# Each folder with sources below these is in the drawing.
DRAWN = {"manager", "client", "protos", "tools", "tests"}
SOURCES = {".cc", ".h", ".proto", ".py", ".pyi"}


def drawn_folders(document):
    """Returns the folders in the drawing: the code block below the heading "The folders"."""
    drawing = re.search(r"^## The folders\n+```\n(.*?)```", document, re.S | re.M).group(1)
    folders, parents = [], []  # `parents` has the indentation and the path of each open folder.
    for line in drawing.splitlines():
        found = re.match(r"( *)(\S+)/(?: |$)", line)
        if not found:
            continue
        indentation, name = len(found.group(1)), found.group(2)
        while parents and parents[-1][0] >= indentation:
            parents.pop()
        path = f"{parents[-1][1]}/{name}" if parents else name
        parents.append((indentation, path))
        folders.append(path)
    return folders


def source_folders(names):
    """Returns the folders of DRAWN that have a source, among these names of files."""
    paths = map(pathlib.PurePath, names)
    return {str(path.parent) for path in paths
            if path.suffix in SOURCES and path.parts[0] in DRAWN}


def check_drawing(document, names):
    """Yields a sentence for each folder that only the drawing or only the tree has. `names` are
    the files of the tree."""
    drawn, sources = drawn_folders(document), source_folders(names)
    existing = {str(parent) for name in names for parent in pathlib.PurePath(name).parents}
    for folder in drawn:
        if folder not in existing:
            yield f"{folder} is drawn and doesn't exist"
    for folder in sorted(sources - set(drawn)):
        yield f"{folder} has sources and isn't drawn"
