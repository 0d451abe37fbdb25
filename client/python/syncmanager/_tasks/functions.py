"""Tasks in Python: functions by name or by value, arguments, results and errors.

protos/README.md, "Pools", has the table. Functions travel as in multiprocessing, by their module
and name; a callable that has none as a pickle, and a lambda or a function within another if
cloudpickle is installed.
"""

import importlib
import operator
import pickle
import sys
import traceback
import types
from multiprocessing.pool import RemoteTraceback

from .._native import EncodedValue, call, has_calls
from .._session.pickles import ByValue, private_pickle
from ..errors import TaskFailed

BY_NAME, BY_VALUE = "python:", "pickle:"
OFFERS = (BY_NAME + "*", BY_VALUE + "*")
MAX_BYTES = 1 << 20  # Of what travels together, but for a value that is larger alone.
_MAX_ELEMENTS = 50_000  # The same.
_MAX = 255  # Bytes of a function's name.
_MAX_CHARACTERS = 100_000  # Of each text of an error.
_MAX_OF_AN_ERROR = 2 * MAX_BYTES  # Bytes of an error's pickle.
_found = {}  # Functions by name.
_names = {}  # By the id of a function that was found.


def is_large(encoded):
    """Whether what it has should rather travel in several messages."""
    return len(encoded) > MAX_BYTES or encoded.elements > _MAX_ELEMENTS


def divided(items, make, large, begin=0):
    """make(part, the place of its first item) for as few parts of the items as aren't large(), or
    have one item; in order."""
    made = make(items, begin)
    if len(items) == 1 or not large(made):
        return [made]
    half = len(items) // 2
    return (divided(items[:half], make, large, begin)
            + divided(items[half:], make, large, begin + half))


def arguments_of(args, kwds):
    """One call's arguments, as they travel."""
    return {"": tuple(args), **kwds} if kwds else tuple(args)


def chunk_of(items):
    """Calls with one argument each, as they travel."""
    items = items if type(items) is list else list(items)
    return [(item,) for item in items] if has_calls(items) else items


def named(function, arguments):
    """The name of a function or of a callable, or the name itself; and the arguments with it."""
    if isinstance(function, str):
        return function, arguments
    if (full := _names.get(id(function))) is not None and _found[full] is function:
        return full, arguments
    if not callable(function):
        raise TypeError(f"{function!r} is not callable, and not a function's name")
    module = getattr(function, "__module__", None)
    name = getattr(function, "__qualname__", None)
    if isinstance(function, (types.FunctionType, types.BuiltinFunctionType, type)):
        full = f"{BY_NAME}{module}:{name}"
        if len(full.encode()) <= _MAX and _stands_at(module, name, function):
            _found[full], _names[id(function)] = function, full
            return full, arguments
    label = (BY_VALUE + (name or type(function).__qualname__)).encode()[:_MAX]
    return label.decode(errors="ignore"), (ByValue(function), arguments)


def _stands_at(module, name, function):
    try:
        return operator.attrgetter(name)(sys.modules[module]) is function
    except (KeyError, AttributeError):
        return False


def find(name):
    """The function of that name; what isn't there raises LookupError."""
    function = _found.get(name)
    if function is not None:
        return function
    if not name.startswith(BY_NAME):
        raise LookupError(f"this worker has no function {name!r}")
    module, _, qualname = name[len(BY_NAME):].partition(":")
    try:
        function = operator.attrgetter(qualname)(importlib.import_module(module))
    except (ImportError, AttributeError) as error:
        hint = "; a program's own functions run only in workers that it starts itself: put them " \
               "into a module" if module == "__main__" else ""
        raise LookupError(f"this worker has no function {qualname!r} of module {module!r}: "
                          f"{error}{hint}") from error
    _found[name] = function
    return function


def perform(name, arrived, added):
    """Does the calls of a task, with the functions that a worker has `added` by name: whether it is
    a chunk, and the result, of a chunk a list of results."""
    if not name.startswith(BY_VALUE):
        function = added.get(name) or find(name)
        if arrived.is_chunk():
            return True, arrived.call_each(function)
        return False, call(function, arrived.decode())
    function, arguments = arrived.decode()
    if type(arguments) is list:
        return True, [call(function, one) for one in arguments]
    return False, call(function, arguments)


# ---- Results and errors.

def encoded_result(value, session):
    """Whether the task raised, and its result or its error, encoded. A result that can't be encoded
    raises what encoding it raised."""
    try:
        return False, EncodedValue(value, session)
    except BaseException as error:
        return True, encoded_error(error, session, result=_text(repr, value))


def encoded_error(error, session, **texts):
    """The error as texts for every language, and as a pickle for Python. Never raises: a text that
    can't be had is replaced by a remark, and a pickle that can't be made, or opened again, or is
    too large is left out. `texts`: further entries."""
    what = {"type": type(error).__qualname__, "message": _text(str, error),
            "traceback": _text(_traceback_of, error), **texts}
    if session.translation.pickle and (pickled := _pickled(error)) is not None:
        what["exception"] = pickled
    return EncodedValue(what, session)


def _traceback_of(error):
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))


def _text(make, value):
    """make(value) as plain UTF-8, without its middle if it is long."""
    try:
        text = make(value).encode(errors="backslashreplace").decode()
    except BaseException as error:
        return f"<{make.__name__} of this {type(value).__name__} raises {type(error).__name__}>"
    if (left_out := len(text) - _MAX_CHARACTERS) <= 0:
        return text
    half = _MAX_CHARACTERS // 2
    return f"{text[:half]}\n... {left_out} characters are left out ...\n{text[-half:]}"


def _pickled(error):
    try:
        pickled = private_pickle(error)
    except BaseException:  # Of the exception's own __reduce__.
        return None
    if len(pickled) > _MAX_OF_AN_ERROR or _opened(pickled) is None:
        return None
    return pickled


def _opened(pickled):
    """The exception that this is a pickle of; None if it can't be opened, or is something else."""
    try:
        error = pickle.loads(pickled)
    except BaseException:  # Of a constructor that wants other arguments, or does anything else.
        return None
    return error if isinstance(error, BaseException) else None


class UnsentResult(RemoteTraceback):
    """The cause of an error that is about a task's result, which the worker can't send: `result` is
    its repr()."""

    def __init__(self, traceback, result):
        super().__init__(traceback)
        self.result = result


def error_of(what, session):
    """The exception that an encoded error stands for: the task's own if its pickle can be opened
    here, TaskFailed if not. Its cause is the traceback in the worker, as in multiprocessing.Pool.
    Never raises, whatever a worker has sent."""
    if not isinstance(what, dict):
        what = {"type": "Unknown", "message": _text(repr, what)}
    error = None
    if "exception" in what and session.translation.pickle:
        error = _opened(what["exception"])
    if error is None:
        error = TaskFailed(what.get("type"), what.get("message"))
    lines = f'\n"""\n{what.get("traceback", "")}"""'
    cause = UnsentResult(lines, what["result"]) if "result" in what else RemoteTraceback(lines)
    BaseException.__cause__.__set__(error, cause)  # Its class may refuse a plain assignment.
    return error
