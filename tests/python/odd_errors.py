"""Tasks for workers whose errors and results can't be pickled, opened or shown, and the like."""

import dataclasses
import os
import sys
import threading

WORDS = "disk quota exceeded"
_SUBMITTER = os.getpid()  # Where this is imported first, if workers are forked.


class HoldsLock(Exception):
    def __init__(self, text):
        super().__init__(text)
        self.lock = threading.Lock()


class WantsTwo(Exception):
    def __init__(self, one, two):
        super().__init__(one)


class WantsKeyword(Exception):
    def __init__(self, *, text):
        super().__init__(text)


class ReduceRaises(Exception):
    def __reduce__(self):
        raise RuntimeError("no pickle")


class ReduceExits(Exception):
    def __reduce__(self):
        sys.exit("no pickle")


class OpensAsText(Exception):
    def __reduce__(self):
        return str, (WORDS,)


class OpensAsClass(Exception):
    def __reduce__(self):
        return getattr, (ValueError(), "__class__")


def opened(how):
    """Unpickles an error; raises `how` in the submitter instead."""
    if os.getpid() == _SUBMITTER:
        how("not here")
    return ValueError(WORDS)


class OpensInWorkersOnly(Exception):
    how = TypeError

    def __reduce__(self):
        return opened, (self.how,)


class ExitsSubmitter(OpensInWorkersOnly):
    how = sys.exit


@dataclasses.dataclass(frozen=True)
class Frozen(Exception):
    text: str


class RefusesAttributes(Exception):
    def __setattr__(self, name, value):
        raise TypeError(f"no {name}")


def cause():
    try:
        raise HoldsLock(WORDS)
    except HoldsLock as error:
        raise ValueError("outer") from error


def context():
    try:
        raise ValueError(WORDS)
    except ValueError:
        raise HoldsLock("outer")


def chain():
    error = ValueError(WORDS)
    for number in range(3000):
        try:
            raise HoldsLock(str(number)) from error
        except HoldsLock as last:
            error = last
    raise error


def note():
    error = HoldsLock("noted")
    error.add_note(WORDS)
    raise error


def _raises(error):
    def fail():
        raise error
    return fail


FAIL = {
    "it holds a lock": _raises(HoldsLock(WORDS)),
    "its constructor wants two": _raises(WantsTwo(WORDS, 2)),
    "its constructor wants a keyword": _raises(WantsKeyword(text=WORDS)),
    "its __reduce__ raises": _raises(ReduceRaises(WORDS)),
    "its __reduce__ exits": _raises(ReduceExits(WORDS)),
    "its pickle is a text's": _raises(OpensAsText(WORDS)),
    "its pickle is a class's": _raises(OpensAsClass(WORDS)),
    "the submitter can't open it": _raises(OpensInWorkersOnly(WORDS)),
    "it exits where the submitter opens it": _raises(ExitsSubmitter(WORDS)),
    "it is frozen": _raises(Frozen(WORDS)),
    "it refuses attributes": _raises(RefusesAttributes(WORDS)),
    "one that can't be pickled in a group": _raises(
        ExceptionGroup("several", [ValueError(1), HoldsLock(WORDS)])),
    "its cause can't be pickled": cause,
    "it can't, and its context can": context,
    "a chain of three thousand": chain,
    "a note": note,
    "20 MB of text": _raises(ValueError(WORDS + 20_000_000 * "x")),
    "20 MB of text, and a lock": _raises(HoldsLock(WORDS + 20_000_000 * "x")),
    "half a surrogate pair": _raises(HoldsLock("\udce4 " + WORDS)),
    "SystemExit": _raises(SystemExit(WORDS)),
    "KeyboardInterrupt": _raises(KeyboardInterrupt(WORDS)),
    "GeneratorExit": _raises(GeneratorExit(WORDS)),
    "StopIteration": _raises(StopIteration(WORDS)),
    "BaseException": _raises(BaseException(WORDS)),
}


def fail(name, path):
    with open(path, "a") as runs:
        runs.write("x")
    FAIL[name]()


class ShowsNothing(Exception):
    """Neither by str nor by repr, and it can't be pickled."""

    def __init__(self):
        super().__init__(threading.Lock())

    def __str__(self):
        raise RuntimeError("nothing to show")

    def __repr__(self):
        sys.exit("nothing to show")


def raise_what_shows_nothing():
    raise ShowsNothing


def return_what_shows_nothing():
    return ShowsNothing()


def return_what_exits_when_it_is_opened():
    return ExitsSubmitter()


def return_what_exits_when_it_is_pickled():
    return ReduceExits()


def lock():
    return threading.Lock()


def lock_at_3(number):
    return threading.Lock() if number == 3 else number
