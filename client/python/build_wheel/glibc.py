"""Stand-ins for this machine's glibc to link against, in which no symbol is newer than BASE.

A program that is linked to glibc takes the newest version of each symbol that the machine's glibc
has, and then runs with no older glibc. glibc keeps each older version of a symbol for the programs
of older machines. So a stand-in has each symbol with its newest version up to BASE, and a symbol
that came after BASE is missing: portable/since_base.cc defines those that the programs call.
"""

import itertools
import pathlib
import re
import subprocess

from .elf import exported_symbols

# That of Red Hat 7, from 2013. The pip of Ubuntu 20.04 knows the tag of no newer one.
BASE = (2, 17)
LIBRARIES = ("libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2")
# Empty since glibc 2.34, which has all of it in libc.so.6. An older glibc finds there the threads,
# dlopen() and the timers that the programs call.
FORMER = ("libpthread.so.0", "libdl.so.2", "librt.so.1")


def make_stand_ins(directory, progress):
    """Fills the directory, which the linker is to search first."""
    directory = pathlib.Path(directory)
    directory.mkdir(exist_ok=True)
    for name in LIBRARIES:
        symbols = _symbols_up_to_base(_path_of(name))
        _link(directory, name, symbols, progress)
    for name in FORMER:
        _link(directory, name, {}, progress)
    for name in ("libm.so.6", *FORMER):
        (directory / f"{name.split('.')[0]}.so").write_text(f"INPUT({directory / name})\n")
    (directory / "libc.so").write_text(
        f"GROUP({directory / 'libc.so.6'} {_path_of('libc_nonshared.a')} "
        f"AS_NEEDED({directory / 'ld-linux-x86-64.so.2'}))\n")


def _path_of(name):
    return subprocess.run(["c++", f"-print-file-name={name}"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def _symbols_up_to_base(library):
    """For each name its newest version up to BASE, the kind and the size of the symbol."""
    symbols = {}
    for symbol in exported_symbols(library):
        version = re.fullmatch(r"GLIBC_([\d.]+)", symbol.version)
        if not version:
            continue
        number = tuple(map(int, version.group(1).split(".")))
        if number <= BASE and number > symbols.get(symbol.name, ((0,),))[0]:
            symbols[symbol.name] = number, symbol
    return {name: symbol for name, (_, symbol) in symbols.items()}


def _link(directory, name, symbols, progress):
    lines, versions = [], {}
    # A program gets a copy of a variable of glibc that it uses. glibc must find the copy by each
    # name that it has for the variable: `environ` is `__environ`. So the names share an address
    # here, too.
    ordered = sorted(symbols.values(), key=lambda symbol: symbol.address)
    for _, same in itertools.groupby(ordered, key=lambda symbol: symbol.address):
        same = list(same)
        for symbol in same:
            kind = "object" if symbol.kind == "OBJECT" else "function"
            lines.append(f".{'weak' if symbol.weak else 'globl'} {symbol.name}\n"
                         f".type {symbol.name}, %{kind}\n.size {symbol.name}, {symbol.size}\n"
                         f"{symbol.name}:\n")
            versions.setdefault(symbol.version, []).append(symbol.name)
        lines.append(f".skip {max(1, *(symbol.size for symbol in same))}\n")
    library, source, script = (directory / f"{name}{end}" for end in ("", ".s", ".map"))
    is_new = _write(source, ".data\n" + "".join(lines))
    is_new |= _write(script, "".join(f"{version} {{ global: {'; '.join(names)}; }};\n"
                                     for version, names in sorted(versions.items()))
                     + "STAND_IN { local: *; };\n")
    if is_new or not library.exists():
        progress.run(f"the stand-in for {name}", [
            "c++", "-shared", "-nostdlib", "-fuse-ld=bfd", f"-Wl,-soname,{name}",
            f"-Wl,--version-script={script}", "-x", "assembler", source, "-o", library])


def _write(file, text):
    """Returns whether the file had another text."""
    if file.exists() and file.read_text() == text:
        return False
    file.write_text(text)
    return True
