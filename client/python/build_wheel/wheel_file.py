"""Packs a folder into a wheel (PEP 427)."""

import base64
import hashlib
import pathlib
import zipfile

# The oldest time that a zip file can name: equal contents make equal wheels.
TIME = (1980, 1, 1, 0, 0, 0)


def pack(content, dist_info, tag, directory):
    """Writes the wheel of the folder `content`, in which `dist_info` is, and returns its name. The
    tag may name several platforms, with a dot between them."""
    python, abi, platforms = tag.split("-")
    (dist_info / "WHEEL").write_text(
        "Wheel-Version: 1.0\nGenerator: syncmanager\nRoot-Is-Purelib: false\n" + "".join(
            f"Tag: {python}-{abi}-{platform}\n" for platform in platforms.split(".")))
    name = f"{dist_info.name[:-len('.dist-info')]}-{tag}.whl"
    record = []
    with zipfile.ZipFile(pathlib.Path(directory) / name, "w", zipfile.ZIP_DEFLATED) as wheel:
        files = sorted(path for path in content.rglob("*") if path.is_file())
        # Tools that read only the metadata find it at the end.
        for path in sorted(files, key=lambda path: dist_info in path.parents):
            place, data = path.relative_to(content).as_posix(), path.read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record.append(f"{place},sha256={digest},{len(data)}\n")
            wheel.writestr(_entry(place, path.stat().st_mode), data)
        place = f"{dist_info.name}/RECORD"
        wheel.writestr(_entry(place, 0o100644), "".join([*record, f"{place},,\n"]))
    return name


def _entry(place, mode):
    entry = zipfile.ZipInfo(place, TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = (0o100755 if mode & 0o100 else 0o100644) << 16
    return entry
