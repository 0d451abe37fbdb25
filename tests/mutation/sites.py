"""Where a C++ source can be changed by one small mistake, and the source that has all of them.

find_sites(path, flags) reads a source with libclang and names its sites. render(source, sites)
gives the source in which each site asks at run time whether it is the one to be wrong:

    if (size > limit) return refuse();
    if ((mutant_is(17) ? (size) >= (limit) : (size) > (limit))) return refuse();

What comes from a macro is left alone, and so are constant expressions, the words of messages and
of log lines, and types.
"""

import re
import sys
from dataclasses import dataclass

try:
    from clang import cindex
except ModuleNotFoundError:  # Debian's package is for Debian's Python only; it is pure Python.
    sys.path.append("/usr/lib/python3/dist-packages")
    from clang import cindex

Kind = cindex.CursorKind

NEIGHBOURS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
OPPOSITES = {"+": "-", "-": "+", "+=": "-=", "-=": "+=", "++": "--", "--": "++"}
ASSIGNMENT = re.compile(r"operator([-+*/%&|^]|<<|>>)?=$")
# Calls that make words for people.
WORDS = re.compile(r"(syncmanager::)?str_cat\b|spdlog::")
NO_MISTAKE_WITHIN = {Kind.STATIC_ASSERT, Kind.ENUM_DECL, Kind.TYPE_REF, Kind.TYPEDEF_DECL,
                     Kind.TYPE_ALIAS_DECL, Kind.LINKAGE_SPEC}

ASKS = "\0"  # Stands in Site.parts for the question whether the site is the one to be wrong.


@dataclass(frozen=True)
class Site:
    """One possible mistake: what stands from `begin` to `end` (in bytes) becomes `parts`: texts,
    ASKS, and pairs of offsets for what is kept, with the sites in it."""
    line: int
    begin: int
    end: int
    kind: str
    was: str
    became: str
    parts: tuple


def find_sites(path, flags):
    """The sites of that source in the order of its text. `flags` are the compiler's."""
    unit = cindex.Index.create().parse(
        str(path), args=flags, options=cindex.TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD)
    faults = [str(d) for d in unit.diagnostics if d.severity >= cindex.Diagnostic.Error]
    if faults:
        raise ValueError(f"{path} can't be read: {faults[0]}")
    finder = Finder(path, unit)
    for cursor in unit.cursor.get_children():
        if cursor.location.file and cursor.location.file.name == str(path):
            finder.visit(cursor)
    return sorted(finder.sites.values(), key=lambda site: (site.begin, -site.end))


