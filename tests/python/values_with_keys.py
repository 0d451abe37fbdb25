"""Values of every standard type, and random ones with them inside: what the tests of equality and
order compare. The same number makes equal values that are other objects."""

import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import pathlib
import random
import typing
import uuid

UTC = datetime.timezone.utc


class Color(enum.Enum):
    RED = 1
    BLUE = 2
    ROT = 1


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Word(str, enum.Enum):
    A = "a"


class Permission(enum.IntFlag):
    READ = 1
    WRITE = 2


class Text(str):
    pass


class Count(int):
    pass


Point = collections.namedtuple("Point", "x y")


class Place(typing.NamedTuple):
    x: object
    y: object


@dataclasses.dataclass(frozen=True, order=True)
class Job:
    name: object
    owner: object
    note: object = dataclasses.field(default=None, compare=False)


@dataclasses.dataclass(frozen=True)
class Outer:
    job: object


@dataclasses.dataclass
class Item:
    """Unhashable, as all that are equal by their fields and can change."""

    parts: object


def _zone(hours):
    return datetime.timezone(datetime.timedelta(hours=hours))


def _number(rng):
    over, under = rng.randint(-4, 4), rng.choice((1, 1, 2, 3, 10))
    return rng.choice((
        lambda: over, lambda: over / under, lambda: bool(over), lambda: Count(over),
        lambda: fractions.Fraction(over, under), lambda: complex(over, rng.choice((0, 0, 1))),
        lambda: decimal.Decimal(over) / decimal.Decimal(rng.choice((1, 2, 10))),
        lambda: decimal.Decimal(f"{over}.00"), lambda: 10**30 + over, lambda: 1e30,
        lambda: rng.choice(list(Level)), lambda: Permission(rng.randrange(4)),
        lambda: float("inf"), lambda: decimal.Decimal("-Infinity")))()


def _date(rng):
    hour, day = rng.randrange(3), rng.randint(1, 2)
    return rng.choice((
        lambda: datetime.date(2024, 1, day), lambda: datetime.datetime(2024, 1, day, hour),
        lambda: datetime.datetime(2024, 1, day, hour, tzinfo=UTC),
        lambda: datetime.datetime(2024, 1, day, hour + 1, tzinfo=_zone(1)),
        lambda: datetime.time(hour, 5), lambda: datetime.time(hour, 5, tzinfo=UTC),
        lambda: datetime.time(hour + 1, 5, tzinfo=_zone(1)),
        lambda: datetime.timedelta(hours=hour), lambda: datetime.timedelta(minutes=60 * hour),
        lambda: _zone(hour)))()


def _name(rng):
    letter = rng.choice("ab")
    return rng.choice((
        lambda: "".join([letter]), lambda: Text(letter), lambda: Word.A, lambda: letter.encode(),
        lambda: None, lambda: rng.choice(list(Color)), lambda: uuid.UUID(int=rng.randrange(2)),
        lambda: pathlib.Path("/a") / letter, lambda: pathlib.PurePosixPath(f"/a/{letter}"),
        lambda: pathlib.PureWindowsPath(rng.choice(("c:/A", "C:/a"))),
        lambda: range(rng.randrange(2), rng.randrange(2, 5), rng.randint(1, 2)),
        lambda: rng.choice((int, str, Job)), lambda: rng.choice((fresh, named))))()


def _scalar(rng):
    return rng.choice((_number, _number, _date, _name))(rng)


def hashable(rng, depth=2):
    if depth == 0 or rng.random() < 0.5:
        return _scalar(rng)
    first, second = hashable(rng, depth - 1), hashable(rng, depth - 1)
    return rng.choice((
        lambda: (first, second), lambda: Point(first, second), lambda: Place(first, second),
        lambda: frozenset((first, second)), lambda: Job(first, second, rng.random()),
        lambda: Outer(Job(first, first)), lambda: Outer(first)))()


def anything(rng, depth=2):
    if depth == 0 or rng.random() < 0.6:
        return hashable(rng, depth)
    first, second = anything(rng, depth - 1), anything(rng, depth - 1)
    return rng.choice((
        lambda: [first, second], lambda: (first, second), lambda: Item(first),
        lambda: Item([first, second]), lambda: Outer(first),
        lambda: {hashable(rng, depth - 1): first},
        lambda: collections.defaultdict(int, {1: first}), lambda: collections.deque([first]),
        lambda: {hashable(rng, 0), hashable(rng, 0)}, lambda: bytearray(b"a")))()


def fresh(make, number):
    """The value of that number."""
    return make(random.Random(number))


def named():
    pass
