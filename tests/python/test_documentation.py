"""The stubs for editors and type checkers are complete, and everything public has a docstring."""

import ast
import importlib
import inspect
import pathlib
import pkgutil
import unittest

import syncmanager
from syncmanager import _native

PACKAGE = pathlib.Path(syncmanager.__file__).parent
PUBLIC = {"aio", "errors", "executor", "managers", "pool", "values", "worker"}


def public(members):
    return {name for name in members if not name.startswith("_")}


class DocumentationTest(unittest.TestCase):
    maxDiff = None

    def test_the_stub_has_what_the_native_module_has(self):
        stub = ast.parse((PACKAGE / "_native.pyi").read_text())
        defined = {node.name: node for node in stub.body
                   if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
        self.assertEqual(public(defined), public(vars(_native)))
        for name, node in defined.items():
            if isinstance(node, ast.ClassDef):
                members = {child.name for child in node.body if isinstance(child, ast.FunctionDef)}
                members |= {child.target.id for child in node.body
                            if isinstance(child, ast.AnnAssign)}
                self.assertEqual(public(members), public(vars(getattr(_native, name))), name)

    def test_nothing_else_is_public(self):
        self.assertEqual({module.__name__.partition(".")[2] for module in self.modules()} - {""},
                         PUBLIC)
        for module in self.modules():
            own = {name for name, member in vars(module).items()
                   if getattr(member, "__module__", None) == module.__name__}
            with self.subTest(module.__name__):
                self.assertEqual(public(own) - set(module.__all__), set())
                self.assertEqual([name for name in module.__all__ if not hasattr(module, name)], [])

    def test_every_public_module_class_and_function_says_what_it_is(self):
        silent = []
        for module in (*self.modules(), *self.modules_of_public_classes()):
            silent += [module.__name__] if not module.__doc__ else []
            for name, member in vars(module).items():
                ours = getattr(member, "__module__", None) == module.__name__
                if ours and not name.startswith("_") and inspect.isclass(member):
                    silent += self.silent_of(f"{module.__name__}.{name}", member)
                elif ours and not name.startswith("_") and inspect.isfunction(member):
                    silent += [] if member.__doc__ else [f"{module.__name__}.{name}"]
        self.assertEqual(silent, [])

    def silent_of(self, name, cls):
        """The class, and its methods that don't say what they do: but for those that are called and
        mean what Python's own do, and for names of special methods, as `length` in aio."""
        silent = [] if cls.__dict__.get("__doc__") else [name]
        for attribute, member in vars(cls).items():
            if attribute.startswith("_") or not inspect.isfunction(member) or member.__doc__:
                continue
            if not any(hasattr(other, name) for other in self.known(cls)
                       for name in (attribute, member.__name__)):
                silent.append(f"{name}.{attribute}")
        return silent

    def known(self, cls):
        import array
        import queue
        import threading
        from multiprocessing import managers, pool, process
        return (*cls.__mro__[1:], dict, list, set, array.array, queue.Queue, threading.Condition,
                type(threading.Lock()), threading.Semaphore, threading.Event, threading.Barrier,
                managers.ValueProxy, managers.SyncManager, managers.BaseProxy, pool.Pool,
                pool.AsyncResult, process.BaseProcess)

    def modules(self):
        yield syncmanager
        for found in pkgutil.iter_modules(syncmanager.__path__, "syncmanager."):
            if "._" not in found.name:
                yield importlib.import_module(found.name)

    def modules_of_public_classes(self):
        """The private modules where the classes and functions are that public ones offer."""
        offered = {getattr(getattr(module, name), "__module__", "")
                   for module in self.modules() for name in module.__all__}
        return [importlib.import_module(name) for name in sorted(offered)
                if name.startswith("syncmanager.") and "._" in name]


if __name__ == "__main__":
    unittest.main()