class Finder:
    """Walks the syntax tree of one source and collects its sites."""

    def __init__(self, path, unit):
        with open(path, "rb") as source:
            self.text = source.read()
        self.sites = {}
        # Offset of a token -> its text and end.
        self.tokens = {t.extent.start.offset: (t.spelling, t.extent.end.offset)
                       for t in unit.get_tokens(extent=unit.cursor.extent)
                       if t.kind != cindex.TokenKind.COMMENT}
        self.starts = sorted(self.tokens)
        self.macros = [span(cursor) for cursor in unit.cursor.get_children()
                       if cursor.kind == Kind.MACRO_INSTANTIATION
                       and cursor.location.file and cursor.location.file.name == str(path)]

    def visit(self, cursor):
        if cursor.kind in NO_MISTAKE_WITHIN or self.is_fixed(cursor):
            return
        children = list(cursor.get_children())
        self.operator(cursor, children)
        if cursor.kind == Kind.INTEGER_LITERAL:
            self.literal(cursor)
        elif cursor.kind == Kind.RETURN_STMT:
            self.returning(cursor, children)
        elif cursor.kind in (Kind.IF_STMT, Kind.WHILE_STMT):
            self.condition(children)
        for statement in statements_of(cursor, children):
            self.statement(statement)
        for child in children[1:] if cursor.kind == Kind.CASE_STMT else children:
            self.visit(child)

    def is_fixed(self, cursor):
        begin, end = span(cursor)
        if any(b <= begin and end <= e for b, e in self.macros):
            return True
        if cursor.kind == Kind.VAR_DECL:
            return b"constexpr" in self.text[begin:end].split(b"=")[0].split()
        return cursor.kind == Kind.CALL_EXPR and bool(WORDS.match(self.source(begin, end)))

    # ---- One kind of mistake each.

    def operator(self, cursor, children):
        children = [child for child in children if child.kind != Kind.TYPE_REF]
        if cursor.kind in (Kind.UNARY_OPERATOR, Kind.CALL_EXPR) and children:
            self.step(cursor, children)
        if cursor.kind == Kind.CALL_EXPR and len(children) != 3 or len(children) < 2:
            return
        (begin, left_end), (right, end) = span(children[0]), span(children[-1])
        between = [at for at in self.starts if left_end <= at < right]
        if (begin, end) != span(cursor) or len(between) != 1:
            return
        left, right, name = (begin, left_end), (right, end), self.tokens[between[0]][0]
        if name in NEIGHBOURS:
            self.swap("comparison", left, right, name, NEIGHBOURS[name])
        elif name in OPPOSITES and counts(cursor):
            self.swap("arithmetic", left, right, name, OPPOSITES[name])
        elif name in ("&&", "||"):
            # By De Morgan, so that no operand stands there twice.
            parts = ("((", ASKS, " != static_cast<bool>(", left, f")) {name} (", ASKS,
                     " != static_cast<bool>(", right, ")))")
            self.add("logic", begin, end, "||" if name == "&&" else "&&",
                     ("(", ASKS, " != ", *parts, ")"), was=name)

    def swap(self, kind, left, right, name, other):
        self.add(kind, left[0], right[1], f"{self.source(*left)} {other} {self.source(*right)}",
                 ("(", ASKS, " ? (", left, f") {other} (", right, ") : (", left, f") {name} (",
                  right, "))"))

    def step(self, cursor, children):
        begin, end = span(cursor)
        for name in ("++", "--"):
            text, other = self.source(begin, end), OPPOSITES[name]
            if text.startswith(name):
                kept = (begin + 2, end)
                parts = ("(", ASKS, f" ? {other}", kept, f" : {name}", kept, ")")
                self.add("step", begin, end, other + text[2:], parts)
            elif text.endswith(name):
                kept = (begin, end - 2)
                parts = ("(", ASKS, " ? ", kept, f"{other} : ", kept, f"{name})")
                self.add("step", begin, end, text[:-2] + other, parts)

    def literal(self, cursor):
        begin, end = span(cursor)
        is_number = self.text[begin:begin + 1].isdigit()  # And no "text"sv.
        if is_number and self.text[end:end + 1] != b">":  # As in std::array<char, 12>.
            self.add("literal", begin, end, f"{self.source(begin, end)} + 1",
                     ("(", (begin, end), " + (", ASKS, " ? 1 : 0))"))

    def condition(self, children):
        declared = max([span(c)[1] for c in children
                        if c.kind in (Kind.DECL_STMT, Kind.VAR_DECL)], default=0)
        condition = next(c for c in children if c.kind not in (Kind.DECL_STMT, Kind.VAR_DECL))
        begin, end = span(condition)
        # One that is declared there and then has no text of its own.
        if begin >= declared and not self.is_equality(condition):
            self.add("condition", begin, end, f"!({self.source(begin, end)})",
                     (ASKS, " != static_cast<bool>(", (begin, end), ")"))

    def returning(self, cursor, children):
        begin, end = span(cursor)
        after = self.end_of_statement(end)
        if not children or children[0].type.kind == cindex.TypeKind.VOID:
            self.leave_out("early return", begin, after)
        elif (children[0].type.get_canonical().kind == cindex.TypeKind.BOOL
              and not self.is_equality(children[0])):
            kept = span(children[0])
            self.add("returned bool", begin, after, f"return !({self.source(*kept)})",
                     ("return ", ASKS, " != static_cast<bool>(", kept, ");"))

    def statement(self, cursor):
        begin, end = span(cursor)
        inner = stripped(cursor)
        if inner.kind == Kind.CALL_EXPR and not WORDS.match(self.source(begin, end)) or (
                inner.kind == Kind.COMPOUND_ASSIGNMENT_OPERATOR) or (
                inner.kind == Kind.BINARY_OPERATOR and self.name_of(inner) == "="):
            after = self.end_of_statement(end)
            if after and not any(b <= begin and end <= e for b, e in self.macros):
                self.leave_out("statement", begin, after)

    # ---- What they share.

    def leave_out(self, kind, begin, end):
        self.add(kind, begin, end, "(left out)", ("{ if (!", ASKS, ") ", (begin, end), " }"))

    def add(self, kind, begin, end, became, parts, was=None):
        line = self.text.count(b"\n", 0, begin) + 1
        was = self.source(begin, end) if was is None else f"{was} in {self.source(begin, end)}"
        self.sites.setdefault((kind, begin, end),
                              Site(line, begin, end, kind, brief(was), brief(became), parts))

    def source(self, begin, end):
        return self.text[begin:end].decode()

    def end_of_statement(self, end):
        """Behind the semicolon that follows, or 0 if none does."""
        following = next((at for at in self.starts if at >= end), None)
        return self.tokens[following][1] if following and self.tokens[following][0] == ";" else 0

    def is_equality(self, cursor):
        """Whether its negation is the neighbour of a comparison, and so the same mistake."""
        cursor = stripped(cursor)
        return cursor.kind in (Kind.BINARY_OPERATOR, Kind.CALL_EXPR) and (
            self.name_of(cursor) in ("==", "!="))

    def name_of(self, cursor):
        children = list(cursor.get_children())
        if len(children) < 2:
            return ""
        left, right = span(children[0])[1], span(children[-1])[0]
        between = [at for at in self.starts if left <= at < right]
        return self.tokens[between[0]][0] if len(between) == 1 else ""


