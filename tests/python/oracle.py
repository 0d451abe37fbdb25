"""Runs a script of steps against two managers, and tells where they differ.

A script is a file of steps/: Python whose statements, one after the other, are the steps. Each is
run with the `manager` of the one side, then of the other one, and what it returned or raised is
compared: types, values, messages.
"""

import ast
import collections.abc
import copy
import pathlib
import pickle
import re
import threading
import types

STEPS = pathlib.Path(__file__).with_name("steps")
WRONG_TYPE = re.compile("argument|positional|operand|not supported between|cannot be interpreted|"
                        "object is not|has no len|indices must be")
PROXY = re.compile(r"^(AutoProxy\[(\w+)\]|(\w+)Proxy)$")


class Builtins:
    """A manager whose objects are Python's own: for what CPython's manager doesn't have yet."""

    list, dict, set = list, dict, set


class Side:
    """A manager, and the names that a script has made with it."""

    def __init__(self, manager):
        self._names = {"manager": manager, "abc": collections.abc, "copy": copy, "pickle": pickle,
                       "shape": shape, "in_thread": in_thread}

    def run(self, text, tree):
        """Returns the result or the error of the step, in a form that two sides can compare."""
        code = ast.Expression(tree.value) if isinstance(tree, ast.Expr) else ast.Module([tree], [])
        mode = "eval" if isinstance(tree, ast.Expr) else "exec"
        try:
            return "returned", shape(eval(compile(code, text, mode), self._names))
        except Exception as error:
            return ("raised", *shape_of_error(error))


def shape(value):
    """A value without what is each side's own: addresses, order of sets, classes of proxies."""
    name = type(value).__name__
    if hasattr(type(value), "_callmethod"):
        return "proxy", type_of_proxy(value)
    if isinstance(value, (set, frozenset)):
        return name, sorted(map(repr, map(shape, value)))
    if isinstance(value, (list, tuple)):
        return name, [shape(element) for element in value]
    if isinstance(value, dict):
        return name, [(shape(key), shape(element)) for key, element in value.items()]
    if isinstance(value, str):
        return name, masked(value)
    if isinstance(value, (types.GeneratorType, types.FunctionType, types.MethodType)):
        return (name,)
    return name, masked(repr(value))


def type_of_proxy(proxy):
    found = PROXY.match(type(proxy).__name__)
    return proxy._token.typeid if found else type(proxy).__name__


def masked(text):
    return re.sub(r"0x[0-9a-f]+|owner=\d+", "...", text)


def shape_of_error(error):
    """Its class and its words. A RemoteError's are a traceback."""
    cls = type(error)
    is_remote = any(base.__name__ == "RemoteError" for base in cls.__mro__)
    words = "" if is_remote else masked(str(error))
    return "RemoteError" if is_remote else f"{cls.__module__}.{cls.__qualname__}", words


def are_wrong_arguments(theirs, ours):
    """Too many, too few, or of a wrong type: a TypeError, whose words are the function's own."""
    return (theirs[:2] == ours[:2] == ("raised", "builtins.TypeError")
            and WRONG_TYPE.search(theirs[2]))


def compare(name, theirs, ours):
    """Yields the steps of that script that differ: their text, their outcome, ours."""
    return compare_steps((STEPS / f"{name}.py").read_text(), theirs, ours)


def compare_steps(program, theirs, ours):
    lines = program.splitlines()
    for tree in ast.parse(program).body:
        text = "\n".join(lines[tree.lineno - 1:tree.end_lineno])
        expected, found = theirs.run(text, tree), ours.run(text, tree)
        if expected != found and not are_wrong_arguments(expected, found):
            yield text, expected, found


def in_thread(function, *args):
    """Runs the function in a thread of its own. Returns its result or raises its error."""
    outcome = []

    def run():
        try:
            outcome.append(shape(function(*args)))
        except Exception as error:
            outcome.append(shape_of_error(error))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return outcome[0]
