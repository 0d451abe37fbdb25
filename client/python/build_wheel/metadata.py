"""The package's metadata (PEP 621 and 566), from pyproject.toml, CMakeLists.txt and its README."""

import ast
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent.parent
ROOT = HERE.parent.parent
# Whose headers the programs are compiled with: Debian packages.
HEADERS = ("libcli11-dev", "libstdc++-*-dev")


def project():
    """The table [project] of pyproject.toml. Its strings and lists are written as Python's are, so
    it can be read without tomllib, which Python has from 3.11 on."""
    table = re.search(r"^\[project\]\n(.*?)(?=^\[|\Z)", (HERE / "pyproject.toml").read_text(),
                      re.M | re.S).group(1)
    return {key: ast.literal_eval(value)
            for key, value in re.findall(r"^([\w-]+) = (.+?)(?=^[\w-]+ = |\Z)", table, re.M | re.S)}


def version():
    return re.search(r"^project\(\w+ VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(),
                     re.M).group(1)


def oldest_python():
    """As the tags of wheels have it: cp39."""
    return "cp" + "".join(re.findall(r"\d+", project()["requires-python"]))


def core_metadata():
    """The text of METADATA and PKG-INFO."""
    table = project()
    lines = ["Metadata-Version: 2.1", f"Name: {table['name']}", f"Version: {version()}",
             f"Summary: {table['description']}", f"Keywords: {','.join(table['keywords'])}",
             f"License: {table['license']}", "License-File: LICENSE",
             f"Requires-Python: {table['requires-python']}",
             *(f"Classifier: {classifier}" for classifier in table["classifiers"]),
             "Description-Content-Type: text/markdown; charset=UTF-8"]
    return "\n".join(lines) + "\n\n" + (ROOT / "client" / "README.md").read_text()


def write_dist_info(directory):
    """Makes the folder NAME-VERSION.dist-info in the directory, and returns it. It has all that is
    known before the build."""
    folder = pathlib.Path(directory) / f"{project()['name']}-{version()}.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text(core_metadata())
    (folder / "LICENSE").write_text((ROOT / "LICENSE").read_text())
    return folder


def write_notices(dist_info, archives):
    """Adds the copyright notices of what is inside of the wheel's programs. `archives`: the prefix
    of archives.py, or None."""
    folder = dist_info / "licenses"
    folder.mkdir()
    notices = {notice.parent.name: notice for pattern in HEADERS
               for notice in pathlib.Path("/usr/share/doc").glob(f"{pattern}/copyright")}
    if archives:
        notices.update((notice.stem, notice) for notice in (archives / "notices").iterdir())
    for name, notice in notices.items():
        (folder / f"{name}.txt").write_bytes(notice.read_bytes())