def span(cursor):
    return cursor.extent.start.offset, cursor.extent.end.offset


def stripped(cursor):
    """Without what the compiler adds around an expression."""
    while cursor.kind == Kind.UNEXPOSED_EXPR:
        children = list(cursor.get_children())
        if len(children) != 1 or span(children[0]) != span(cursor):
            break
        cursor = children[0]
    return cursor


def statements_of(cursor, children):
    if cursor.kind == Kind.COMPOUND_STMT:
        return children
    if cursor.kind == Kind.IF_STMT:
        declarations = (Kind.DECL_STMT, Kind.VAR_DECL)
        return [child for child in children if child.kind not in declarations][1:]
    if cursor.kind in (Kind.WHILE_STMT, Kind.FOR_STMT, Kind.CXX_FOR_RANGE_STMT, Kind.CASE_STMT,
                       Kind.DEFAULT_STMT):
        return children[-1:]
    return []


def counts(cursor):
    """Whether it is a number, a place or a time: what can be subtracted as well as added."""
    canonical = cursor.type.get_canonical()
    return (cindex.TypeKind.BOOL.value <= canonical.kind.value <= cindex.TypeKind.LONGDOUBLE.value
            or canonical.kind == cindex.TypeKind.POINTER or "chrono" in canonical.spelling)


def brief(text):
    text = " ".join(text.split())
    return text if len(text) <= 90 else text[:87] + "..."


def render(source, sites):
    """The source with its mistakes: `source` is bytes, `sites` are pairs of a number and a Site."""
    order = ["early return", "returned bool", "statement", "condition"]  # The outer one first.
    ranked = sorted(sites, key=lambda pair: (
        pair[1].begin, -pair[1].end,
        order.index(pair[1].kind) if pair[1].kind in order else len(order)))
    return b'#include "tests/mutation/mutant.h"\n' + _rendered(source, 0, len(source), ranked)


def _rendered(source, begin, end, sites):
    out, at = [], begin
    while sites:
        number, site = sites[0]
        inner = [pair for pair in sites[1:] if pair[1].end <= site.end]
        out.append(source[at:site.begin])
        for part in site.parts:
            if part == ASKS:
                out.append(b"mutant_is(%d)" % number)
            elif isinstance(part, str):
                out.append(part.encode())
            else:
                out.append(_rendered(source, *part, [pair for pair in inner if part[0] <=
                                                     pair[1].begin and pair[1].end <= part[1]]))
        at = site.end
        sites = [pair for pair in sites[1:] if pair[1].begin >= site.end]
    out.append(source[at:end])
    return b"".join(out)
