"""Packs the sources of the clone, which make the wheel on another machine."""

import io
import pathlib
import subprocess
import tarfile

from . import metadata
from .progress import BuildFailed


def pack(directory):
    """Writes the source distribution of the files that git knows, and returns its name."""
    git = ["git", "-C", str(metadata.ROOT), "ls-files", "-z"]
    listed = subprocess.run(git, capture_output=True, text=True)
    if listed.returncode != 0:
        raise BuildFailed("syncmanager: a source distribution is made from a clone of its git "
                          "repository, and this is none")
    stem = f"{metadata.project()['name']}-{metadata.version()}"
    with tarfile.open(pathlib.Path(directory) / f"{stem}.tar.gz", "w:gz",
                      format=tarfile.PAX_FORMAT) as archive:
        for name in listed.stdout.split("\0"):
            if not (metadata.ROOT / name).is_file():  # Removed, and not committed yet.
                continue
            archive.add(metadata.ROOT / name, f"{stem}/{name}", recursive=False)
        _add(archive, f"{stem}/PKG-INFO", metadata.core_metadata())
        # pip looks for this at the top.
        settings = (metadata.HERE / "pyproject.toml").read_text()
        _add(archive, f"{stem}/pyproject.toml", settings.replace(
            'backend-path = ["."]', 'backend-path = ["client/python"]'))
    return f"{stem}.tar.gz"


def _add(archive, name, text):
    data = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))
